import { isObject, type JsonObject, objectsIn } from '../../../src/canon/json.ts';
import { type Cited, count, objectIn, type Part, type Saying, text, textsIn, valueIn } from '../saying.ts';
import type { Language, Told } from './language.ts';

/** The answer in the last event; its items as they were told when they were done, where it has none. */
function gather(events: readonly JsonObject[]): JsonObject {
  let response: JsonObject = {};
  const items = new Map<unknown, JsonObject>();
  for (const event of events) {
    if (event['response'] !== undefined) response = { ...response, ...objectIn(event['response']) };
    if (event['type'] === 'response.output_item.done') items.set(event['output_index'], objectIn(event['item']));
    if (event['type'] === 'error') response = { ...response, status: 'failed', error: event['error'] ?? event };
  }
  const told = [...items.entries()].sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => item);
  return { ...response, output: objectsIn(response['output']).length > 0 ? response['output'] : told };
}

/** Everything in an item; one message may have several parts. */
function partsOf(item: JsonObject): Part[] {
  const id = text(item['call_id']);
  switch (item['type']) {
    case 'message':
    case undefined:
      if (typeof item['content'] === 'string') return [{ type: 'text', text: item['content'] }];
      return objectsIn(item['content']).map((part): Part => {
        if (part['type'] === 'input_image') return { type: 'image', data: text(part['image_url']) };
        const said = text(part['text'] ?? part['refusal']);
        return part['text'] === undefined && part['refusal'] === undefined
          ? { type: 'own', value: part }
          : { type: 'text', text: said };
      });
    case 'reasoning': {
      const full = textsIn(item['content']);
      // The parts of a summary are paragraphs.
      const summary = objectsIn(item['summary'])
        .map((part) => text(part['text']))
        .join('\n\n');
      const redacted = text(item['encrypted_content']);
      return [{ type: 'thinking', text: full === '' ? summary : full, ...(redacted !== '' && { proof: redacted }) }];
    }
    case 'function_call': {
      const caller = text(objectIn(item['caller'])['type']);
      const indirect = caller !== '' && caller !== 'direct';
      return [
        {
          type: 'call',
          id,
          name: text(item['name']),
          input: valueIn(item['arguments']),
          ...(indirect && { indirect }),
        },
      ];
    }
    case 'custom_tool_call':
      // xAI's servers tell so of searches that they have made.
      return id.startsWith('xs_')
        ? [{ type: 'own', value: item }]
        : [{ type: 'call', id, name: text(item['name']), input: text(item['input']) }];
    case 'image_generation_call':
      // Shortened recordings hold pictures that nobody could show.
      return /^[\w+/]+={0,2}$/.test(text(item['result'])) && text(item['result']).length % 4 === 0
        ? [{ type: 'image', data: text(item['result']) }]
        : [{ type: 'own', value: item }];
    case 'function_call_output':
    case 'custom_tool_call_output':
      return [{ type: 'result', id, text: textsIn(item['output']) }];
    default:
      return [builtIn(item)];
  }
}

const runByClients = /^(apply_patch|local_shell|shell|tool_search)_(?:call|call_output|output)$/;

/** Tools of OpenAI's that the client runs: their calls are calls, whatever they are called. */
function builtIn(item: JsonObject): Part {
  const type = text(item['type']);
  const id = text(item['call_id']);
  const tool = runByClients.exec(type)?.[1];
  const isLocal = !isObject(item['environment']) || item['environment']['type'] === 'local';
  if (tool === undefined || id === '' || !isLocal || item['execution'] === 'server')
    return { type: 'own', value: item };
  if (type.endsWith('output')) {
    const { output } = item;
    return { type: 'result', id, text: typeof output === 'string' ? output : JSON.stringify(output ?? item['tools']) };
  }
  const { type: kind, ...told } = objectIn(item['operation'] ?? item['action'] ?? item['arguments']);
  const input = { ...(tool === 'apply_patch' && { type: kind }), ...told };
  const said = Object.entries(input).filter(([, value]) => value !== null);
  return { type: 'call', id, name: tool, input: Object.fromEntries(said) };
}

function citedIn(items: readonly JsonObject[]): Cited[] {
  const cited: Cited[] = [];
  let at = 0;
  for (const item of items) {
    if (item['type'] !== 'message') continue;
    for (const part of objectsIn(item['content'])) {
      for (const annotation of objectsIn(part['annotations'])) {
        const { url, title, filename, start_index: start, end_index: end } = annotation;
        const name = text(title ?? filename);
        cited.push({
          ...(typeof url === 'string' && { url }),
          ...(name !== '' && { title: name }),
          ...(typeof start === 'number' && typeof end === 'number' && { start: at + start, end: at + end }),
        });
      }
      at += text(part['text'] ?? part['refusal']).length;
    }
  }
  return cited;
}

function reasonOf(answer: JsonObject, parts: readonly Part[], items: readonly JsonObject[]): string {
  if (answer['status'] === 'incomplete') {
    const { reason } = objectIn(answer['incomplete_details']);
    return reason === 'content_filter' ? 'refusal' : 'length';
  }
  if (answer['status'] !== 'completed') return text(answer['status']);
  const refused = items.some((item) => objectsIn(item['content']).some(({ type }) => type === 'refusal'));
  if (refused) return 'refusal';
  return parts.some(({ type }) => type === 'call') ? 'tool_calls' : 'end';
}

function saying(answer: JsonObject): Saying {
  const items = objectsIn(answer['output']);
  const parts = items.flatMap(partsOf);
  const usage = objectIn(answer['usage']);
  const inside = objectIn(usage['input_tokens_details']);
  const cacheRead = count(inside['cached_tokens']);
  const cacheWrite = count(inside['cache_write_tokens']);
  return {
    parts,
    cited: citedIn(items),
    reason: reasonOf(answer, parts, items),
    tokens: {
      input: count(usage['input_tokens']) - cacheRead - cacheWrite,
      cacheRead,
      cacheWrite,
      output: count(usage['output_tokens']),
      reasoning: count(objectIn(usage['output_tokens_details'])['reasoning_tokens']),
    },
  };
}

function roleOf(item: JsonObject): Told['role'] {
  const { role } = item;
  const type = text(item['type']);
  if (role === 'developer' || role === 'system') return 'system';
  const isResult = type.endsWith('_call_output') || (type === 'tool_search_output' && item['execution'] !== 'server');
  return role === 'user' || isResult ? 'user' : 'assistant';
}

function told(body: JsonObject): Told[] {
  const { input, instructions } = body;
  const turns: Told[] =
    typeof instructions === 'string' ? [{ role: 'system', parts: [{ type: 'text', text: instructions }] }] : [];
  if (typeof input === 'string') return [...turns, { role: 'user', parts: [{ type: 'text', text: input }] }];
  for (const item of objectsIn(input)) {
    const role = roleOf(item);
    const last = turns.at(-1);
    const parts = partsOf(item);
    if (last?.role === role && role === 'assistant')
      turns[turns.length - 1] = { role, parts: [...last.parts, ...parts] };
    else turns.push({ role, parts });
  }
  return turns;
}

export const openaiResponses: Language = { gather, saying, told };

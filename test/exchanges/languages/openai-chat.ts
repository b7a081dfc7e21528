import { type JsonObject, objectsIn } from '../../../src/canon/json.ts';
import { type Cited, count, objectIn, type Part, type Reason, type Saying, text, textsIn, valueIn } from '../saying.ts';
import type { Language, Told } from './language.ts';

const reasons: { readonly [word: string]: Reason } = {
  stop: 'end',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  length: 'length',
  model_length: 'length',
  content_filter: 'refusal',
};

/** Texts of a delta of the same field are strung together, lists are appended; calls grow by their number. */
function gather(events: readonly JsonObject[]): JsonObject {
  let answer: JsonObject = {};
  const message: JsonObject = { role: 'assistant' };
  const calls: { key: unknown; call: JsonObject }[] = [];
  let reason: unknown = null;
  let usage: unknown;
  for (const event of events) {
    const { choices, ...rest } = event;
    const told = Object.entries(rest).filter(([, value]) => value !== null);
    answer = { ...answer, ...Object.fromEntries(told) };
    const choice = objectsIn(choices).find(({ index }) => index === undefined || index === 0);
    if (choice === undefined) continue;
    const delta = objectIn(choice['delta'] ?? choice['message']);
    for (const [field, value] of Object.entries(delta)) {
      if (field === 'tool_calls') for (const call of objectsIn(value)) growCall(calls, call);
      else if (field === 'function_call') message[field] = grownFunction(objectIn(message[field]), objectIn(value));
      else if (field !== 'role') growField(message, field, value);
    }
    reason = choice['finish_reason'] ?? reason;
    usage = choice['usage'] ?? usage;
  }
  if (calls.length > 0) message['tool_calls'] = calls.map(({ call }) => call);
  return { ...answer, choices: [{ index: 0, message, finish_reason: reason, ...(usage !== undefined && { usage }) }] };
}

function grownFunction(before: JsonObject, more: JsonObject): JsonObject {
  return { name: before['name'] ?? more['name'], arguments: text(before['arguments']) + text(more['arguments']) };
}

function growField(message: JsonObject, field: string, value: unknown): void {
  const before = message[field];
  if (value === null || value === undefined) return;
  if (typeof value === 'string' && Array.isArray(before)) {
    if (value !== '') before.push({ type: 'text', text: value });
  } else if (typeof value === 'string') message[field] = text(before) + value;
  else if (Array.isArray(value)) {
    const earlier = typeof before === 'string' && before !== '' ? [{ type: 'text', text: before }] : before;
    message[field] = [...(Array.isArray(earlier) ? (earlier as unknown[]) : []), ...(value as unknown[])];
  } else message[field] = value;
}

function growCall(calls: { key: unknown; call: JsonObject }[], piece: JsonObject): void {
  const key = piece['index'] ?? piece['id'];
  const fn = objectIn(piece['function']);
  const json = typeof fn['arguments'] === 'string' ? fn['arguments'] : JSON.stringify(fn['arguments'] ?? '');
  const known = calls.find((one) => one.key === key);
  if (known === undefined) {
    calls.push({
      key,
      call: { ...piece, function: { ...fn, ...(piece['function'] !== undefined && { arguments: json }) } },
    });
    return;
  }
  const { call } = known;
  const before = objectIn(call['function']);
  call['function'] = { ...before, arguments: text(before['arguments']) + json };
  const custom = objectIn(piece['custom']);
  const customBefore = objectIn(call['custom']);
  if (piece['custom'] !== undefined)
    call['custom'] = { ...customBefore, input: text(customBefore['input']) + text(custom['input']) };
}

function partsOf(message: JsonObject): Part[] {
  const parts: Part[] = [];
  for (const detail of objectsIn(message['reasoning_details'])) {
    const proof = text(detail['signature']);
    const said = text(detail['text'] ?? detail['summary']);
    if (detail['type'] === 'reasoning.encrypted') {
      parts.push({ type: 'thinking', text: '', redacted: text(detail['data']) });
    } else parts.push({ type: 'thinking', text: said, ...(proof !== '' && { proof }) });
  }
  const thought = text(message['reasoning_content']) || text(message['reasoning']);
  if (parts.length === 0 && thought !== '') parts.push({ type: 'thinking', text: thought });
  const { content } = message;
  if (typeof content === 'string' && content !== '') parts.push({ type: 'text', text: content });
  for (const part of objectsIn(content)) parts.push(contentPart(part));
  const refusal = text(message['refusal']);
  if (refusal !== '') parts.push({ type: 'text', text: refusal });
  for (const call of objectsIn(message['tool_calls'])) parts.push(callOf(call));
  // The old form of a call, which has no id.
  const { name, arguments: json } = objectIn(message['function_call']);
  if (name !== undefined) parts.push({ type: 'call', id: '', name: text(name), input: valueIn(json) });
  return parts;
}

function contentPart(part: JsonObject): Part {
  if (part['type'] === 'thinking') {
    const proof = text(part['signature']);
    return { type: 'thinking', text: textsIn(part['thinking']), ...(proof !== '' && { proof }) };
  }
  if (part['type'] === 'text') return { type: 'text', text: text(part['text']) };
  if (part['type'] === 'image_url') return { type: 'image', data: text(objectIn(part['image_url'])['url']) };
  return { type: 'own', value: part };
}

function callOf(call: JsonObject): Part {
  const fn = objectIn(call['function']);
  const custom = objectIn(call['custom']);
  const proof = text(objectIn(objectIn(call['extra_content'])['google'])['thought_signature']);
  const id = text(call['id']);
  if (call['custom'] !== undefined) return { type: 'call', id, name: text(custom['name']), input: custom['input'] };
  return {
    type: 'call',
    id,
    name: text(fn['name']),
    input: valueIn(fn['arguments']),
    ...(proof !== '' && { proof }),
  };
}

function citedIn(answer: JsonObject, message: JsonObject): Cited[] {
  const cited: Cited[] = objectsIn(message['annotations']).map((annotation) => {
    const { url, title, start_index: start, end_index: end } = objectIn(annotation['url_citation']);
    return {
      ...(typeof url === 'string' && { url }),
      ...(typeof title === 'string' && title !== '' && { title }),
      ...(typeof start === 'number' && typeof end === 'number' && { start, end }),
    };
  });
  if (cited.length > 0) return cited;
  const results = objectsIn(answer['search_results']);
  const list = Array.isArray(answer['citations']) ? (answer['citations'] as unknown[]) : [];
  return list.flatMap((url) => {
    if (typeof url !== 'string') return [];
    const title = text(results.find((one) => one['url'] === url)?.['title']);
    return [{ url, ...(title !== '' && { title }) }];
  });
}

function saying(answer: JsonObject): Saying {
  const [choice = {}] = objectsIn(answer['choices']);
  const message = objectIn(choice['message']);
  // Moonshot's and Groq's servers have it in a corner of their own.
  const usage = objectIn(answer['usage'] ?? choice['usage'] ?? objectIn(answer['x_groq'])['usage']);
  const prompt = count(usage['prompt_tokens']);
  const completion = count(usage['completion_tokens']);
  const details = objectIn(usage['prompt_tokens_details']);
  const cacheRead =
    count(details['cached_tokens']) || count(usage['cached_tokens']) || count(usage['prompt_cache_hit_tokens']);
  const cacheWrite = count(details['cache_write_tokens']) || count(details['cache_creation_tokens']);
  const reasoning = count(objectIn(usage['completion_tokens_details'])['reasoning_tokens']);
  // Some count reasoning beside the completion: their total says so.
  const beside = reasoning > 0 && count(usage['total_tokens']) === prompt + completion + reasoning;
  const refusal = text(message['refusal']);
  const parts = partsOf(message);
  const told = reasons[text(choice['finish_reason'])] ?? text(choice['finish_reason']);
  return {
    parts,
    cited: citedIn(answer, message),
    reason: reasonOf(told, parts, refusal),
    tokens: {
      input: prompt - cacheRead - cacheWrite,
      cacheRead,
      cacheWrite,
      output: completion + (beside ? reasoning : 0),
      reasoning,
    },
  };
}

/** An agent goes by what there is: calls are there to be run, whatever the server calls the end. */
function reasonOf(told: string, parts: readonly Part[], refusal: string): string {
  if (told !== 'end') return told;
  if (refusal !== '') return 'refusal';
  return parts.some(({ type }) => type === 'call') ? 'tool_calls' : 'end';
}

function told(body: JsonObject): Told[] {
  return objectsIn(body['messages']).map((message): Told => {
    const { role, content } = message;
    if (role === 'assistant') return { role, parts: partsOf(message) };
    if (role === 'tool') {
      return { role: 'user', parts: [{ type: 'result', id: text(message['tool_call_id']), text: textsIn(content) }] };
    }
    const parts =
      typeof content === 'string' ? [{ type: 'text', text: content } as const] : objectsIn(content).map(contentPart);
    return { role: role === 'user' ? 'user' : 'system', parts };
  });
}

export const openaiChat: Language = { gather, saying, told };

import { isObject, type JsonObject, objectsIn } from '../../../src/canon/json.ts';
import { type Cited, count, objectIn, type Part, type Reason, type Saying, text, textsIn, valueIn } from '../saying.ts';
import type { Language, Told } from './language.ts';

const reasons: { readonly [word: string]: Reason } = {
  end_turn: 'end',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  stop_sequence: 'stop_sequence',
  refusal: 'refusal',
  pause_turn: 'pause',
  compaction: 'compaction',
  model_context_window_exceeded: 'overflow',
};

function gather(events: readonly JsonObject[]): JsonObject {
  let message: JsonObject = {};
  const blocks: JsonObject[] = [];
  const open = new Map<unknown, { block: JsonObject; json: string }>();
  for (const event of events) {
    if (event['type'] === 'message_start') {
      message = structuredClone(objectIn(event['message']));
      blocks.push(...objectsIn(message['content']));
    } else if (event['type'] === 'content_block_start') {
      const block = structuredClone(objectIn(event['content_block']));
      blocks.push(block);
      open.set(event['index'], { block, json: '' });
    } else if (event['type'] === 'content_block_delta') grow(open.get(event['index']), objectIn(event['delta']));
    else if (event['type'] === 'message_delta') {
      const usage = Object.entries(objectIn(event['usage'])).filter(([, value]) => value !== null);
      Object.assign(message, objectIn(event['delta']), {
        usage: { ...objectIn(message['usage']), ...Object.fromEntries(usage) },
      });
    }
  }
  for (const { block, json } of open.values()) if (json !== '') block['input'] = valueIn(json);
  return { ...message, content: blocks };
}

function grow(open: { block: JsonObject; json: string } | undefined, delta: JsonObject): void {
  if (open === undefined) return;
  const { block } = open;
  if (delta['type'] === 'input_json_delta') open.json += text(delta['partial_json']);
  else if (delta['type'] === 'citations_delta')
    block['citations'] = [...objectsIn(block['citations']), delta['citation']];
  else if (delta['type'] === 'signature_delta') block['signature'] = delta['signature'];
  else if (delta['type'] === 'text_delta') block['text'] = text(block['text']) + text(delta['text']);
  else if (delta['type'] === 'thinking_delta') block['thinking'] = text(block['thinking']) + text(delta['thinking']);
  else {
    const { type: _, ...rest } = delta;
    Object.assign(block, rest);
  }
}

function partOf(block: JsonObject): Part {
  const proof = text(block['signature']);
  switch (block['type']) {
    case 'text':
      return { type: 'text', text: text(block['text']) };
    case 'thinking':
      return { type: 'thinking', text: text(block['thinking']), ...(proof !== '' && { proof }) };
    case 'redacted_thinking':
      return { type: 'thinking', text: '', redacted: text(block['data']) };
    case 'tool_use': {
      const indirect = String(objectIn(block['caller'])['type'] ?? 'direct') !== 'direct';
      return {
        type: 'call',
        id: text(block['id']),
        name: text(block['name']),
        input: block['input'],
        ...(indirect && { indirect }),
      };
    }
    case 'tool_result':
      return { type: 'result', id: text(block['tool_use_id']), text: textsIn(block['content']) };
    case 'image':
      return { type: 'image', data: text(objectIn(block['source'])['data']) };
    default:
      return { type: 'own', value: block };
  }
}

function citedIn(blocks: readonly JsonObject[]): Cited[] {
  const cited: Cited[] = [];
  let at = 0;
  for (const block of blocks) {
    const length = block['type'] === 'text' ? text(block['text']).length : 0;
    for (const one of objectsIn(block['citations'])) {
      const url = text(one['url'] ?? one['source']);
      const title = text(one['title'] ?? one['document_title']);
      cited.push({
        ...(url !== '' && { url }),
        ...(title !== '' && { title }),
        ...(length > 0 && { start: at, end: at + length }),
      });
    }
    at += length;
  }
  return cited;
}

function saying(answer: JsonObject): Saying {
  const blocks = objectsIn(answer['content']);
  const usage = objectIn(answer['usage']);
  return {
    parts: blocks.map(partOf),
    cited: citedIn(blocks),
    reason: reasons[text(answer['stop_reason'])] ?? text(answer['stop_reason']),
    tokens: {
      input: count(usage['input_tokens']),
      cacheRead: count(usage['cache_read_input_tokens']),
      cacheWrite: count(usage['cache_creation_input_tokens']),
      output: count(usage['output_tokens']),
      reasoning: count(objectIn(usage['output_tokens_details'])['thinking_tokens']),
    },
  };
}

function told(body: JsonObject): Told[] {
  const before: Told[] = body['system'] === undefined ? [] : [{ role: 'system', parts: partsIn(body['system']) }];
  return [
    ...before,
    ...objectsIn(body['messages']).map((message): Told => {
      return { role: message['role'] as Told['role'], parts: partsIn(message['content']) };
    }),
  ];
}

function partsIn(content: unknown): Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return (Array.isArray(content) ? content : []).filter(isObject).map(partOf);
}

export const anthropic: Language = { gather, saying, told };

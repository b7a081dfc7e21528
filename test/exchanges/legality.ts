import type { DialectName } from '../../src/canon/content.ts';
import { isObject, type JsonObject, objectsIn, parseJson } from '../../src/canon/json.ts';
import { type Frame, framesIn, messagesIn } from './frames.ts';
import { objectIn, text } from './saying.ts';

/** What a stream comes to that has left the gateway. */
export interface Verdict {
  /** What its language forbids; nothing where it is legal. */
  readonly fault?: string;
  /** `whole`: it says that it is complete. `error`: it says that it failed. `cut`: neither. */
  readonly end: 'whole' | 'error' | 'cut';
  /** It has a call that claims to be complete, and whose arguments are no object. */
  readonly torn: boolean;
  /** The events, without what is no event of the answer. */
  readonly events: readonly JsonObject[];
}

class Illegal extends Error {}

function must(holds: boolean, fault: string): asserts holds {
  if (!holds) throw new Illegal(fault);
}

type Outcome = Omit<Verdict, 'fault'>;

/** Judges a stream of a client's language by the rules that its SDKs rely on. */
export function judge(language: DialectName, bytes: Buffer): Verdict {
  const frames = language === 'bedrock-converse' ? messagesIn(bytes) : framesIn(bytes.toString());
  const events = frames.flatMap(({ data }) => (data === undefined ? [] : [data]));
  try {
    return judges[language](frames);
  } catch (error) {
    if (!(error instanceof Illegal)) throw error;
    return { fault: error.message, end: 'cut', torn: false, events };
  }
}

function anthropic(frames: readonly Frame[]): Outcome {
  const events: JsonObject[] = [];
  let end: Outcome['end'] = 'cut';
  let started = false;
  let open: { type: unknown; json: string } | undefined;
  let blocks = 0;
  let calls = 0;
  let torn = false;
  let reason: unknown;
  for (const { event, data, raw } of frames) {
    must(data !== undefined, `no object: ${raw.slice(0, 80)}`);
    must(data['type'] === event, `${event} is called ${text(data['type'])}`);
    must(end === 'cut' || event === 'ping', `${event} after the end`);
    if (event !== 'ping') events.push(data);
    switch (event) {
      case 'message_start':
        must(!started, 'two starts');
        started = true;
        must(typeof objectIn(data['message'])['id'] === 'string', 'a start without id');
        break;
      case 'content_block_start':
        must(started && open === undefined && reason === undefined, 'a block begins where none may');
        must(data['index'] === blocks, `block ${String(data['index'])}, not ${blocks}`);
        open = { type: objectIn(data['content_block'])['type'], json: '' };
        if (open.type === 'tool_use') {
          calls += 1;
          const { id, name } = objectIn(data['content_block']);
          must(text(id) !== '' && text(name) !== '', 'a call without name or id');
        }
        blocks += 1;
        break;
      case 'content_block_delta':
        must(open !== undefined && data['index'] === blocks - 1, 'a delta outside of its block');
        open.json += text(objectIn(data['delta'])['partial_json']);
        checkDelta(text(open.type), text(objectIn(data['delta'])['type']));
        break;
      case 'content_block_stop':
        must(open !== undefined && data['index'] === blocks - 1, 'the end of no block');
        torn ||= open.type === 'tool_use' && open.json !== '' && !isObject(parseJson(open.json));
        open = undefined;
        break;
      case 'message_delta':
        must(started && open === undefined, 'the reason stands in a block');
        reason = objectIn(data['delta'])['stop_reason'];
        must(typeof reason === 'string', 'no reason');
        // An answer that says it was cut may hold arguments that are not whole.
        if (reason === 'max_tokens') torn = false;
        if (reason === 'tool_use') must(calls > 0, 'tool_use without a call');
        break;
      case 'message_stop':
        must(reason !== undefined, 'a stop without reason');
        end = 'whole';
        break;
      case 'error':
        must(typeof objectIn(data['error'])['message'] === 'string', 'an error without a message');
        end = 'error';
        break;
      default:
    }
  }
  return { end, torn, events };
}

const deltasOf: { readonly [block: string]: readonly string[] } = {
  text: ['text_delta', 'citations_delta'],
  thinking: ['thinking_delta', 'signature_delta'],
  tool_use: ['input_json_delta'],
};

function checkDelta(block: string, delta: string): void {
  const known = deltasOf[block];
  const isKnown = Object.values(deltasOf).flat().includes(delta);
  must(known === undefined || !isKnown || known.includes(delta), `${delta} in ${block}`);
}

function openaiChat(frames: readonly Frame[]): Outcome {
  const events: JsonObject[] = [];
  let end: Outcome['end'] = 'cut';
  let reason: string | undefined;
  let isRole = false;
  const calls: { name: string; json: string; free: boolean }[] = [];
  for (const { data, raw } of frames) {
    if (raw === '[DONE]') {
      must(reason !== undefined || end === 'error', '[DONE] without a reason');
      // Nobody reads on.
      if (end === 'cut') end = 'whole';
      break;
    }
    must(end === 'cut', `${raw.slice(0, 60)} after the end`);
    must(data !== undefined, `no object: ${raw.slice(0, 80)}`);
    if (data['error'] !== undefined) {
      must(typeof objectIn(data['error'])['message'] === 'string', 'an error without a message');
      end = 'error';
      continue;
    }
    events.push(data);
    must(Array.isArray(data['choices']), 'a chunk without choices');
    const choice = objectsIn(data['choices']).find(({ index }) => index === 0);
    if (choice === undefined) continue;
    const delta = objectIn(choice['delta']);
    const { content } = delta;
    must(content === undefined || content === null || typeof content === 'string', 'content is no text');
    isRole ||= delta['role'] === 'assistant';
    for (const call of objectsIn(delta['tool_calls'])) growCall(calls, call);
    if (typeof choice['finish_reason'] === 'string') {
      must(isRole, 'nobody says it: no role');
      must(reason === undefined || reason === choice['finish_reason'], 'two reasons');
      reason = choice['finish_reason'];
      if (reason === 'tool_calls') must(calls.length > 0, 'tool_calls without calls');
    }
  }
  return { end, torn: reason !== 'length' && !calls.every(isWhole), events };
}

function growCall(calls: { name: string; json: string; free: boolean }[], call: JsonObject): void {
  const { index } = call;
  must(typeof index === 'number', 'a call without a number');
  must(index <= calls.length, `call ${index} after ${calls.length}`);
  const fn = objectIn(call['function'] ?? call['custom']);
  const known = calls[index];
  const json = text(fn['arguments'] ?? fn['input']);
  if (known === undefined) {
    must(text(call['id']) !== '' && text(fn['name']) !== '', 'a call without id or name');
    calls.push({ name: text(fn['name']), json, free: call['custom'] !== undefined });
  } else known.json += json;
}

function isWhole({ json, free }: { json: string; free: boolean }): boolean {
  return free || json.trim() === '' || isObject(parseJson(json)) || parseJson(json) === null;
}

interface ResponseItem {
  readonly type: unknown;
  readonly id: unknown;
  text: string;
  done: boolean;
}

function openaiResponses(frames: readonly Frame[]): Outcome {
  const events: JsonObject[] = [];
  const items = new Map<unknown, ResponseItem>();
  let end: Outcome['end'] = 'cut';
  let begun = false;
  let sequence = -1;
  let torn = false;
  for (const { event, data, raw } of frames) {
    if (raw === '[DONE]') continue;
    must(data !== undefined, `no object: ${raw.slice(0, 80)}`);
    must(event === '' || data['type'] === event, `${event} is called ${text(data['type'])}`);
    must(end === 'cut', `${event} after the end`);
    const { sequence_number: number } = data;
    if (typeof number === 'number') {
      must(number > sequence, `event ${number} after ${sequence}`);
      sequence = number;
    }
    events.push(data);
    const type = text(data['type']);
    if (type === 'response.created') {
      must(!begun, 'two beginnings');
      begun = true;
    } else if (type === 'error') end = 'error';
    else if (type === 'response.output_item.added') {
      const item = objectIn(data['item']);
      must(!items.has(data['output_index']), `item ${String(data['output_index'])} twice`);
      must(data['output_index'] === items.size, `item ${String(data['output_index'])}, not ${items.size}`);
      items.set(data['output_index'], { type: item['type'], id: item['id'], text: '', done: false });
    } else if (type === 'response.output_item.done') {
      const item = items.get(data['output_index']);
      must(item !== undefined && !item.done, 'the end of no item');
      item.done = true;
      const said = objectIn(data['item']);
      if (said['type'] === 'function_call') {
        torn ||= said['status'] !== 'incomplete' && !isObject(parseJson(text(said['arguments']) || '{}'));
        must(item.text === '' || item.text === said['arguments'], 'arguments differ from their pieces');
      }
    } else if (/_text\.delta$|arguments\.delta$|refusal\.delta$|input\.delta$/.test(type)) {
      const item = items.get(data['output_index']);
      must(item !== undefined && !item.done, `${type} outside of an item`);
      item.text += text(data['delta']);
    } else if (/^response\.(completed|incomplete|failed)$/.test(type)) {
      end = type === 'response.failed' ? 'error' : 'whole';
      if (type === 'response.completed') {
        must(
          [...items.values()].every(({ done }) => done),
          'an item that is not done',
        );
        const output = objectsIn(objectIn(data['response'])['output']);
        must(output.length === 0 || output.length >= items.size, 'items are missing in the end');
      }
    }
    must(begun || end === 'error', 'it does not begin');
  }
  return { end, torn, events };
}

function gemini(frames: readonly Frame[]): Outcome {
  const events: JsonObject[] = [];
  let end: Outcome['end'] = 'cut';
  for (const { data, raw } of frames) {
    must(data !== undefined, `no object: ${raw.slice(0, 80)}`);
    if (data['error'] !== undefined) {
      must(typeof objectIn(data['error'])['message'] === 'string', 'an error without a message');
      end = 'error';
      continue;
    }
    must(end !== 'error', 'more after an error');
    events.push(data);
    const [candidate] = objectsIn(data['candidates']);
    if (candidate === undefined) {
      if (objectIn(data['promptFeedback'])['blockReason'] !== undefined) end = 'whole';
      continue;
    }
    if (typeof candidate['finishReason'] === 'string') end = 'whole';
  }
  return { end, torn: false, events };
}

function bedrockConverse(frames: readonly Frame[]): Outcome {
  const events: JsonObject[] = [];
  let end: Outcome['end'] = 'cut';
  let started = false;
  let reason: unknown;
  let calls = 0;
  let torn = false;
  const open = new Map<unknown, { json: string; call: boolean }>();
  const closed = new Set<unknown>();
  for (const { event, data } of frames) {
    must(data !== undefined, `${event} without an object`);
    if (event.startsWith('!')) {
      must(typeof data['message'] === 'string', 'an exception without a message');
      end = 'error';
      continue;
    }
    must(end !== 'error', 'more after an exception');
    events.push({ [event]: data });
    const place = data['contentBlockIndex'];
    if (event === 'messageStart') {
      must(!started, 'two starts');
      started = true;
    } else if (event === 'contentBlockStart') {
      must(started && !open.has(place) && !closed.has(place), 'a block begins where none may');
      const call = isObject(objectIn(data['start'])['toolUse']);
      if (call) calls += 1;
      open.set(place, { json: '', call });
    } else if (event === 'contentBlockDelta') {
      must(started && !closed.has(place) && reason === undefined, 'a delta outside of a block');
      const block = open.get(place) ?? { json: '', call: false };
      open.set(place, block);
      const { toolUse } = objectIn(data['delta']);
      must(toolUse === undefined || block.call, 'arguments of no call');
      block.json += text(objectIn(toolUse)['input']);
    } else if (event === 'contentBlockStop') {
      const block = open.get(place);
      must(block !== undefined, 'the end of no block');
      torn ||= block.call && block.json !== '' && !isObject(parseJson(block.json));
      open.delete(place);
      closed.add(place);
    } else if (event === 'messageStop') {
      must(open.size === 0 && reason === undefined, 'it stops in a block');
      reason = data['stopReason'];
      must(typeof reason === 'string', 'no reason');
      if (reason === 'max_tokens') torn = false;
      if (reason === 'tool_use') must(calls > 0, 'tool_use without a call');
      end = 'whole';
    }
  }
  return { end, torn, events };
}

const judges: { readonly [name in DialectName]: (frames: readonly Frame[]) => Outcome } = {
  anthropic,
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  gemini,
  'bedrock-converse': bedrockConverse,
  cohere: () => ({ end: 'cut', torn: false, events: [] }),
};

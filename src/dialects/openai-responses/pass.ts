import { isUtf8 } from 'node:buffer';
import { isObject, type JsonObject, parseJson, stringIn } from '../../canon/json.ts';
import { mergeUsage, type Usage } from '../../canon/usage.ts';
import { lastMember, lastMembers } from '../../wire/last-members.ts';
import { readFrame } from '../../wire/sse.ts';
import type { Begun, PassSide, PassWatch } from '../dialect.ts';
import { DeltaPattern } from './delta-pattern.ts';
import { requestHeaders, responseHeaders } from './headers.ts';
import { readUsage } from './usage.ts';

/** How two speakers of this language are left to themselves. */
export const pass: PassSide = {
  requestHeaders,
  defaultHeaders: {},
  responseHeaders,
  watch: () => new ResponseWatch(),
  usageOf,
};

/** The item that is being told of. */
interface OpenItem {
  readonly index: number;
  readonly type: unknown;
  readonly id: unknown;
  /** The frame that began it, one byte a character. */
  readonly added: string;
  /** What has been said of it since: a translator that takes over has to know. Pieces of one text are one event. */
  readonly events: { [field: string]: unknown }[];
  /** The arguments of a call so far. */
  args: string;
}

/** Ends of a stream, and the status that goes with each. */
const ends: ReadonlyMap<string, string> = new Map([
  ['response.completed', 'completed'],
  ['response.incomplete', 'incomplete'],
]);

/** Follows a stream item by item: one at a time, each told whole, as clients expect it and as a translator can go on from. */
class ResponseWatch implements PassWatch {
  #id: unknown;
  #open: OpenItem | undefined;
  #items = 0;
  #ended = false;
  #usage: Usage = {};
  /** Number of the next event: providers count from 0, or from 1. */
  #next = 1;
  /** Frames as text, one byte a character: small buffers would keep all of the large one that they are slices of. */
  readonly #kept: string[] = [];
  readonly #pattern = new DeltaPattern();

  frame(bytes: Buffer, start: number, end: number): boolean {
    if (!isUtf8(bytes.subarray(start, end))) return false;
    // One byte a character: what is looked for is ASCII.
    const text = bytes.toString('latin1', start, end);
    const piece = this.#pattern.match(text);
    if (piece !== undefined && this.#goesOn(piece)) {
      this.#next += 1;
      return true;
    }
    const { event: name, data } = readFrame(bytes, start, end);
    // Comments and blank lines are nothing to any client.
    if (data === undefined) return name === '' && !this.#ended;
    if (this.#ended) return false;
    const event = parseJson(data);
    if (!isObject(event) || typeof event.type !== 'string' || (name !== '' && name !== event.type)) return false;
    // Half a character is put together by the translator.
    if (data.includes('\\u') && /\\ud[89a-f]/.test(JSON.stringify(event))) return false;
    if (!this.#event(event.type, event, text)) return false;
    this.#next += 1;
    if (isTextDelta(event.type)) this.#pattern.learn(text, event);
    return true;
  }

  /** More of the text that the last event of the open item is. */
  #goesOn(piece: string): boolean {
    const last = this.#open?.events.at(-1);
    const { event } = this.#pattern;
    if (last === undefined || event === undefined || event.output_index !== this.#open?.index) return false;
    if (!isSamePlace(last, event)) return false;
    last.delta = String(last.delta) + (isAscii(piece) ? piece : Buffer.from(piece, 'latin1').toString());
    return true;
  }

  /** Until there is an item, a failure can still become another kind of answer. */
  started(): boolean {
    return this.#items > 0 || this.#ended;
  }

  ended(): boolean {
    return this.#ended;
  }

  tail(): string {
    return '';
  }

  kept(): readonly Uint8Array[] {
    const open = this.#open;
    const frames = (open === undefined ? this.#kept : [...this.#kept, open.added]).map((frame) =>
      Buffer.from(frame, 'latin1'),
    );
    if (open === undefined) return frames;
    return [...frames, ...open.events.map((event) => Buffer.from(`data: ${JSON.stringify(event)}\n\n`))];
  }

  /** A translator is told of all blocks. */
  closedBlocks(): number {
    return 0;
  }

  calls(): readonly string[] {
    return [];
  }

  settle(): Uint8Array | undefined {
    const open = this.#open;
    const isCall = open?.type === 'function_call' || open?.type === 'custom_tool_call';
    if (open === undefined || isCall || open.events.some(({ delta }) => delta !== undefined)) return undefined;
    const { data } = readFrame(Buffer.from(open.added, 'latin1'), 0, open.added.length);
    const added = parseJson(data ?? '');
    const item = isObject(added) && isObject(added.item) ? { ...added.item, status: 'completed' } : {};
    const type = 'response.output_item.done';
    const event = { type, sequence_number: this.#next, output_index: open.index, item };
    const frame = Buffer.from(`event: ${type}\ndata: ${JSON.stringify(event)}\n\n`);
    this.#next += 1;
    this.#kept.push(open.added, frame.toString('latin1'));
    this.#open = undefined;
    return frame;
  }

  begun(): Begun | undefined {
    const open = this.#open;
    if (open === undefined || typeof open.id !== 'string' || open.events.some(({ delta }) => delta !== undefined)) {
      return undefined;
    }
    const events = open.events.map(({ type }) => String(type));
    return { id: open.id, events: ['response.output_item.added', ...events] };
  }

  isSettled(): boolean {
    return this.#open === undefined;
  }

  next(): number {
    return this.#next;
  }

  usage(): Usage {
    return this.#usage;
  }

  #event(type: string, event: JsonObject, frame: string): boolean {
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        return this.#head(type, event.response, frame);
      case 'response.output_item.added':
        return this.#added(event, frame);
      case 'response.output_item.done':
        return this.#done(event, frame);
      case 'response.completed':
      case 'response.incomplete':
        return this.#end(type, event.response, frame);
      // Whoever hears of a failure may still make it good.
      case 'response.failed':
      case 'response.cancelled':
      case 'error':
        return false;
      default:
        return this.#inItem(type, event);
    }
  }

  #head(type: string, response: unknown, frame: string): boolean {
    if (!isObject(response) || this.#items > 0 || response.error || typeof response.id !== 'string') return false;
    const first = type === 'response.created';
    if (first !== (this.#id === undefined)) return false;
    this.#id ??= response.id;
    this.#kept.push(frame);
    // Clients know the answer by its first name.
    return response.id === this.#id && Array.isArray(response.output) && response.output.length === 0;
  }

  #added({ output_index: index, item }: JsonObject, frame: string): boolean {
    const turn = this.#id !== undefined && this.#open === undefined && index === this.#items;
    if (!turn || !isObject(item) || typeof item.type !== 'string') return false;
    if (item.type === 'function_call' && (!item.call_id || !item.name)) return false;
    if (typeof item.id !== 'string' || item.id === '') return false;
    this.#items += 1;
    this.#open = { index: this.#items - 1, type: item.type, id: item.id, added: frame, events: [], args: '' };
    return true;
  }

  #inItem(type: string, event: JsonObject): boolean {
    const open = this.#open;
    if (type === 'keepalive') return true;
    if (open === undefined || event.output_index !== open.index) return false;
    if (event.item_id !== undefined && event.item_id !== open.id) return false;
    const { delta } = event;
    if (typeof delta === 'string' && !delta.isWellFormed()) return false;
    const isCall = open.type === 'function_call' || open.type === 'custom_tool_call';
    if (isCall && !fitsCall(open, type, event)) return false;
    const last = open.events.at(-1);
    if (last !== undefined && typeof delta === 'string' && isSamePlace(last, event))
      last.delta = String(last.delta) + delta;
    else open.events.push(event);
    return true;
  }

  #done({ output_index: index, item }: JsonObject, frame: string): boolean {
    const open = this.#open;
    if (open === undefined || index !== open.index || !isObject(item)) return false;
    if (item.type !== open.type || item.id !== open.id) return false;
    const said = stringIn(item.arguments) ?? stringIn(item.input);
    if (open.args !== '' && said !== open.args) return false;
    // What was said in between, the complete item says again.
    this.#kept.push(open.added, frame);
    this.#open = undefined;
    return true;
  }

  #end(type: string, response: unknown, frame: string): boolean {
    if (!isObject(response) || this.#open !== undefined || this.#id === undefined) return false;
    const { status, error, output, usage, id } = response;
    if (status !== ends.get(type) || error || id !== this.#id) return false;
    if (!Array.isArray(output) || (output.length !== this.#items && output.length > 0)) return false;
    if (isObject(usage)) this.#usage = mergeUsage(this.#usage, readUsage(usage));
    this.#kept.push(frame);
    this.#ended = true;
    return true;
  }
}

/** Events that are nothing but more of a text. */
function isTextDelta(type: string): boolean {
  return type === 'response.output_text.delta' || type === 'response.reasoning_summary_text.delta';
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** Whether an event goes on with the text of another. */
function isSamePlace(one: JsonObject, other: JsonObject): boolean {
  return (
    one.type === other.type && one.content_index === other.content_index && one.summary_index === other.summary_index
  );
}

/** Whether an event goes on with the arguments of a call, and says nothing else than what they have been so far. */
function fitsCall(open: OpenItem, type: string, event: JsonObject): boolean {
  if (type.endsWith('.delta')) {
    if (typeof event.delta !== 'string') return false;
    open.args += event.delta;
    return true;
  }
  const whole = stringIn(event.arguments) ?? stringIn(event.input);
  if (whole === undefined || (open.args !== '' && whole !== open.args)) return false;
  open.args = whole;
  return true;
}

/** Usage stands near the end of a whole answer, so it is looked for from there; all is parsed only where that fails. */
function usageOf(body: Buffer, isEnd = false): Usage {
  const found = isEnd ? lastMember(body, 'usage') : lastMembers(body, 'usage');
  const isCounted = isObject(found) && isObject(found.usage) && 'input_tokens' in found.usage;
  const response = isCounted ? found : parseJson(body.toString('utf8'));
  return isObject(response) && isObject(response.usage) ? readUsage(response.usage) : {};
}

import { GatewayError } from '../../canon/error.ts';
import type { Sink } from '../../canon/event.ts';
import { isObject, type JsonObject, numberIn, objectsIn, stringIn } from '../../canon/json.ts';
import { AnswerLine, type Outlet } from './answer-line.ts';
import { readErrorObject } from './error-read.ts';
import { asExt, otherFields, responsesName } from './ext.ts';
import { readEnding, unusualDetails } from './finish.ts';
import type { ItemReader } from './item-reader.ts';
import { readerOf } from './item-readers.ts';
import { ownFieldsOf } from './response-fields.ts';
import { readUsage } from './usage.ts';

interface Entry {
  readonly type: unknown;
  readonly id: unknown;
  readonly reader: ItemReader;
  readonly outlet: Outlet;
  done: boolean;
}

const endFields: ReadonlySet<string> = new Set(['type', 'response', 'sequence_number', 'event_id', 'stream_id']);

/** One answer on its way in, from its events or from the whole response. */
export class AnswerReader {
  /** True once `finish` or `error` was emitted. */
  ended = false;
  readonly #emit: Sink;
  readonly #line: AnswerLine;
  /** The items by their number. */
  readonly #items = new Map<number, Entry>();
  #response: JsonObject = {};
  #started = false;
  /** What the start of the answer has said of it. */
  #said: JsonObject = {};
  /** Unknown events before the answer has begun. */
  readonly #early: JsonObject[] = [];
  /** A frame could not be read: what it said must be found elsewhere. */
  #torn = false;

  constructor(emit: Sink) {
    this.#emit = emit;
    this.#line = new AnswerLine(emit);
  }

  /** One event of a stream. */
  event(type: string, event: JsonObject): void {
    if (this.ended) return;
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        return this.#head(type, event.response);
      case 'response.output_item.added':
        return this.#added(event);
      case 'response.output_item.done':
        return this.#done(event);
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
      case 'response.cancelled':
      case 'response.done':
        return this.#end(type, event);
      case 'error':
        return this.fail(readErrorObject(event));
      case 'keepalive':
      case 'ping':
        return;
      default:
        return this.#inItem(type, event);
    }
  }

  /** A whole response. */
  whole(response: JsonObject): void {
    this.#response = response;
    objectsIn(response.output).forEach((item, i) => this.#complete(i, item));
    this.#end('response.done', { response });
  }

  /** Something in the stream that is no event. */
  tear(): void {
    this.#torn = true;
  }

  fail(error: GatewayError): void {
    if (this.ended) return;
    this.ended = true;
    this.#emit({ type: 'error', error });
  }

  #head(type: string, response: unknown): void {
    if (!isObject(response)) return;
    if (type === 'response.created' && this.#items.size > 0) {
      return this.fail(broken('The provider broke off and began its answer anew.'));
    }
    if (!this.#started) this.#response = { ...this.#response, ...response };
  }

  /** Not before there is something to say: until then a failure can still become another kind of answer. */
  #start(): void {
    if (this.#started) return;
    this.#started = true;
    const { id, model } = this.#response;
    this.#said = ownFieldsOf(this.#response);
    this.#emit({ type: 'start', id: stringIn(id) ?? '', model: stringIn(model) ?? '', ...asExt(this.#said) });
    for (const event of this.#early.splice(0)) this.#native(event);
  }

  #added({ output_index: index, item }: JsonObject): void {
    if (!isObject(item)) return;
    const at = numberIn(index) ?? this.#items.size;
    if (!this.#items.has(at)) this.#add(at, item);
  }

  #add(index: number, item: JsonObject): Entry {
    this.#start();
    const outlet = this.#line.add();
    const entry: Entry = { type: item.type, id: item.id, reader: readerOf(item, outlet), outlet, done: false };
    this.#items.set(index, entry);
    return entry;
  }

  #done({ output_index: index, item }: JsonObject): void {
    if (isObject(item)) this.#complete(numberIn(index) ?? this.#lastIndex(), item);
  }

  #complete(index: number, item: JsonObject): void {
    if (this.ended) return;
    const entry = this.#items.get(index) ?? this.#add(index, item);
    if (entry.done) return;
    if (entry.type !== item.type || !entry.reader.done(item)) {
      return this.fail(broken('The provider completed an item of its answer otherwise than it had begun.'));
    }
    this.#close(entry);
  }

  #close(entry: Entry): void {
    entry.done = true;
    entry.outlet.finish();
  }

  #lastIndex(): number {
    return [...this.#items.keys()].at(-1) ?? 0;
  }

  #inItem(type: string, event: JsonObject): void {
    const entry = this.#items.get(numberIn(event.output_index) ?? this.#lastIndex());
    if (!type.startsWith('response.')) return this.#native(event);
    if (isProgress(type)) {
      if (entry !== undefined && !entry.done) entry.reader.event(type, event);
      return;
    }
    this.#native(event);
  }

  /** An event that nothing is known of. */
  #native(event: JsonObject): void {
    if (this.#started) this.#emit({ type: 'native', dialect: responsesName, value: event });
    else this.#early.push(event);
  }

  #end(type: string, event: JsonObject): void {
    const response = isObject(event.response) ? event.response : {};
    const status = stringIn(response.status) ?? type.slice('response.'.length);
    if (isObject(response.error) || status === 'failed') return this.#failed(response);
    if (status !== 'completed' && status !== 'incomplete' && status !== 'done') {
      return this.fail(broken(`The provider left its answer unfinished: ${status}.`));
    }
    if (!this.#started) this.#response = { ...response, ...this.#response };
    this.#start();
    if (!this.#settle(objectsIn(response.output), status === 'incomplete')) {
      return this.fail(broken('The provider ended its answer in the middle of an item.'));
    }
    if (this.ended) return;
    this.#usage(response);
    const own = {
      ...ownFieldsOf(response, this.#said),
      ...otherFields(event, endFields),
      ...detailsOf(response),
    };
    const entries = [...this.#items.values()];
    const called = entries.some(({ reader }) => reader.called === true);
    const refused = entries.some(({ reader }) => reader.refused === true);
    this.ended = true;
    this.#emit({ type: 'finish', ...readEnding({ ...response, status }, { called, refused }), ...asExt(own) });
  }

  #failed(response: JsonObject): void {
    if (this.#started) this.#usage(response);
    this.fail(readErrorObject(isObject(response.error) ? { error: response.error } : { message: '' }));
  }

  #usage({ usage }: JsonObject): void {
    if (isObject(usage)) this.#emit({ type: 'usage', usage: readUsage(usage) });
  }

  /** Completes what was never said to be complete, from the whole answer where the server repeats it. False: it cannot be. */
  #settle(output: readonly JsonObject[], cut: boolean): boolean {
    const numbers = [...this.#items.keys()].sort((one, other) => one - other);
    // Numbers may have gaps. Where an item is missing altogether, they tell which.
    const places = numbers.length === output.length ? numbers : output.keys().toArray();
    output.forEach((item, i) => {
      const at = places[i] ?? i;
      const entry = this.#items.get(at);
      if (entry === undefined) {
        if (!this.#knows(item)) this.#complete(at, item);
      } else if (!entry.done && entry.type === item.type && entry.reader.done(item)) this.#close(entry);
    });
    for (const entry of this.#items.values()) {
      if (entry.done) continue;
      // An answer that reached its limit may end anywhere, and says so.
      if (!entry.reader.end() && !cut) return false;
      this.#close(entry);
    }
    return !this.#torn || output.length > 0 || numbers.every((number, i) => number === i);
  }

  /** Whether an item has been told of under another number. */
  #knows({ id }: JsonObject): boolean {
    return id !== undefined && [...this.#items.values()].some((entry) => entry.id === id);
  }
}

/** Events that tell of an item what the complete item says again. */
function isProgress(type: string): boolean {
  return progress.test(type);
}

const progress =
  /^response\.(?:content_part|output_text|refusal|function_call_arguments|custom_tool_call_input|reasoning\w*|\w+_call(?:_\w+)?|mcp_list_tools|compaction)\./;

function detailsOf(response: JsonObject): JsonObject | undefined {
  const details = unusualDetails(response);
  return details === undefined ? undefined : { incomplete_details: details };
}

function broken(message: string): GatewayError {
  return new GatewayError('bad_upstream', message);
}

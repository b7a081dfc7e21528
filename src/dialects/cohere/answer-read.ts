import { GatewayError } from '../../canon/error.ts';
import type { Sink } from '../../canon/event.ts';
import { fingerprint } from '../../canon/fingerprint.ts';
import { isObject, type JsonObject, numberIn, objectsIn, stringIn } from '../../canon/json.ts';
import { AnswerBlocks } from './answer-blocks.ts';
import { readErrorBody } from './error-read.ts';
import { readFinishReason } from './finish.ts';
import { cohereName } from './name.ts';
import { readUsage } from './usage.ts';

/** Fields understood here. Whatever else has a value goes on as `ext`. */
const answerFields: ReadonlySet<string> = new Set(['id', 'type', 'message', 'finish_reason', 'usage', 'logprobs']);
const startFields: ReadonlySet<string> = new Set(['id', 'type', 'delta']);
const endFields: ReadonlySet<string> = new Set(['finish_reason', 'usage', 'error']);
const messageFields: ReadonlySet<string> = new Set(['role', 'content', 'tool_plan', 'tool_calls', 'citations']);

/** One answer on its way in, event by event or whole. */
export class AnswerReader {
  /** True once `finish` or `error` was emitted. */
  ended = false;
  readonly #emit: Sink;
  readonly #blocks: AnswerBlocks;
  #started = false;
  #id = '';
  #calls = 0;

  constructor(emit: Sink) {
    this.#emit = emit;
    this.#blocks = new AnswerBlocks(emit);
  }

  /** One event of a stream. @param type its name, wherever it is said. */
  event(type: string, event: JsonObject): void {
    switch (type) {
      case 'content-delta':
        return this.#contentDelta(placeOf(event), event);
      case 'content-start':
        return this.#contentStart(placeOf(event), event);
      case 'content-end':
        return this.#blocks.endContent(placeOf(event));
      case 'tool-plan-delta':
        return this.#blocks.plan(stringIn(messageIn(event)['tool_plan']) ?? '');
      case 'tool-call-start':
        return this.#callStart(placeOf(event), callIn(event));
      case 'tool-call-delta':
        return this.#callDelta(placeOf(event), callIn(event));
      case 'tool-call-end':
        return this.#blocks.endCall(placeOf(event));
      case 'citation-start':
        for (const citation of listOf(messageIn(event)['citations'])) this.#cite(citation);
        return;
      case 'citation-end':
        return;
      case 'message-start':
        return this.#start(stringIn(event['id']) ?? '', othersIn(event, startFields), messageIn(event));
      case 'message-end':
        return this.#end(isObject(event['delta']) ? event['delta'] : {});
      default:
        return this.#native(event);
    }
  }

  /** A whole answer. */
  whole(body: JsonObject): void {
    const message = isObject(body['message']) ? body['message'] : {};
    this.#start(stringIn(body['id']) ?? '', othersIn(body, answerFields), message);
    for (const item of objectsIn(body['logprobs'])) this.#native({ logprobs: item });
    const others = othersIn(message, messageFields);
    if (others !== undefined) this.#native({ message: others });
    this.#end({ finish_reason: body['finish_reason'], usage: body['usage'] });
  }

  fail(error: GatewayError): void {
    if (this.ended) return;
    this.ended = true;
    this.#emit({ type: 'error', error });
  }

  /** The bytes are over. */
  cut(): void {
    const when = this.#started ? 'before it was complete' : 'before it began';
    this.fail(broken(`The provider ended its answer ${when}.`));
  }

  /** A second beginning is left to the guard. A stream's message is empty as it begins; a whole answer's is all there is. */
  #start(id: string, others: JsonObject | undefined, message: JsonObject): void {
    this.#started = true;
    this.#id = id;
    this.#emit({ type: 'start', id, model: '', ...(others !== undefined && { ext: { [cohereName]: others } }) });
    this.#message(message);
  }

  #message(message: JsonObject): void {
    const content = message['content'];
    const citations = objectsIn(message['citations']);
    if (typeof content === 'string') this.#blocks.text('text', 0, content);
    const parts = objectsIn(content);
    const last = parts.findLastIndex((part) => typeof part['text'] === 'string');
    const cited = new Set<JsonObject>();
    parts.forEach((part, place) => {
      this.#content(place, part);
      for (const citation of citations) {
        if ((numberIn(citation['content_index']) ?? last) !== place || !isOfText(citation)) continue;
        cited.add(citation);
        this.#cite(citation);
      }
      this.#blocks.endContent(place);
    });
    for (const citation of citations) if (!cited.has(citation)) this.#cite(citation);
    this.#blocks.plan(stringIn(message['tool_plan']) ?? '');
    for (const call of objectsIn(message['tool_calls'])) this.#callWhole(call);
  }

  #contentStart(place: number, event: JsonObject): void {
    for (const part of listOf(messageIn(event)['content'])) this.#content(place, part);
  }

  /** A part as it begins, or whole. */
  #content(place: number, part: JsonObject): void {
    const { type, thinking, text } = part;
    if (typeof thinking === 'string') this.#blocks.text('thinking', place, thinking);
    else if (typeof text === 'string') this.#blocks.text('text', place, text);
    else if (type !== 'text' && type !== 'thinking') this.#blocks.native(place, part);
  }

  #contentDelta(place: number, event: JsonObject): void {
    const content = messageIn(event)['content'];
    if (isObject(content)) this.#piece(place, content);
    else for (const part of objectsIn(content)) this.#piece(place, part);
    if (isObject(event['logprobs'])) this.#native({ logprobs: event['logprobs'] });
  }

  /** More of a part: what it is says the field, not its start, which may be missing. */
  #piece(place: number, part: JsonObject): void {
    const { thinking, text } = part;
    if (typeof thinking === 'string') this.#blocks.text('thinking', place, thinking);
    if (typeof text === 'string') this.#blocks.text('text', place, text);
    if (typeof thinking !== 'string' && typeof text !== 'string') this.#native(part, this.#blocks.isNative(place));
  }

  #callStart(place: number, call: JsonObject): void {
    const fn = isObject(call['function']) ? call['function'] : {};
    this.#calls += 1;
    // Without an id no result could ever answer the call.
    const id = stringIn(call['id']) || `call_${fingerprint(`${this.#id}:${place}`, 24)}`;
    const name = stringIn(fn['name']) ?? '';
    if (name === '') return this.fail(broken('The provider made a tool call without a name.'));
    this.#blocks.call(place, id, name);
    this.#blocks.arguments(place, argumentsIn(fn));
  }

  #callDelta(place: number, call: JsonObject): void {
    const fn = isObject(call['function']) ? call['function'] : {};
    if (this.#blocks.arguments(place, argumentsIn(fn))) return;
    this.fail(broken('The provider sent arguments of a tool call that had not begun, or was over.'));
  }

  #callWhole(call: JsonObject): void {
    const place = this.#calls;
    this.#callStart(place, call);
    this.#blocks.endCall(place);
  }

  /** Claims in a plan or in thinking have no place in canon. */
  #cite(citation: JsonObject): void {
    const isSaid = isOfText(citation) && this.#blocks.cite(citation, numberIn(citation['content_index']));
    if (!isSaid) this.#native({ citations: citation });
  }

  #end(delta: JsonObject): void {
    if (this.ended) return;
    this.#blocks.finish();
    if (isObject(delta['usage'])) this.#emit({ type: 'usage', usage: readUsage(delta['usage']) });
    const word = stringIn(delta['finish_reason']) ?? 'COMPLETE';
    const failure = failureOf(word, stringIn(delta['error']));
    if (failure !== undefined) return this.fail(failure);
    const known = readFinishReason(word);
    const others = { ...othersIn(delta, endFields), ...(known === undefined && { finish_reason: word }) };
    const called = this.#blocks.called && (known === undefined || known === 'end' || known === 'stop_sequence');
    this.ended = true;
    this.#emit({
      type: 'finish',
      reason: called ? 'tool_calls' : (known ?? 'end'),
      ...(Object.keys(others).length > 0 && { ext: { [cohereName]: others } }),
    });
  }

  #native(value: JsonObject, index?: number): void {
    this.#emit({ type: 'native', dialect: cohereName, value, ...(index !== undefined && { index }) });
  }
}

/** The words of a failure say more than that there was one. */
function failureOf(word: string, said: string | undefined): GatewayError | undefined {
  if (said !== undefined && said !== '') return readErrorBody({ message: said });
  switch (word.toUpperCase()) {
    case 'ERROR':
      return new GatewayError('internal', 'The provider reported an error in the middle of its answer.');
    case 'TIMEOUT':
      return new GatewayError('upstream_timeout', 'The provider ran out of time in the middle of its answer.');
    default:
      return undefined;
  }
}

function isOfText(citation: JsonObject): boolean {
  return (citation['type'] ?? 'TEXT_CONTENT') === 'TEXT_CONTENT';
}

function placeOf(event: JsonObject): number {
  return numberIn(event['index']) ?? 0;
}

/** What an event's delta says of the message. */
function messageIn(event: JsonObject): JsonObject {
  const delta = event['delta'];
  return isObject(delta) && isObject(delta['message']) ? delta['message'] : {};
}

/** The one call of an event. */
function callIn(event: JsonObject): JsonObject {
  return listOf(messageIn(event)['tool_calls'])[0] ?? {};
}

/** In streams the service writes one thing where a whole answer has a list. */
function listOf(value: unknown): JsonObject[] {
  return isObject(value) ? [value] : objectsIn(value);
}

function argumentsIn(fn: JsonObject): string {
  const json = fn['arguments'];
  if (typeof json === 'string') return json;
  return json === null || json === undefined ? '' : JSON.stringify(json);
}

function othersIn(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  const others = Object.entries(object).filter(([field, value]) => !known.has(field) && value !== null);
  return others.length > 0 ? Object.fromEntries(others) : undefined;
}

function broken(message: string): GatewayError {
  return new GatewayError('bad_upstream', message);
}

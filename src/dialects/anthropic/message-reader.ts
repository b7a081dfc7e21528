import { GatewayError } from '../../canon/error.ts';
import type { Sink } from '../../canon/event.ts';
import { isObject, type JsonObject, objectsIn, otherFields, stringIn } from '../../canon/json.ts';
import { BlockReader } from './block-reader.ts';
import { asExt } from './ext.ts';
import { readStopReason } from './stop.ts';
import { readUsage } from './usage.ts';

const messageFields: ReadonlySet<string> = new Set([
  'type',
  'id',
  'role',
  'model',
  'content',
  'stop_reason',
  'stop_sequence',
  'usage',
  'delta',
]);

/** Turns an answer, whole or in pieces, into events: its start, its counts, its end. */
export class MessageReader {
  readonly blocks: BlockReader;
  readonly #emit: Sink;
  #started = false;
  #ended = false;
  #stopReason: string | undefined;
  #stopSequence: string | undefined;
  /** Fields of the whole answer that only this language has. */
  #others: JsonObject = {};

  constructor(emit: Sink) {
    this.#emit = emit;
    this.blocks = new BlockReader(emit);
  }

  /** True once the answer is complete or has failed; whatever comes then is not part of it. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether it has said why it ends. */
  get isComplete(): boolean {
    return this.#stopReason !== undefined;
  }

  /** A message begins, in a stream empty, in some streams with all its content. A second beginning is left to the guard. */
  start(message: JsonObject): void {
    if (this.#started) this.blocks.end();
    this.#started = true;
    const usage = readUsage(message.usage);
    const id = stringIn(message.id) ?? '';
    this.blocks.messageId = id;
    this.#emit({
      type: 'start',
      id,
      model: stringIn(message.model) ?? '',
      ...(usage !== undefined && { usage }),
      ...asExt(otherFields(message, messageFields)),
    });
    if (usage !== undefined) this.#emit({ type: 'usage', usage });
    this.#stopReason = undefined;
    this.#noteStop(message);
    this.#content(message.content);
  }

  /** News about the whole message: counts, and why it ends. */
  delta(event: JsonObject): void {
    const delta = isObject(event.delta) ? event.delta : {};
    const usage = readUsage(event.usage);
    if (usage !== undefined) this.#emit({ type: 'usage', usage });
    this.#noteStop(delta);
    this.#others = { ...this.#others, ...otherFields(delta, messageFields), ...otherFields(event, messageFields) };
  }

  /** The message is complete. */
  stop(): void {
    this.blocks.end();
    this.#ended = true;
    const word = this.#stopReason;
    const known = word === undefined ? 'end' : readStopReason(word);
    const others = known === undefined ? { ...this.#others, stop_reason: word } : this.#others;
    this.#emit({
      type: 'finish',
      reason: known ?? 'end',
      ...(this.#stopSequence !== undefined && { stopSequence: this.#stopSequence }),
      ...asExt(Object.keys(others).length > 0 ? others : undefined),
    });
  }

  /** The message has failed. */
  fail(error: GatewayError): void {
    this.#ended = true;
    this.#emit({ type: 'error', error });
  }

  /** The bytes are over. A message that has said why it ends is complete without its last event. */
  cut(): void {
    if (this.#ended) return;
    if (this.#stopReason !== undefined) return this.stop();
    const when = this.#started ? 'before it was complete' : 'before it began';
    this.fail(new GatewayError('bad_upstream', `The provider ended its answer ${when}.`));
  }

  #noteStop({ stop_reason: reason, stop_sequence: sequence }: JsonObject): void {
    if (typeof reason === 'string') this.#stopReason = reason;
    if (typeof sequence === 'string') this.#stopSequence = sequence;
  }

  #content(content: unknown): void {
    if (typeof content === 'string' && content !== '') this.blocks.whole({ type: 'text', text: content });
    for (const block of objectsIn(content)) this.blocks.whole(block);
  }
}

import { GatewayError } from '../../canon/error.ts';
import type { Sink } from '../../canon/event.ts';
import { isObject, type JsonObject, otherFields, stringIn } from '../../canon/json.ts';
import { AnswerBlocks, blockNumber } from './answer-blocks.ts';
import { readException } from './error-read.ts';
import { asExt, converseName } from './ext.ts';
import { isMalformed, readStopReason, writeStopReason } from './stop.ts';
import { readUsage } from './usage.ts';

/** Fields of a whole answer, or of a stream's last event, that are understood. All others only this language has. */
const knownFields: ReadonlySet<string> = new Set([
  'output',
  'stopReason',
  'additionalModelResponseFields',
  'usage',
  'p',
]);

/** One answer on its way in: its start, its blocks, why it ended, what it cost. */
export class AnswerReader {
  /** True once `finish` or `error` was emitted; whatever comes then is not part of the answer. */
  ended = false;
  readonly blocks: AnswerBlocks;
  readonly #emit: Sink;
  #started = false;
  #stopReason: string | undefined;
  #stopSequence: string | undefined;
  #measured = false;
  #own: JsonObject = {};

  constructor(emit: Sink) {
    this.#emit = emit;
    this.blocks = new AnswerBlocks(emit);
  }

  /** An event of a stream. */
  event(name: string, event: JsonObject): void {
    switch (name) {
      case 'contentBlockDelta':
      case 'contentBlockStart':
        this.begin();
        this.blocks.step(blockNumber(event), event);
        return this.#checkCalls();
      case 'contentBlockStop':
        this.blocks.stop(blockNumber(event));
        return this.#checkCalls();
      case 'messageStart':
        // A second beginning is left to the guard.
        return this.#start();
      case 'messageStop':
        this.begin();
        this.stop(event);
        return this.#measured ? this.finish() : undefined;
      case 'metadata':
        this.begin();
        this.measure(event);
        return this.complete() ? this.finish() : undefined;
      default:
        return this.#unknown(name, event);
    }
  }

  /** The answer begins, unless it has. It has neither id nor model: whoever tells it has to make them. */
  begin(): void {
    if (!this.#started) this.#start();
  }

  #start(): void {
    this.#started = true;
    this.#emit({ type: 'start', id: '', model: '' });
  }

  /** Why it ends: `stopReason`, and what the model's maker says of it. */
  stop(event: JsonObject): void {
    this.#stopReason = stringIn(event.stopReason) ?? 'end_turn';
    const { additionalModelResponseFields: fields } = event;
    if (!isObject(fields)) return;
    const delta = isObject(fields.delta) ? fields.delta : {};
    this.#stopSequence = stringIn(fields.stop_sequence) ?? stringIn(delta.stop_sequence);
    const { stop_sequence: _, ...rest } = fields;
    const { stop_sequence: __, ...restOfDelta } = delta;
    const more = { ...rest, ...(isObject(fields.delta) && { delta: restOfDelta }) };
    if (isObject(fields.delta) && Object.keys(restOfDelta).length === 0) delete more.delta;
    if (Object.keys(more).length > 0) this.#own.additionalModelResponseFields = more;
  }

  /** What it cost, and how it was served. */
  measure(event: JsonObject): void {
    this.#measured = true;
    const usage = readUsage(event.usage);
    if (usage !== undefined) this.#emit({ type: 'usage', usage });
    const { metrics, ...own } = otherFields(event, knownFields) ?? {};
    this.#own = { ...this.#own, ...(isMeasured(metrics) && { metrics }), ...own };
  }

  /** True once it has said why it ends. */
  complete(): boolean {
    return this.#stopReason !== undefined;
  }

  /** The answer is over. */
  finish(): void {
    if (this.ended) return;
    const word = this.#stopReason ?? 'end_turn';
    this.blocks.end(word === 'max_tokens');
    this.#checkCalls();
    if (this.ended) return;
    if (isMalformed(word)) return this.fail(broken(`The model's output was not usable: ${word}.`));
    this.ended = true;
    const said = readStopReason(word) ?? 'end';
    // Models have been seen to call a tool and say that they are done.
    const reason = said === 'end' && this.blocks.called ? 'tool_calls' : said;
    const own = writeStopReason(said) === word ? this.#own : { ...this.#own, stopReason: word };
    this.#emit({
      type: 'finish',
      reason,
      ...(this.#stopSequence !== undefined && { stopSequence: this.#stopSequence }),
      ...asExt(own),
    });
  }

  #checkCalls(): void {
    if (this.blocks.failed) this.fail(broken('The provider sent arguments that belong to no call.'));
  }

  fail(error: GatewayError): void {
    if (this.ended) return;
    this.ended = true;
    this.#emit({ type: 'error', error });
  }

  /** The bytes are over. An answer that has said why it ends lacks nothing but its counts. */
  cut(): void {
    if (this.ended) return;
    if (this.complete()) return this.finish();
    const when = this.#started ? 'before it was complete' : 'before it began';
    this.fail(broken(`The provider ended its answer ${when}.`));
  }

  #unknown(name: string, event: JsonObject): void {
    if (/exception$/i.test(name)) return this.fail(readException(name, event));
    this.begin();
    const { p: _, ...value } = event;
    this.#emit({ type: 'native', dialect: converseName, value: { [name]: value } });
  }
}

/** No answer takes no time: that is what is said where nobody has measured. */
function isMeasured(metrics: unknown): boolean {
  if (!isObject(metrics)) return false;
  return metrics.latencyMs !== 0 || Object.keys(metrics).length > 1;
}

function broken(message: string): GatewayError {
  return new GatewayError('bad_upstream', message);
}

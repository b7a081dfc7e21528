import { GatewayError } from '../../canon/error.ts';
import type { Sink } from '../../canon/event.ts';
import { isObject, parseJson } from '../../canon/json.ts';
import { createSseReader, FrameTooLarge, type SseFrame } from '../../wire/sse.ts';
import type { StreamReader } from '../dialect.ts';
import { AnswerReader } from './answer-read.ts';
import { readErrorBody } from './error-read.ts';
import { JsonStream } from './json-stream.ts';

/** Reads a streamed answer: server-sent events, or the array that comes where nobody asked for events. */
export function readStream(emit: Sink): StreamReader {
  return new AnswerStream(emit);
}

/** Bytes that tell nothing of the form: white space and the byte order mark. */
const blank: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);
const openBracket = 0x5b;
const openBrace = 0x7b;

class AnswerStream implements StreamReader {
  readonly #answer: AnswerReader;
  readonly #frames = createSseReader((frame) => this.#frame(frame));
  readonly #objects = new JsonStream((text) => this.#text(text));
  #form: 'unknown' | 'events' | 'array' = 'unknown';

  constructor(emit: Sink) {
    this.#answer = new AnswerReader(emit);
  }

  feed(chunk: Uint8Array): void {
    if (this.#form === 'unknown') {
      const first = chunk.findIndex((byte) => !blank.has(byte));
      if (first === -1) return;
      const byte = chunk[first];
      this.#form = byte === openBracket || byte === openBrace ? 'array' : 'events';
      chunk = chunk.subarray(first);
    }
    try {
      if (this.#form === 'array') this.#objects.feed(chunk);
      else this.#frames.feed(chunk);
    } catch (error) {
      if (!(error instanceof FrameTooLarge)) throw error;
      this.#answer.fail(new GatewayError('bad_upstream', error.message, { cause: error }));
    }
  }

  end(): void {
    this.#frames.end();
    if (this.#answer.ended) return;
    if (this.#answer.complete() && !this.#objects.cut()) this.#answer.finish();
    else this.#answer.fail(new GatewayError('bad_upstream', 'The provider ended its answer before it was complete.'));
  }

  #frame({ event, data }: SseFrame): void {
    if (this.#answer.ended || data === undefined || data === '') return;
    const text = data.trim();
    if (event === 'error') {
      const value = parseJson(text);
      return this.#answer.fail(readErrorBody(isObject(value) ? value : { message: text }));
    }
    // Relays end their streams as they know it from another language.
    if (text !== '[DONE]') this.#text(text);
  }

  #text(text: string): void {
    if (this.#answer.ended) return;
    const value = parseJson(text);
    if (isObject(value)) return this.#answer.body(value);
    // What follows a complete answer takes nothing from it.
    if (this.#answer.complete()) return;
    this.#answer.fail(
      new GatewayError('bad_upstream', 'The provider sent something in its stream that is not an answer.'),
    );
  }
}

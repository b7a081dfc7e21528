import { GatewayError } from '../../canon/error.ts';
import type { Sink } from '../../canon/event.ts';
import { isObject, type JsonObject, parseJson } from '../../canon/json.ts';
import { createSseReader, FrameTooLarge, type SseFrame } from '../../wire/sse.ts';
import type { StreamReader } from '../dialect.ts';
import { AnswerReader } from './answer-read.ts';
import { readErrorBody } from './error-read.ts';
import { JsonStream } from './json-stream.ts';
import { TextFrames } from './text-frame.ts';

/** Reads a streamed answer: server-sent events, or the array that comes where nobody asked for events. */
export function readStream(emit: Sink, runs = false): StreamReader {
  return new AnswerStream(emit, runs);
}

/** Bytes that tell nothing of the form: white space and the byte order mark. */
const blank: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);
const openBracket = 0x5b;
const openBrace = 0x7b;

class AnswerStream implements StreamReader {
  readonly #answer: AnswerReader;
  readonly #texts: TextFrames;
  readonly #frames = createSseReader(
    (frame, bytes, start, end) => {
      const chunk = this.#frame(frame);
      if (chunk === undefined) this.#texts.forget();
      else this.#texts.learn(bytes.subarray(start, end), chunk);
    },
    (bytes, start) => this.#leap(bytes, start),
  );
  readonly #objects = new JsonStream((text) => this.#text(text));
  #form: 'unknown' | 'events' | 'array' = 'unknown';

  constructor(emit: Sink, runs: boolean) {
    this.#texts = new TextFrames(runs);
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

  isComplete(): boolean {
    return this.#answer.complete() && !this.#objects.cut();
  }

  end(): void {
    this.#frames.end();
    if (this.#answer.ended) return;
    if (this.#answer.complete() && !this.#objects.cut()) this.#answer.finish();
    else this.#answer.fail(new GatewayError('bad_upstream', 'The provider ended its answer before it was complete.'));
  }

  /** A frame that differs from the one before by its text and its counts alone, or as many as there are. */
  #leap(bytes: Buffer, start: number): number {
    const texts = this.#texts;
    const end = this.#answer.ended ? 0 : texts.end(bytes, start);
    if (end === 0) return 0;
    const pieces = texts.pieces();
    this.#answer.piece(texts.text(), texts.thought, texts.usage(), pieces);
    return end;
  }

  /** Returns the chunk that was in it. */
  #frame({ event, data }: SseFrame): JsonObject | undefined {
    if (this.#answer.ended || data === undefined || data === '') return undefined;
    const text = data.trim();
    if (event === 'error') {
      const value = parseJson(text);
      this.#answer.fail(readErrorBody(isObject(value) ? value : { message: text }));
      return undefined;
    }
    // Relays end their streams as they know it from another language.
    return text === '[DONE]' ? undefined : this.#text(text);
  }

  #text(text: string): JsonObject | undefined {
    if (this.#answer.ended) return undefined;
    const value = parseJson(text);
    if (isObject(value)) {
      this.#answer.body(value);
      return value;
    }
    // What follows a complete answer takes nothing from it.
    if (!this.#answer.complete()) {
      this.#answer.fail(
        new GatewayError('bad_upstream', 'The provider sent something in its stream that is not an answer.'),
      );
    }
    return undefined;
  }
}

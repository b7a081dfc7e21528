import { GatewayError } from '../../canon/error.ts';
import type { Sink } from '../../canon/event.ts';
import { isObject, type JsonObject, parseJson } from '../../canon/json.ts';
import { LearntForm } from '../../wire/frame-form.ts';
import { createSseReader, FrameTooLarge, type SseFrame } from '../../wire/sse.ts';
import type { StreamReader } from '../dialect.ts';
import { AnswerReader } from './answer-read.ts';
import { readErrorBody } from './error-read.ts';
import { createTextDeltas, type Grown, learnForm } from './text-delta.ts';

/** Reads a stream of `chat.completion.chunk`s. The finish waits for `[DONE]` or the end of the bytes: usage may come after the reason. */
export function readStream(emit: Sink, runs = false): StreamReader {
  const answer = new AnswerReader(emit);
  const deltas = createTextDeltas();
  const form = new LearntForm<Grown>(runs ? Number.POSITIVE_INFINITY : 1);
  /** No frame has been known by its form since one was learnt. */
  let inVain = false;
  const frames = createSseReader(onFrame, leap);

  /** A chunk that differs from the one before by one string alone, or as many as there are. */
  function leap(bytes: Buffer, start: number): number {
    const end = answer.ended ? 0 : form.end(bytes, start);
    if (end === 0) return 0;
    inVain = false;
    const { meaning } = form;
    const pieces = form.pieces();
    if (typeof meaning === 'number') answer.arguments(meaning, form.text(), pieces);
    else answer.text(meaning, form.text(), pieces);
    return end;
  }

  function onFrame({ event, data }: SseFrame, bytes: Buffer, start: number, end: number): void {
    if (answer.ended || data === undefined || data === '') return;
    const text = event === '' ? deltas.match(data) : undefined;
    if (text !== undefined) {
      if (form.learns) form.learn(bytes.subarray(start, end), deltas.field(), text, deltas.kind());
      return answer.text(deltas.kind(), text);
    }
    const trimmed = data.trim();
    if (trimmed === '[DONE]') return answer.finish();
    const value = parseJson(trimmed);
    if (event === 'error') return answer.fail(readErrorBody(isObject(value) ? value : { message: trimmed }));
    // What follows a complete answer takes nothing from it.
    if (!isObject(value)) return answer.complete() ? answer.finish() : answer.fail(notAnAnswer());
    answer.body(value);
    if (event === '') learn(data, value, bytes.subarray(start, end));
  }

  /** Most frames have a form; the dearer way is for streams in which frames of one are still read. */
  function learn(data: string, chunk: JsonObject, frame: Buffer): void {
    if (inVain) deltas.learn(data, chunk);
    if (form.learns && learnForm(form, data, chunk, frame)) inVain = true;
  }

  return {
    feed(chunk) {
      try {
        frames.feed(chunk);
      } catch (error) {
        if (!(error instanceof FrameTooLarge)) throw error;
        answer.fail(new GatewayError('bad_upstream', error.message, { cause: error }));
      }
    },
    isComplete: () => answer.complete(),
    end() {
      frames.end();
      if (answer.ended) return;
      if (answer.complete()) answer.finish();
      else answer.fail(new GatewayError('bad_upstream', 'The provider ended its answer before it was complete.'));
    },
  };
}

function notAnAnswer(): GatewayError {
  return new GatewayError('bad_upstream', 'The provider sent something in its stream that is not an answer.');
}

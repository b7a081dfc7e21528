import { GatewayError } from '../../canon/error.ts';
import type { Sink } from '../../canon/event.ts';
import { isObject, type JsonObject, parseJson } from '../../canon/json.ts';
import { createSseReader, FrameTooLarge, type SseFrame } from '../../wire/sse.ts';
import type { StreamReader } from '../dialect.ts';
import { AnswerReader } from './answer-read.ts';
import { DeltaPattern } from './delta-pattern.ts';
import { readErrorObject } from './error-read.ts';

/** Reads a stream of events. All that is said in it is said at least twice, so that a frame that cannot be read need not end it. */
export function readStream(emit: Sink): StreamReader {
  const answer = new AnswerReader(emit);
  const pattern = new DeltaPattern();
  const frames = createSseReader(onFrame);

  function onFrame({ event: name, data }: SseFrame): void {
    if (answer.ended || data === undefined || data === '') return;
    const piece = pattern.match(data);
    if (piece !== undefined && pattern.event !== undefined) {
      pattern.event.delta = piece;
      return answer.event(String(pattern.event.type), pattern.event);
    }
    const value = readData(data);
    if (value !== undefined) {
      const type = typeof value.type === 'string' ? value.type : name;
      if (value.type === type) pattern.learn(data, value);
      // Some servers send their HTTP error's body.
      if (type === '' && isObject(value.error)) return answer.fail(readErrorObject(value));
      return answer.event(type, value);
    }
    if (name === 'error') return answer.fail(readErrorObject({ message: data }));
    // Other languages end their streams so, and some servers of this one too.
    if (data.trim() !== '[DONE]') answer.tear();
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
    end() {
      frames.end();
      answer.fail(new GatewayError('bad_upstream', 'The provider ended its answer before it was complete.'));
    },
  };
}

/** An event; one whose last brace is missing has said everything all the same. */
export function readData(data: string): JsonObject | undefined {
  const value = parseJson(data) ?? parseJson(`${data}}`);
  return isObject(value) ? value : undefined;
}

/** Reads a whole response; a 200 that holds an error, or no answer, ends in an error. */
export function readResponse(body: unknown, emit: Sink): void {
  const answer = new AnswerReader(emit);
  if (isObject(body) && Array.isArray(body.output)) return answer.whole(body);
  if (isObject(body) && (body.error ?? body.detail ?? body.message) !== undefined) {
    return answer.fail(readErrorObject(body));
  }
  answer.fail(new GatewayError('bad_upstream', 'The provider sent something that is not an answer.'));
}

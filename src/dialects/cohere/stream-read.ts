import { GatewayError } from '../../canon/error.ts';
import type { Sink } from '../../canon/event.ts';
import { isObject, parseJson } from '../../canon/json.ts';
import { createSseReader, FrameTooLarge, type SseFrame } from '../../wire/sse.ts';
import type { StreamReader } from '../dialect.ts';
import { AnswerReader } from './answer-read.ts';
import { isErrorBody, readErrorBody } from './error-read.ts';

/** Reads one streamed answer. It is complete with its `message-end`. */
export function readStream(emit: Sink): StreamReader {
  const answer = new AnswerReader(emit);
  const frames = createSseReader((frame) => readFrame(frame, answer));
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
      answer.cut();
    },
  };
}

function readFrame({ event, data }: SseFrame, answer: AnswerReader): void {
  // Proxies borrow the end mark from another language.
  if (answer.ended || data === undefined || data === '' || data.trim() === '[DONE]') return;
  const value = parseJson(data);
  if (!isObject(value))
    return answer.fail(
      new GatewayError('bad_upstream', 'The provider sent something in its stream that is not an answer.'),
    );
  const type = typeof value['type'] === 'string' ? value['type'] : event;
  if (type === 'error' || (type === '' && isErrorBody(value))) return answer.fail(readErrorBody(value));
  answer.event(type, value);
}

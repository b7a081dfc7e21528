import { GatewayError } from '../../canon/error.ts';
import type { Sink } from '../../canon/event.ts';
import { isObject, parseJson } from '../../canon/json.ts';
import { BadEventStream, createEventStreamReader, type MessageHeaders } from '../../wire/aws-eventstream.ts';
import type { StreamReader } from '../dialect.ts';
import { AnswerReader } from './answer-read.ts';
import { readException } from './error-read.ts';

/** Reads one streamed answer. */
export function readStream(emit: Sink): StreamReader {
  const answer = new AnswerReader(emit);
  const messages = createEventStreamReader((headers, payload) => {
    if (!answer.ended) readMessage(headers, payload, answer);
  });

  /** What follows a complete answer takes nothing from it. */
  function attempt(step: () => void): void {
    if (answer.ended) return;
    try {
      step();
    } catch (cause) {
      if (!(cause instanceof BadEventStream)) throw cause;
      if (answer.complete()) answer.finish();
      else answer.fail(new GatewayError('bad_upstream', cause.message, { cause }));
    }
  }

  return {
    feed: (chunk) => attempt(() => messages.feed(chunk)),
    isComplete: () => answer.complete(),
    end() {
      attempt(() => messages.end());
      answer.cut();
    },
  };
}

function readMessage(headers: MessageHeaders, payload: Buffer, answer: AnswerReader): void {
  const kind = headers[':message-type'];
  const text = payload.toString();
  const event = text.trim() === '' ? {} : parseJson(text);
  if (kind === 'error') {
    const fields = { message: headers[':error-message'] ?? text };
    return answer.fail(readException(headers[':error-code'] ?? 'InternalServerException', fields));
  }
  if (kind === 'exception') {
    const fields = isObject(event) ? event : { message: text };
    return answer.fail(readException(headers[':exception-type'] ?? 'InternalServerException', fields));
  }
  if (!isObject(event)) {
    if (answer.complete()) return answer.finish();
    return answer.fail(new GatewayError('bad_upstream', 'The provider sent an event that is not JSON.'));
  }
  const name = headers[':event-type'] ?? '';
  if (name !== 'initial-response') answer.event(name, event);
}

import { GatewayError } from '../../canon/error.ts';
import type { Sink } from '../../canon/event.ts';
import { isObject } from '../../canon/json.ts';
import { AnswerReader } from './answer-read.ts';
import { isErrorBody, readErrorBody } from './error-read.ts';

/** Reads a whole answer; a 200 that holds an error, or no answer, ends in an error. */
export function readResponse(body: unknown, emit: Sink): void {
  const answer = new AnswerReader(emit);
  if (isObject(body) && isObject(body['message'])) return answer.whole(body);
  answer.fail(
    isObject(body) && isErrorBody(body)
      ? readErrorBody(body)
      : new GatewayError('bad_upstream', 'The provider answered with something that is not a message.'),
  );
}

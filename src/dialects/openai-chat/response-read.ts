import { GatewayError } from '../../canon/error.ts';
import type { Sink } from '../../canon/event.ts';
import { isObject } from '../../canon/json.ts';
import { AnswerReader } from './answer-read.ts';
import { isErrorBody } from './error-read.ts';

/** Reads a whole `chat.completion`; a 200 that holds an error, or no answer, ends in an error. */
export function readResponse(body: unknown, emit: Sink): void {
  const answer = new AnswerReader(emit);
  const isAnswer =
    isObject(body) && (isErrorBody(body) || (Array.isArray(body['choices']) && body['choices'].length > 0));
  if (!isAnswer) {
    answer.fail(new GatewayError('bad_upstream', 'The provider sent something that is not an answer.'));
    return;
  }
  answer.body(body);
  answer.finish();
}

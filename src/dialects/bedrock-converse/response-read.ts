import { GatewayError } from '../../canon/error.ts';
import type { Sink } from '../../canon/event.ts';
import { isObject, objectsIn, stringIn } from '../../canon/json.ts';
import { AnswerReader } from './answer-read.ts';
import { readException } from './error-read.ts';

/** Reads a whole answer. */
export function readResponse(body: unknown, emit: Sink): void {
  const answer = new AnswerReader(emit);
  const output = isObject(body) && isObject(body.output) ? body.output : {};
  const message = isObject(output.message) ? output.message : undefined;
  if (!isObject(body) || message === undefined || !Array.isArray(message.content)) {
    const name = isObject(body) ? stringIn(body.__type) : undefined;
    if (isObject(body) && (name !== undefined || typeof body.message === 'string'))
      return answer.fail(readException(name?.replace(/^.*#/s, '') ?? 'ModelErrorException', body));
    return answer.fail(new GatewayError('bad_upstream', 'The provider answered with something that is not a message.'));
  }
  answer.begin();
  for (const block of objectsIn(message.content)) answer.blocks.whole(block);
  answer.measure(body);
  answer.stop(body);
  answer.finish();
}

import { GatewayError } from '../../canon/error.ts';
import type { Sink } from '../../canon/event.ts';
import { isObject, objectsIn } from '../../canon/json.ts';
import { AnswerReader } from './answer-read.ts';

/** Reads a whole answer, or a stream that has been gathered into its array; whatever is no answer ends in an error. */
export function readResponse(body: unknown, emit: Sink): void {
  const answer = new AnswerReader(emit);
  const chunks = Array.isArray(body) ? objectsIn(body) : [body].filter(isObject);
  const said = chunks.some((chunk) => objectsIn(chunk.candidates).length > 0 || isObject(chunk.promptFeedback));
  for (const chunk of chunks) if (said || isObject(chunk.error)) answer.body(chunk);
  if (said) answer.finish();
  else answer.fail(new GatewayError('bad_upstream', 'The provider sent something that is not an answer.'));
}

import type { ErrorContext } from '../dialect.ts';
import type { JsonObject } from '../json.ts';
import { messageOf, typeOf } from '../openai-chat/error.ts';
import type { Problem } from '../problem.ts';
import type { Manner } from '../scenario.ts';
import { framed } from './stream.ts';

/** An error in the middle of a stream: an `error` event, and then the response that has failed. */
export function errorFrame(
  problem: Problem,
  context: ErrorContext,
  manner: Manner,
  before: number | undefined,
): string {
  const message = messageOf(problem);
  const code = problem.code ?? (problem.status === 429 ? 'rate_limit_exceeded' : 'server_error');
  const error = { type: typeOf(problem), code, message, param: problem.param ?? null };
  const events = [
    { type: 'error', error },
    { type: 'response.failed', response: failedResponse(context, { code, message }) },
  ];
  return framed(events, manner, before ?? 0).join('');
}

function failedResponse(context: ErrorContext, error: JsonObject): JsonObject {
  return {
    id: context.requestId.replace(/^req_/, 'resp_'),
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status: 'failed',
    background: false,
    error,
    incomplete_details: null,
    output: [],
    usage: null,
    metadata: {},
  };
}

/** OpenAI's words for an input that is too long. */
export function overflow(): Problem {
  return {
    status: 400,
    type: 'invalid_request_error',
    param: 'input',
    code: 'context_length_exceeded',
    message: 'Your input exceeds the context window of this model. Please adjust your input and try again.',
  };
}

import type { ErrorAnswer, ErrorContext } from '../dialect.ts';
import type { JsonObject } from '../json.ts';
import type { Problem } from '../problem.ts';
import { flavorOf } from './flavor.ts';

const TYPES: Readonly<Record<number, string>> = {
  401: 'invalid_request_error',
  403: 'insufficient_permissions',
  404: 'invalid_request_error',
  429: 'rate_limit_exceeded',
};

const MESSAGES: Readonly<Record<number, string>> = {
  404: 'Not found',
  413: 'Request body is too large.',
  429: 'Rate limit reached. Please try again later.',
  500: 'The server had an error while processing your request. Sorry about that!',
  503: 'The engine is currently overloaded, please try again later',
};

/** Databricks' names for statuses. */
const DATABRICKS_CODES: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  404: 'ENDPOINT_NOT_FOUND',
  429: 'REQUEST_LIMIT_EXCEEDED',
  500: 'INTERNAL_ERROR',
  503: 'TEMPORARILY_UNAVAILABLE',
};

function statusOf(problem: Problem): number {
  return problem.status < 400 ? 500 : problem.status;
}

/** The problem's own message, or the usual one for its status. */
export function messageOf(problem: Problem): string {
  return problem.message === '' ? (MESSAGES[statusOf(problem)] ?? 'Error') : problem.message;
}

/** The problem's own type, or the usual one for its status. */
export function typeOf(problem: Problem): string {
  const status = statusOf(problem);
  return problem.type ?? TYPES[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
}

/** The inner error object, as each kind of server writes it. */
function envelope(problem: Problem, context: ErrorContext): JsonObject {
  const status = statusOf(problem);
  const message = messageOf(problem);
  const flavor = flavorOf(context);
  if (flavor === 'databricks') {
    return { error_code: problem.code ?? problem.type ?? DATABRICKS_CODES[status] ?? status, message };
  }
  if (flavor === 'openrouter') {
    const metadata = problem.details === undefined ? {} : { metadata: problem.details };
    return { error: { message, code: problem.code ?? status, ...metadata } };
  }
  return { error: { message, type: typeOf(problem), param: problem.param ?? null, code: problem.code ?? null } };
}

/** The error as the service answers it. */
export function writeError(problem: Problem, context: ErrorContext): ErrorAnswer {
  return { status: problem.status, headers: problem.headers ?? {}, body: problem.body ?? envelope(problem, context) };
}

/** The data of a chunk that is an error. */
export function errorChunk(problem: Problem, context: ErrorContext): JsonObject {
  const body = envelope(problem, context);
  if (flavorOf(context) !== 'openrouter') return body;
  const choices = [{ index: 0, delta: { content: '' }, finish_reason: 'error' }];
  return { id: `gen-${context.requestId}`, object: 'chat.completion.chunk', created: 0, model: '', ...body, choices };
}

/** OpenAI's words for a prompt that is too long. */
export function overflow(tokens: number, window: number): Problem {
  return {
    status: 400,
    type: 'invalid_request_error',
    param: 'messages',
    code: 'context_length_exceeded',
    message:
      `This model's maximum context length is ${window} tokens. However, your messages resulted in ${tokens} tokens. ` +
      'Please reduce the length of the messages.',
  };
}

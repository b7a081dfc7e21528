import type { ErrorAnswer, ErrorContext } from '../dialect.ts';
import { defined, type JsonObject } from '../json.ts';
import type { Problem } from '../problem.ts';

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  501: 'not_supported',
  504: 'timeout_error',
  529: 'overloaded_error',
};

const MESSAGES: Readonly<Record<number, string>> = {
  401: 'invalid x-api-key',
  404: 'Not found',
  413: 'Request exceeds the maximum size',
  429: 'This request would exceed your rate limit. Please try again later.',
  500: 'Internal server error',
  529: 'Overloaded',
};

/** The error type that goes with a status. */
export function typeFor(status: number): string {
  return TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
}

function envelope(problem: Problem, requestId: string): JsonObject {
  const status = problem.status < 400 ? 500 : problem.status;
  const error = defined({
    type: problem.type ?? typeFor(status),
    message: problem.message === '' ? (MESSAGES[status] ?? 'Error') : problem.message,
    details: problem.details,
  });
  return { type: 'error', error, request_id: requestId };
}

/** The error as the service answers it. */
export function writeError(problem: Problem, context: ErrorContext): ErrorAnswer {
  return {
    status: problem.status,
    headers: problem.headers ?? {},
    body: problem.body ?? envelope(problem, context.requestId),
  };
}

/** The data of an `error` event. */
export function errorEvent(problem: Problem, context: ErrorContext): JsonObject {
  return envelope(problem.type === undefined ? { ...problem, type: 'overloaded_error' } : problem, context.requestId);
}

/** The only wording that makes Claude Code compact. */
export function overflow(tokens: number, window: number): Problem {
  return { status: 400, message: `prompt is too long: ${tokens} tokens > ${window} maximum` };
}

import type { ErrorAnswer, ErrorContext } from '../dialect.ts';
import type { JsonObject } from '../json.ts';
import type { Problem } from '../problem.ts';
import type { Manner } from '../scenario.ts';
import { addressOf, isEventStream } from './path.ts';
import { geminiFrame } from './stream.ts';

const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
  529: 'UNAVAILABLE',
};

const MESSAGES: Readonly<Record<number, string>> = {
  404: 'Requested entity was not found.',
  413: 'Request payload size exceeds the limit: 20971520 bytes.',
  429: 'You exceeded your current quota, please check your plan and billing details.',
  500: 'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
  503: 'The model is overloaded. Please try again later.',
  504: 'The request timed out. Please try again.',
  529: 'The model is overloaded. Please try again later.',
};

const DEFAULT_RETRY_SECONDS = '1';

/** How long to wait stands in the body: the service sends no `retry-after`. */
function detailsOf(problem: Problem, status: number): JsonObject[] {
  if (problem.details !== undefined) return [problem.details];
  if (status !== 429) return [];
  const seconds = problem.headers?.['retry-after'] ?? DEFAULT_RETRY_SECONDS;
  const violations = [{ quotaId: 'GenerateRequestsPerMinutePerProjectPerModel' }];
  return [
    { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${seconds}s` },
  ];
}

function envelope(problem: Problem): JsonObject {
  const code = problem.status < 400 ? 500 : problem.status;
  const message = problem.message === '' ? (MESSAGES[code] ?? 'Error') : problem.message;
  const status = problem.type ?? STATUSES[code] ?? (code >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT');
  const details = detailsOf(problem, code);
  return { error: { code: problem.code ?? code, message, status, ...(details.length > 0 ? { details } : {}) } };
}

/** The error as the service answers it; where a JSON array was to come, it is one with the error in it. */
export function writeError(problem: Problem, context: ErrorContext): ErrorAnswer {
  const body = problem.body ?? envelope(problem);
  const { 'retry-after': _retry, ...headers } = problem.headers ?? {};
  const isArray = addressOf(context.path)?.stream === true && !isEventStream(context.query);
  return { status: problem.status, headers, body: isArray ? [body] : body };
}

/** An error in the middle of a stream, and the end of the array where it is one. */
export function errorFrame(
  problem: Problem,
  context: ErrorContext,
  manner: Manner,
  before: number | undefined,
): string {
  const json = JSON.stringify(envelope(problem));
  return geminiFrame(json, manner, isEventStream(context.query), { first: before === 0, last: true });
}

/** The service's words for an input that is too long. */
export function overflow(tokens: number, window: number): Problem {
  return {
    status: 400,
    message: `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${window}).`,
  };
}

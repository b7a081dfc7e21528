import type { ErrorAnswer } from '../dialect.ts';
import type { JsonObject } from '../json.ts';
import type { Problem } from '../problem.ts';
import { encodeException } from './event-stream.ts';

const TYPES: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  401: 'UnrecognizedClientException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  413: 'RequestEntityTooLargeException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  503: 'ServiceUnavailableException',
  529: 'ServiceUnavailableException',
};

const MESSAGES: Readonly<Record<number, string>> = {
  403: "You don't have access to the model with the specified model ID.",
  404: 'The requested resource was not found.',
  408: 'The model took too long to answer.',
  413: 'The request is too large.',
  424: 'The model returned an error.',
  429: 'Too many requests, please wait before trying again.',
  500: 'The system encountered an unexpected error during processing. Try your request again.',
  503: 'Bedrock is unable to process your request.',
};

/** The exception that goes with a status. */
export function exceptionFor(status: number): string {
  return TYPES[status] ?? (status >= 500 ? 'InternalServerException' : 'ValidationException');
}

/** The error as the service answers it: its kind in a header, its words in the body. */
export function writeError(problem: Problem): ErrorAnswer {
  const type = problem.type ?? exceptionFor(problem.status);
  const body: JsonObject = problem.body ?? { message: messageOf(problem), ...problem.details };
  return { status: problem.status, headers: { 'x-amzn-errortype': type, ...problem.headers }, body };
}

/** The exception that ends a stream. */
export function errorFrame(problem: Problem): Uint8Array {
  return encodeException(problem.type ?? exceptionFor(problem.status), messageOf(problem));
}

function messageOf(problem: Problem): string {
  if (problem.message !== '') return problem.message;
  return MESSAGES[problem.status] ?? 'The service could not process the request.';
}

/** The service does not tell how long the prompt is. */
export function overflow(): Problem {
  return { status: 400, type: 'ValidationException', message: 'Input is too long for requested model.' };
}

import type { ErrorAnswer, ErrorContext } from '../dialect.ts';
import type { Problem } from '../problem.ts';

const MESSAGES: Readonly<Record<number, string>> = {
  401: 'invalid api token',
  404: 'not found',
  413: 'request entity too large',
  429: 'You are past the per minute request limit, please wait and try again later.',
  500: 'internal server error',
  503: 'service unavailable',
};

/** The words of a problem, or those that go with its status. */
export function wordsOf(problem: Problem): string {
  return problem.message === '' ? (MESSAGES[problem.status] ?? 'error') : problem.message;
}

/** The error as the service answers it: there is no code, only words. */
export function writeError(problem: Problem, context: ErrorContext): ErrorAnswer {
  return {
    status: problem.status,
    headers: problem.headers ?? {},
    body: problem.body ?? { id: context.requestId, message: wordsOf(problem), ...problem.details },
  };
}

/** The service tells only by how much the prompt is too long. */
export function overflow(tokens: number, window: number): Problem {
  return {
    status: 400,
    message:
      `too many tokens: size limit exceeded by ${tokens - window} tokens. Try using shorter or fewer inputs, or setting ` +
      "prompt_truncation='AUTO'.",
  };
}

import type { ErrorKind, GatewayError } from '../../canon/error.ts';
import type { JsonObject } from '../../canon/json.ts';
import { readOverflow } from '../../canon/overflow.ts';

interface Words {
  readonly type: string;
  /** What a client's code looks at. Absent: the origin's own code, which the type alone already places. */
  readonly code?: string;
  /** What it looks at inside an answer, where there is no type; the code where this is absent. */
  readonly inside?: string;
}

const words: { readonly [kind in ErrorKind]: Words } = {
  // Whatever has no code of its own is tried again by some clients.
  invalid_request: { type: 'invalid_request_error', inside: 'invalid_prompt' },
  context_overflow: { type: 'invalid_request_error', code: 'context_length_exceeded' },
  content_policy: { type: 'invalid_request_error', code: 'content_policy_violation' },
  authentication: { type: 'authentication_error', code: 'invalid_api_key' },
  billing: { type: 'insufficient_quota', code: 'insufficient_quota' },
  permission: { type: 'permission_error', inside: 'permission_error' },
  not_found: { type: 'not_found_error', inside: 'not_found_error' },
  timeout: { type: 'server_error', code: 'timeout' },
  conflict: { type: 'invalid_request_error', code: 'conflict' },
  too_large: { type: 'invalid_request_error', code: 'request_too_large' },
  rate_limit: { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  internal: { type: 'server_error', inside: 'server_error' },
  not_supported: { type: 'invalid_request_error', code: 'not_supported' },
  bad_upstream: { type: 'server_error', code: 'bad_upstream' },
  unavailable: { type: 'server_error', code: 'service_unavailable' },
  upstream_timeout: { type: 'server_error', code: 'upstream_timeout' },
  overloaded: { type: 'server_error', code: 'overloaded', inside: 'server_is_overloaded' },
};

/** OpenAI's error body. The request's id travels in a header there. */
export function writeError(error: GatewayError): JsonObject {
  const { type, code } = words[error.kind];
  return {
    error: {
      message: textOf(error),
      type,
      param: error.details.param ?? (error.kind === 'context_overflow' ? 'input' : null),
      code: code ?? error.details.code ?? null,
    },
  };
}

/** The `error` of a response that has failed. */
export function writeFailure(error: GatewayError): JsonObject {
  const { code, inside } = words[error.kind];
  return { code: inside ?? code ?? 'server_error', message: withWait(textOf(error), error) };
}

/** Inside an answer there is no header to say it, and some clients read it from the text. */
function withWait(message: string, { kind, details: { retryAfter } }: GatewayError): string {
  if (kind !== 'rate_limit' || retryAfter === undefined || /(?:try again|retry) (?:in|after) /i.test(message)) {
    return message;
  }
  return `${message} Please try again in ${retryAfter}s.`;
}

/** OpenAI's wording of an overflow, which its clients look for; the origin's where it gave no numbers. */
function textOf({ kind, message, details: { tokens, limit, maxTokens } }: GatewayError): string {
  if (kind !== 'context_overflow') return message;
  if (tokens === undefined || limit === undefined) {
    const isKnown = readOverflow(message) !== undefined;
    return isKnown ? message : `Your input exceeds the context window of this model. ${message}`;
  }
  const asked =
    maxTokens === undefined
      ? `your messages resulted in ${tokens} tokens`
      : `you requested ${tokens} tokens (${tokens - maxTokens} in the messages, ${maxTokens} in the completion)`;
  return `This model's maximum context length is ${limit} tokens. However, ${asked}. Please reduce the length of the messages.`;
}

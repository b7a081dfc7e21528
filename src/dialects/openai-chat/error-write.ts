import type { ErrorKind, GatewayError } from '../../canon/error.ts';
import type { JsonObject } from '../../canon/json.ts';
import { readOverflow } from '../../canon/overflow.ts';

interface Words {
  readonly type: string;
  /** What a client's code looks at. Absent: the origin's own code, which the type alone already places. */
  readonly code?: string;
}

const words: { readonly [kind in ErrorKind]: Words } = {
  invalid_request: { type: 'invalid_request_error' },
  context_overflow: { type: 'invalid_request_error', code: 'context_length_exceeded' },
  content_policy: { type: 'invalid_request_error', code: 'content_policy_violation' },
  authentication: { type: 'authentication_error', code: 'invalid_api_key' },
  billing: { type: 'insufficient_quota', code: 'insufficient_quota' },
  permission: { type: 'permission_error' },
  not_found: { type: 'not_found_error' },
  timeout: { type: 'server_error', code: 'timeout' },
  conflict: { type: 'invalid_request_error', code: 'conflict' },
  too_large: { type: 'invalid_request_error', code: 'request_too_large' },
  rate_limit: { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  internal: { type: 'server_error' },
  not_supported: { type: 'invalid_request_error', code: 'not_supported' },
  bad_upstream: { type: 'server_error', code: 'bad_upstream' },
  unavailable: { type: 'server_error', code: 'service_unavailable' },
  upstream_timeout: { type: 'server_error', code: 'upstream_timeout' },
  overloaded: { type: 'server_error', code: 'overloaded' },
};

/** OpenAI's error body. The request's id travels in a header there. */
export function writeError(error: GatewayError): JsonObject {
  const { type, code } = words[error.kind];
  return {
    error: {
      message: error.kind === 'context_overflow' ? overflowText(error) : error.message,
      type,
      param: error.details.param ?? (error.kind === 'context_overflow' ? 'messages' : null),
      code: code ?? error.details.code ?? null,
    },
  };
}

/** OpenAI's wording, which its clients look for; the origin's where it gave no numbers. */
function overflowText({ message, details: { tokens, limit, maxTokens } }: GatewayError): string {
  if (tokens === undefined || limit === undefined) {
    const isKnown = readOverflow(message) !== undefined;
    return isKnown ? message : `This model's maximum context length is exceeded. ${message}`;
  }
  const asked =
    maxTokens === undefined
      ? `your messages resulted in ${tokens} tokens`
      : `you requested ${tokens} tokens (${tokens - maxTokens} in the messages, ${maxTokens} in the completion)`;
  return `This model's maximum context length is ${limit} tokens. However, ${asked}. Please reduce the length of the messages.`;
}

import type { ErrorKind, GatewayError } from '../../canon/error.ts';
import type { JsonObject } from '../../canon/json.ts';
import { overflowMessage } from './overflow.ts';

const typeOfKind = {
  invalid_request: 'invalid_request_error',
  context_overflow: 'invalid_request_error',
  content_policy: 'invalid_request_error',
  authentication: 'authentication_error',
  billing: 'billing_error',
  permission: 'permission_error',
  not_found: 'not_found_error',
  timeout: 'timeout_error',
  conflict: 'conflict_error',
  too_large: 'request_too_large',
  rate_limit: 'rate_limit_error',
  internal: 'api_error',
  not_supported: 'not_supported',
  bad_upstream: 'api_error',
  unavailable: 'overloaded_error',
  upstream_timeout: 'timeout_error',
  overloaded: 'overloaded_error',
} as const satisfies { [kind in ErrorKind]: string };

/** The error as clients of this language know it. `requestId` is left out where it is empty. */
export function writeError(error: GatewayError, requestId: string): JsonObject {
  return {
    type: 'error',
    error: { type: typeOfKind[error.kind], message: messageOf(error) },
    ...(requestId !== '' && { request_id: requestId }),
  };
}

function messageOf(error: GatewayError): string {
  if (error.kind === 'context_overflow') return overflowMessage(error);
  const { param } = error.details;
  if (param === undefined) return error.message;
  const dotted = param.replace(/\[(\d+)\]/g, '.$1');
  return error.message.includes(param) || error.message.includes(dotted)
    ? error.message
    : `${dotted}: ${error.message}`;
}

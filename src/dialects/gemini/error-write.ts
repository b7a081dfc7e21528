import { type ErrorKind, errorKinds, type GatewayError } from '../../canon/error.ts';
import type { JsonObject } from '../../canon/json.ts';
import { readOverflow } from '../../canon/overflow.ts';
import { ownDomain } from './error-read.ts';

const statuses: { readonly [kind in ErrorKind]: string } = {
  invalid_request: 'INVALID_ARGUMENT',
  context_overflow: 'INVALID_ARGUMENT',
  content_policy: 'INVALID_ARGUMENT',
  authentication: 'UNAUTHENTICATED',
  billing: 'RESOURCE_EXHAUSTED',
  permission: 'PERMISSION_DENIED',
  not_found: 'NOT_FOUND',
  timeout: 'DEADLINE_EXCEEDED',
  conflict: 'ABORTED',
  too_large: 'INVALID_ARGUMENT',
  rate_limit: 'RESOURCE_EXHAUSTED',
  internal: 'INTERNAL',
  not_supported: 'UNIMPLEMENTED',
  bad_upstream: 'INTERNAL',
  unavailable: 'UNAVAILABLE',
  upstream_timeout: 'DEADLINE_EXCEEDED',
  overloaded: 'UNAVAILABLE',
};

const type = (name: string): string => `type.googleapis.com/google.rpc.${name}`;

/** Google's clients know no 529. */
export function statusOf({ kind, status }: GatewayError): number {
  return kind === 'overloaded' ? errorKinds.unavailable : status;
}

/** Google's error body. The kind stands in the details, where its codes are too few. */
export function writeError(error: GatewayError, requestId: string): JsonObject {
  const { retryAfter, param } = error.details;
  const message = error.kind === 'context_overflow' ? overflowText(error) : error.message;
  return {
    error: {
      code: statusOf(error),
      message,
      status: statuses[error.kind],
      details: [
        { '@type': type('ErrorInfo'), reason: error.kind.toUpperCase(), domain: ownDomain },
        ...(retryAfter === undefined ? [] : [{ '@type': type('RetryInfo'), retryDelay: `${retryAfter}s` }]),
        ...(param === undefined
          ? []
          : [{ '@type': type('BadRequest'), fieldViolations: [{ field: param, description: message }] }]),
        ...(requestId === '' ? [] : [{ '@type': type('RequestInfo'), requestId }]),
      ],
    },
  };
}

/** Google's wording, which its clients look for; the origin's where it gave no numbers. */
function overflowText({ message, details: { tokens, limit } }: GatewayError): string {
  if (limit !== undefined) {
    const asked = tokens === undefined ? '' : ` (${tokens})`;
    return `The input token count${asked} exceeds the maximum number of tokens allowed (${limit}).`;
  }
  const isKnown = readOverflow(message) !== undefined || /exceeds the maximum number of tokens/.test(message);
  return isKnown ? message : `The input token count exceeds the maximum number of tokens allowed. ${message}`;
}

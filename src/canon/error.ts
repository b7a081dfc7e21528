import type { DialectName } from './content.ts';

/** Every kind of failure, with the HTTP status it has when nobody says otherwise. */
export const errorKinds = {
  invalid_request: 400,
  /** The prompt, or prompt and answer together, do not fit the model's window. */
  context_overflow: 400,
  content_policy: 400,
  authentication: 401,
  billing: 402,
  permission: 403,
  not_found: 404,
  timeout: 408,
  conflict: 409,
  too_large: 413,
  rate_limit: 429,
  internal: 500,
  not_supported: 501,
  /** The provider answered with something that is not an answer, or broke off. */
  bad_upstream: 502,
  unavailable: 503,
  upstream_timeout: 504,
  overloaded: 529,
} as const;

export type ErrorKind = keyof typeof errorKinds;

/** Details of a failure. Texts are shown to clients: no secrets, no internal addresses. */
export interface ErrorDetails {
  readonly status?: number;
  /** Seconds. */
  readonly retryAfter?: number;
  /** Set when trying the same again is certain to be useless (or useful), whatever the status suggests. */
  readonly shouldRetry?: boolean;
  /** Path of the field at fault, `messages[3].content`. */
  readonly param?: string;
  /** The machine-readable code the origin gave. */
  readonly code?: string;
  /** For context_overflow: what was asked and what fits, tokens. */
  readonly tokens?: number;
  readonly limit?: number;
  /** For an overflow caused by prompt plus `max_tokens`: the answer's share of `tokens`. */
  readonly maxTokens?: number;
  /** The provider's own body, to be passed on unmodified to a client of the same language. */
  readonly origin?: { readonly dialect: DialectName; readonly body: Uint8Array; readonly contentType: string };
  /**
   * What failed, where no answer of the provider's told of it: no connection came about or it broke before the answer,
   * it fell silent for too long, or the gateway itself could not go on.
   */
  readonly place?: 'connection' | 'silence' | 'gateway';
  readonly cause?: unknown;
}

/** The one error that crosses rooms; each dialect says it in its own words. */
export class GatewayError extends Error {
  readonly kind: ErrorKind;
  readonly status: number;
  readonly details: ErrorDetails;

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'GatewayError';
    this.kind = kind;
    this.status = details.status ?? errorKinds[kind];
    this.details = details;
  }
}

const kindByStatus: ReadonlyMap<number, ErrorKind> = new Map([
  [400, 'invalid_request'],
  [401, 'authentication'],
  [402, 'billing'],
  [403, 'permission'],
  [404, 'not_found'],
  [405, 'not_found'],
  [408, 'timeout'],
  [409, 'conflict'],
  [413, 'too_large'],
  [422, 'invalid_request'],
  [424, 'bad_upstream'],
  [429, 'rate_limit'],
  // Cancelled, but not by us: mostly an answer that failed within the service.
  [499, 'bad_upstream'],
  [500, 'internal'],
  [501, 'not_supported'],
  [502, 'bad_upstream'],
  [503, 'unavailable'],
  [504, 'upstream_timeout'],
  // A proxy in between has got no answer, none in time, or no connection.
  [520, 'bad_upstream'],
  [521, 'bad_upstream'],
  [522, 'upstream_timeout'],
  [523, 'bad_upstream'],
  [524, 'upstream_timeout'],
  [525, 'bad_upstream'],
  [526, 'bad_upstream'],
  [529, 'overloaded'],
]);

/** The kind that a bare HTTP status stands for. A redirection is no answer to a call, and not the client's fault. */
export function errorKindOf(status: number): ErrorKind {
  if (status < 400) return 'bad_upstream';
  return kindByStatus.get(status) ?? (status >= 500 ? 'internal' : 'invalid_request');
}

/** What was thrown, as an error that a client may hear; a fault of our own is told without its details. */
export function asGatewayError(thrown: unknown): GatewayError {
  return thrown instanceof GatewayError
    ? thrown
    : new GatewayError('internal', 'The gateway failed.', { cause: thrown });
}

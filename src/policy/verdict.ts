import type { ErrorKind, GatewayError } from '../canon/error.ts';

/**
 * Who is at fault. `provider`: it cannot be reached; `model`: this model does not answer well there; `key`: the
 * credential is refused or its allowance used up; `client`: the request itself; `nobody`: nothing follows from it.
 */
export type Blame = 'client' | 'key' | 'model' | 'provider' | 'nobody';

/** What a failure means for the tries that may follow. */
export interface Verdict {
  /** Another target may do better. */
  readonly elsewhere: boolean;
  /** The same one may, after a while. */
  readonly again: boolean;
  readonly blame: Blame;
  readonly why: ErrorKind;
  /** How long the provider said to leave it alone, milliseconds. */
  readonly restMs?: number;
}

type Rule = readonly [blame: Blame, elsewhere: boolean, again: boolean];

const rules: { readonly [kind in ErrorKind]: Rule } = {
  invalid_request: ['client', false, false],
  // What does not fit here may fit a model with a larger window, or a server with a larger limit.
  context_overflow: ['client', true, false],
  content_policy: ['client', false, false],
  too_large: ['client', true, false],
  not_supported: ['client', true, false],
  not_found: ['nobody', true, false],
  conflict: ['nobody', true, true],
  authentication: ['key', true, false],
  billing: ['key', true, false],
  permission: ['key', true, false],
  rate_limit: ['key', true, true],
  timeout: ['model', true, true],
  internal: ['model', true, true],
  bad_upstream: ['model', true, true],
  unavailable: ['model', true, true],
  upstream_timeout: ['model', true, true],
  overloaded: ['model', true, true],
};

/** What follows from an error, whether a provider told it or the way to the provider failed. */
export function judge(error: GatewayError): Verdict {
  const { kind, details } = error;
  const [blame, elsewhere, again] = judgedByOrigin(error) ?? rules[kind];
  const { retryAfter, shouldRetry } = details;
  return {
    elsewhere,
    again: shouldRetry ?? again,
    blame,
    why: kind,
    ...(retryAfter !== undefined && { restMs: retryAfter * 1000 }),
  };
}

/** Where it was not the provider's answer that told of a failure, the kind alone does not say whose it is. */
function judgedByOrigin({ kind, details }: GatewayError): Rule | undefined {
  if (details.place === 'connection') return ['provider', true, true];
  // Whoever has waited that long for silence is not made to do it twice.
  if (details.place === 'silence') return ['model', true, false];
  // A fault of the gateway has a cause, which no answer has.
  const own = details.place === 'gateway' || (kind === 'internal' && details.cause !== undefined);
  return own ? ['nobody', true, false] : undefined;
}

import { GatewayError } from '../canon/error.ts';
import type { Secret } from '../config/secret.ts';
import type { Headers } from '../dialects/dialect.ts';
import type { WireCall } from './provider.ts';

/** Shows who is calling. Its secrets are out of reach of anything that prints. */
export interface Credential {
  authorize(call?: WireCall, signal?: AbortSignal): Headers | Promise<Headers>;
  refused(headers: Headers): boolean;
}

/** A key that never changes, or none at all. */
export function staticCredential(headers: Headers): Credential {
  const frozen = Object.freeze({ ...headers });
  return { authorize: () => frozen, refused: () => false };
}

/** What stands in for a credential that is not there: every call says what to set. */
export function missingCredential(provider: string, missing: string): Credential {
  return {
    authorize() {
      throw new GatewayError('authentication', `The provider "${provider}" has no credential: ${missing}.`, {
        shouldRetry: false,
      });
    },
    refused: () => false,
  };
}

/** Headers from the configuration, names in lower case. */
export function revealed(headers: { readonly [name: string]: Secret }): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.reveal()]));
}

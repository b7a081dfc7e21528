import type { Headers } from '../dialects/dialect.ts';

/** How a credential is shown. */
export type KeyHeader = 'bearer' | 'x-api-key' | 'api-key' | 'x-goog-api-key';

/** The header in which a key is shown. */
export function keyHeaders(header: KeyHeader, key: string): Headers {
  return header === 'bearer' ? { authorization: `Bearer ${key}` } : { [header]: key };
}

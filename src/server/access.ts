import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Tells who comes in: the digest of the key, empty where none is needed; nothing where nobody may come in with that.
 * `query` with its question mark, or empty.
 */
export type Access = (headers: IncomingHttpHeaders, query: string) => string | undefined;

/**
 * Accepts any of the keys, in whichever of the usual places: clients send one, another, or several with different
 * contents. Clients that sign as AWS wants it show the key as the id of their access key. Without keys everybody is
 * accepted. Keys are found by digest, and those that were right by their hash, which has a secret seed: the time that takes
 * tells nothing of them.
 */
export function createAccess(keys: readonly string[]): Access {
  if (keys.length === 0) return () => '';
  const digests = new Set(keys.map(digest));
  /** Keys that have been shown and are right, with their digests, so that only the first showing is digested. */
  const shownBefore = new Map<string, string>();
  const known = (key: string | undefined): string | undefined => {
    if (key === undefined || key === '') return undefined;
    const before = shownBefore.get(key);
    if (before !== undefined) return before;
    const shown = digest(key);
    if (!digests.has(shown)) return undefined;
    shownBefore.set(key, shown);
    return shown;
  };
  return (headers, query) =>
    known(bearer(headers.authorization)) ??
    known(single(headers['x-api-key'])) ??
    known(single(headers['x-goog-api-key'])) ??
    known(single(headers['api-key'])) ??
    known(query.includes('key=') ? (new URLSearchParams(query).get('key') ?? undefined) : undefined);
}

function digest(key: string): string {
  return hash('sha256', key, 'base64');
}

function bearer(authorization: string | undefined): string | undefined {
  const match =
    authorization === undefined
      ? null
      : /^(?:Bearer\s+(.+)|AWS4-HMAC-SHA256\s.*\bCredential=([^/,\s]+).*)$/i.exec(authorization);
  return (match?.[1] ?? match?.[2])?.trim();
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value.trim() : value?.[0]?.trim();
}

import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Tells who comes in: the digest of the key, empty where none is needed; nothing where nobody may come in with that.
 * `query` with its question mark, or empty.
 */
export type Access = (headers: IncomingHttpHeaders, query: string) => string | undefined;

/**
 * Accepts any of the keys, in whichever of the usual places: clients send one, another, or several with different
 * contents. Clients that sign as AWS wants it show the key as the id of their access key. Without keys everybody is accepted. Keys are compared by digest, so that the time a
 * comparison takes tells nothing of them.
 */
export function createAccess(keys: readonly string[]): Access {
  if (keys.length === 0) return () => '';
  const digests = new Set(keys.map(digest));
  const known = (key: string | undefined): string | undefined => {
    const shown = key === undefined || key === '' ? undefined : digest(key);
    return shown !== undefined && digests.has(shown) ? shown : undefined;
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

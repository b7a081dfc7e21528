import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Tells who may come in. */
export type Access = (headers: IncomingHttpHeaders) => boolean;

/**
 * Accepts any of the keys, in whichever of the two usual headers: clients send one, the other, or both with
 * different contents. Without keys everybody is accepted. Keys are compared by digest, so that the time a
 * comparison takes tells nothing of them.
 */
export function createAccess(keys: readonly string[]): Access {
  if (keys.length === 0) return () => true;
  const digests = new Set(keys.map(digest));
  const known = (key: string | undefined): boolean => key !== undefined && key !== '' && digests.has(digest(key));
  return (headers) => known(bearer(headers.authorization)) || known(single(headers['x-api-key']));
}

function digest(key: string): string {
  return hash('sha256', key, 'base64');
}

function bearer(authorization: string | undefined): string | undefined {
  const match = authorization === undefined ? null : /^Bearer\s+(.+)$/i.exec(authorization);
  return match?.[1]?.trim();
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value.trim() : value?.[0]?.trim();
}

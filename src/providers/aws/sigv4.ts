import { createHash, createHmac } from 'node:crypto';
import type { Headers } from '../../dialects/dialect.ts';
import type { WireCall } from '../provider.ts';

/** What Amazon knows a caller by. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** With keys that were lent for a while. */
  readonly sessionToken?: string;
}

/** What a signature is good for. */
export interface SigningScope {
  readonly region: string;
  readonly service: string;
}

/** A request as far as it is signed. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as they stand in the request line. */
  readonly path: string;
  /** All of those that are signed: lower-case names, `host` and `x-amz-date` among them. */
  readonly headers: Headers;
  /** SHA-256 of the body, in hexadecimal digits. */
  readonly bodyHash: string;
}

const algorithm = 'AWS4-HMAC-SHA256';

/**
 * The headers that sign a call (signature version 4): they go over those of the call. Only what is certain to arrive
 * unchanged is signed: host, content type and Amazon's own.
 * @param now milliseconds since the epoch.
 */
export function signedHeaders(call: WireCall, keys: AwsKeys, scope: SigningScope, now: number): Headers {
  const date = `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  const bodyHash = sha256(call.body?.whole() ?? '');
  const own = {
    'x-amz-date': date,
    'x-amz-content-sha256': bodyHash,
    ...(keys.sessionToken === undefined ? {} : { 'x-amz-security-token': keys.sessionToken }),
  };
  const signed = Object.entries(call.headers).filter(([name]) => name === 'content-type' || name.startsWith('x-amz'));
  const headers = { ...Object.fromEntries(signed), ...own, host: new URL(call.origin).host };
  const { method, path } = call;
  return { ...own, authorization: authorizationFor({ method, path, headers, bodyHash }, keys, scope) };
}

/** The value of `authorization` for a request. */
export function authorizationFor(request: SignedRequest, keys: AwsKeys, { region, service }: SigningScope): string {
  const date = request.headers['x-amz-date'] ?? '';
  const day = date.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const names = Object.keys(request.headers).toSorted();
  const text = [algorithm, date, scope, sha256(canonicalRequest(request, names))].join('\n');
  const signature = hmac(signingKey(keys.secretAccessKey, day, region, service), text).toString('hex');
  return `${algorithm} Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
}

function canonicalRequest({ method, path, headers, bodyHash }: SignedRequest, names: readonly string[]): string {
  const mark = path.indexOf('?');
  const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/\s+/g, ' ')}`);
  return [
    method,
    canonicalPath(mark < 0 ? path : path.slice(0, mark)),
    mark < 0 ? '' : canonicalQuery(path.slice(mark + 1)),
    ...lines,
    '',
    names.join(';'),
    bodyHash,
  ].join('\n');
}

/** Dots and double slashes are taken out, and what is there is encoded once more than it is already. */
function canonicalPath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(encode(segment));
  }
  return `/${kept.join('/')}${kept.length > 0 && path.endsWith('/') ? '/' : ''}`;
}

function canonicalQuery(query: string): string {
  const pairs = query.split('&').filter((pair) => pair !== '');
  const encoded = pairs.map((pair) => {
    const at = pair.indexOf('=');
    const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    return [encode(decode(name)), encode(decode(value))] as const;
  });
  return encoded
    .toSorted(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** All but unreserved characters as `%XY`. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function signingKey(secret: string, day: string, region: string, service: string): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), 'aws4_request');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

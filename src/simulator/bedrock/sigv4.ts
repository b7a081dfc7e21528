import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Problem } from '../problem.ts';

/** Whose signatures are good. */
export interface AwsAccount {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Given with temporary credentials: the request must bring it along. */
  readonly sessionToken?: string;
  readonly region: string;
}

/** What a signature is made over. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as they stood in the request line. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const SERVICE = 'bedrock';
/** A signature is good for so many minutes before and after its date. */
const MINUTES = 15;
const AUTHORIZATION = /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]+)$/;
const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Why a request with this signature (version 4) is not let in, or undefined; `now` in milliseconds of the epoch. */
export function signatureProblem(request: SignedRequest, account: AwsAccount, now: number): Problem | undefined {
  const { headers } = request;
  const authorization = headers.authorization ?? '';
  if (authorization === '') return forbidden('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const found = AUTHORIZATION.exec(authorization);
  if (found === null) {
    return forbidden('IncompleteSignatureException', `Authorization header is not complete: '${authorization}'`);
  }
  const [, credential = '', names = '', signature = ''] = found;
  const [accessKeyId, day = '', region = '', service, end] = credential.split('/');
  const token = headers['x-amz-security-token'];
  if (accessKeyId !== account.accessKeyId || token !== account.sessionToken) {
    return forbidden('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  if (region !== account.region) return invalid('Credential should be scoped to a valid region.');
  if (service !== SERVICE) return invalid(`Credential should be scoped to correct service: '${SERVICE}'.`);
  if (end !== 'aws4_request') return invalid("Credential should be scoped with a valid terminator: 'aws4_request'.");
  const date = String(headers['x-amz-date'] ?? '');
  const late = dateProblem(date, day, now);
  if (late !== undefined) return late;
  const signed = names.split(';');
  const unsigned = Object.keys(headers).filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !signed.includes(name),
  );
  if (unsigned.length > 0) {
    return invalid(`There were headers present in the request which were not signed: ${unsigned.join(', ')}`);
  }
  const hash = sha256(request.body);
  const claimed = headers['x-amz-content-sha256'];
  if (claimed !== undefined && claimed !== hash) {
    return invalid("The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
  const scope = [day, region, service, end].join('/');
  const text = [ALGORITHM, date, scope, sha256(canonicalRequest(request, signed, hash))].join('\n');
  const expected = hmac(signingKey(account.secretAccessKey, day, region), text);
  const given = Buffer.from(signature, 'hex');
  if (given.length === expected.length && timingSafeEqual(given, expected)) return undefined;
  return invalid(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key ' +
      'and signing method. Consult the service documentation for details.',
  );
}

function forbidden(type: string, message: string): Problem {
  return { status: 403, type, message };
}

function invalid(message: string): Problem {
  return forbidden('InvalidSignatureException', message);
}

function dateProblem(date: string, day: string, now: number): Problem | undefined {
  const found = DATE.exec(date);
  if (found === null) return invalid("Date must be in ISO-8601 'basic format'. Got none that can be read.");
  if (date.slice(0, 8) !== day) {
    return invalid(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}'.`,
    );
  }
  const [year, month, dayOfMonth, ...clock] = found.slice(1).map(Number) as [number, number, number, ...number[]];
  const then = Date.UTC(year, month - 1, dayOfMonth, clock[0], clock[1], clock[2]);
  const span = MINUTES * 60_000;
  if (then < now - span) {
    const bound = `${basic(now - span)} (${basic(now)} - ${MINUTES} min.)`;
    return invalid(`Signature expired: ${date} is now earlier than ${bound}`);
  }
  if (then > now + span) {
    const bound = `${basic(now + span)} (${basic(now)} + ${MINUTES} min.)`;
    return invalid(`Signature not yet current: ${date} is still later than ${bound}`);
  }
  return undefined;
}

function basic(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

function canonicalRequest({ method, target, headers }: SignedRequest, signed: readonly string[], hash: string): string {
  const mark = target.indexOf('?');
  const lines = signed.map((name) => `${name}:${canonicalValue(headers[name])}\n`).join('');
  return [
    method,
    canonicalPath(mark < 0 ? target : target.slice(0, mark)),
    mark < 0 ? '' : canonicalQuery(target.slice(mark + 1)),
    lines,
    signed.join(';'),
    hash,
  ].join('\n');
}

function canonicalValue(value: string | string[] | undefined): string {
  const text = Array.isArray(value) ? value.join(',') : (value ?? '');
  return text.trim().replace(/\s+/g, ' ');
}

/** Every service but S3 encodes the path once more than it is encoded already, and takes dots and double slashes out. */
function canonicalPath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const end = kept.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${kept.map(encode).join('/')}${end}`;
}

function canonicalQuery(query: string): string {
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [encode(decode(name)), encode(decode(value.join('=')))] as const;
    });
  const byCode = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
  return pairs
    .sort((a, b) => byCode(a[0], b[0]) || byCode(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
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
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function signingKey(secret: string, day: string, region: string): Buffer {
  return ['aws4_request'].reduce(hmac, [day, region, SERVICE].reduce(hmac, Buffer.from(`AWS4${secret}`)));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

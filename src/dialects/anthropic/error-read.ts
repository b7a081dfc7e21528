import { type ErrorDetails, type ErrorKind, errorKindOf, GatewayError } from '../../canon/error.ts';
import { isObject, type JsonObject, parseJson, stringIn } from '../../canon/json.ts';
import { type Overflow, readOverflow } from '../../canon/overflow.ts';
import { readRetryAfter } from '../../canon/retry-after.ts';
import { kindOfWording } from '../../canon/wording.ts';
import type { Headers } from '../dialect.ts';
import { anthropicName } from './ext.ts';
import { nativeOverflow } from './overflow.ts';

const kindOfType: ReadonlyMap<string, ErrorKind> = new Map([
  ['invalid_request_error', 'invalid_request'],
  ['authentication_error', 'authentication'],
  ['billing_error', 'billing'],
  ['permission_error', 'permission'],
  ['not_found_error', 'not_found'],
  ['timeout_error', 'timeout'],
  ['conflict_error', 'conflict'],
  ['request_too_large', 'too_large'],
  ['rate_limit_error', 'rate_limit'],
  ['overloaded_error', 'overloaded'],
  ['not_supported', 'not_supported'],
]);

/** What it says to those who may not use it any more, under the type of a bad request. */
const lockedOut = /organization has been disabled/i;
/** What a text may tell that the type beside it does not. */
const finer: ReadonlySet<ErrorKind> = new Set(['billing', 'content_policy']);
/** Longest stretch of a body that is no JSON to be quoted, characters. */
const maxQuote = 500;

/** What an error body says, whoever wrote it. */
interface Said {
  readonly type?: string;
  readonly message?: string;
  readonly code?: string;
  readonly param?: string;
}

/** Reads a refusal. The body goes along only where it is the service's own envelope. */
export function readError(status: number, headers: Headers, body: Uint8Array): GatewayError {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
  const parsed = parseJson(text);
  const said = readSaid(parsed);
  const message = said.message ?? describeBody(status, text);
  // What stands behind relays speaks of an overflow in words that no client of this language acts on.
  const understood = nativeOverflow.test(message) || overflowOf(said, message) === undefined;
  return errorFrom(said, message, status, {
    ...readRetry(headers, message),
    ...(isEnvelope(parsed) &&
      understood && {
        origin: { dialect: anthropicName, body, contentType: headers['content-type'] ?? 'application/json' },
      }),
  });
}

/** Reads an error inside an answer that began well. */
export function readStreamError(event: JsonObject): GatewayError {
  const said = readSaid(event);
  return errorFrom(
    said,
    said.message ?? 'The provider reported an error without a message.',
    undefined,
    readRetry({}, said.message ?? ''),
  );
}

function errorFrom(said: Said, message: string, status: number | undefined, details: ErrorDetails): GatewayError {
  const overflow = status === undefined || status < 500 ? overflowOf(said, message) : undefined;
  const kind = overflow === undefined ? kindOf(said, message, status) : 'context_overflow';
  return new GatewayError(kind, message, {
    ...(status !== undefined && status >= 400 && { status }),
    ...(said.code !== undefined && { code: said.code }),
    ...(said.param !== undefined && { param: said.param }),
    ...overflow,
    ...(kind === 'billing' && { shouldRetry: false }),
    ...details,
  });
}

function overflowOf({ code }: Said, message: string): Overflow | undefined {
  return readOverflow(message) ?? (code === 'context_length_exceeded' ? {} : undefined);
}

function kindOf({ type, code }: Said, message: string, status: number | undefined): ErrorKind {
  const kind = kindOfType.get(type ?? '');
  if (kind === 'billing' || code === 'insufficient_quota') return 'billing';
  if (kind === undefined || kind === 'invalid_request' || kind === 'permission') {
    const told = kindOfWording(message, status);
    if (told !== undefined && finer.has(told)) return told;
    if (kind === 'invalid_request' && lockedOut.test(message)) return 'permission';
  }
  if (kind === 'timeout' && status === 504) return 'upstream_timeout';
  if (kind !== undefined) return kind;
  return status === undefined ? 'internal' : errorKindOf(status);
}

/** Behind compatible addresses stand servers that answer in other shapes. */
function readSaid(body: unknown): Said {
  if (!isObject(body)) return {};
  const error = isObject(body.error) ? body.error : body;
  const details = isObject(error.details) ? error.details : {};
  const said = {
    type: error === body ? undefined : stringIn(error.type),
    message: firstText(error.message, body.message, body.error, body.detail, body.error_description),
    code: firstText(details.error_code, error.code, body.error_code),
    param: firstText(error.param),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

function firstText(...candidates: unknown[]): string | undefined {
  return candidates.map(stringIn).find((text) => text !== undefined && text !== '');
}

function isEnvelope(body: unknown): boolean {
  if (!isObject(body) || body.type !== 'error' || !isObject(body.error)) return false;
  return typeof body.error.type === 'string' && typeof body.error.message === 'string';
}

function describeBody(status: number, text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return `The provider answered with status ${status} and no body.`;
  if (trimmed.startsWith('<')) return `The provider answered with status ${status} and a web page.`;
  if (trimmed.startsWith('{')) return `The provider answered with status ${status} and an error it did not explain.`;
  return trimmed.slice(0, maxQuote);
}

function readRetry(headers: Headers, message: string): ErrorDetails {
  const should = headers['x-should-retry'];
  const retryAfter = readRetryAfter(headers, message);
  return {
    ...(retryAfter !== undefined && { retryAfter }),
    ...((should === 'true' || should === 'false') && { shouldRetry: should === 'true' }),
  };
}

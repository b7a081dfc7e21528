import { type ErrorDetails, type ErrorKind, errorKindOf, errorKinds, GatewayError } from '../../canon/error.ts';
import { isObject, type JsonObject, numberIn, objectsIn, parseJson, stringIn } from '../../canon/json.ts';
import { type Overflow, readOverflow } from '../../canon/overflow.ts';
import { readRetryAfter } from '../../canon/retry-after.ts';
import type { Headers } from '../dialect.ts';
import { geminiName } from './ext.ts';

/** The domain under which this gateway names the kind of an error in an error's details. */
export const ownDomain = 'dragoman';

/** Characters of an error's text that are looked at and passed on. */
const longestMessage = 4000;

/** What an error body says. */
interface Said {
  readonly message: string;
  /** HTTP status, where the body names one. */
  readonly code?: number;
  /** Google's canonical code, `RESOURCE_EXHAUSTED`. */
  readonly status?: string;
  readonly reason?: string;
  readonly domain?: string;
  readonly param?: string;
  /** A duration, `34.4s`. */
  readonly delay?: string;
  /** An allowance of a whole day is used up: what the delay says is of the next try only, and it will fail. */
  readonly forToday?: boolean;
  /** The body is Google's own form. */
  readonly envelope: boolean;
}

const kindByStatus: ReadonlyMap<string, ErrorKind> = new Map([
  ['INVALID_ARGUMENT', 'invalid_request'],
  ['OUT_OF_RANGE', 'invalid_request'],
  ['FAILED_PRECONDITION', 'invalid_request'],
  ['UNAUTHENTICATED', 'authentication'],
  ['PERMISSION_DENIED', 'permission'],
  ['NOT_FOUND', 'not_found'],
  ['ALREADY_EXISTS', 'conflict'],
  ['ABORTED', 'conflict'],
  ['RESOURCE_EXHAUSTED', 'rate_limit'],
  ['INTERNAL', 'internal'],
  ['UNKNOWN', 'internal'],
  ['DATA_LOSS', 'internal'],
  ['UNIMPLEMENTED', 'not_supported'],
  ['UNAVAILABLE', 'unavailable'],
  ['DEADLINE_EXCEEDED', 'upstream_timeout'],
  // Not by us.
  ['CANCELLED', 'bad_upstream'],
]);

/** Reasons that Google gives beside the code. */
const kindByReason: ReadonlyMap<string, ErrorKind> = new Map([
  ['API_KEY_INVALID', 'authentication'],
  ['API_KEY_EXPIRED', 'authentication'],
  ['ACCESS_TOKEN_EXPIRED', 'authentication'],
  ['ACCESS_TOKEN_TYPE_UNSUPPORTED', 'authentication'],
  ['CREDENTIALS_MISSING', 'authentication'],
  ['BILLING_DISABLED', 'billing'],
  ['CONSUMER_SUSPENDED', 'permission'],
  ['SERVICE_DISABLED', 'permission'],
  ['RATE_LIMIT_EXCEEDED', 'rate_limit'],
]);

/** Wordings that say more than the code beside them; each with the codes that leave room for it. */
const kindByWording: readonly (readonly [kind: ErrorKind, wording: RegExp, statuses: readonly string[]])[] = [
  [
    'authentication',
    /api[ _]key (?:not valid|not found|expired|invalid)|leaked/i,
    ['INVALID_ARGUMENT', 'PERMISSION_DENIED'],
  ],
  [
    'billing',
    /credits? (?:are|is|has been|have been) (?:depleted|exhausted)|prepay(?:ment)? credits|spending cap|billing (?:to be|is not|has not been|account)|enable billing/i,
    ['RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'PERMISSION_DENIED'],
  ],
  ['too_large', /payload size exceeds/i, ['INVALID_ARGUMENT']],
  ['permission', /location is not supported/i, ['FAILED_PRECONDITION']],
  ['content_policy', /prohibited (?:content|use)|safety (?:filter|policy|settings)|blocked by/i, ['INVALID_ARGUMENT']],
  ['overloaded', /overloaded|high demand|at capacity|no capacity|out of capacity/i, ['UNAVAILABLE', 'INTERNAL']],
];

/** Google's wording for a prompt that does not fit, with one number or none. */
const tooManyTokens =
  /(?:input )?token count.{0,40}? exceeds the maximum number of tokens(?: allowed)?(?:\D{0,10}(\d+))?/i;

/** Reads an HTTP error. Streams wrap theirs in an array. Never throws. */
export function readError(status: number, headers: Headers, body: Uint8Array): GatewayError {
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, 1024 * 1024)).toString('utf8');
  const parsed = parseJson(text);
  const value = Array.isArray(parsed) ? (parsed as unknown[])[0] : parsed;
  const said = isObject(value) ? readSaid(value) : unstructured(status, text, headers['content-type'] ?? '');
  const contentType = headers['content-type'] ?? 'application/json';
  const passable = said.envelope && !Array.isArray(parsed);
  return errorOf(said, status, headers, passable ? { dialect: geminiName, body, contentType } : undefined);
}

/** Reads an error that came inside an answer, where no HTTP status speaks. */
export function readErrorBody(body: JsonObject): GatewayError {
  const said = readSaid(body);
  return errorOf(said, said.code, {}, undefined);
}

function errorOf(
  said: Said,
  status: number | undefined,
  headers: Headers,
  origin: ErrorDetails['origin'],
): GatewayError {
  const overflow = overflowOf(said);
  const kind = kindOf(said, status, overflow !== undefined);
  const retryAfter = readRetryAfter(headers, said.message, said.delay);
  const shouldRetry = headers['x-should-retry'] ?? (kind === 'billing' || said.forToday === true ? 'false' : undefined);
  const ownStatus =
    status !== undefined && status >= 400 && status !== errorKinds[kind] && errorKindOf(status) === kind;
  const code = said.domain === ownDomain ? undefined : (said.reason ?? said.status);
  return new GatewayError(kind, redact(said.message), {
    ...(ownStatus && { status }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(shouldRetry !== undefined && { shouldRetry: shouldRetry === 'true' }),
    ...(said.param !== undefined && { param: said.param }),
    ...(code !== undefined && { code }),
    ...(kind === 'context_overflow' && overflow),
    // Bodies about keys like to quote them.
    ...(origin !== undefined && kind !== 'authentication' && { origin }),
  });
}

function overflowOf({ message, status }: Said): Overflow | undefined {
  if (status === 'RESOURCE_EXHAUSTED') return undefined;
  const read = readOverflow(message);
  if (read?.limit !== undefined) return read;
  const found = tooManyTokens.exec(message);
  if (found === null) return read;
  return found[1] === undefined ? {} : { limit: Number(found[1]) };
}

function kindOf(said: Said, status: number | undefined, overflow: boolean): ErrorKind {
  const own = said.domain === ownDomain ? ownKind(said.reason) : undefined;
  if (own !== undefined) return own;
  if (overflow) return 'context_overflow';
  if (status === 413) return 'too_large';
  const reason = said.reason === undefined ? undefined : kindByReason.get(said.reason);
  if (reason !== undefined) return reason;
  const word = said.status ?? '';
  for (const [kind, wording, statuses] of kindByWording) {
    if (statuses.includes(word) && wording.test(said.message)) return kind;
  }
  // One who was refused at the door may be told so with any code.
  if (status === 401) return 'authentication';
  const known = kindByStatus.get(word);
  if (known !== undefined) return known;
  return status === undefined || status < 400 ? 'bad_upstream' : errorKindOf(status);
}

function ownKind(reason: string | undefined): ErrorKind | undefined {
  const kind = reason?.toLowerCase() ?? '';
  return Object.hasOwn(errorKinds, kind) ? (kind as ErrorKind) : undefined;
}

function readSaid(body: JsonObject): Said {
  const inner = body.error;
  if (!isObject(inner)) {
    const message = stringIn(inner) ?? stringIn(body.message) ?? stringIn(body.detail) ?? '';
    return { message: shown(message), envelope: false };
  }
  const details = objectsIn(inner.details);
  const info = detailOf(details, 'ErrorInfo');
  const violation = objectsIn(detailOf(details, 'BadRequest').fieldViolations)[0];
  const delay = stringIn(detailOf(details, 'RetryInfo').retryDelay);
  const code = numberIn(inner.code);
  const said = {
    status: stringIn(inner.status),
    reason: stringIn(info.reason),
    domain: stringIn(info.domain),
    param: stringIn(violation?.field),
  };
  return {
    message: shown(stringIn(inner.message) ?? ''),
    ...(code !== undefined && { code }),
    ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined && value !== '')),
    ...(delay !== undefined && { delay }),
    ...(isForToday(details) && { forToday: true }),
    envelope: typeof inner.message === 'string' && code !== undefined,
  };
}

function isForToday(details: readonly JsonObject[]): boolean {
  const violations = objectsIn(detailOf(details, 'QuotaFailure').violations);
  return violations.some(({ quotaId }) => /PerDay/.test(stringIn(quotaId) ?? ''));
}

function shown(message: string): string {
  return message === '' ? 'The provider reported an error without saying which.' : message.slice(0, longestMessage);
}

function detailOf(details: readonly JsonObject[], type: string): JsonObject {
  return details.find((detail) => stringIn(detail['@type'])?.endsWith(`.${type}`)) ?? {};
}

/** A page of a proxy in between, or nothing at all. */
function unstructured(status: number, text: string, contentType: string): Said {
  const trimmed = text.trim();
  const isPage = contentType.includes('html') || trimmed.startsWith('<');
  let message = trimmed.slice(0, 500);
  if (trimmed === '') message = `The provider answered with status ${status} and an empty body.`;
  else if (isPage) message = `The provider answered with status ${status} and a page.`;
  return { message, envelope: false };
}

/** Keys that a server quotes back are not for the client's eyes. */
function redact(message: string): string {
  return message
    .replace(/\bBearer\s+[\w.~+/=-]{8,}/gi, 'Bearer [key]')
    .replace(/\b(?:AIza|AQ\.|ya29\.)[\w.-]{12,}/g, '[key]');
}

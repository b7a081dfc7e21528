import { type ErrorKind, errorKindOf, errorKinds, GatewayError } from '../../canon/error.ts';
import { isObject, type JsonObject, parseJson, stringIn } from '../../canon/json.ts';
import { type Overflow, readOverflow } from '../../canon/overflow.ts';
import { readRetryAfter } from '../../canon/retry-after.ts';
import type { Headers } from '../dialect.ts';

/** Characters of an error's text that are looked at and passed on. */
const longestMessage = 4000;
/** Longest stretch of a body that is no JSON to be quoted, characters. */
const longestQuote = 500;

/** Statuses that mean something else here than elsewhere. */
const kindByStatus: ReadonlyMap<number, ErrorKind> = new Map([
  // The request or the answer held a token from the service's list of those it denies.
  [498, 'content_policy'],
]);

/** Wordings that say more than the status they come with. */
const wordings: readonly (readonly [kind: ErrorKind, statuses: readonly number[], wording: RegExp])[] = [
  [
    'not_found',
    [400, 404, 422],
    /model .{0,200}(?:not found|does not exist|is not available)|finetuned model with name/i,
  ],
  ['authentication', [400, 403], /invalid api (?:token|key)|no api key|api key has expired/i],
  [
    'billing',
    [400, 402, 403, 429],
    /payment method|maximum billing|billing (?:limit|capacity)|limited to [\d,]+ API calls \/ month/i,
  ],
  [
    'content_policy',
    [400, 403, 422],
    /content (?:policy|filter)|safety (?:policy|filter)|blocked (?:input|output|content)|toxic|deny-?list/i,
  ],
  ['upstream_timeout', [500, 502, 503], /timed? ?out|deadline exceeded/i],
  ['rate_limit', [], /rate limit|too many requests|limited to [\d,]+ API calls \/ minute/i],
  ['overloaded', [429, 500, 502, 503], /overloaded|at capacity|over capacity|high demand|too busy/i],
];

/** Reads a refusal: `{message}`, or `{data, message, id}` of servers in between. Never throws. */
export function readError(status: number, headers: Headers, body: Uint8Array): GatewayError {
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, 1024 * 1024)).toString('utf8');
  const value = parseJson(text);
  const message = (isObject(value) ? messageIn(value) : undefined) ?? describe(status, text);
  return errorOf(message, status, headers);
}

/** Reads an error that came inside an answer, where no status speaks. */
export function readErrorBody(body: JsonObject): GatewayError {
  return errorOf(messageIn(body) ?? 'The provider reported an error without a message.', undefined, {});
}

/** Whether a body that should be an answer or an event is an error: in answers the message is an object. */
export function isErrorBody(body: JsonObject): boolean {
  return typeof body['message'] === 'string' || body['error'] !== undefined;
}

function errorOf(message: string, status: number | undefined, headers: Headers): GatewayError {
  const tooLong = tooLongAnswer(message);
  const overflow = tooLong || (status !== undefined && status >= 429) ? undefined : overflowIn(message);
  const kind = overflow === undefined ? kindOf(message, status) : 'context_overflow';
  const retryAfter = readRetryAfter(headers, message);
  const param = tooLong ? 'max_tokens' : /'(messages\[\d+\][\w.[\]]*)'/.exec(message)?.[1];
  // A status whose usual kind is another would only mislead.
  const own = status !== undefined && status >= 400 && status !== errorKinds[kind] && errorKindOf(status) === kind;
  return new GatewayError(kind, message, {
    ...(own && { status }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(kind === 'billing' && { shouldRetry: false }),
    ...(param !== undefined && { param }),
    ...overflow,
  });
}

function kindOf(message: string, status: number | undefined): ErrorKind {
  for (const [kind, statuses, wording] of wordings) {
    if ((status === undefined || statuses.includes(status)) && wording.test(message)) return kind;
  }
  if (status === undefined) return /^invalid request/i.test(message) ? 'invalid_request' : 'internal';
  return kindByStatus.get(status) ?? errorKindOf(status);
}

/** It is the answer's limit that is wrong, not the prompt. */
function tooLongAnswer(message: string): boolean {
  return /max[ _]tokens must be less than or equal to/i.test(message);
}

/** "total number of tokens in the prompt cannot exceed 4081 - received 4292" */
function overflowIn(message: string): Overflow | undefined {
  const found = /tokens.*?cannot exceed (\d+)\D+received (\d+)/s.exec(message);
  if (found !== null) return { tokens: Number(found[2]), limit: Number(found[1]) };
  return readOverflow(message);
}

function messageIn(body: JsonObject): string | undefined {
  const { error, message, detail } = body;
  const inner = isObject(error) ? (stringIn(error['message']) ?? stringIn(error['type'])) : stringIn(error);
  const told = [message, inner, detail].map(stringIn).find((text) => text !== undefined && text.trim() !== '');
  return told?.slice(0, longestMessage);
}

/** A page of a proxy in between, or nothing at all. */
function describe(status: number, text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return `The provider answered with status ${status} and no body.`;
  if (trimmed.startsWith('<')) return `The provider answered with status ${status} and a web page.`;
  if (trimmed.startsWith('{')) return `The provider answered with status ${status} and an error it did not explain.`;
  return trimmed.slice(0, longestQuote);
}

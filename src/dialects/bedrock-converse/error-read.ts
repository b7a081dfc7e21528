import { type ErrorDetails, type ErrorKind, errorKindOf, errorKinds, GatewayError } from '../../canon/error.ts';
import { isObject, type JsonObject, numberIn, parseJson, stringIn } from '../../canon/json.ts';
import { type Overflow, readOverflow } from '../../canon/overflow.ts';
import { readRetryAfter } from '../../canon/retry-after.ts';
import type { Headers } from '../dialect.ts';
import { kindOfException } from './exception.ts';
import { converseName } from './ext.ts';

/** Characters of an error's text that are looked at and passed on. */
const longestMessage = 4000;
/** Longest stretch of a body that is no JSON to be quoted, characters. */
const longestQuote = 500;

/** Wordings under one exception that mean something of their own. */
const kindByWording: readonly (readonly [ErrorKind, RegExp])[] = [
  ['billing', /INVALID_PAYMENT_INSTRUMENT|payment instrument|billing|past due|free tier/i],
  [
    'authentication',
    /(?:security|session|bearer) token .{0,60}(?:expired|invalid)|(?:api key|credentials?) .{0,40}(?:expired|invalid|valid)|signature|authentication failed/i,
  ],
  [
    'not_found',
    /model identifier is invalid|could not resolve the foundation model|on-demand throughput isn.t supported|model .{0,80}(?:not found|does not exist|end of its life|isn.t supported in this region)|not found in (?:your )?(?:account|region)/i,
  ],
  ['content_policy', /content filter(?:ing)? policy|blocked by .{0,40}(?:policy|filter|guardrail)|usage polic/i],
];
/** And the exceptions under which they are believed. */
const mayMean: { readonly [kind in ErrorKind]?: readonly ErrorKind[] } = {
  invalid_request: ['not_found', 'content_policy'],
  permission: ['billing', 'authentication'],
};

/** Amazon's own count of what did not fit, beside the wordings that all servers share. */
const ownOverflows: readonly RegExp[] = [
  /max input tokens: (?<limit>\d+), request input token count: (?<tokens>\d+)/i,
  /input tokens? (?:count )?(?:of )?(?<tokens>\d+) exceeds? .{0,40}?(?<limit>\d+)/i,
];
/** Limits of length in characters; of tokens they tell nothing. */
const numberlessOverflow = /expected maxLength: \d+, actual: \d+/i;

/** What an error says, whatever its form. */
interface Said {
  readonly name?: string;
  readonly message: string;
  /** The status that the model behind the service gave. */
  readonly original?: number;
}

/** Reads an HTTP error. Never throws. */
export function readError(status: number, headers: Headers, body: Uint8Array): GatewayError {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
  const parsed = parseJson(text);
  const fields = isObject(parsed) ? parsed : {};
  const name = bareName(headers['x-amzn-errortype'] ?? stringIn(fields.__type) ?? stringIn(fields.code));
  const said = {
    ...(name !== undefined && { name }),
    message: messageIn(fields) ?? describeBody(status, text),
    ...originalIn(fields),
  };
  const told = redact(said.message);
  const isOwn = name !== undefined && told === said.message && messageIn(fields) !== undefined;
  return errorFrom({ ...said, message: told }, status, headers, {
    ...(isOwn && {
      origin: { dialect: converseName, body, contentType: headers['content-type'] ?? 'application/json' },
    }),
  });
}

/** Reads an exception inside an answer that began well. */
export function readException(name: string, fields: JsonObject): GatewayError {
  const message = messageIn(fields) ?? `The provider reported ${name} without a message.`;
  return errorFrom({ name, message: redact(message), ...originalIn(fields) }, undefined, {}, {});
}

function errorFrom(said: Said, status: number | undefined, headers: Headers, more: ErrorDetails): GatewayError {
  const { kind, overflow } = meaningOf(said, status);
  const retryAfter = readRetryAfter(headers, said.message);
  const should = headers['x-should-retry'];
  const ownStatus =
    status !== undefined && status >= 400 && status !== errorKinds[kind] && errorKindOf(status) === kind;
  return new GatewayError(kind, said.message, {
    ...(ownStatus && { status }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...((should === 'true' || should === 'false') && { shouldRetry: should === 'true' }),
    ...(said.name !== undefined && { code: said.name }),
    ...overflow,
    ...more,
  });
}

function meaningOf(said: Said, status: number | undefined): { kind: ErrorKind; overflow?: Overflow } {
  const kind = namedKind(said, status);
  const overflow = kind === 'invalid_request' ? overflowOf(said.message) : undefined;
  if (overflow !== undefined) return { kind: 'context_overflow', overflow };
  const finer = kindByWording.find(([, wording]) => wording.test(said.message.slice(0, longestMessage)))?.[0];
  return { kind: finer !== undefined && mayMean[kind]?.includes(finer) === true ? finer : kind };
}

/** A status that says more than the exception under it goes first. */
function namedKind({ name, original }: Said, status: number | undefined): ErrorKind {
  if (status === 402) return 'billing';
  if (status === 413) return 'too_large';
  const named = name === undefined ? undefined : kindOfException(name, original);
  return named ?? (status === undefined ? 'internal' : errorKindOf(status));
}

function overflowOf(message: string): Overflow | undefined {
  const groups = ownOverflows.map((wording) => wording.exec(message)?.groups).find((found) => found !== undefined);
  if (groups !== undefined) return { tokens: Number(groups.tokens), limit: Number(groups.limit) };
  return readOverflow(message) ?? (numberlessOverflow.test(message) ? {} : undefined);
}

/** `ValidationException:http://internal...`, `com.amazon.coral.service#AccessDeniedException` */
function bareName(name: string | undefined): string | undefined {
  const bare = name
    ?.replace(/[:,].*$/s, '')
    .replace(/^.*#/s, '')
    .trim();
  return bare === '' ? undefined : bare;
}

/** The text, under the names that Amazon's services give it. Of what a signature should have been, the first line is enough. */
function messageIn(fields: JsonObject): string | undefined {
  const texts = [fields.message, fields.Message, fields.errorMessage, fields.originalMessage];
  const text = texts.find((value): value is string => typeof value === 'string' && value.trim() !== '');
  return text?.slice(0, longestMessage).replace(/\s*The Canonical String for this request.*$/s, '');
}

function originalIn(fields: JsonObject): { original?: number } {
  const original = numberIn(fields.originalStatusCode);
  return original === undefined ? {} : { original };
}

function describeBody(status: number, text: string): string {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === '{}') return `The provider answered with status ${status} and no explanation.`;
  if (trimmed.startsWith('<')) return `The provider answered with status ${status} and a web page.`;
  return trimmed.slice(0, longestQuote);
}

/** Whose account it is, is not for the client's eyes. */
function redact(message: string): string {
  return message.replace(/(\barn:aws[\w-]*:[\w-]*:[\w-]*:)\d{12}(?=:)/g, '$1[account]');
}

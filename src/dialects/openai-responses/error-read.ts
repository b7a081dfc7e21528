import { type ErrorDetails, errorKindOf, errorKinds, GatewayError } from '../../canon/error.ts';
import { isObject, type JsonObject, numberIn, objectsIn, parseJson, stringIn } from '../../canon/json.ts';
import { readOverflow } from '../../canon/overflow.ts';
import { readRetryAfter } from '../../canon/retry-after.ts';
import type { Headers } from '../dialect.ts';
import { kindOf } from './error-kind.ts';
import { responsesName } from './ext.ts';

/** What an error body says, whatever its form. */
interface Said {
  readonly message: string;
  readonly words: readonly string[];
  readonly code?: string;
  readonly param?: string;
  /** HTTP status, where the body names one. */
  readonly status?: number;
  /** Seconds until a limit is over, where the body has a field for it. */
  readonly delay?: number;
  readonly envelope: boolean;
}

/** Characters of an error's text that are looked at and passed on. */
const longestMessage = 4000;
/** Bytes of an error's body that are read. */
const longestBody = 1024 * 1024;

/** Reads an HTTP error of any server of this language. Never throws. */
export function readError(status: number, headers: Headers, body: Uint8Array): GatewayError {
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, longestBody)).toString('utf8');
  const value = parseJson(text);
  const contentType = headers['content-type'] ?? 'application/json';
  const said = isObject(value) ? readSaid(value) : unstructured(status, text, contentType);
  return errorOf(said, status, headers, said.envelope ? { dialect: responsesName, body, contentType } : undefined);
}

/** Reads an error that came inside an answer, where no HTTP status speaks: an `error` event, or the error of a response. */
export function readErrorObject(error: JsonObject): GatewayError {
  const said = readSaid(error);
  return errorOf(said, said.status, {}, undefined);
}

function errorOf(
  said: Said,
  status: number | undefined,
  headers: Headers,
  origin: ErrorDetails['origin'],
): GatewayError {
  const overflow = status === 429 ? undefined : readOverflow(said.message);
  const { words, envelope, message, param, code } = said;
  const kind = kindOf(message, { words, status, overflow: overflow !== undefined, envelope });
  const retryAfter = readRetryAfter(headers, message, said.delay);
  const shouldRetry = headers['x-should-retry'] ?? (kind === 'billing' ? 'false' : undefined);
  const ownStatus =
    status !== undefined && status >= 400 && status !== errorKinds[kind] && errorKindOf(status) === kind;
  return new GatewayError(kind, redact(message), {
    ...(ownStatus && { status }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(shouldRetry !== undefined && { shouldRetry: shouldRetry === 'true' }),
    ...(param !== undefined && { param }),
    ...(code !== undefined && { code }),
    ...(kind === 'context_overflow' && overflow),
    // Bodies about keys like to quote them.
    ...(origin !== undefined && kind !== 'authentication' && { origin }),
  });
}

/** OpenAI nests; xAI has `{code, error}`; others have `detail`, `message` or `errors` at the top. */
function readSaid(body: JsonObject): Said {
  const nested = nestedIn(body.error);
  if (isObject(nested)) return { ...plain(nested), envelope: typeof nested.message === 'string' };
  const message = typeof nested === 'string' ? nested : (body.message ?? body.detail ?? body.errors);
  return plain({ ...body, message });
}

/** Some relays put their origin's body into a string. */
function nestedIn(error: unknown): unknown {
  if (typeof error !== 'string' || !error.startsWith('{')) return error;
  const inner = parseJson(error);
  return isObject(inner) ? (inner.error ?? inner) : error;
}

function plain(error: JsonObject): Said {
  const message = textOf(error.message ?? error.detail ?? error.error).slice(0, longestMessage);
  const { code, type, innererror } = error;
  const delay = numberIn(error.resets_in_seconds);
  const inner = isObject(innererror) ? innererror.code : undefined;
  const param = stringIn(error.param);
  const status = [code, error.status, error.status_code].map(Number).find((number) => number >= 400 && number < 600);
  return {
    message: message === '' ? 'The provider reported an error without saying which.' : message,
    words: [code, inner, type, error.status].flatMap((word) => (typeof word === 'string' ? [word.toLowerCase()] : [])),
    ...((typeof code === 'string' || typeof code === 'number') && { code: String(code) }),
    ...(param !== undefined && param !== '' && { param }),
    ...(status !== undefined && { status }),
    ...(delay !== undefined && { delay }),
    envelope: false,
  };
}

/** The text of a message that may be a list: FastAPI's `[{loc, msg}]`, `[{message}]`, or plain strings. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    const objects = objectsIn(value).map((one) => {
      const where = Array.isArray(one.loc) ? `${one.loc.join('.')}: ` : '';
      return where + textOf(one.msg ?? one.message ?? one.detail);
    });
    return [...value.filter((one) => typeof one === 'string'), ...objects].join('; ');
  }
  if (isObject(value)) return textOf(value.message ?? value.msg ?? value.detail ?? JSON.stringify(value));
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** A page of a proxy in between, or nothing at all. */
function unstructured(status: number, text: string, contentType: string): Said {
  const trimmed = text.trim();
  const isPage = contentType.includes('html') || /^<(?:!doctype|html|\?xml|head|body)/i.test(trimmed);
  const title = /<title[^>]*>([^<]{1,200})<\/title>/i.exec(trimmed)?.[1]?.trim();
  let message = trimmed.slice(0, 500);
  if (trimmed === '') message = `The provider answered with status ${status} and an empty body.`;
  else if (isPage)
    message = `The provider answered with status ${status} and a page${title === undefined ? '' : `: ${title}`}.`;
  return { message, words: [], envelope: false };
}

/** Keys that a server quotes back are not for the client's eyes. */
function redact(message: string): string {
  return message
    .replace(/\bBearer\s+[\w.~+/=-]{8,}/gi, 'Bearer [key]')
    .replace(/\b(?:(?:sk|pk|rk|gsk|xai|key|csk|hf|tgp)[-_]|dapi|AIza)[A-Za-z0-9*._-]{12,}/g, '[key]');
}

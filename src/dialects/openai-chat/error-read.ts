import { type ErrorDetails, type ErrorKind, errorKindOf, errorKinds, GatewayError } from '../../canon/error.ts';
import { isObject, type JsonObject, objectsIn, parseJson, stringIn } from '../../canon/json.ts';
import { readOverflow } from '../../canon/overflow.ts';
import { readRetryAfter } from '../../canon/retry-after.ts';
import { kindOfWording } from '../../canon/wording.ts';
import type { Headers } from '../dialect.ts';

/** What an error body says, whatever its form. */
interface Said {
  readonly message: string;
  /** Type, code and the like, lower case: words that name the kind. */
  readonly words: readonly string[];
  readonly code?: string;
  readonly param?: string;
  /** HTTP status, where the body names one. */
  readonly status?: number;
  readonly tokens?: number;
  readonly limit?: number;
  /** How long to wait, where the body has a field for it: seconds, or a duration such as `34.07s`. */
  readonly delay?: unknown;
  /** Headers that the body quotes. */
  readonly headers?: Headers;
  /** The body is OpenAI's own form. */
  readonly envelope: boolean;
}

/** Characters of an error's text that are looked at and passed on. */
const longestMessage = 4000;

/** Codes and types of OpenAI and its kin. */
const kindByWord: ReadonlyMap<string, ErrorKind> = new Map([
  ['context_length_exceeded', 'context_overflow'],
  ['exceed_context_size_error', 'context_overflow'],
  ['model_max_prompt_tokens_exceeded', 'context_overflow'],
  ['insufficient_quota', 'billing'],
  ['billing_hard_limit_reached', 'billing'],
  ['billing_not_active', 'billing'],
  ['billing_error', 'billing'],
  ['insufficient_credits', 'billing'],
  ['insufficient_balance', 'billing'],
  ['exceeded_current_quota_error', 'billing'],
  ['budget_exceeded', 'billing'],
  ['credit_limit', 'billing'],
  ['payment_required', 'billing'],
  ['content_policy_violation', 'content_policy'],
  ['content_filter', 'content_policy'],
  ['responsibleaipolicyviolation', 'content_policy'],
  ['data_inspection_failed', 'content_policy'],
  ['invalid_api_key', 'authentication'],
  ['invalid_authentication_error', 'authentication'],
  ['authentication_error', 'authentication'],
  ['unauthorized', 'authentication'],
  ['permission_error', 'permission'],
  ['permission_denied', 'permission'],
  ['permission_denied_error', 'permission'],
  ['insufficient_permissions', 'permission'],
  ['permissiondenied', 'permission'],
  ['key_model_access_denied', 'permission'],
  ['team_model_access_denied', 'permission'],
  ['model_not_found', 'not_found'],
  ['invalid_model', 'not_found'],
  ['deploymentnotfound', 'not_found'],
  ['not_found_error', 'not_found'],
  ['notfounderror', 'not_found'],
  ['resource_does_not_exist', 'not_found'],
  ['endpoint_not_found', 'not_found'],
  ['rate_limit_exceeded', 'rate_limit'],
  ['rate_limit_error', 'rate_limit'],
  ['rate_limit_reached_error', 'rate_limit'],
  ['ratelimiterror', 'rate_limit'],
  ['request_limit_exceeded', 'rate_limit'],
  ['rate_limited', 'rate_limit'],
  ['ratelimitreached', 'rate_limit'],
  ['model_rate_limit', 'rate_limit'],
  ['throttling_error', 'rate_limit'],
  ['too_many_requests', 'rate_limit'],
  ['overloaded', 'overloaded'],
  ['overloaded_error', 'overloaded'],
  ['engine_overloaded', 'overloaded'],
  ['engine_overloaded_error', 'overloaded'],
  ['model_overloaded', 'overloaded'],
  ['service_tier_capacity_exceeded', 'overloaded'],
  ['capacity_exceeded', 'overloaded'],
  ['queue_exceeded', 'overloaded'],
  ['nocapacity', 'overloaded'],
  ['slow_down', 'overloaded'],
  ['service_unavailable', 'unavailable'],
  ['service_unavailable_error', 'unavailable'],
  ['temporarily_unavailable', 'unavailable'],
  ['upstream_timeout', 'upstream_timeout'],
  ['deadline_exceeded', 'upstream_timeout'],
  ['timeout', 'timeout'],
  ['request_timeout', 'timeout'],
  ['conflict', 'conflict'],
  ['request_too_large', 'too_large'],
  ['request_entity_too_large', 'too_large'],
  ['not_supported', 'not_supported'],
  ['bad_upstream', 'bad_upstream'],
]);

/** Words that say less than a code or the text does: asked last. */
const vagueKinds: ReadonlyMap<string, ErrorKind> = new Map([
  ['invalid_request_error', 'invalid_request'],
  ['badrequesterror', 'invalid_request'],
  ['bad_request', 'invalid_request'],
  ['invalid_parameter_value', 'invalid_request'],
  ['server_error', 'internal'],
  ['internal_error', 'internal'],
  ['internal_server_error', 'internal'],
  ['internalservererror', 'internal'],
  ['api_error', 'internal'],
]);

/** Reads an HTTP error of any compatible server. Never throws. */
export function readError(status: number, headers: Headers, body: Uint8Array): GatewayError {
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, 1024 * 1024)).toString('utf8');
  const parsed = parseJson(text);
  // Google wraps it in a list.
  const value = Array.isArray(parsed) ? (parsed as unknown[])[0] : parsed;
  const said = isObject(value) ? readSaid(value) : unstructured(status, text, headers['content-type'] ?? '');
  const contentType = headers['content-type'] ?? 'application/json';
  const passable = said.envelope && !Array.isArray(parsed);
  return errorOf(said, status, headers, passable ? { dialect: 'openai-chat', body, contentType } : undefined);
}

/** Reads an error that came inside an answer, where no HTTP status speaks. */
export function readErrorBody(body: JsonObject): GatewayError {
  const said = readSaid(body);
  return errorOf(said, said.status, {}, undefined);
}

/** Whether a body that should be an answer is an error. */
export function isErrorBody(body: JsonObject): boolean {
  const error = body['error'];
  if (isObject(error) || (typeof error === 'string' && error !== '')) return true;
  if (Array.isArray(body['choices'])) return false;
  return (
    body['object'] === 'error' ||
    body['type'] === 'error' ||
    typeof body['error_code'] === 'string' ||
    typeof body['detail'] === 'string' ||
    (typeof body['message'] === 'string' && body['id'] === undefined)
  );
}

function errorOf(
  said: Said,
  status: number | undefined,
  headers: Headers,
  origin: ErrorDetails['origin'],
): GatewayError {
  const asked = status === 429 ? undefined : readOverflow(said.message);
  const kind = kindOf(said, status, asked !== undefined);
  const overflow = kind === 'context_overflow' ? asked : undefined;
  const tokens = said.tokens ?? overflow?.tokens;
  const limit = said.limit ?? overflow?.limit;
  const retryAfter = readRetryAfter(said.headers ?? headers, said.message, said.delay);
  const shouldRetry = headers['x-should-retry'] ?? (kind === 'billing' ? 'false' : undefined);
  const ownStatus =
    status !== undefined && status !== errorKinds[kind] && errorKindOf(status) === kind && status >= 400;
  return new GatewayError(kind, redact(said.message), {
    ...(ownStatus && { status }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(shouldRetry !== undefined && { shouldRetry: shouldRetry === 'true' }),
    ...(said.param !== undefined && { param: said.param }),
    ...(said.code !== undefined && { code: said.code }),
    ...(kind === 'context_overflow' && tokens !== undefined && { tokens }),
    ...(kind === 'context_overflow' && limit !== undefined && { limit }),
    ...(overflow?.maxTokens !== undefined && { maxTokens: overflow.maxTokens }),
    // Bodies about keys like to quote them.
    ...(origin !== undefined && kind !== 'authentication' && { origin }),
  });
}

function kindOf(said: Said, status: number | undefined, overflow: boolean): ErrorKind {
  if (overflow) return 'context_overflow';
  const told = kindOfWording(said.message, status);
  // A request larger than the limit of a minute is called a rate limit too, and no waiting helps it.
  if (status === 413 || told === 'too_large') return 'too_large';
  for (const word of said.words) {
    const kind = kindByWord.get(word);
    if (kind === 'timeout' && status !== undefined && status >= 500) return 'upstream_timeout';
    if (kind === 'unavailable' && told === 'overloaded') return told;
    if (kind !== undefined) return kind;
  }
  if (told !== undefined) return told;
  if (status === 503 && said.envelope) return 'overloaded';
  if (status !== undefined) return errorKindOf(status);
  for (const word of said.words) {
    const kind = vagueKinds.get(word);
    if (kind !== undefined) return kind;
  }
  return 'bad_upstream';
}

function readSaid(body: JsonObject): Said {
  const nested = parseNested(body['error']);
  if (typeof nested === 'string') return plain(nested, [body['type'], body['code'], body['error_code']], body);
  if (isObject(nested)) return { ...fromObject(nested), envelope: typeof nested['message'] === 'string' };
  if (Array.isArray(body['errors'])) return plain(textOf(body['errors']), [body['code']], body);
  if (body['detail'] !== undefined) return atField(plain(textOf(body['detail']), [body['code']], body), body['detail']);
  const inner = body['message'];
  const said = { ...fromObject(body), envelope: false };
  return isObject(inner) ? atField(said, inner['detail']) : said;
}

/** The field that a list of FastAPI's complaints names first. */
function atField(said: Said, detail: unknown): Said {
  const loc = objectsIn(detail)[0]?.['loc'];
  const steps = Array.isArray(loc) ? loc.filter((step, i) => i > 0 || step !== 'body') : [];
  const param = steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return said.param !== undefined || param === '' ? said : { ...said, param: param.replace(/^\./, '') };
}

/** Some relays put their origin's body into a string. */
function parseNested(error: unknown): unknown {
  if (typeof error !== 'string' || !error.startsWith('{')) return error;
  const inner = parseJson(error);
  return isObject(inner) ? (inner['error'] ?? inner) : error;
}

function fromObject(error: JsonObject): Said {
  const message = originText(error) ?? textOf(error['message'] ?? error['detail'] ?? error['error']);
  const said = plain(
    message,
    [error['code'], error['type'], error['error_code'], innerCode(error), error['status']],
    error,
  );
  const tokens = error['n_prompt_tokens'];
  const limit = error['n_ctx'];
  return {
    ...said,
    ...delayIn(error),
    ...(typeof tokens === 'number' && { tokens }),
    ...(typeof limit === 'number' && { limit }),
  };
}

function plain(message: string, words: readonly unknown[], fields: JsonObject): Said {
  const code = fields['code'] ?? fields['error_code'];
  const param = stringIn(fields['param']);
  const status = [fields['code'], fields['status'], fields['status_code']].map(Number).find((n) => n >= 400 && n < 600);
  return {
    message: message === '' ? 'The provider reported an error without saying which.' : message.slice(0, longestMessage),
    words: words.filter((word) => typeof word === 'string').map((word) => word.toLowerCase()),
    ...((typeof code === 'string' || typeof code === 'number') && { code: String(code) }),
    ...(param !== undefined && param !== '' && { param }),
    ...(status !== undefined && { status }),
    envelope: false,
  };
}

/** OpenRouter wraps the origin's own error: its text says more than "Provider returned error". */
function originText(error: JsonObject): string | undefined {
  const metadata = error['metadata'];
  if (!isObject(metadata)) return undefined;
  if (Array.isArray(metadata['reasons'])) return `${textOf(error['message'])} (${metadata['reasons'].join(', ')})`;
  const raw = metadata['raw'];
  const inner = typeof raw === 'string' ? (parseJson(raw) ?? raw) : raw;
  if (isObject(inner)) return readSaid(inner).message;
  return typeof inner === 'string' && inner.trim() !== '' && !inner.trimStart().startsWith('<') ? inner : undefined;
}

/** Google's `RetryInfo`, OpenRouter's copy of its origin's headers, and a field that others have. */
function delayIn({ details, metadata, retry_after: field }: JsonObject): Pick<Said, 'delay' | 'headers'> {
  const info = objectsIn(details).find((detail) => stringIn(detail['@type'])?.endsWith('.RetryInfo') === true);
  const quoted = isObject(metadata) && isObject(metadata['headers']) ? Object.entries(metadata['headers']) : [];
  const headers = quoted.flatMap(([name, value]) => (typeof value === 'string' ? [[name.toLowerCase(), value]] : []));
  return {
    delay: info?.['retryDelay'] ?? field,
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) as Headers }),
  };
}

function innerCode(error: JsonObject): unknown {
  const inner = error['innererror'];
  return isObject(inner) ? inner['code'] : undefined;
}

/** The text of a message that may be a list: FastAPI's `[{loc, msg}]`, `[{message}]`, or plain strings. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    const strings = value.filter((one) => typeof one === 'string');
    const objects = objectsIn(value).map((one) => {
      const where = Array.isArray(one['loc']) ? `${one['loc'].join('.')}: ` : '';
      return where + textOf(one['msg'] ?? one['message'] ?? one['detail']);
    });
    return [...strings, ...objects].join('; ');
  }
  if (isObject(value)) return textOf(value['message'] ?? value['msg'] ?? value['detail'] ?? JSON.stringify(value));
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : (stringIn(value) ?? '');
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
    .replace(/\b(?:(?:sk|pk|rk|gsk|xai|key|csk|pplx|nvapi|hf|fw|tgp)[-_]|dapi|AIza)[A-Za-z0-9*._-]{12,}/g, '[key]');
}

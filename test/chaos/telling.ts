import { type ErrorKind, errorKinds } from '../../src/canon/error.ts';
import { isObject, type JsonObject, objectsIn, parseJson } from '../../src/canon/json.ts';
import { framesIn, messagesIn } from '../exchanges/frames.ts';
import { objectIn, text } from '../exchanges/saying.ts';
import type { Language } from '../failover/stage.ts';

/** A failure as a client is told of it. */
export interface Told {
  /** The words by which its SDK knows what it is: types, codes, names. */
  readonly words: readonly string[];
  readonly message: string;
  /** HTTP status; absent where it was told in a stream. */
  readonly status?: number;
}

type Words = { readonly [kind in ErrorKind]?: readonly string[] };

const openai: Words = {
  invalid_request: ['invalid_request_error'],
  authentication: ['invalid_api_key'],
  billing: ['insufficient_quota'],
  permission: ['permission_error'],
  not_found: ['not_found_error'],
  timeout: ['timeout'],
  conflict: ['conflict'],
  too_large: ['request_too_large'],
  rate_limit: ['rate_limit_exceeded'],
  internal: ['server_error'],
  bad_upstream: ['bad_upstream'],
  unavailable: ['service_unavailable'],
  upstream_timeout: ['upstream_timeout'],
  overloaded: ['overloaded', 'server_is_overloaded'],
};

/** One of the words has to be there. */
const words: { readonly [language in Language]: Words } = {
  anthropic: {
    invalid_request: ['invalid_request_error'],
    authentication: ['authentication_error'],
    billing: ['billing_error'],
    permission: ['permission_error'],
    not_found: ['not_found_error'],
    timeout: ['timeout_error'],
    conflict: ['conflict_error'],
    too_large: ['request_too_large'],
    rate_limit: ['rate_limit_error'],
    internal: ['api_error'],
    bad_upstream: ['api_error'],
    unavailable: ['overloaded_error'],
    upstream_timeout: ['timeout_error'],
    overloaded: ['overloaded_error'],
  },
  'openai-chat': openai,
  'openai-responses': { ...openai, invalid_request: ['invalid_request_error', 'invalid_prompt'] },
  gemini: {
    invalid_request: ['INVALID_ARGUMENT'],
    authentication: ['UNAUTHENTICATED'],
    billing: ['RESOURCE_EXHAUSTED'],
    permission: ['PERMISSION_DENIED'],
    not_found: ['NOT_FOUND'],
    timeout: ['DEADLINE_EXCEEDED'],
    conflict: ['ABORTED'],
    too_large: ['INVALID_ARGUMENT'],
    rate_limit: ['RESOURCE_EXHAUSTED'],
    internal: ['INTERNAL'],
    bad_upstream: ['INTERNAL'],
    unavailable: ['UNAVAILABLE'],
    upstream_timeout: ['DEADLINE_EXCEEDED'],
    overloaded: ['UNAVAILABLE'],
  },
  'bedrock-converse': {
    invalid_request: ['ValidationException'],
    authentication: ['UnrecognizedClientException'],
    billing: ['AccessDeniedException'],
    permission: ['AccessDeniedException'],
    not_found: ['ResourceNotFoundException'],
    timeout: ['RequestTimeoutException'],
    conflict: ['ConflictException'],
    too_large: ['RequestEntityTooLargeException'],
    rate_limit: ['ThrottlingException'],
    internal: ['InternalServerException'],
    bad_upstream: ['ModelErrorException', 'modelStreamErrorException 502'],
    unavailable: ['ServiceUnavailableException'],
    upstream_timeout: ['ModelTimeoutException', 'modelStreamErrorException 504'],
    overloaded: ['ServiceUnavailableException'],
  },
};

/** Kinds for which a language has a status of its own. */
const statuses: { readonly [language in Language]?: { readonly [kind in ErrorKind]?: number } } = {
  anthropic: { overloaded: 529, unavailable: 529 },
  'openai-chat': { overloaded: 503, billing: 429 },
  'openai-responses': { overloaded: 503, billing: 429 },
  gemini: { overloaded: 503 },
  'bedrock-converse': {
    authentication: 403,
    conflict: 400,
    bad_upstream: 424,
    upstream_timeout: 408,
    overloaded: 503,
  },
};

/** Whether what a client is told says that it was a failure of this kind. @param own a provider's status, which may stand */
export function isOfKind(client: Language, { words: heard, status }: Told, kind: ErrorKind, own?: number): boolean {
  const known = words[client][kind] ?? [];
  const isNamed = known.some((word) => heard.some((one) => one.toLowerCase() === word.toLowerCase()));
  const usual = statuses[client]?.[kind] ?? errorKinds[kind];
  return isNamed && (status === undefined || status === usual || status === own);
}

/** Reads the body of an answer whose status tells of a failure. Nothing where no SDK could read it. */
export function toldByStatus(
  client: Language,
  status: number,
  headers: { readonly [name: string]: string | string[] | undefined },
  bytes: Buffer,
): Told | undefined {
  const body = parseJson(bytes.toString());
  if (!isObject(body)) return undefined;
  if (client === 'bedrock-converse') {
    const name = String(headers['x-amzn-errortype'] ?? '');
    return { words: [name.replace(/:.*$/, '')], message: text(body['message']), status };
  }
  const told = toldIn(body);
  return told === undefined ? undefined : { ...told, status };
}

/** Reads the failure that a stream tells of. */
export function toldInStream(client: Language, bytes: Buffer): Told | undefined {
  if (client === 'bedrock-converse') {
    const last = messagesIn(bytes).at(-1);
    if (last?.event.startsWith('!') !== true) return undefined;
    const original = last.data?.['originalStatusCode'];
    const name = last.event.slice(1) + (typeof original === 'number' ? ` ${original}` : '');
    return { words: [name], message: text(last.data?.['message']) };
  }
  for (const { data } of framesIn(bytes.toString()).reverse()) {
    const told = data === undefined ? undefined : toldIn(data);
    if (told !== undefined) return told;
  }
  return undefined;
}

function toldIn(body: JsonObject): Told | undefined {
  const within = isObject(body['response']) ? body['response'] : body;
  const error = isObject(within['error']) ? within['error'] : body;
  if (error === body && body['type'] !== 'error') return undefined;
  const reasons = objectsIn(error['details']).map(({ reason }) => reason);
  const said = [error['type'], error['code'], error['status'], ...reasons].map(text);
  return { words: said.filter((word) => word !== ''), message: text(objectIn(error)['message']) };
}

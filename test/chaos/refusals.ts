import type { ErrorKind } from '../../src/canon/error.ts';
import type { JsonObject } from '../../src/canon/json.ts';
import type { Language } from '../failover/stage.ts';

/** A refusal in a provider's own wording. */
export interface Refusal {
  readonly status: number;
  /** What a client has to learn from it. */
  readonly kind: ErrorKind;
  readonly headers?: { readonly [name: string]: string };
  /** @param mark a text that stands in the message. */
  body(mark: string): JsonObject;
}

const claude = (status: number, type: string, kind: ErrorKind): Refusal => ({
  status,
  kind,
  body: (mark) => ({ type: 'error', error: { type, message: `It was refused (${mark}).` }, request_id: 'req_011CS' }),
});

const openai = (status: number, type: string, code: string | null, kind: ErrorKind): Refusal => ({
  status,
  kind,
  body: (mark) => ({ error: { message: `It was refused (${mark}).`, type, param: null, code } }),
});

const google = (status: number, word: string, kind: ErrorKind): Refusal => ({
  status,
  kind,
  body: (mark) => ({ error: { code: status, message: `It was refused (${mark}).`, status: word } }),
});

const amazon = (status: number, name: string, kind: ErrorKind): Refusal => ({
  status,
  kind,
  headers: { 'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/` },
  body: (mark) => ({ message: `It was refused (${mark}).` }),
});

const openaiRefusals: readonly Refusal[] = [
  openai(400, 'invalid_request_error', null, 'invalid_request'),
  openai(401, 'invalid_request_error', 'invalid_api_key', 'authentication'),
  openai(403, 'request_forbidden', 'unsupported_country_region_territory', 'permission'),
  openai(404, 'invalid_request_error', 'model_not_found', 'not_found'),
  openai(408, 'server_error', null, 'timeout'),
  openai(409, 'invalid_request_error', null, 'conflict'),
  openai(413, 'invalid_request_error', null, 'too_large'),
  openai(422, 'invalid_request_error', null, 'invalid_request'),
  openai(429, 'insufficient_quota', 'insufficient_quota', 'billing'),
  openai(429, 'tokens', 'rate_limit_exceeded', 'rate_limit'),
  openai(500, 'server_error', null, 'internal'),
  openai(502, 'server_error', null, 'bad_upstream'),
  openai(503, 'server_error', null, 'overloaded'),
  openai(504, 'server_error', null, 'upstream_timeout'),
];

/** Every status that providers refuse with, as each of them says it. */
export const refusals: { readonly [language in Language]: readonly Refusal[] } = {
  anthropic: [
    claude(400, 'invalid_request_error', 'invalid_request'),
    claude(401, 'authentication_error', 'authentication'),
    claude(402, 'billing_error', 'billing'),
    claude(403, 'permission_error', 'permission'),
    claude(404, 'not_found_error', 'not_found'),
    claude(409, 'conflict_error', 'conflict'),
    claude(413, 'request_too_large', 'too_large'),
    claude(429, 'rate_limit_error', 'rate_limit'),
    claude(500, 'api_error', 'internal'),
    claude(502, 'api_error', 'bad_upstream'),
    claude(503, 'api_error', 'unavailable'),
    claude(504, 'timeout_error', 'upstream_timeout'),
    claude(529, 'overloaded_error', 'overloaded'),
  ],
  'openai-chat': openaiRefusals,
  'openai-responses': openaiRefusals,
  gemini: [
    google(400, 'INVALID_ARGUMENT', 'invalid_request'),
    google(401, 'UNAUTHENTICATED', 'authentication'),
    google(403, 'PERMISSION_DENIED', 'permission'),
    google(404, 'NOT_FOUND', 'not_found'),
    google(409, 'ABORTED', 'conflict'),
    google(429, 'RESOURCE_EXHAUSTED', 'rate_limit'),
    google(500, 'INTERNAL', 'internal'),
    google(503, 'UNAVAILABLE', 'unavailable'),
    google(504, 'DEADLINE_EXCEEDED', 'upstream_timeout'),
  ],
  'bedrock-converse': [
    amazon(400, 'ValidationException', 'invalid_request'),
    amazon(403, 'AccessDeniedException', 'permission'),
    amazon(403, 'UnrecognizedClientException', 'authentication'),
    amazon(404, 'ResourceNotFoundException', 'not_found'),
    amazon(408, 'ModelTimeoutException', 'upstream_timeout'),
    amazon(424, 'ModelErrorException', 'bad_upstream'),
    amazon(429, 'ThrottlingException', 'rate_limit'),
    amazon(429, 'ModelNotReadyException', 'unavailable'),
    amazon(500, 'InternalServerException', 'internal'),
    amazon(503, 'ServiceUnavailableException', 'overloaded'),
  ],
};

// Law 12: each client is told of a failure in the status and words that make it do the right thing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DialectName } from '../../src/canon/content.ts';
import { type ErrorDetails, type ErrorKind, GatewayError } from '../../src/canon/error.ts';
import { dialectNamed } from '../../src/dialects/index.ts';

type Expected = readonly [kind: ErrorKind, status: number, words: RegExp, headers?: RegExp];

const numbers: ErrorDetails = { tokens: 210_000, limit: 200_000 };

const expected: { readonly [client in DialectName]?: readonly Expected[] } = {
  anthropic: [
    // Claude Code tries again, and turns to its fallback model after the third of these.
    ['overloaded', 529, /"type":"overloaded_error"/],
    ['unavailable', 529, /"type":"overloaded_error"/],
    ['rate_limit', 429, /"type":"rate_limit_error"/],
    ['internal', 500, /"type":"api_error"/],
    ['bad_upstream', 502, /"type":"api_error"/],
    ['upstream_timeout', 504, /"type":"timeout_error"/],
    // It ends at once, and says what it was told.
    ['billing', 402, /"type":"billing_error"/],
    ['authentication', 401, /"type":"authentication_error"/],
    ['permission', 403, /"type":"permission_error"/],
    ['not_found', 404, /"type":"not_found_error"/],
    // It makes its history shorter.
    ['context_overflow', 400, /"prompt is too long: 210000 tokens > 200000 maximum"/],
    ['content_policy', 400, /"type":"invalid_request_error"/],
    ['too_large', 413, /"type":"request_too_large"/],
  ],
  'openai-chat': [
    ['overloaded', 503, /"type":"server_error".*"code":"overloaded"/],
    ['rate_limit', 429, /"type":"rate_limit_error".*"code":"rate_limit_exceeded"/],
    ['billing', 429, /"type":"insufficient_quota".*"code":"insufficient_quota"/],
    ['authentication', 401, /"code":"invalid_api_key"/],
    ['context_overflow', 400, /maximum context length is 200000 tokens.*"code":"context_length_exceeded"/],
    ['content_policy', 400, /"code":"content_policy_violation"/],
    ['bad_upstream', 502, /"type":"server_error"/],
    ['upstream_timeout', 504, /"type":"server_error"/],
  ],
  'openai-responses': [
    ['overloaded', 503, /"type":"server_error".*"code":"overloaded"/],
    ['rate_limit', 429, /"type":"rate_limit_error".*"code":"rate_limit_exceeded"/],
    ['billing', 429, /"type":"insufficient_quota".*"code":"insufficient_quota"/],
    ['context_overflow', 400, /maximum context length is 200000 tokens.*"code":"context_length_exceeded"/],
    ['content_policy', 400, /"code":"content_policy_violation"/],
  ],
  gemini: [
    // Google's clients know no 529.
    ['overloaded', 503, /"code":503.*"status":"UNAVAILABLE"/],
    ['unavailable', 503, /"code":503.*"status":"UNAVAILABLE"/],
    ['rate_limit', 429, /"status":"RESOURCE_EXHAUSTED".*"retryDelay":"7s"/],
    ['authentication', 401, /"status":"UNAUTHENTICATED"/],
    ['permission', 403, /"status":"PERMISSION_DENIED"/],
    ['context_overflow', 400, /token count \(210000\) exceeds the maximum number of tokens allowed \(200000\)/],
    ['upstream_timeout', 504, /"status":"DEADLINE_EXCEEDED"/],
  ],
  'bedrock-converse': [
    ['overloaded', 503, /message/, /ServiceUnavailableException/],
    ['rate_limit', 429, /message/, /ThrottlingException/],
    ['internal', 500, /message/, /InternalServerException/],
    ['bad_upstream', 424, /message/, /ModelErrorException/],
    ['upstream_timeout', 408, /message/, /ModelTimeoutException/],
    ['permission', 403, /message/, /AccessDeniedException/],
    ['billing', 402, /message/, /AccessDeniedException/],
    ['context_overflow', 400, /Input is too long for requested model.*210000 tokens > 200000/, /ValidationException/],
  ],
};

describe('law 12', () => {
  for (const [name, rows] of Object.entries(expected)) {
    const { client } = dialectNamed(name as DialectName);
    for (const [kind, status, words, headers] of rows ?? []) {
      test(`a ${name} client is told of ${kind} as ${status}`, () => {
        assert.ok(client !== undefined);
        const error = new GatewayError(kind, 'It did not work.', { ...numbers, retryAfter: 7 });
        assert.equal(client.statusOf?.(error) ?? error.status, status);
        assert.match(JSON.stringify(client.writeError(error, 'req_1')), words);
        if (headers !== undefined) assert.match(JSON.stringify(client.errorHeaders?.(error)), headers);
      });
    }
  }
});

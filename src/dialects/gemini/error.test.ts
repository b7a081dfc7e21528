import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GatewayError } from '../../canon/error.ts';
import { isObject, type JsonObject, objectsIn } from '../../canon/json.ts';
import { readError } from './error-read.ts';
import { statusOf, writeError } from './error-write.ts';

const type = (name: string): string => `type.googleapis.com/google.rpc.${name}`;

function refused(code: number, status: string, message: string, ...details: readonly JsonObject[]): GatewayError {
  return readError(code, {}, Buffer.from(JSON.stringify({ error: { code, message, status, details } })));
}

describe('errors of the API', () => {
  const reason = (word: string): JsonObject => ({ '@type': type('ErrorInfo'), reason: word, domain: 'googleapis.com' });

  for (const [kind, code, status, message, ...details] of [
    ['invalid_request', 400, 'INVALID_ARGUMENT', 'Invalid value at contents'],
    ['authentication', 400, 'INVALID_ARGUMENT', 'API key not valid.', reason('API_KEY_INVALID')],
    ['authentication', 400, 'INVALID_ARGUMENT', 'API key expired. Please renew the API key.'],
    ['authentication', 401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'],
    ['permission', 403, 'PERMISSION_DENIED', 'The caller does not have permission'],
    ['authentication', 403, 'PERMISSION_DENIED', 'Your API key was reported as leaked.'],
    [
      'billing',
      403,
      'PERMISSION_DENIED',
      'This API method requires billing to be enabled.',
      reason('BILLING_DISABLED'),
    ],
    ['permission', 400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'],
    ['not_found', 404, 'NOT_FOUND', 'models/gemini-0 is not found for API version v1beta'],
    ['rate_limit', 429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota, check your plan and billing details.'],
    ['billing', 429, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.'],
    ['rate_limit', 429, 'RESOURCE_EXHAUSTED', 'Quota exceeded: input token count, limit: 250000'],
    ['too_large', 400, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.'],
    ['overloaded', 503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'],
    ['overloaded', 503, 'UNAVAILABLE', 'This model is currently experiencing high demand.'],
    ['unavailable', 503, 'UNAVAILABLE', 'The service is currently unavailable.'],
    ['upstream_timeout', 504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.'],
    ['internal', 500, 'INTERNAL', 'An internal error has occurred.'],
    [
      'context_overflow',
      400,
      'INVALID_ARGUMENT',
      'The input token count exceeds the maximum number of tokens allowed 1048576.',
    ],
  ] as const) {
    test(`${code} ${status} "${message}" is ${kind}`, () =>
      assert.equal(refused(code, status, message, ...details).kind, kind));
  }

  test('tell how long to wait, and which field is meant', () => {
    const retry = { '@type': type('RetryInfo'), retryDelay: '34.4s' };
    const field = { '@type': type('BadRequest'), fieldViolations: [{ field: 'contents[0]', description: 'x' }] };
    const { details } = refused(429, 'RESOURCE_EXHAUSTED', 'Slow down.', retry, field);
    assert.equal(details.retryAfter, 34.4);
    assert.equal(details.param, 'contents[0]');
    assert.equal(refused(429, 'RESOURCE_EXHAUSTED', 'Please retry in 12.5s.').details.retryAfter, 12.5);
  });

  test('of a prompt that does not fit tell by how much', () => {
    const message = 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).';
    const { kind, details } = refused(400, 'INVALID_ARGUMENT', message);
    assert.deepEqual([kind, details.tokens, details.limit], ['context_overflow', 1_200_000, 1_048_576]);
    const short = 'The input token count exceeds the maximum number of tokens allowed 1048576.';
    assert.equal(refused(400, 'INVALID_ARGUMENT', short).details.limit, 1_048_576);
  });

  test('of a stream come in an array; the body goes along only as clients know it', () => {
    const error = { code: 400, message: 'No.', status: 'INVALID_ARGUMENT' };
    const listed = readError(400, {}, Buffer.from(JSON.stringify([{ error }])));
    assert.deepEqual([listed.kind, listed.message, listed.details.origin], ['invalid_request', 'No.', undefined]);
    assert.equal(refused(400, 'INVALID_ARGUMENT', 'No.').details.origin?.dialect, 'gemini');
    assert.equal(refused(401, 'UNAUTHENTICATED', 'Key AIzaSyA-1234567890abcdefg.').details.origin, undefined);
    assert.ok(!refused(401, 'UNAUTHENTICATED', 'Key AIzaSyA-1234567890abcdefg.').message.includes('AIza'));
  });

  test('may be no JSON at all', () => {
    const page = readError(502, { 'content-type': 'text/html' }, Buffer.from('<html>Bad Gateway</html>'));
    assert.deepEqual([page.kind, page.message], ['bad_upstream', 'The provider answered with status 502 and a page.']);
    assert.equal(readError(503, {}, Buffer.alloc(0)).kind, 'unavailable');
    assert.equal(readError(429, {}, Buffer.from('"x"')).kind, 'rate_limit');
    assert.equal(readError(400, {}, Buffer.from('{"error":"no"}')).message, 'no');
  });
});

describe('errors for clients', () => {
  const body = (error: GatewayError, requestId = 'req_1'): JsonObject => {
    const inner = writeError(error, requestId).error;
    assert.ok(isObject(inner));
    return inner;
  };

  test('have a status, a number, and what to wait for', () => {
    const { code, status, message, details } = body(
      new GatewayError('rate_limit', 'Slow.', { retryAfter: 1.5, param: 'x' }),
    );
    assert.deepEqual([code, status, message], [429, 'RESOURCE_EXHAUSTED', 'Slow.']);
    const byType = objectsIn(details).map(({ '@type': name, ...rest }) => [String(name).replace(/.*\./, ''), rest]);
    assert.deepEqual(byType, [
      ['ErrorInfo', { reason: 'RATE_LIMIT', domain: 'dragoman' }],
      ['RetryInfo', { retryDelay: '1.5s' }],
      ['BadRequest', { fieldViolations: [{ field: 'x', description: 'Slow.' }] }],
      ['RequestInfo', { requestId: 'req_1' }],
    ]);
  });

  test('know no 529', () => {
    const error = new GatewayError('overloaded', 'Full.');
    assert.deepEqual([statusOf(error), body(error).code], [503, 503]);
  });

  test("say an overflow in Google's words, with numbers where there are any", () => {
    const say = (message: string, details = {}): unknown =>
      body(new GatewayError('context_overflow', message, details)).message;
    assert.equal(
      say('prompt is too long: 9 tokens > 5 maximum', { tokens: 9, limit: 5 }),
      'The input token count (9) exceeds the maximum number of tokens allowed (5).',
    );
    assert.match(String(say('Too much.')), /^The input token count exceeds .* Too much\.$/);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ErrorDetails, type ErrorKind, errorKinds, GatewayError } from '../../canon/error.ts';
import type { JsonObject } from '../../canon/json.ts';
import { readError } from './error-read.ts';
import { writeError } from './error-write.ts';

const bytes = (body: unknown): Buffer => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
const envelope = (type: string, message: string, details?: JsonObject): JsonObject => ({
  type: 'error',
  error: { type, message, ...(details !== undefined && { details }) },
  request_id: 'req_1',
});

describe('an error is read by its type, then by its status', () => {
  const cases: readonly [status: number, type: string, kind: ErrorKind][] = [
    [400, 'invalid_request_error', 'invalid_request'],
    [401, 'authentication_error', 'authentication'],
    [402, 'billing_error', 'billing'],
    [429, 'billing_error', 'billing'],
    [403, 'permission_error', 'permission'],
    [404, 'not_found_error', 'not_found'],
    [408, 'timeout_error', 'timeout'],
    [504, 'timeout_error', 'upstream_timeout'],
    [409, 'conflict_error', 'conflict'],
    [413, 'request_too_large', 'too_large'],
    [429, 'rate_limit_error', 'rate_limit'],
    [500, 'api_error', 'internal'],
    [503, 'api_error', 'unavailable'],
    [500, 'overloaded_error', 'overloaded'],
    [529, 'overloaded_error', 'overloaded'],
    [501, 'not_supported', 'not_supported'],
    [422, 'strange_error', 'invalid_request'],
    [302, 'strange_error', 'bad_upstream'],
  ];
  for (const [status, type, kind] of cases) {
    test(`${status} ${type} is ${kind}`, () => {
      const body = bytes(envelope(type, 'what happened'));
      const error = readError(status, { 'content-type': 'application/json; charset=utf-8' }, body);
      assert.equal(error.kind, kind);
      assert.equal(error.message, 'what happened');
      assert.equal(error.status, status >= 400 ? status : errorKinds[kind]);
      assert.deepEqual(error.details.origin, {
        dialect: 'anthropic',
        body,
        contentType: 'application/json; charset=utf-8',
      });
    });
  }
});

describe('an overflow is recognized, with its numbers', () => {
  const cases: readonly [message: string, details: Partial<ErrorDetails>][] = [
    ['prompt is too long: 210000 tokens > 200000 maximum', { tokens: 210000, limit: 200000 }],
    [
      'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length',
      { tokens: 210000, limit: 200000, maxTokens: 20000 },
    ],
    ['input length and max_tokens exceed context limit: 5 + 6 > 7', { tokens: 11, limit: 7, maxTokens: 6 }],
    ['Input is too long.', {}],
    ['Input is too long for requested model.', {}],
    [
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
      { tokens: 9000, limit: 8192 },
    ],
  ];
  for (const [message, details] of cases) {
    test(message, () => {
      const error = readError(400, {}, bytes(envelope('invalid_request_error', message)));
      assert.equal(error.kind, 'context_overflow');
      const { tokens, limit, maxTokens } = error.details;
      assert.deepEqual(JSON.parse(JSON.stringify({ tokens, limit, maxTokens })), details);
    });
  }

  test('and nothing else is', () => {
    for (const message of ['max_tokens: 200000 > 128000', 'messages: text content blocks must be non-empty']) {
      assert.equal(readError(400, {}, bytes(envelope('invalid_request_error', message))).kind, 'invalid_request');
    }
  });
});

test('money is recognized by what is said', () => {
  const message = 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.';
  assert.equal(readError(400, {}, bytes(envelope('invalid_request_error', message))).kind, 'billing');
  const field = 'billing_policy: Extra inputs are not permitted';
  assert.equal(readError(400, {}, bytes(envelope('invalid_request_error', field))).kind, 'invalid_request');
});

describe('bodies that are no envelope', () => {
  const cases: readonly [name: string, status: number, body: unknown, message: string | RegExp][] = [
    ['nothing', 502, '', 'The provider answered with status 502 and no body.'],
    [
      'a web page',
      503,
      '<html><body>Bad <secret></body></html>',
      'The provider answered with status 503 and a web page.',
    ],
    ['an empty object', 500, {}, 'The provider answered with status 500 and an error it did not explain.'],
    ['plain text', 500, 'upstream connect error', 'upstream connect error'],
    ['much plain text', 500, 'x'.repeat(2000), /^x{500}$/],
    [
      'an OpenAI-like error',
      400,
      { error: { message: 'bad', type: 'invalid_request_error', code: 'c', param: 'messages' } },
      'bad',
    ],
    ['Databricks', 403, { error_code: 'PERMISSION_DENIED', message: 'not yours' }, 'not yours'],
    ['FastAPI', 422, { detail: 'no' }, 'no'],
    ['an error that is a text', 400, { error: 'just no' }, 'just no'],
  ];
  for (const [name, status, body, message] of cases) {
    test(name, () => {
      const error = readError(status, {}, bytes(body));
      if (typeof message === 'string') assert.equal(error.message, message);
      else assert.match(error.message, message);
      assert.equal(error.details.origin, undefined);
    });
  }

  test('codes and fields are kept', () => {
    const { details } = readError(400, {}, bytes({ error: { message: 'bad', code: 'c', param: 'p' } }));
    assert.deepEqual([details.code, details.param], ['c', 'p']);
    const own = readError(404, {}, bytes(envelope('not_found_error', 'gone', { error_code: 'thread_not_found' })));
    assert.equal(own.details.code, 'thread_not_found');
  });
});

test('when to try again: seconds, a date, milliseconds, and the last word', () => {
  const details = (headers: { [name: string]: string }): ErrorDetails => readError(429, headers, bytes('')).details;
  assert.equal(details({ 'retry-after': '12' }).retryAfter, 12);
  assert.equal(details({ 'retry-after-ms': '1500', 'retry-after': '2' }).retryAfter, 1.5);
  const soon = details({ 'retry-after': new Date(Date.now() + 60_000).toUTCString() }).retryAfter ?? 0;
  assert.ok(soon > 50 && soon <= 60);
  assert.equal(details({ 'retry-after': new Date(0).toUTCString() }).retryAfter, 0);
  assert.equal(details({ 'retry-after': 'soon' }).retryAfter, undefined);
  assert.equal(details({ 'x-should-retry': 'false' }).shouldRetry, false);
  assert.equal(details({ 'x-should-retry': 'true' }).shouldRetry, true);
  assert.equal(details({ 'x-should-retry': 'maybe' }).shouldRetry, undefined);
});

describe('an error is written', () => {
  const message = (kind: ErrorKind, text: string, details: ErrorDetails): unknown =>
    (writeError(new GatewayError(kind, text, details), '').error as JsonObject).message;

  test('every kind survives being written and read', () => {
    const changed: { [kind in ErrorKind]?: ErrorKind } = {
      content_policy: 'invalid_request',
      unavailable: 'overloaded',
    };
    for (const kind of Object.keys(errorKinds) as ErrorKind[]) {
      const body = writeError(new GatewayError(kind, 'what'), 'req_2');
      assert.equal(body.request_id, 'req_2');
      assert.equal(readError(errorKinds[kind], {}, bytes(body)).kind, changed[kind] ?? kind, kind);
    }
  });

  test('an overflow is said in the words that clients act on', () => {
    const overflow = (details: ErrorDetails, text = 'too big'): unknown => message('context_overflow', text, details);
    assert.equal(overflow({ tokens: 210, limit: 200 }), 'prompt is too long: 210 tokens > 200 maximum');
    assert.equal(
      overflow({ tokens: 140000, limit: 131072, maxTokens: 20000 }),
      'input length and `max_tokens` exceed context limit: 120000 + 20000 > 131072',
    );
    assert.equal(
      overflow({ tokens: 150000, limit: 131072, maxTokens: 19500 }),
      'prompt is too long: 150000 tokens > 131072 maximum',
      'no room would be left for an answer',
    );
    assert.equal(overflow({ limit: 200 }), 'prompt is too long: 201 tokens > 200 maximum');
    assert.equal(overflow({}), 'prompt is too long: too big');
    assert.equal(overflow({}, 'Prompt is too long'), 'Prompt is too long');
  });

  test('the field at fault is named once', () => {
    assert.equal(
      message('invalid_request', 'not good', { param: 'messages[3].content' }),
      'messages.3.content: not good',
    );
    assert.equal(
      message('invalid_request', 'messages.3.content: bad', { param: 'messages[3].content' }),
      'messages.3.content: bad',
    );
  });
});

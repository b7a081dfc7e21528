// What servers say when they refuse, and what clients are told.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ErrorKind, GatewayError } from '../../canon/error.ts';
import type { JsonObject } from '../../canon/json.ts';
import { openaiResponses } from './index.ts';

const read = (status: number, body: unknown, headers = {}): GatewayError =>
  openaiResponses.upstream.readError(
    status,
    headers,
    Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  );
const envelope = (error: JsonObject): JsonObject => ({ error: { param: null, code: null, type: null, ...error } });

describe('kinds', () => {
  const cases: readonly (readonly [ErrorKind, number, unknown])[] = [
    ['invalid_request', 400, envelope({ message: "Unsupported parameter: 'temperature'.", param: 'temperature' })],
    [
      'context_overflow',
      400,
      envelope({ message: 'Your input exceeds the context window of this model.', code: 'context_length_exceeded' }),
    ],
    [
      'content_policy',
      400,
      envelope({
        message: 'Invalid prompt: your prompt was flagged as potentially violating our usage policy.',
        code: 'invalid_prompt',
      }),
    ],
    ['authentication', 401, envelope({ message: 'Incorrect API key provided.', code: 'invalid_api_key' })],
    ['authentication', 401, 'Unauthorized'],
    [
      'billing',
      429,
      envelope({ message: 'You exceeded your current quota.', type: 'insufficient_quota', code: 'insufficient_quota' }),
    ],
    ['billing', 403, { code: 'permission-denied', error: 'Your team has used all available credits.' }],
    ['rate_limit', 429, envelope({ message: 'Rate limit reached.', type: 'tokens', code: 'rate_limit_exceeded' })],
    ['not_found', 404, envelope({ message: "The model 'x' does not exist.", code: 'model_not_found' })],
    [
      'not_found',
      400,
      envelope({ message: "Previous response with id 'resp_1' not found.", code: 'previous_response_not_found' }),
    ],
    ['overloaded', 503, envelope({ message: 'Busy.', code: 'server_is_overloaded' })],
    ['overloaded', 503, envelope({ message: 'The engine is currently not there.' })],
    ['unavailable', 503, 'no healthy upstream'],
    ['internal', 500, envelope({ message: 'The server had an error.', type: 'server_error' })],
    ['too_large', 413, '<html><title>Request Entity Too Large</title></html>'],
    ['invalid_request', 422, { detail: [{ loc: ['body', 'input'], msg: 'Field required' }] }],
  ];
  for (const [kind, status, body] of cases) {
    test(`${kind}: ${JSON.stringify(body).slice(0, 70)}`, () => assert.equal(read(status, body).kind, kind));
  }
});

test('what a server says beside the kind is kept', () => {
  const body = envelope({
    message: "This model's maximum context length is 1000 tokens. However, your messages resulted in 1,200 tokens.",
    param: 'input',
    code: 'context_length_exceeded',
  });
  const { details, message } = read(400, body, { 'retry-after': '3', 'content-type': 'application/json' });
  assert.match(message, /maximum context length/);
  const { origin, ...rest } = details;
  assert.deepEqual(rest, { retryAfter: 3, param: 'input', code: 'context_length_exceeded', tokens: 1200, limit: 1000 });
  assert.equal(Buffer.from(origin?.body ?? []).toString(), JSON.stringify(body));
});

test('keys are not repeated, neither in words nor in bytes', () => {
  const { message, details } = read(
    401,
    envelope({ message: 'Incorrect API key provided: sk-proj-abcdefghijklmnop, sorry.' }),
  );
  assert.equal(message, 'Incorrect API key provided: [key], sorry.');
  assert.equal(details.origin, undefined);
});

test('lists, pages and silence have words', () => {
  assert.equal(
    read(422, { detail: [{ loc: ['body', 'input'], msg: 'Field required' }, 'Oh'] }).message,
    'Oh; body.input: Field required',
  );
  assert.match(read(502, '<html><title>Bad Gateway</title></html>').message, /a page: Bad Gateway/);
  assert.match(read(500, '').message, /empty body/);
  assert.match(read(500, {}).message, /without saying which/);
});

test("a refusal has OpenAI's form", () => {
  const { writeError, statusOf } = openaiResponses.client;
  assert.deepEqual(writeError(new GatewayError('invalid_request', 'No.', { param: 'tools[0]', code: 'x' })), {
    error: { message: 'No.', type: 'invalid_request_error', param: 'tools[0]', code: 'x' },
  });
  assert.deepEqual(writeError(new GatewayError('context_overflow', 'It is too much.')), {
    error: {
      message: 'Your input exceeds the context window of this model. It is too much.',
      type: 'invalid_request_error',
      param: 'input',
      code: 'context_length_exceeded',
    },
  });
  assert.equal(statusOf(new GatewayError('overloaded', 'Busy.')), 503);
  assert.equal(statusOf(new GatewayError('rate_limit', 'Slow.')), 429);
});

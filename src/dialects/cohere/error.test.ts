import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ErrorKind, GatewayError } from '../../canon/error.ts';
import { cohere } from './index.ts';

function errorOf(status: number, body: unknown, headers: { [name: string]: string } = {}): GatewayError {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return cohere.upstream.readError(status, headers, bytes);
}

describe('refusals', () => {
  const said: readonly (readonly [status: number, message: string, kind: ErrorKind])[] = [
    [400, 'invalid request: all elements in history must have a message.', 'invalid_request'],
    [
      400,
      'too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292.',
      'context_overflow',
    ],
    [
      400,
      'too many tokens: size limit exceeded by 11326 tokens. Try using shorter or fewer inputs',
      'context_overflow',
    ],
    [400, 'too many tokens: max tokens must be less than or equal to 4096, the maximum output', 'invalid_request'],
    [400, "model 'xyz' not found, make sure the correct model ID was used", 'not_found'],
    [401, 'invalid api token', 'authentication'],
    [400, 'no api key supplied', 'authentication'],
    [402, 'Please add or update your payment method at ...', 'billing'],
    [429, 'Maximum billing reached for this API key as set in your dashboard', 'billing'],
    [429, 'You are using a Trial key, which is limited to 1000 API calls / month.', 'billing'],
    [429, 'You are using a Trial key, which is limited to 20 API calls / minute.', 'rate_limit'],
    [429, 'trial token rate limit exceeded, limit is 100000 tokens per minute', 'rate_limit'],
    [403, 'not allowed', 'permission'],
    [404, "model 'xyz' not found", 'not_found'],
    [413, 'too large', 'too_large'],
    [422, 'unprocessable', 'invalid_request'],
    [498, 'invalid token', 'content_policy'],
    [499, 'request cancelled', 'bad_upstream'],
    [500, 'internal server error', 'internal'],
    [500, 'the model is overloaded', 'overloaded'],
    [501, 'not implemented', 'not_supported'],
    [503, 'service unavailable', 'unavailable'],
    [504, 'gateway timeout', 'upstream_timeout'],
  ];
  for (const [status, message, kind] of said) {
    test(`${status}, "${message}" is ${kind}`, () => {
      const error = errorOf(status, { message, id: 'x' });
      assert.equal(error.kind, kind);
      assert.equal(error.message, message);
    });
  }

  test('say what they know of numbers, fields and waiting', () => {
    const long = errorOf(400, {
      message: 'too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292.',
    });
    assert.deepEqual([long.details.tokens, long.details.limit], [4292, 4081]);
    const limit = errorOf(400, {
      message: 'too many tokens: max tokens must be less than or equal to 4096 - received 8192.',
    });
    assert.equal(limit.details.param, 'max_tokens');
    const field = errorOf(400, {
      message: "text content is not allowed when tool_calls are provided: 'messages[2].content[0]'.",
    });
    assert.equal(field.details.param, 'messages[2].content[0]');
    assert.equal(errorOf(429, { message: 'slow down' }, { 'retry-after': '7' }).details.retryAfter, 7);
    assert.equal(errorOf(402, { message: 'no' }).details.shouldRetry, false);
  });

  test('come in other shapes from what stands between', () => {
    assert.equal(errorOf(400, { data: 'x', message: 'bad field', id: 'y' }).message, 'bad field');
    assert.equal(errorOf(400, { error: { message: 'bad field' } }).message, 'bad field');
    assert.equal(errorOf(400, { detail: 'bad field' }).message, 'bad field');
    assert.match(errorOf(502, '<html>Bad gateway</html>').message, /status 502 and a web page/);
    assert.match(errorOf(503, '').message, /status 503 and no body/);
    assert.match(errorOf(400, {}).message, /did not explain/);
    assert.equal(errorOf(500, 'upstream died').message, 'upstream died');
  });
});

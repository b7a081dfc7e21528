import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErrorKind, GatewayError } from '../../canon/error.ts';
import { bedrockConverse } from './index.ts';

const { client, upstream } = bedrockConverse;

function read(status: number, name: string | undefined, message: string, more: object = {}): GatewayError {
  const body = Buffer.from(JSON.stringify({ message, ...more }));
  return upstream.readError(status, name === undefined ? {} : { 'x-amzn-errortype': name }, body);
}

test('every exception has its kind, and a wording may say more', () => {
  const cases: readonly (readonly [status: number, name: string, message: string, kind: ErrorKind])[] = [
    [400, 'ValidationException', 'messages: field required', 'invalid_request'],
    [400, 'ValidationException', 'Input is too long for requested model.', 'context_overflow'],
    [
      400,
      'ValidationException',
      'Malformed input request: expected maxLength: 50000, actual: 60000',
      'context_overflow',
    ],
    [400, 'ValidationException', 'The provided model identifier is invalid.', 'not_found'],
    [
      400,
      'ValidationException',
      'Invocation of model ID anthropic.claude-x with on-demand throughput isn\u2019t supported. Retry your request with the ID or ARN of an inference profile that contains this model.',
      'not_found',
    ],
    [
      400,
      'ValidationException',
      'The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.',
      'invalid_request',
    ],
    [400, 'ValidationException', 'Output blocked by content filtering policy', 'content_policy'],
    [403, 'AccessDeniedException', "You don't have access to the model with the specified model ID.", 'permission'],
    [
      403,
      'AccessDeniedException',
      'Model access is denied due to INVALID_PAYMENT_INSTRUMENT: A valid payment instrument must be provided.',
      'billing',
    ],
    [403, 'AccessDeniedException', 'Authentication failed: Please make sure your API Key is valid.', 'authentication'],
    [403, 'UnrecognizedClientException', 'The security token included in the request is invalid.', 'authentication'],
    [403, 'InvalidSignatureException', 'Signature expired.', 'authentication'],
    [403, 'ExpiredTokenException', 'The security token included in the request is expired', 'authentication'],
    [404, 'ResourceNotFoundException', 'This model version has reached the end of its life.', 'not_found'],
    [429, 'ThrottlingException', 'Too many tokens, please wait before trying again.', 'rate_limit'],
    [400, 'ServiceQuotaExceededException', 'Your request exceeds the service quota for your account.', 'rate_limit'],
    [429, 'ModelNotReadyException', 'The model is not ready for inference.', 'unavailable'],
    [408, 'ModelTimeoutException', 'The request took too long to process.', 'upstream_timeout'],
    [424, 'ModelErrorException', 'The request failed due to an error while processing the model.', 'bad_upstream'],
    [500, 'InternalServerException', 'The system encountered an unexpected error.', 'internal'],
    [503, 'ServiceUnavailableException', 'Bedrock is unable to process your request.', 'overloaded'],
    [400, 'ConflictException', 'No.', 'conflict'],
    [413, 'ValidationException', 'No.', 'too_large'],
    [418, 'NeverHeardOfException', 'No.', 'invalid_request'],
  ];
  for (const [status, name, message, kind] of cases) assert.equal(read(status, name, message).kind, kind, message);
});

test('the name stands in a header or in the body, with or without what is around it', () => {
  assert.equal(read(400, 'ThrottlingException:http://internal.amazon.com/coral/x/', 'No.').kind, 'rate_limit');
  assert.equal(
    read(400, undefined, 'No.', { __type: 'com.amazon.coral.service#ThrottlingException' }).kind,
    'rate_limit',
  );
  assert.equal(read(429, undefined, 'No.').kind, 'rate_limit');
  assert.equal(upstream.readError(403, {}, Buffer.from('{"Message":"No."}')).message, 'No.');
});

test("the model's own status says more than that it failed", () => {
  assert.equal(read(424, 'ModelErrorException', 'No.', { originalStatusCode: 429 }).kind, 'rate_limit');
  assert.equal(read(424, 'ModelErrorException', 'No.', { originalStatusCode: 400 }).kind, 'invalid_request');
});

test('a redirection is no status that a client may get', () => {
  const error = read(302, undefined, 'Found');
  assert.deepEqual([error.kind, error.status], ['bad_upstream', 502]);
});

test('an overflow tells its numbers', () => {
  const nova = read(
    400,
    'ValidationException',
    'Too many input tokens. Max input tokens: 128000, request input token count: 130000',
  );
  assert.deepEqual([nova.kind, nova.details.tokens, nova.details.limit], ['context_overflow', 130_000, 128_000]);
  const claude = read(400, 'ValidationException', 'prompt is too long: 210000 tokens > 200000 maximum');
  assert.deepEqual([claude.details.tokens, claude.details.limit], [210_000, 200_000]);
});

test('accounts are not named, and then the body does not go along', () => {
  const message = 'User: arn:aws:iam::123456789012:user/x is not authorized to perform: bedrock:InvokeModel';
  const error = read(403, 'AccessDeniedException', message);
  assert.ok(!error.message.includes('123456789012'));
  assert.equal(error.details.origin, undefined);
  assert.notEqual(read(403, 'AccessDeniedException', 'No.').details.origin, undefined);
  const signed = read(
    403,
    'InvalidSignatureException',
    "It does not match.\n\nThe Canonical String for this request should have been\n'POST",
  );
  assert.equal(signed.message, 'It does not match.');
});

test('whatever comes, there is a message', () => {
  for (const [body, message] of [
    ['', /status 502 and no explanation/],
    ['{}', /status 502 and no explanation/],
    ['<html>', /web page/],
    ['upstream connect error', /upstream connect error/],
  ] as const) {
    const error = upstream.readError(502, {}, Buffer.from(body));
    assert.equal(error.kind, 'bad_upstream');
    assert.match(error.message, message);
  }
});

test('clients are told in the wording that they act on', () => {
  const overflow = (message: string, details: object): unknown =>
    client.writeError(new GatewayError('context_overflow', message, details)).message;
  assert.match(String(overflow('No.', { tokens: 210, limit: 200 })), /^Input is too long .* 210 tokens > 200 maximum$/);
  assert.match(String(overflow('No.', { tokens: 210, limit: 200, maxTokens: 50 })), /context limit: 160 \+ 50 > 200$/);
  assert.equal(overflow('Input is too long for requested model.', {}), 'Input is too long for requested model.');
  assert.match(String(overflow('No.', {})), /^Input is too long for requested model\. No\.$/);
  assert.deepEqual(client.writeError(new GatewayError('invalid_request', 'No.', { param: 'a.b' })), {
    message: 'a.b: No.',
  });
});

test('an exception of the service keeps its name, one of another does not lend its code', () => {
  const own = read(400, 'ServiceQuotaExceededException', 'No.');
  assert.deepEqual(client.errorHeaders(own), { 'x-amzn-errortype': 'ServiceQuotaExceededException' });
  const other = new GatewayError('rate_limit', 'No.', { code: 'rate_limit_exceeded' });
  assert.deepEqual(client.errorHeaders(other), { 'x-amzn-errortype': 'ThrottlingException' });
});

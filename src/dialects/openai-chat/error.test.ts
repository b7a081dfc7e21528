import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ErrorKind, GatewayError } from '../../canon/error.ts';
import { readOverflow } from '../../canon/overflow.ts';
import type { Headers } from '../dialect.ts';
import { readError } from './error-read.ts';
import { writeError } from './error-write.ts';

const read = (status: number, body: unknown, headers: Headers = {}): GatewayError =>
  readError(status, headers, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));

describe('overflow wordings', () => {
  const wordings: readonly (readonly [string, readonly (number | undefined)[]])[] = [
    [
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens. Please reduce the length of the messages.",
      [130000, 128000],
    ],
    [
      "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (8000 in the messages, 1000 in the completion). Please reduce",
      [9000, 8192, 1000],
    ],
    [
      "This model's maximum context length is 8192 tokens. However, you requested 9100 tokens (8000 in the messages, 100 in the functions, and 1000 in the completion).",
      [9100, 8192, 1000],
    ],
    [
      "This model's maximum context length is 4097 tokens, however you requested 5000 tokens (4000 in your prompt; 1000 for the completion). Please reduce your prompt",
      [5000, 4097, 1000],
    ],
    [
      'Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens. Please reduce the length of the messages.',
      [300000, 272000],
    ],
    ['Your input exceeds the context window of this model. Please adjust your input and try again.', []],
    [
      "This endpoint's maximum context length is 131072 tokens. However, you requested about 140000 tokens (135000 of text input, 4000 of tool input, 1000 in the output). Please reduce",
      [140000, 131072, 1000],
    ],
    [
      "'max_tokens' or 'max_completion_tokens' is too large: 128000. This model's maximum context length is 32768 tokens and your request has 1200 input tokens (128000 > 32768 - 1200).",
      [129200, 32768, 128000],
    ],
    [
      "You passed 32769 input tokens and requested 1000 output tokens. However, the model's context length is only 32768 tokens, resulting in a maximum input length of 31768 tokens.",
      [33769, 32768, 1000],
    ],
    [
      "This model's maximum context length is 8192 tokens. However, your request has 9000 input tokens. Please reduce the length of the input messages.",
      [9000, 8192],
    ],
    ['The decoder prompt (length 40000) is longer than the maximum model length of 32768.', [40000, 32768]],
    ['the request exceeds the available context size, try increasing it', []],
    ['request (12345 tokens) exceeds the available context size (4096 tokens), try increasing it', [12345, 4096]],
    ['Please reduce the length of the messages or completion.', []],
    [
      'Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192',
      [9000, 8192],
    ],
    [
      'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 `inputs` tokens and 512 `max_new_tokens`',
      [9512, 8193, 512],
    ],
    ['Input validation error: `inputs` must have less than 4095 tokens. Given: 5000', [5000, 4095]],
    [
      'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
      [40000, 32768],
    ],
    ["This model's maximum prompt length is 131072 but the request contains 150000 tokens.", [150000, 131072]],
    ['prompt is too long: 210000 tokens > 200000 maximum', [210000, 200000]],
    [
      'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens` and try again',
      [210000, 200000, 20000],
    ],
    ['litellm.ContextWindowExceededError: litellm.BadRequestError: the model said no', []],
    ['the input length exceeds the context length', []],
    ['prompt token count of 140000 exceeds the limit of 128000', [140000, 128000]],
    ['The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).', [1200000, 1048576]],
    ['Input is too long for requested model.', []],
    ['The prompt is too long: 140000, model maximum context length: 131071', [140000, 131071]],
    ["The input (40000 tokens) is longer than the model's context length (32768 tokens).", [40000, 32768]],
    [
      "Requested token count exceeds the model's maximum context length of 32768 tokens. You requested a total of 40000 tokens: 38000 tokens from the input messages and 2000 tokens for the completion.",
      [40000, 32768, 2000],
    ],
    [
      'Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens',
      [9000, 4096],
    ],
    ['Invalid request: Your request exceeded model token limit: 131072', [undefined, 131072]],
    ['Range of input length should be [1, 98304]', [undefined, 98304]],
    ['Prompt exceeds max length', []],
    [
      "This model's maximum context length is 128,000 tokens. However, your messages resulted in 130,500 tokens.",
      [130500, 128000],
    ],
  ];
  for (const [message, [tokens, limit, maxTokens]] of wordings) {
    test(message.slice(0, 90), () => {
      const found = readOverflow(message);
      assert.deepEqual([found?.tokens, found?.limit, found?.maxTokens], [tokens, limit, maxTokens]);
      assert.equal(
        read(400, { error: { message, type: 'invalid_request_error', code: null } }).kind,
        'context_overflow',
      );
    });
  }

  test('what speaks of lengths but not of the window is none', () => {
    for (const message of [
      'max_tokens is too large: 128000. This model supports at most 16384 completion tokens, whereas you provided 128000.',
      "Invalid 'messages[0].content': string too long. Expected a string with maximum length 10485760.",
      'Unsupported value: max_tokens',
    ]) {
      assert.equal(readOverflow(message), undefined);
      assert.equal(read(400, { error: { message } }).kind, 'invalid_request');
    }
    const limited = 'Rate limit reached: too many tokens per minute. Please try again in 3s.';
    assert.equal(read(429, { error: { message: limited } }).kind, 'rate_limit');
  });

  test('llama.cpp gives its numbers in fields', () => {
    const error = {
      code: 400,
      message: 'the request exceeds the available context size',
      type: 'exceed_context_size_error',
      n_prompt_tokens: 9000,
      n_ctx: 4096,
    };
    const { details } = read(400, { error });
    assert.deepEqual([details.tokens, details.limit], [9000, 4096]);
  });

  test('a long text costs no time', () => {
    const started = process.cpuUsage();
    read(400, { error: { message: 'maximum context length is 1 tokens requested 5 tokens ('.repeat(20000) } });
    assert.ok(process.cpuUsage(started).user < 2_000_000);
  });
});

describe('kinds', () => {
  const cases: readonly (readonly [ErrorKind, number, unknown])[] = [
    [
      'invalid_request',
      400,
      {
        error: {
          message: "Unsupported parameter: 'max_tokens'",
          type: 'invalid_request_error',
          param: 'max_tokens',
          code: 'unsupported_parameter',
        },
      },
    ],
    ['invalid_request', 422, { detail: [{ loc: ['body', 'messages'], msg: 'field required', type: 'value_error' }] }],
    [
      'content_policy',
      400,
      {
        error: {
          message: 'Your request was rejected as a result of our safety system.',
          code: 'content_policy_violation',
        },
      },
    ],
    [
      'content_policy',
      400,
      {
        error: {
          code: 'content_filter',
          innererror: { code: 'ResponsibleAIPolicyViolation' },
          message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        },
      },
    ],
    [
      'content_policy',
      403,
      {
        error: {
          code: 403,
          message: 'Your chosen model requires moderation and your input was flagged',
          metadata: { reasons: ['violence'], provider_name: 'X' },
        },
      },
    ],
    [
      'authentication',
      401,
      {
        error: {
          message: 'Incorrect API key provided: sk-abcdefghijklmnop.',
          type: 'invalid_request_error',
          code: 'invalid_api_key',
        },
      },
    ],
    ['authentication', 401, { message: 'Unauthorized' }],
    ['authentication', 403, { error_code: 403, message: 'Invalid access token.' }],
    [
      'authentication',
      400,
      {
        error: {
          message: 'Incorrect API key provided: xx. You can obtain one',
          code: 'Client specified an invalid argument',
        },
      },
    ],
    [
      'billing',
      429,
      {
        error: {
          message: 'You exceeded your current quota, please check your plan and billing details.',
          type: 'insufficient_quota',
          code: 'insufficient_quota',
        },
      },
    ],
    [
      'billing',
      402,
      { error: { message: 'Insufficient Balance', type: 'unknown_error', code: 'invalid_request_error' } },
    ],
    ['billing', 402, { error: { code: 402, message: 'This request requires more credits, or fewer max_tokens.' } }],
    [
      'permission',
      403,
      {
        error: {
          message: 'Country, region, or territory not supported',
          type: 'request_forbidden',
          code: 'unsupported_country_region_territory',
        },
      },
    ],
    [
      'not_found',
      404,
      { error: { message: 'The model `x` does not exist or you do not have access to it.', code: 'model_not_found' } },
    ],
    ['not_found', 400, { error: { message: 'litellm: Invalid model name passed in model=x' } }],
    ['not_found', 404, { error: { code: 404, message: 'No endpoints found for x.' } }],
    ['not_found', 404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'Endpoint x does not exist' }],
    [
      'rate_limit',
      429,
      { error: { message: 'Rate limit reached for x', type: 'tokens', code: 'rate_limit_exceeded' } },
    ],
    [
      'rate_limit',
      429,
      { object: 'error', message: 'Requests rate limit exceeded', type: 'rate_limited', code: '1300' },
    ],
    ['rate_limit', 429, 'Too Many Requests'],
    [
      'too_large',
      413,
      {
        error: {
          message: 'Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 8000',
          type: 'tokens',
          code: 'rate_limit_exceeded',
        },
      },
    ],
    [
      'overloaded',
      503,
      { error: { message: 'That model is currently overloaded with other requests.', type: 'server_error' } },
    ],
    ['overloaded', 503, { error: { code: 503, message: 'No instances available' } }],
    ['overloaded', 500, { error: { message: 'The server is overloaded or not ready yet.', type: 'server_error' } }],
    ['overloaded', 429, { error: { message: 'The engine is currently overloaded', type: 'engine_overloaded_error' } }],
    ['overloaded', 529, ''],
    ['unavailable', 503, '<html><head><title>503 Service Temporarily Unavailable</title></head></html>'],
    ['bad_upstream', 502, '<html><head><title>502 Bad Gateway</title></head></html>'],
    ['bad_upstream', 502, { error: { code: 502, message: 'Provider returned error', metadata: { raw: '' } } }],
    ['upstream_timeout', 504, { error: { message: 'Timed out', code: 'timeout' } }],
    [
      'internal',
      500,
      { error: { message: 'The server had an error while processing your request', type: 'server_error' } },
    ],
    ['internal', 500, ''],
    [
      'context_overflow',
      400,
      {
        error: {
          code: 400,
          message: 'Provider returned error',
          metadata: {
            raw: '{"error":{"message":"prompt is too long: 210000 tokens > 200000 maximum"}}',
            provider_name: 'Anthropic',
          },
        },
      },
    ],
    ['context_overflow', 400, { error: '{"error":{"message":"prompt is too long: 210000 tokens > 200000 maximum"}}' }],
  ];
  for (const [kind, status, body] of cases) {
    test(`${kind}: ${status} ${JSON.stringify(body).slice(0, 90)}`, () => assert.equal(read(status, body).kind, kind));
  }

  test('texts are found in every form of body', () => {
    assert.equal(read(400, { error: 'plain' }).message, 'plain');
    assert.equal(read(400, { message: 'top' }).message, 'top');
    assert.equal(read(400, { detail: 'fast' }).message, 'fast');
    const complaints = [{ type: 'missing', loc: ['body', 'messages', 0, 'content'], msg: 'Field required', input: {} }];
    for (const body of [
      { detail: complaints },
      { object: 'error', message: { detail: complaints }, type: 'x', code: 1 },
    ]) {
      const error = read(422, body);
      assert.deepEqual([error.kind, error.details.param], ['invalid_request', 'messages[0].content']);
      assert.equal(error.message, 'body.messages.0.content: Field required');
    }
    const unknown = { object: 'error', message: 'Invalid model: x', type: 'invalid_model', param: null, code: '1500' };
    assert.equal(read(400, unknown).kind, 'not_found');
    assert.equal(
      read(422, { detail: [{ loc: ['body', 'x'], msg: 'field required' }] }).message,
      'body.x: field required',
    );
    assert.equal(read(400, { errors: [{ message: 'one' }, 'two'] }).message, 'two; one');
    assert.equal(
      read(502, '<!DOCTYPE html><html><title>502 Bad Gateway</title></html>').message,
      'The provider answered with status 502 and a page: 502 Bad Gateway.',
    );
    assert.equal(read(500, '').message, 'The provider answered with status 500 and an empty body.');
    assert.equal(read(500, 'upstream connect error').message, 'upstream connect error');
    assert.match(read(400, {}).message, /without saying which/);
    assert.equal(read(400, Buffer.from([0xff, 0xfe, 0x00]).toString('latin1')).kind, 'invalid_request');
  });

  test('keys are never repeated, and no body that may hold one', () => {
    const error = read(401, {
      error: {
        message: 'Incorrect API key provided: sk-proj-abcdefghijklmnop1234. Header was Bearer abcdefghijklmnop',
        code: 'invalid_api_key',
      },
    });
    assert.equal(error.message, 'Incorrect API key provided: [key] Header was Bearer [key]');
    assert.equal(error.details.origin, undefined);
  });

  test("the provider's own body is kept for clients of this language, when it is in its form", () => {
    const body = { error: { message: 'no', type: 'invalid_request_error', param: null, code: null } };
    const { origin } = read(400, body, { 'content-type': 'application/json; charset=utf-8' }).details;
    assert.equal(Buffer.from(origin?.body ?? []).toString(), JSON.stringify(body));
    assert.equal(origin?.contentType, 'application/json; charset=utf-8');
    assert.equal(read(400, { message: 'no' }).details.origin, undefined);
  });

  test('a status that means the same kind is kept, another is not', () => {
    assert.equal(read(422, { error: { message: 'no' } }).status, 422);
    assert.equal(read(503, { error: { message: 'busy' } }).status, 529);
    assert.equal(read(429, { error: { message: 'no', code: 'insufficient_quota' } }).status, 402);
  });
});

describe('when to try again', () => {
  test('what can never work says so', () => {
    assert.equal(read(429, { error: { message: 'x', code: 'insufficient_quota' } }).details.shouldRetry, false);
    assert.equal(read(500, {}, { 'x-should-retry': 'true' }).details.shouldRetry, true);
    assert.equal(read(500, {}).details.shouldRetry, undefined);
  });
});

describe('writing', () => {
  test("an overflow is told in OpenAI's words, whatever the origin's were", () => {
    const error = new GatewayError('context_overflow', 'prompt is too long', {
      tokens: 210000,
      limit: 200000,
      maxTokens: 10000,
    });
    assert.deepEqual(writeError(error), {
      error: {
        message:
          "This model's maximum context length is 200000 tokens. However, you requested 210000 tokens (200000 in the messages, 10000 in the completion). Please reduce the length of the messages.",
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
      },
    });
    const plain = writeError(new GatewayError('context_overflow', 'It is all too much.')) as {
      error: { message: string };
    };
    assert.equal(plain.error.message, "This model's maximum context length is exceeded. It is all too much.");
  });

  test('the field and code of a bad request are kept', () => {
    const error = new GatewayError('invalid_request', 'no', { param: 'tools[0]', code: 'invalid_type' });
    assert.deepEqual(writeError(error), {
      error: { message: 'no', type: 'invalid_request_error', param: 'tools[0]', code: 'invalid_type' },
    });
  });
});

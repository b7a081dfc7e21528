import type { JsonObject } from '../../../src/canon/json.ts';
import { type Break, googleQuota, openaiError, openaiQuota, type Refusal, under } from './refusal.ts';

export const responsesRefusals: readonly Refusal[] = under('openai-responses', 'OpenAI', [
  {
    status: 429,
    body: openaiError(
      'Rate limit reached for gpt-5 in organization org-x on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 11.054s.',
      'tokens',
      'rate_limit_exceeded',
    ),
    kind: 'rate_limit',
    retryAfter: 11.054,
  },
  {
    status: 429,
    body: openaiError(openaiQuota, 'insufficient_quota', 'insufficient_quota'),
    kind: 'billing',
    shouldRetry: false,
  },
  {
    status: 429,
    body: openaiError(
      'Request too large for gpt-5 in organization org-x on tokens per min (TPM): Limit 30000, Requested 342389. The input or output tokens must be reduced in order to run successfully.',
      'tokens',
      'rate_limit_exceeded',
    ),
    kind: 'too_large',
  },
  {
    status: 429,
    body: {
      error: {
        type: 'usage_limit_reached',
        message: 'The usage limit has been reached',
        plan_type: 'plus',
        resets_in_seconds: 4000,
      },
    },
    kind: 'billing',
    retryAfter: 4000,
    shouldRetry: false,
  },
  {
    status: 503,
    body: openaiError(
      'Our servers are currently overloaded. Please try again later.',
      'service_unavailable_error',
      'server_is_overloaded',
    ),
    kind: 'overloaded',
  },
  {
    status: 500,
    body: openaiError('An error occurred while processing your request.', 'server_error', 'server_error'),
    kind: 'internal',
  },
  {
    status: 401,
    body: openaiError('Incorrect API key provided: sk-x.', 'invalid_request_error', 'invalid_api_key'),
    kind: 'authentication',
  },
  {
    status: 403,
    body: openaiError('You are not allowed to sample from this model', 'invalid_request_error'),
    kind: 'permission',
  },
  {
    status: 404,
    body: openaiError("The requested model 'x' does not exist.", 'invalid_request_error', 'model_not_found'),
    kind: 'not_found',
  },
  {
    status: 400,
    body: openaiError(
      'Your input exceeds the context window of this model. Please adjust your input and try again.',
      'invalid_request_error',
      'context_length_exceeded',
    ),
    kind: 'context_overflow',
  },
  {
    status: 400,
    body: openaiError(
      'Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt.',
      'invalid_request_error',
      'invalid_prompt',
    ),
    kind: 'content_policy',
  },
  {
    status: 429,
    body: {
      error: {
        code: 'NoCapacity',
        message: 'The system is currently experiencing high demand and cannot process your request.',
      },
    },
    kind: 'overloaded',
  },
  {
    status: 429,
    body: { error: { code: '429', message: 'Rate limit is exceeded. Try again in 26 seconds.' } },
    kind: 'rate_limit',
    retryAfter: 26,
  },
  { status: 504, body: openaiError('Timed out', 'server_error', 'timeout'), kind: 'upstream_timeout' },
  {
    status: 429,
    body: {
      code: 'Some resource has been exhausted',
      error: 'Your team x has either used all available credits or reached its monthly spending limit.',
    },
    kind: 'billing',
    shouldRetry: false,
  },
  { status: 429, body: { error: { code: 429, message: googleQuota } }, kind: 'rate_limit', retryAfter: 34.074824224 },
]);

const failed = (code: string, message: string): JsonObject => ({
  type: 'response.failed',
  sequence_number: 3,
  response: { id: 'resp_1', object: 'response', status: 'failed', error: { code, message }, output: [] },
});

export const responsesBreaks: readonly Break[] = [
  ...(
    [
      ['response.failed', failed('server_error', 'The model failed to generate a response.'), 'internal'],
      [
        'response.failed',
        failed('rate_limit_exceeded', 'Rate limit reached for gpt-5. Please try again in 11.054s.'),
        'rate_limit',
        11.054,
      ],
      ['response.failed', failed('insufficient_quota', openaiQuota), 'billing'],
      [
        'response.failed',
        failed('context_length_exceeded', 'Your input exceeds the context window of this model.'),
        'context_overflow',
      ],
      [
        'response.failed',
        failed('server_is_overloaded', 'Our servers are currently overloaded. Please try again later.'),
        'overloaded',
      ],
      ['response.failed', failed('slow_down', 'Slow down'), 'overloaded'],
      [
        'response.failed',
        failed('invalid_prompt', 'Invalid prompt: your prompt was flagged as potentially violating our usage policy.'),
        'content_policy',
      ],
      ['response.failed', failed('cyber_policy', 'This content was flagged.'), 'content_policy'],
      [
        'error',
        { type: 'error', code: 'rate_limit_exceeded', message: 'Rate limit reached', param: null, sequence_number: 2 },
        'rate_limit',
      ],
      [
        'error',
        {
          type: 'error',
          sequence_number: 2,
          error: { type: 'insufficient_quota', code: 'insufficient_quota', message: openaiQuota, param: null },
        },
        'billing',
      ],
      [
        'error',
        { type: 'error', code: 'server_error', message: 'The server had an error', param: null, sequence_number: 2 },
        'internal',
      ],
      [
        'error',
        {
          type: 'error',
          sequence_number: 2,
          error: { type: 'too_many_requests', code: 'too_many_requests', message: 'Too Many Requests', param: null },
        },
        'rate_limit',
      ],
      [
        'error',
        {
          type: 'error',
          sequence_number: 2,
          error: { code: 'no_kv_space', message: 'The model is at capacity.', param: null },
        },
        'overloaded',
      ],
    ] as const
  ).map(
    ([name, event, kind, retryAfter]): Break => ({
      from: 'OpenAI',
      dialect: 'openai-responses',
      name,
      event,
      kind,
      ...(retryAfter !== undefined && { retryAfter }),
    }),
  ),
];

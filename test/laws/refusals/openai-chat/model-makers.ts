import { openaiError, type Refusal, under } from '../refusal.ts';

/** Makers that speak the language of another. */
export const makerRefusals: readonly Refusal[] = [
  ...under('openai-chat', 'DeepSeek', [
    {
      status: 402,
      body: openaiError('Insufficient Balance', 'unknown_error', 'invalid_request_error'),
      kind: 'billing',
      shouldRetry: false,
    },
    {
      status: 401,
      body: openaiError('Authentication Fails (governor)', 'authentication_error', 'invalid_request_error'),
      kind: 'authentication',
    },
    {
      status: 429,
      body: openaiError('Rate limit reached for requests', 'rate_limit_reached_error'),
      kind: 'rate_limit',
    },
    {
      status: 503,
      body: openaiError(
        'The server is overloaded. Please retry your request after a brief wait.',
        'service_unavailable_error',
      ),
      kind: 'overloaded',
    },
    {
      status: 400,
      body: openaiError(
        "This model's maximum context length is 65536 tokens. However, you requested 70000 tokens (62000 in the messages, 8000 in the completion).",
        'invalid_request_error',
        'invalid_request_error',
      ),
      kind: 'context_overflow',
    },
  ]),
  ...under('openai-chat', 'Mistral', [
    {
      status: 429,
      body: { object: 'error', message: 'Rate limit exceeded', type: 'rate_limited', param: null, code: '1300' },
      kind: 'rate_limit',
    },
    {
      status: 429,
      body: {
        object: 'error',
        message: 'Service tier capacity exceeded for this model.',
        type: 'service_tier_capacity_exceeded',
        param: null,
        code: '3505',
      },
      kind: 'overloaded',
    },
    { status: 401, body: { detail: 'Unauthorized' }, kind: 'authentication' },
    {
      status: 400,
      body: { object: 'error', message: 'Invalid model: x', type: 'invalid_model', param: null, code: '1500' },
      kind: 'not_found',
    },
    {
      status: 400,
      body: {
        object: 'error',
        message:
          'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
        type: 'invalid_request_prompt',
        param: null,
        code: '3051',
      },
      kind: 'context_overflow',
    },
    {
      status: 503,
      body: {
        object: 'error',
        message: 'Service unavailable.',
        type: 'unreachable_backend',
        param: null,
        code: '1100',
      },
      kind: 'unavailable',
    },
  ]),
  ...under('openai-chat', 'xAI', [
    {
      status: 400,
      body: {
        code: 'Client specified an invalid argument',
        error: 'Incorrect API key provided: xa***. You can obtain an API key from https://console.x.ai.',
      },
      kind: 'authentication',
    },
    {
      status: 429,
      body: {
        code: 'Some resource has been exhausted',
        error:
          'Your team x has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.',
      },
      kind: 'billing',
      shouldRetry: false,
    },
    {
      status: 403,
      body: {
        code: 'The caller does not have permission to execute the specified operation',
        error:
          "Your newly created team doesn't have any credits or licenses yet. You can purchase those on https://console.x.ai/team/x.",
      },
      kind: 'billing',
      shouldRetry: false,
    },
    {
      status: 429,
      body: {
        code: 'Some resource has been exhausted',
        error: 'Too many requests for team x and model grok. Your team’s rate limit is: 8 requests per second.',
      },
      kind: 'rate_limit',
    },
  ]),
  ...under('openai-chat', 'Moonshot', [
    {
      status: 429,
      body: openaiError(
        'Your account org-x is suspended, please check your plan and billing details',
        'exceeded_current_quota_error',
      ),
      kind: 'billing',
      shouldRetry: false,
    },
    {
      status: 429,
      body: openaiError('The engine is currently overloaded, please try again later', 'engine_overloaded_error'),
      kind: 'overloaded',
    },
    {
      status: 429,
      body: openaiError(
        'Your account x request reached max organization concurrency: 1, please try again after 1 seconds',
        'rate_limit_reached_error',
      ),
      kind: 'rate_limit',
      retryAfter: 1,
    },
    {
      status: 400,
      body: openaiError('The request was rejected because it was considered high risk', 'content_filter'),
      kind: 'content_policy',
    },
  ]),
  ...under('openai-chat', 'Zhipu', [
    {
      status: 429,
      body: { error: { code: '1113', message: 'Insufficient balance or no resource package. Please recharge.' } },
      kind: 'billing',
      shouldRetry: false,
    },
    {
      status: 429,
      body: {
        error: {
          code: '1302',
          message:
            'High concurrency usage of this API, please reduce concurrency or contact customer service to increase limits',
        },
      },
      kind: 'rate_limit',
    },
    {
      status: 429,
      body: { error: { code: '1305', message: '该模型当前访问量过大，请您稍后再试' } },
      kind: 'overloaded',
    },
  ]),
];

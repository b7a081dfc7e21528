import { openaiError, type Refusal, under } from '../refusal.ts';

/** Services that run open models. */
export const hostRefusals: readonly Refusal[] = [
  ...under('openai-chat', 'Groq', [
    {
      status: 429,
      body: openaiError(
        'Rate limit reached for model `llama-3.3-70b-versatile` in organization `org_x` service tier `on_demand` on tokens per day (TPD): Limit 100000, Used 99336, Requested 1500. Please try again in 12m2.304s. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing',
        'tokens',
        'rate_limit_exceeded',
      ),
      kind: 'rate_limit',
      retryAfter: 722.304,
    },
    {
      status: 413,
      body: openaiError(
        'Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 8000, please reduce your message size and try again.',
        'tokens',
        'rate_limit_exceeded',
      ),
      kind: 'too_large',
    },
    {
      status: 503,
      body: openaiError(
        'x is currently over capacity. Please try again and back off exponentially.',
        'internal_server_error',
      ),
      kind: 'overloaded',
    },
    {
      status: 498,
      body: openaiError('Flex tier capacity exceeded', 'invalid_request_error', 'capacity_exceeded'),
      kind: 'overloaded',
    },
    {
      status: 404,
      body: openaiError(
        'The model `x` does not exist or you do not have access to it.',
        'invalid_request_error',
        'model_not_found',
      ),
      kind: 'not_found',
    },
    {
      status: 401,
      body: openaiError('Invalid API Key', 'invalid_request_error', 'invalid_api_key'),
      kind: 'authentication',
    },
    {
      status: 400,
      body: openaiError(
        'Please reduce the length of the messages or completion.',
        'invalid_request_error',
        'context_length_exceeded',
      ),
      kind: 'context_overflow',
    },
  ]),
  ...under('openai-chat', 'Together', [
    {
      status: 429,
      body: openaiError(
        'You have reached the rate limit specific to this model x. The maximum rate limit for this model is 0.6 queries per minute. See https://api.together.ai/settings/billing for your limits.',
        'model_rate_limit',
      ),
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3' },
      kind: 'rate_limit',
      retryAfter: 3,
    },
    {
      status: 402,
      body: openaiError(
        'Credit limit exceeded, please navigate to https://api.together.ai/settings/billing to update your credit limit',
        'credit_limit',
      ),
      kind: 'billing',
      shouldRetry: false,
    },
    {
      status: 503,
      body: openaiError('The server is overloaded or not ready yet.', 'service_unavailable'),
      kind: 'overloaded',
    },
    {
      status: 404,
      body: openaiError(
        'Unable to access model x. Please visit https://api.together.ai/models to view the list of supported models.',
        'invalid_request_error',
        'model_not_available',
      ),
      kind: 'not_found',
    },
    {
      status: 422,
      body: openaiError(
        'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 `inputs` tokens and 512 `max_new_tokens`',
        'invalid_request_error',
      ),
      kind: 'context_overflow',
    },
  ]),
  ...under('openai-chat', 'Fireworks', [
    {
      status: 412,
      body: openaiError(
        'Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices. Please go to https://fireworks.ai/account/billing for more information.',
        'invalid_request_error',
        'PRECONDITION_FAILED',
      ),
      kind: 'billing',
      shouldRetry: false,
    },
    {
      status: 429,
      body: openaiError('Rate limit exceeded, please try again later', 'error', 'RATE_LIMIT_EXCEEDED'),
      kind: 'rate_limit',
    },
    {
      status: 404,
      body: openaiError('Model not found, inaccessible, and/or not deployed', 'error', 'NOT_FOUND'),
      kind: 'not_found',
    },
    { status: 401, body: { error: 'unauthorized' }, kind: 'authentication' },
    {
      status: 400,
      body: openaiError(
        'The prompt is too long: 140000, model maximum context length: 131071',
        'invalid_request_error',
      ),
      kind: 'context_overflow',
    },
    { status: 503, body: openaiError('Service overloaded', 'internal_server_error'), kind: 'overloaded' },
  ]),
  ...under('openai-chat', 'Cerebras', [
    {
      status: 429,
      body: {
        message: 'Tokens per minute limit exceeded - too many tokens processed.',
        type: 'too_many_tokens_error',
        param: 'quota',
        code: 'token_quota_exceeded',
      },
      kind: 'rate_limit',
    },
    {
      status: 429,
      body: {
        message: "We're experiencing high traffic right now! Please try again soon.",
        type: 'too_many_requests_error',
        param: 'queue',
        code: 'queue_exceeded',
      },
      kind: 'overloaded',
    },
    {
      status: 402,
      body: { message: 'Payment required', type: 'payment_required_error', code: 'payment_required' },
      kind: 'billing',
      shouldRetry: false,
    },
  ]),
];

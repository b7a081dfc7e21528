import { anthropicError, type Break, googleError, openaiError, type Refusal, under } from './refusal.ts';

const anthropic = under('anthropic', 'Anthropic', [
  { status: 529, body: anthropicError('overloaded_error', 'Overloaded'), kind: 'overloaded' },
  { status: 500, body: anthropicError('overloaded_error', 'Overloaded'), kind: 'overloaded' },
  { status: 529, body: '', kind: 'overloaded' },
  { status: 500, body: anthropicError('api_error', 'Internal server error'), kind: 'internal' },
  {
    status: 429,
    body: anthropicError(
      'rate_limit_error',
      "This request would exceed your organization's rate limit of 80,000 input tokens per minute. For details, refer to: https://docs.claude.com/en/api/rate-limits.",
    ),
    headers: { 'retry-after': '41', 'x-should-retry': 'true' },
    kind: 'rate_limit',
    retryAfter: 41,
    shouldRetry: true,
  },
  {
    status: 400,
    body: anthropicError(
      'invalid_request_error',
      'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
    ),
    kind: 'billing',
    shouldRetry: false,
  },
  {
    status: 400,
    body: anthropicError(
      'invalid_request_error',
      'You have reached your specified API usage limits. You will regain access on 2026-02-01 at 00:00 UTC.',
    ),
    kind: 'billing',
    shouldRetry: false,
  },
  {
    status: 429,
    body: anthropicError('billing_error', 'Your organization has reached its spend limit.'),
    headers: { 'retry-after': '3600', 'x-should-retry': 'false' },
    kind: 'billing',
    retryAfter: 3600,
    shouldRetry: false,
  },
  { status: 402, body: anthropicError('billing_error', 'Payment required.'), kind: 'billing', shouldRetry: false },
  { status: 401, body: anthropicError('authentication_error', 'invalid x-api-key'), kind: 'authentication' },
  {
    status: 400,
    body: anthropicError('invalid_request_error', 'This organization has been disabled.'),
    kind: 'permission',
  },
  { status: 403, body: anthropicError('permission_error', 'Request not allowed'), kind: 'permission' },
  { status: 404, body: anthropicError('not_found_error', 'model: claude-none'), kind: 'not_found' },
  {
    status: 400,
    body: anthropicError('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
    kind: 'context_overflow',
  },
  {
    status: 400,
    body: anthropicError(
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens` and try again',
    ),
    kind: 'context_overflow',
  },
  {
    status: 400,
    body: anthropicError('invalid_request_error', 'Output blocked by content filtering policy'),
    kind: 'content_policy',
  },
  {
    status: 413,
    body: anthropicError('request_too_large', 'Request exceeds the maximum size'),
    kind: 'too_large',
  },
  { status: 504, body: anthropicError('timeout_error', 'Request timed out'), kind: 'upstream_timeout' },
  {
    status: 400,
    body: anthropicError('invalid_request_error', 'messages.0.content: Input should be a valid list'),
    kind: 'invalid_request',
  },
  { status: 502, body: '<html><title>502 Bad Gateway</title></html>', kind: 'bad_upstream' },
]);

const anthropicElsewhere = [
  ...under('anthropic', 'Bedrock, in the language of the model', [
    { status: 429, body: { message: 'Too many tokens, please wait before trying again.' }, kind: 'rate_limit' },
    { status: 503, body: { message: 'Bedrock is unable to process your request.' }, kind: 'unavailable' },
  ]),
  ...under('anthropic', 'Vertex, in the language of the model', [
    {
      status: 429,
      body: googleError(
        429,
        'RESOURCE_EXHAUSTED',
        'Quota exceeded for aiplatform.googleapis.com/x. Please submit a quota increase request.',
      ),
      kind: 'rate_limit',
    },
    {
      status: 401,
      body: googleError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'),
      kind: 'authentication',
    },
  ]),
  ...under('anthropic', 'OpenRouter, in the language of the model', [
    {
      status: 402,
      body: anthropicError('billing_error', 'This request requires more credits, or fewer max_tokens.'),
      kind: 'billing',
      shouldRetry: false,
    },
    {
      status: 429,
      body: anthropicError('rate_limit_error', 'x is temporarily rate-limited upstream. Please retry shortly.'),
      kind: 'rate_limit',
    },
  ]),
  ...under('anthropic', 'LiteLLM, in the language of the model', [
    {
      status: 400,
      body: openaiError('Budget has been exceeded! Current cost: 1.2, Max budget: 1.0', 'budget_exceeded', '400'),
      kind: 'billing',
      shouldRetry: false,
    },
  ]),
];

export const anthropicRefusals: readonly Refusal[] = [...anthropic, ...anthropicElsewhere];

export const anthropicBreaks: readonly Break[] = [
  ...(
    [
      ['overloaded_error', 'Overloaded', 'overloaded'],
      ['api_error', 'Internal server error', 'internal'],
      ['rate_limit_error', 'This request would exceed your rate limit.', 'rate_limit'],
      ['timeout_error', 'Request timed out', 'timeout'],
      ['invalid_request_error', 'Output blocked by content filtering policy', 'content_policy'],
      ['api_error', 'Output blocked by content filtering policy', 'content_policy'],
      ['invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum', 'context_overflow'],
      ['invalid_request_error', 'Your credit balance is too low to access the Anthropic API.', 'billing'],
      ['authentication_error', 'OAuth token has expired', 'authentication'],
    ] as const
  ).map(
    ([type, message, kind]): Break => ({
      from: 'Anthropic',
      dialect: 'anthropic',
      name: 'error',
      event: anthropicError(type, message),
      kind,
    }),
  ),
];

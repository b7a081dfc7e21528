import { anthropicError, googleError, googleQuota, type Refusal, retryInfo, under } from '../refusal.ts';

/** Services that sell many makers' models. */
export const resellerRefusals: readonly Refusal[] = [
  ...under('openai-chat', 'OpenRouter', [
    {
      status: 402,
      body: {
        error: {
          code: 402,
          message:
            'This request requires more credits, or fewer max_tokens. You requested up to 8192 tokens, but can only afford 100.',
        },
      },
      kind: 'billing',
      shouldRetry: false,
    },
    {
      status: 402,
      body: {
        error: { code: 402, message: 'Insufficient credits. Add more using https://openrouter.ai/settings/credits' },
      },
      kind: 'billing',
      shouldRetry: false,
    },
    {
      status: 403,
      body: {
        error: {
          code: 403,
          message: 'Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys',
        },
      },
      kind: 'billing',
      shouldRetry: false,
    },
    {
      status: 403,
      body: {
        error: {
          code: 403,
          message:
            'openai/gpt-4o requires moderation on OpenInference. Your input was flagged for "violence". No credits were charged.',
          metadata: { reasons: ['violence'], flagged_input: 'x' },
        },
      },
      kind: 'content_policy',
    },
    {
      status: 429,
      body: {
        error: {
          code: 429,
          message: 'Provider returned error',
          metadata: {
            raw: 'google/gemini-2.0-flash-exp:free is temporarily rate-limited upstream. Please retry shortly, or add your own key to accumulate your rate limits: https://openrouter.ai/settings/integrations',
            provider_name: 'Google AI Studio',
          },
        },
      },
      kind: 'rate_limit',
    },
    {
      status: 429,
      body: {
        error: {
          code: 429,
          message: 'Provider returned error',
          metadata: {
            raw: JSON.stringify(googleError(429, 'RESOURCE_EXHAUSTED', googleQuota, retryInfo('34s'))),
            provider_name: 'Google',
          },
        },
      },
      kind: 'rate_limit',
      retryAfter: 34.074824224,
    },
    {
      status: 429,
      body: {
        error: {
          code: 429,
          message: 'Rate limit exceeded: free-models-per-min. ',
          metadata: { headers: { 'X-RateLimit-Limit': '20', 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '45' } },
        },
      },
      kind: 'rate_limit',
      retryAfter: 45,
    },
    {
      status: 502,
      body: { error: { code: 502, message: 'Provider returned error', metadata: { raw: '', provider_name: 'X' } } },
      kind: 'bad_upstream',
    },
    { status: 503, body: { error: { code: 503, message: 'No instances available' } }, kind: 'overloaded' },
    {
      status: 503,
      body: {
        error: {
          code: 503,
          message: 'Provider returned error',
          metadata: {
            raw: JSON.stringify(anthropicError('overloaded_error', 'Overloaded')),
            provider_name: 'Anthropic',
          },
        },
      },
      kind: 'overloaded',
    },
    { status: 408, body: { error: { code: 408, message: 'Request timed out' } }, kind: 'timeout' },
    {
      status: 404,
      body: { error: { code: 404, message: 'No endpoints found that support tool use.' } },
      kind: 'not_found',
    },
    { status: 401, body: { error: { code: 401, message: 'No auth credentials found' } }, kind: 'authentication' },
    { status: 401, body: { error: { code: 401, message: 'User not found.' } }, kind: 'authentication' },
  ]),
  ...under('openai-chat', 'Databricks', [
    {
      status: 429,
      body: {
        error_code: 'REQUEST_LIMIT_EXCEEDED',
        message:
          'REQUEST_LIMIT_EXCEEDED: Exceeded workspace input tokens per minute rate limit for databricks-claude-sonnet-4.',
      },
      kind: 'rate_limit',
    },
    { status: 403, body: { error_code: '403', message: 'Invalid access token.' }, kind: 'authentication' },
    {
      status: 403,
      body: {
        error_code: 'PERMISSION_DENIED',
        message: 'PERMISSION_DENIED: User does not have CAN QUERY on the endpoint.',
      },
      kind: 'permission',
    },
    {
      status: 404,
      body: { error_code: 'ENDPOINT_NOT_FOUND', message: 'Endpoint with name x does not exist.' },
      kind: 'not_found',
    },
    {
      status: 503,
      body: {
        error_code: 'TEMPORARILY_UNAVAILABLE',
        message: 'The service at /serving-endpoints/x/invocations is temporarily unavailable.',
      },
      kind: 'unavailable',
    },
    {
      status: 400,
      body: { error_code: 'BAD_REQUEST', message: '{"message":"prompt is too long: 210000 tokens > 200000 maximum"}' },
      kind: 'context_overflow',
    },
    {
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message: 'Parameter x is not allowed.' },
      kind: 'invalid_request',
    },
    { status: 500, body: { error_code: 'INTERNAL_ERROR', message: 'Internal server error' }, kind: 'internal' },
    { status: 504, body: { error_code: 'DEADLINE_EXCEEDED', message: 'Deadline exceeded' }, kind: 'upstream_timeout' },
  ]),
  ...under('openai-chat', 'Google, in the language of OpenAI', [
    {
      status: 429,
      body: [googleError(429, 'RESOURCE_EXHAUSTED', googleQuota, retryInfo('34.07s'))],
      kind: 'rate_limit',
      retryAfter: 34.07,
    },
    {
      status: 429,
      body: [
        googleError(
          429,
          'RESOURCE_EXHAUSTED',
          'Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.',
        ),
      ],
      kind: 'rate_limit',
    },
    {
      status: 503,
      body: [googleError(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.')],
      kind: 'overloaded',
    },
    {
      status: 400,
      body: [googleError(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.')],
      kind: 'authentication',
    },
    {
      status: 404,
      body: [googleError(404, 'NOT_FOUND', 'models/x is not found for API version v1main')],
      kind: 'not_found',
    },
    {
      status: 403,
      body: [googleError(403, 'PERMISSION_DENIED', 'Permission denied on resource project x.')],
      kind: 'permission',
    },
  ]),
];

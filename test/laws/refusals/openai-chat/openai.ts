import { openaiError, openaiQuota, type Refusal, under } from '../refusal.ts';

/** OpenAI and Azure. */
export const openaiRefusals: readonly Refusal[] = [
  ...under('openai-chat', 'OpenAI', [
    {
      status: 429,
      body: openaiError(
        'Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s. Visit https://platform.openai.com/account/rate-limits to learn more.',
        'tokens',
        'rate_limit_exceeded',
      ),
      headers: { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '2.5s' },
      kind: 'rate_limit',
      retryAfter: 2.5,
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
        'Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 342389. The input or output tokens must be reduced in order to run successfully.',
        'tokens',
        'rate_limit_exceeded',
      ),
      kind: 'too_large',
    },
    {
      status: 429,
      body: openaiError('Billing hard limit has been reached', 'invalid_request_error', 'billing_hard_limit_reached'),
      kind: 'billing',
      shouldRetry: false,
    },
    {
      status: 503,
      body: openaiError('The engine is currently overloaded, please try again later', 'server_error'),
      kind: 'overloaded',
    },
    { status: 503, body: openaiError('Slow down', 'server_error', 'slow_down'), kind: 'overloaded' },
    {
      status: 500,
      body: openaiError('The server had an error while processing your request. Sorry about that!', 'server_error'),
      kind: 'internal',
    },
    {
      status: 401,
      body: openaiError('Incorrect API key provided: sk-x.', 'invalid_request_error', 'invalid_api_key'),
      kind: 'authentication',
    },
    {
      status: 401,
      body: openaiError('You must be a member of an organization to use the API', 'invalid_request_error'),
      kind: 'authentication',
    },
    {
      status: 403,
      body: openaiError(
        'Country, region, or territory not supported',
        'request_forbidden',
        'unsupported_country_region_territory',
      ),
      kind: 'permission',
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
      status: 400,
      body: openaiError(
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.",
        'invalid_request_error',
        'context_length_exceeded',
      ),
      kind: 'context_overflow',
    },
    {
      status: 400,
      body: openaiError(
        'Your request was rejected as a result of our safety system.',
        'invalid_request_error',
        'content_policy_violation',
      ),
      kind: 'content_policy',
    },
    {
      status: 400,
      body: openaiError("Invalid type for 'messages[0].content'", 'invalid_request_error', 'invalid_type'),
      kind: 'invalid_request',
    },
  ]),
  ...under('openai-chat', 'Azure', [
    {
      status: 429,
      body: {
        error: {
          code: '429',
          message:
            'Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-08-01-preview have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 26 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.',
        },
      },
      kind: 'rate_limit',
      retryAfter: 26,
    },
    {
      status: 429,
      body: {
        error: {
          code: 'RateLimitReached',
          message: 'Rate limit of 1 per 0s exceeded for UserByModelByMinute. Please wait 39 seconds before retrying.',
          details: 'Rate limit',
        },
      },
      kind: 'rate_limit',
      retryAfter: 39,
    },
    {
      status: 429,
      body: {
        error: {
          code: 'NoCapacity',
          message:
            'The system is currently experiencing high demand and cannot process your request. Your request exceeds the maximum usage size allowed during peak load.',
        },
      },
      kind: 'overloaded',
    },
    {
      status: 401,
      body: { error: { code: '401', message: 'Access denied due to invalid subscription key or wrong API endpoint.' } },
      kind: 'authentication',
    },
    {
      status: 401,
      body: { error: { code: 'PermissionDenied', message: 'Principal does not have access to API/Operation.' } },
      kind: 'permission',
    },
    {
      status: 403,
      body: { error: { code: '403', message: 'Access denied due to Virtual Network/Firewall rules.' } },
      kind: 'permission',
    },
    {
      status: 404,
      body: { error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' } },
      kind: 'not_found',
    },
    {
      status: 400,
      body: {
        error: {
          message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
          type: null,
          param: 'prompt',
          code: 'content_filter',
          status: 400,
          innererror: { code: 'ResponsibleAIPolicyViolation' },
        },
      },
      kind: 'content_policy',
    },
    { status: 408, body: { error: { code: 'Timeout', message: 'The operation was timeout.' } }, kind: 'timeout' },
  ]),
];

import { openaiError, type Refusal, under } from '../refusal.ts';

/** What people run themselves, and what may stand in between. */
export const ownServerRefusals: readonly Refusal[] = [
  ...under('openai-chat', 'vLLM', [
    {
      status: 404,
      body: {
        object: 'error',
        message: 'The model `x` does not exist.',
        type: 'NotFoundError',
        param: null,
        code: 404,
      },
      kind: 'not_found',
    },
    {
      status: 400,
      body: {
        error: {
          message: "This model's maximum context length is 8192 tokens. However, your request has 9000 input tokens.",
          type: 'BadRequestError',
          param: 'input_tokens',
          code: 400,
        },
      },
      kind: 'context_overflow',
    },
    {
      status: 500,
      body: {
        error: {
          message: 'EngineCore encountered an issue. See stack trace (above) for the root cause.',
          type: 'InternalServerError',
          param: null,
          code: 500,
        },
      },
      kind: 'internal',
    },
    { status: 401, body: { error: 'Unauthorized' }, kind: 'authentication' },
  ]),
  ...under('openai-chat', 'Ollama', [
    { status: 404, body: openaiError('model "x" not found, try pulling it first', 'api_error'), kind: 'not_found' },
    {
      status: 503,
      body: openaiError('server busy, please try again.  maximum pending requests exceeded', 'api_error'),
      kind: 'overloaded',
    },
    {
      status: 500,
      body: openaiError('llama runner process has terminated: signal: killed', 'api_error'),
      kind: 'internal',
    },
    {
      status: 429,
      body: openaiError("you've reached your hourly usage limit, please upgrade to continue", 'api_error'),
      kind: 'rate_limit',
    },
  ]),
  ...under('openai-chat', 'LiteLLM', [
    {
      status: 429,
      body: openaiError(
        'litellm.RateLimitError: AnthropicException - {"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your rate limit"}}. Received Model Group=x',
        'throttling_error',
        '429',
      ),
      kind: 'rate_limit',
    },
    {
      status: 500,
      body: openaiError(
        'litellm.InternalServerError: AnthropicError - {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}. Received Model Group=x',
        null,
        '500',
      ),
      kind: 'overloaded',
    },
    {
      status: 400,
      body: openaiError('Budget has been exceeded! Current cost: 1.2, Max budget: 1.0', 'budget_exceeded', '400'),
      kind: 'billing',
      shouldRetry: false,
    },
    {
      status: 429,
      body: openaiError(
        'No deployments available for selected model, Try again in 60 seconds. Passed model=x. pre-call-checks=False',
        'None',
        '429',
      ),
      kind: 'rate_limit',
      retryAfter: 60,
    },
    {
      status: 401,
      body: openaiError('Authentication Error, Invalid proxy server token passed', 'auth_error', '401'),
      kind: 'authentication',
    },
    {
      status: 401,
      body: openaiError(
        'key not allowed to access model. This key can only access models=[x]',
        'key_model_access_denied',
        '401',
      ),
      kind: 'permission',
    },
    {
      status: 400,
      body: openaiError(
        'litellm.ContextWindowExceededError: litellm.BadRequestError: ContextWindowExceededError: x',
        null,
        '400',
      ),
      kind: 'context_overflow',
    },
    {
      status: 400,
      body: openaiError(
        'litellm.ContentPolicyViolationError: litellm.BadRequestError: OpenAIException - Invalid prompt',
        null,
        '400',
      ),
      kind: 'content_policy',
    },
    {
      status: 408,
      body: openaiError('litellm.Timeout: APITimeoutError - Request timed out.', null, '408'),
      kind: 'timeout',
    },
  ]),
  ...under('openai-chat', 'LiteLLM, older', [
    {
      status: 401,
      body: openaiError(
        'Authentication Error, ExceededTokenBudget: Current spend for token: 10.2; Max Budget for Token: 10.0',
        'auth_error',
        '401',
      ),
      kind: 'billing',
      shouldRetry: false,
    },
    { status: 401, body: { error: 'Unauthorized: no such model for this key' }, kind: 'authentication' },
  ]),
  ...under('openai-chat', 'a proxy in between', [
    { status: 502, body: '<html><head><title>502 Bad Gateway</title></head></html>', kind: 'bad_upstream' },
    { status: 503, body: 'no healthy upstream', kind: 'unavailable' },
    { status: 504, body: '<html><head><title>504 Gateway Time-out</title></head></html>', kind: 'upstream_timeout' },
    { status: 524, body: 'error code: 524', kind: 'upstream_timeout' },
    { status: 520, body: 'error code: 520', kind: 'bad_upstream' },
    { status: 429, body: 'Too Many Requests', headers: { 'retry-after': '5' }, kind: 'rate_limit', retryAfter: 5 },
  ]),
];

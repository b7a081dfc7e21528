import type { JsonObject } from '../../../src/canon/json.ts';
import {
  anthropicError,
  type Break,
  googleError,
  googleQuota,
  openaiError,
  openaiQuota,
  type Refusal,
  retryInfo,
  under,
} from './refusal.ts';

export const chatRefusals: readonly Refusal[] = [
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
  ...under('openai-chat', 'a proxy in between', [
    { status: 502, body: '<html><head><title>502 Bad Gateway</title></head></html>', kind: 'bad_upstream' },
    { status: 503, body: 'no healthy upstream', kind: 'unavailable' },
    { status: 504, body: '<html><head><title>504 Gateway Time-out</title></head></html>', kind: 'upstream_timeout' },
    { status: 524, body: 'error code: 524', kind: 'upstream_timeout' },
    { status: 520, body: 'error code: 520', kind: 'bad_upstream' },
    { status: 429, body: 'Too Many Requests', headers: { 'retry-after': '5' }, kind: 'rate_limit', retryAfter: 5 },
  ]),
];

const chunk = (error: JsonObject): JsonObject => ({
  id: 'gen-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  error,
  choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
});

export const chatBreaks: readonly Break[] = [
  ...(
    [
      ['OpenRouter', chunk({ code: 'server_error', message: 'Provider disconnected unexpectedly' }), 'internal'],
      [
        'OpenRouter',
        chunk({ code: 502, message: 'Upstream error from X: error', metadata: { provider_name: 'X' } }),
        'bad_upstream',
      ],
      ['OpenRouter', chunk({ code: 429, message: 'Rate limit exceeded' }), 'rate_limit'],
      [
        'OpenRouter',
        chunk({ code: 503, message: 'Overloaded', metadata: { error_type: 'provider_overloaded' } }),
        'overloaded',
      ],
      [
        'OpenAI',
        openaiError('The server had an error while processing your request. Sorry about that!', 'server_error'),
        'internal',
      ],
      [
        'OpenAI',
        openaiError('Rate limit reached for gpt-4o. Please try again in 2s.', 'tokens', 'rate_limit_exceeded'),
        'rate_limit',
        2,
      ],
      ['OpenAI', openaiError(openaiQuota, 'insufficient_quota', 'insufficient_quota'), 'billing'],
      ['Azure', { error: { code: 'content_filter', message: 'The response was filtered' } }, 'content_policy'],
      [
        'Mistral',
        { object: 'error', message: 'Rate limit exceeded', type: 'rate_limited', param: null, code: '1300' },
        'rate_limit',
      ],
      [
        'vLLM',
        {
          error: {
            object: 'error',
            message: 'EngineCore encountered an issue.',
            type: 'InternalServerError',
            param: null,
            code: 500,
          },
        },
        'internal',
      ],
      [
        'LiteLLM',
        openaiError(
          'litellm.MidStreamFallbackError: litellm.ServiceUnavailableError: AnthropicException - Overloaded',
          null,
          '503',
        ),
        'overloaded',
      ],
      ['Ollama', { error: 'an error was encountered while running the model: CUDA error' }, 'bad_upstream'],
      ['Ollama', { error: 'server busy, please try again.  maximum pending requests exceeded' }, 'overloaded'],
      [
        'Groq',
        {
          error: {
            message: 'Failed to call a function. Please adjust your prompt.',
            type: 'invalid_request_error',
            code: 'tool_use_failed',
            failed_generation: '',
          },
        },
        'invalid_request',
      ],
      [
        'Databricks',
        {
          error_code: 'REQUEST_LIMIT_EXCEEDED',
          message: 'REQUEST_LIMIT_EXCEEDED: Exceeded output tokens per minute rate limit',
        },
        'rate_limit',
      ],
      [
        'Databricks',
        { error: '{"error_code":"TEMPORARILY_UNAVAILABLE","message":"The service is temporarily unavailable."}' },
        'unavailable',
      ],
      [
        'DeepSeek',
        openaiError(
          'Service is too busy. We advise users to temporarily switch to alternative LLM API service providers.',
          'service_unavailable_error',
          'service_unavailable_error',
        ),
        'overloaded',
      ],
      ['somebody', { error: 'Rate limit exceeded, please slow down' }, 'rate_limit'],
      ['somebody', { error: { message: 'Too Many Requests' } }, 'rate_limit'],
      ['somebody', { error: { message: 'Request timed out' } }, 'upstream_timeout'],
    ] as const
  ).map(
    ([from, event, kind, retryAfter]): Break => ({
      from,
      dialect: 'openai-chat',
      event,
      kind,
      ...(retryAfter !== undefined && { retryAfter }),
    }),
  ),
];

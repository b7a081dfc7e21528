import type { JsonObject } from '../../../src/canon/json.ts';
import { hostRefusals } from './openai-chat/model-hosts.ts';
import { makerRefusals } from './openai-chat/model-makers.ts';
import { openaiRefusals } from './openai-chat/openai.ts';
import { ownServerRefusals } from './openai-chat/own-servers.ts';
import { resellerRefusals } from './openai-chat/resellers.ts';
import { type Break, openaiError, openaiQuota, type Refusal } from './refusal.ts';

export const chatRefusals: readonly Refusal[] = [
  ...openaiRefusals,
  ...resellerRefusals,
  ...hostRefusals,
  ...makerRefusals,
  ...ownServerRefusals,
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

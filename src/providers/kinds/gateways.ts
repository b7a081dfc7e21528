import { addressVariables, compatible, type Kind } from '../kind.ts';
import { databricksNames, vendorNames } from './rename.ts';

/** Services that stand before the models of many makers. */
export const gateways: readonly Kind[] = [
  compatible('openrouter', 'OpenRouter', {
    url: 'https://openrouter.ai/api/v1',
    anthropic: 'https://openrouter.ai/api',
    keys: ['OPENROUTER_API_KEY'],
    quirks: {
      reasoning: 'reasoning_details',
      reasoning_request: 'reasoning',
      cache_control: true,
      extra_sampling: true,
      max_tokens: 'max_tokens',
      web_search: 'plugins',
    },
    // Servers that keep OpenRouter's older interface count cost only on demand.
    body: { usage: { include: true } },
    serves: ['claude', 'gpt', 'gemini'],
    vendorNames: true,
    rename: vendorNames,
    big: 'anthropic/claude-sonnet-5.5',
    small: 'anthropic/claude-haiku-4.5',
    // The list of models is open to everybody and proves no key.
    probe: '/key',
  }),
  {
    kind: 'databricks',
    operations: [
      { does: ['embeddings', 'completions'], speaks: 'openai-chat', path: '/serving-endpoints/{model}/invocations' },
    ],
    offers: ['embeddings', 'completions'],
    title: 'Databricks',
    speaks: 'openai-chat',
    baseUrls: { 'openai-chat': '{host}', anthropic: '{host}' },
    routes: [
      {
        match: '*claude*',
        speaks: 'anthropic',
        paths: ['/ai-gateway/anthropic/v1/messages', '/serving-endpoints/anthropic/v1/messages'],
      },
      {
        match: '*',
        speaks: 'openai-chat',
        paths: [
          '/ai-gateway/mlflow/v1/chat/completions',
          '/serving-endpoints/chat/completions',
          '/serving-endpoints/{model}/invocations',
        ],
      },
    ],
    keyHeader: 'bearer',
    needsKey: true,
    variables: {
      host: ['DATABRICKS_HOST'],
      api_key: ['DATABRICKS_TOKEN'],
      client_id: ['DATABRICKS_CLIENT_ID'],
      client_secret: ['DATABRICKS_CLIENT_SECRET'],
    },
    enough: [
      ['host', 'api_key'],
      ['host', 'client_id', 'client_secret'],
    ],
    alternatives: [[['api_key'], ['client_id', 'client_secret']]],
    backends: ['AZURE_DATABRICKS'],
    quirks: {
      max_tokens: 'max_tokens',
      reasoning: 'none',
      reasoning_request: 'none',
      files: false,
      stream_options: true,
    },
    models: [
      {
        match: '*claude*',
        quirks: { reasoning: 'reasoning_parts', reasoning_request: 'thinking', cache_control: true },
      },
      {
        match: '*gpt-5*|*gpt-oss*',
        quirks: { reasoning_request: 'reasoning_effort', efforts: ['low', 'medium', 'high'] },
      },
    ],
    serves: ['claude', 'gpt', 'gemini'],
    rename: databricksNames,
    big: 'databricks-claude-sonnet-4-6',
    small: 'databricks-claude-haiku-4-5',
    probe: '/api/2.0/serving-endpoints',
    token: { url: '/oidc/v1/token', scope: 'all-apis', secretIn: 'header' },
  },
  liteLlm('litellm', 'LiteLLM proxy', 'openai-chat', ['LITELLM_OPENROUTER']),
  liteLlm('litellm-messages', 'LiteLLM proxy, native Messages', 'anthropic', []),
  compatible('vercel', 'Vercel AI Gateway', {
    url: 'https://ai-gateway.vercel.sh/v1',
    anthropic: 'https://ai-gateway.vercel.sh',
    keys: ['AI_GATEWAY_API_KEY'],
    quirks: { reasoning: 'reasoning_details', reasoning_request: 'reasoning', cache_control: true },
    serves: ['claude', 'gpt', 'gemini'],
    vendorNames: true,
    rename: vendorNames,
    big: 'anthropic/claude-sonnet-4.5',
    small: 'anthropic/claude-haiku-4.5',
  }),
  compatible('requesty', 'Requesty', {
    url: 'https://router.requesty.ai/v1',
    anthropic: 'https://router.requesty.ai',
    keys: ['REQUESTY_API_KEY'],
    quirks: { cache_control: true, max_tokens: 'max_tokens' },
    vendorNames: true,
  }),
  compatible('huggingface', 'Hugging Face router', {
    url: 'https://router.huggingface.co/v1',
    keys: ['HF_TOKEN', 'HUGGINGFACE_API_KEY'],
    quirks: { max_tokens: 'max_tokens', files: false },
    vendorNames: true,
  }),
  compatible('github-models', 'GitHub Models', {
    url: 'https://models.github.ai/inference',
    keys: ['GITHUB_MODELS_TOKEN', 'GITHUB_TOKEN'],
    detect: false,
    quirks: { max_tokens: 'max_tokens', files: false },
    models: [{ match: 'openai/o*|openai/gpt-5*', quirks: { max_tokens: 'max_completion_tokens' } }],
    vendorNames: true,
  }),
  compatible('poe', 'Poe', {
    url: 'https://api.poe.com/v1',
    keys: ['POE_API_KEY'],
    quirks: { max_tokens: 'max_tokens' },
  }),
];

function liteLlm(kind: string, title: string, speaks: 'openai-chat' | 'anthropic', backends: readonly string[]): Kind {
  return {
    kind,
    title,
    speaks,
    // Only the user knows where his proxy stands.
    baseUrls: {},
    keyHeader: 'bearer',
    needsKey: false,
    variables: { api_key: ['LITELLM_API_KEY', 'LITELLM_MASTER_KEY'], ...addressVariables('litellm') },
    enough: [['base_url']],
    backends,
    quirks: speaks === 'openai-chat' ? { cache_control: true, reasoning: 'reasoning_content' } : {},
    // Claude's thinking goes back with its signature.
    ...(speaks === 'openai-chat' ? { models: [{ match: '*claude*', quirks: { reasoning: 'thinking_blocks' } }] } : {}),
    // The proxy's owner gives names to its models; most often those of their makers.
    serves: ['claude', 'gpt', 'gemini'],
  };
}

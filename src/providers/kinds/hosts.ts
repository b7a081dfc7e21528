import { compatible, type Kind } from '../kind.ts';

// Chat templates of open models mostly refuse system messages in mid-conversation.
const plain = { max_tokens: 'max_tokens', files: false, mid_system: false } as const;
/** Those that run vLLM and its like, with all of its sampling. */
const open = { ...plain, extra_sampling: true } as const;
const threeEfforts = ['low', 'medium', 'high'] as const;
const withContent = { ...plain, reasoning: 'reasoning_content' } as const;
const openWithContent = { ...open, reasoning: 'reasoning_content' } as const;

/** Those who run other people's models. */
export const hosts: readonly Kind[] = [
  compatible('groq', 'Groq', {
    url: 'https://api.groq.com/openai/v1',
    offers: ['audio.speech', 'audio.transcriptions', 'audio.translations', 'files', 'batches'],
    keys: ['GROQ_API_KEY'],
    quirks: {
      max_tokens: 'max_completion_tokens',
      mid_system: false,
      reasoning: 'reasoning',
      reasoning_request: 'none',
      files: false,
      stop_max: 4,
      refuses: ['logit_bias', 'logprobs', 'top_logprobs'],
    },
    models: [{ match: '*gpt-oss*', quirks: { reasoning_request: 'reasoning_effort', efforts: threeEfforts } }],
    big: 'openai/gpt-oss-120b',
    small: 'openai/gpt-oss-20b',
  }),
  compatible('together', 'Together AI', {
    url: 'https://api.together.ai/v1',
    keys: ['TOGETHER_API_KEY', 'TOGETHERAI_API_KEY'],
    quirks: { ...open, reasoning: 'reasoning', reasoning_request: 'reasoning_effort', efforts: threeEfforts },
    vendorNames: true,
  }),
  compatible('fireworks', 'Fireworks AI', {
    url: 'https://api.fireworks.ai/inference/v1',
    anthropic: 'https://api.fireworks.ai/inference',
    keys: ['FIREWORKS_API_KEY', 'FIREWORKS_AI_API_KEY'],
    quirks: { ...openWithContent, reasoning_request: 'reasoning_effort', efforts: threeEfforts },
  }),
  compatible('cerebras', 'Cerebras', {
    url: 'https://api.cerebras.ai/v1',
    offers: ['completions'],
    keys: ['CEREBRAS_API_KEY'],
    quirks: {
      max_tokens: 'max_completion_tokens',
      mid_system: false,
      reasoning: 'reasoning',
      reasoning_request: 'none',
      images: false,
      files: false,
      refuses: ['frequency_penalty', 'presence_penalty', 'logit_bias'],
    },
    models: [{ match: '*gpt-oss*', quirks: { reasoning_request: 'reasoning_effort', efforts: threeEfforts } }],
    big: 'zai-glm-4.7',
    small: 'qwen-3.8-27b',
  }),
  compatible('sambanova', 'SambaNova', {
    url: 'https://api.sambanova.ai/v1',
    keys: ['SAMBANOVA_API_KEY'],
    quirks: plain,
  }),
  compatible('nebius', 'Nebius Token Factory', {
    url: 'https://api.tokenfactory.nebius.com/v1',
    keys: ['NEBIUS_API_KEY'],
    quirks: openWithContent,
    vendorNames: true,
  }),
  compatible('deepinfra', 'DeepInfra', {
    url: 'https://api.deepinfra.com/v1/openai',
    anthropic: 'https://api.deepinfra.com/anthropic',
    keys: ['DEEPINFRA_API_KEY', 'DEEPINFRA_TOKEN'],
    quirks: {
      ...openWithContent,
      reasoning_request: 'reasoning_effort',
      efforts: ['none', 'low', 'medium', 'high', 'xhigh'],
    },
    vendorNames: true,
  }),
  compatible('hyperbolic', 'Hyperbolic', {
    url: 'https://api.hyperbolic.xyz/v1',
    keys: ['HYPERBOLIC_API_KEY'],
    quirks: open,
    vendorNames: true,
  }),
  compatible('novita', 'Novita AI', {
    url: 'https://api.novita.ai/openai/v1',
    anthropic: 'https://api.novita.ai/anthropic',
    keys: ['NOVITA_API_KEY'],
    quirks: openWithContent,
    vendorNames: true,
  }),
  compatible('siliconflow', 'SiliconFlow', {
    url: 'https://api.siliconflow.com/v1',
    anthropic: 'https://api.siliconflow.com',
    keys: ['SILICONFLOW_API_KEY'],
    quirks: { ...openWithContent, reasoning_request: 'none' },
    vendorNames: true,
  }),
  compatible('dashscope', 'Alibaba Model Studio', {
    url: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    anthropic: 'https://dashscope-intl.aliyuncs.com/apps/anthropic',
    keys: ['DASHSCOPE_API_KEY'],
    quirks: { ...withContent, reasoning_request: 'none', cache_control: true },
  }),
  compatible('volcengine', 'Volcengine Ark', {
    url: 'https://ark.cn-beijing.volces.com/api/v3',
    keys: ['ARK_API_KEY'],
    quirks: { ...withContent, reasoning_request: 'thinking' },
  }),
  compatible('stepfun', 'StepFun', {
    url: 'https://api.stepfun.com/v1',
    anthropic: 'https://api.stepfun.com',
    keys: ['STEPFUN_API_KEY'],
    quirks: { ...plain, reasoning: 'reasoning', reasoning_request: 'reasoning_effort', efforts: threeEfforts },
  }),
  compatible('hunyuan', 'Tencent Hunyuan', {
    url: 'https://api.hunyuan.cloud.tencent.com/v1',
    keys: ['HUNYUAN_API_KEY'],
    quirks: withContent,
  }),
  compatible('qianfan', 'Baidu Qianfan', {
    url: 'https://qianfan.baidubce.com/v2',
    keys: ['QIANFAN_API_KEY'],
    quirks: withContent,
  }),
  compatible('modelscope', 'ModelScope', {
    url: 'https://api-inference.modelscope.cn/v1',
    keys: ['MODELSCOPE_API_KEY', 'MODELSCOPE_SDK_TOKEN'],
    quirks: withContent,
    vendorNames: true,
  }),
  compatible('nvidia', 'NVIDIA', {
    url: 'https://integrate.api.nvidia.com/v1',
    keys: ['NVIDIA_API_KEY', 'NVIDIA_NIM_API_KEY'],
    // The schemas of its models are closed: what they do not list is a 400.
    quirks: {
      ...withContent,
      reasoning_request: 'none',
      refuses: ['logit_bias', 'user', 'store', 'metadata', 'service_tier', 'safety_identifier', 'prompt_cache_key'],
    },
    vendorNames: true,
  }),
  compatible('cloudflare', 'Cloudflare Workers AI', {
    url: 'https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1',
    keys: ['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_API_KEY'],
    account: ['CLOUDFLARE_ACCOUNT_ID'],
    detect: false,
    quirks: plain,
    // Workers AI lists its models elsewhere.
    probe: '/models/search',
  }),
  compatible('baseten', 'Baseten', {
    url: 'https://inference.baseten.co/v1',
    keys: ['BASETEN_API_KEY'],
    quirks: open,
    vendorNames: true,
  }),
  compatible('featherless', 'Featherless', {
    url: 'https://api.featherless.ai/v1',
    keys: ['FEATHERLESS_API_KEY'],
    quirks: open,
    vendorNames: true,
  }),
  compatible('inference', 'Inference.net', {
    url: 'https://api.inference.net/v1',
    keys: ['INFERENCE_API_KEY'],
    quirks: open,
    vendorNames: true,
  }),
  compatible('friendli', 'Friendli', {
    url: 'https://api.friendli.ai/serverless/v1',
    keys: ['FRIENDLI_TOKEN'],
    quirks: open,
  }),
  compatible('chutes', 'Chutes', {
    url: 'https://llm.chutes.ai/v1',
    keys: ['CHUTES_API_KEY'],
    quirks: open,
    vendorNames: true,
  }),
  compatible('nscale', 'Nscale', {
    url: 'https://inference.api.nscale.com/v1',
    keys: ['NSCALE_API_KEY'],
    quirks: open,
    vendorNames: true,
  }),
  compatible('scaleway', 'Scaleway', {
    url: 'https://api.scaleway.ai/v1',
    keys: ['SCALEWAY_API_KEY', 'SCW_SECRET_KEY'],
    quirks: { ...plain, reasoning_request: 'reasoning_effort' },
  }),
  compatible('ovhcloud', 'OVHcloud AI Endpoints', {
    url: 'https://oai.endpoints.kepler.ai.cloud.ovh.net/v1',
    keys: ['OVHCLOUD_API_KEY', 'OVH_AI_ENDPOINTS_ACCESS_TOKEN'],
    quirks: plain,
  }),
  compatible('venice', 'Venice', {
    url: 'https://api.venice.ai/api/v1',
    keys: ['VENICE_API_KEY', 'VENICE_AI_API_KEY'],
    quirks: withContent,
  }),
  compatible('upstage', 'Upstage', { url: 'https://api.upstage.ai/v1', keys: ['UPSTAGE_API_KEY'], quirks: plain }),
  compatible('meta-llama', 'Meta Llama API', {
    url: 'https://api.llama.com/compat/v1',
    keys: ['LLAMA_API_KEY'],
    quirks: plain,
  }),
  compatible('ollama-cloud', 'Ollama Cloud', {
    url: 'https://ollama.com/v1',
    anthropic: 'https://ollama.com',
    keys: ['OLLAMA_API_KEY'],
    quirks: { ...plain, reasoning: 'reasoning' },
  }),
];

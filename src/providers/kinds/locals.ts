import { type Kind, local } from '../kind.ts';

// Chat templates of open models mostly refuse system messages in mid-conversation.
const house = { files: false, mid_system: false, extra_sampling: true } as const;
const plain = { ...house, max_tokens: 'max_tokens' } as const;

/** Servers people run themselves, and the built-in simulator. */
export const locals: readonly Kind[] = [
  local('ollama', 'Ollama', {
    port: 11_434,
    anthropic: true,
    quirks: { ...plain, reasoning: 'reasoning' },
  }),
  local('lmstudio', 'LM Studio', {
    port: 1234,
    anthropic: true,
    quirks: { ...plain, reasoning: 'reasoning_content' },
  }),
  local('vllm', 'vLLM', { port: 8000, anthropic: true, quirks: { ...house, reasoning: 'reasoning_content' } }),
  local('sglang', 'SGLang', { port: 30_000, quirks: { ...house, reasoning: 'reasoning_content' } }),
  local('llamacpp', 'llama.cpp', {
    port: 8080,
    anthropic: true,
    quirks: { ...plain, reasoning: 'reasoning_content' },
  }),
  local('localai', 'LocalAI', { port: 8080, quirks: { ...plain } }),
  local('jan', 'Jan', { port: 1337, quirks: { ...plain } }),
  local('docker-model-runner', 'Docker Model Runner', {
    port: 12_434,
    path: '/engines/v1',
    quirks: { ...plain },
  }),
  {
    kind: 'simulator',
    title: 'the built-in simulator',
    speaks: 'anthropic',
    baseUrls: { anthropic: '{simulator}', 'openai-chat': '{simulator}/v1' },
    needsKey: false,
    variables: {},
    enough: [],
    serves: ['claude', 'gpt', 'gemini'],
    big: 'claude-sonnet-5-5',
    small: 'claude-haiku-5-5',
  },
];

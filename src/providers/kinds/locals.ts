import { type Kind, local } from '../kind.ts';

/** Servers people run themselves, and the built-in simulator. */
export const locals: readonly Kind[] = [
  local('ollama', 'Ollama', {
    port: 11_434,
    anthropic: true,
    quirks: { max_tokens: 'max_tokens', reasoning: 'reasoning', files: false },
  }),
  local('lmstudio', 'LM Studio', {
    port: 1234,
    anthropic: true,
    quirks: { max_tokens: 'max_tokens', reasoning: 'reasoning_content', files: false },
  }),
  local('vllm', 'vLLM', { port: 8000, anthropic: true, quirks: { reasoning: 'reasoning_content', files: false } }),
  local('sglang', 'SGLang', { port: 30_000, quirks: { reasoning: 'reasoning_content', files: false } }),
  local('llamacpp', 'llama.cpp', {
    port: 8080,
    anthropic: true,
    quirks: { max_tokens: 'max_tokens', reasoning: 'reasoning_content', files: false },
  }),
  local('localai', 'LocalAI', { port: 8080, quirks: { max_tokens: 'max_tokens', files: false } }),
  local('jan', 'Jan', { port: 1337, quirks: { max_tokens: 'max_tokens', files: false } }),
  local('docker-model-runner', 'Docker Model Runner', {
    port: 12_434,
    path: '/engines/v1',
    quirks: { max_tokens: 'max_tokens', files: false },
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

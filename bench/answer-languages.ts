import type { Language } from './scenario.ts';

const inputTokens = 2100;
const outputTokens = 150;

/** What a provider says in one language. */
export interface Answers {
  readonly whole: (text: string) => object;
  /** Frames of a stream: before the text, for each piece of it, behind it. */
  readonly opening: readonly string[];
  readonly delta: (text: string) => string;
  readonly closing: readonly string[];
}

const message = { id: 'msg_01BenchBenchBenchBench12', type: 'message', role: 'assistant', model: 'bench-model' };
const messageUsage = { input_tokens: inputTokens, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };

function wholeMessage(text: string): object {
  const usage = { ...messageUsage, output_tokens: outputTokens, service_tier: 'standard' };
  const content = [{ type: 'text', text }];
  return { ...message, content, stop_reason: 'end_turn', stop_sequence: null, usage };
}

const messages: Answers = {
  whole: wholeMessage,
  opening: [
    named('message_start', {
      message: {
        ...message,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...messageUsage, output_tokens: 1 },
      },
    }),
    named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    named('ping', {}),
  ],
  delta: (text) => named('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  closing: [
    named('content_block_stop', { index: 0 }),
    named('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { ...messageUsage, output_tokens: outputTokens },
    }),
    named('message_stop', {}),
  ],
};

function named(type: string, rest: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
}

const completion = { id: 'chatcmpl-BenchBenchBenchBench123456', created: 1_780_000_000, model: 'bench-model' };
const completionUsage = {
  prompt_tokens: inputTokens,
  completion_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
};

function wholeCompletion(text: string): object {
  const content = { role: 'assistant', content: text, refusal: null, annotations: [] };
  const choices = [{ index: 0, message: content, logprobs: null, finish_reason: 'stop' }];
  return { ...completion, object: 'chat.completion', choices, usage: completionUsage, system_fingerprint: 'fp_bench' };
}

const completions: Answers = {
  whole: wholeCompletion,
  opening: [completionChunk({ role: 'assistant', content: '', refusal: null }, null)],
  delta: (content) => completionChunk({ content }, null),
  closing: [completionChunk({}, 'stop'), dataFrame({ choices: [], usage: completionUsage }), 'data: [DONE]\n\n'],
};

function completionChunk(delta: object, finish: string | null): string {
  return dataFrame({ choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], usage: null });
}

function dataFrame(rest: object): string {
  const chunkHead = { ...completion, object: 'chat.completion.chunk', system_fingerprint: 'fp_bench' };
  return `data: ${JSON.stringify({ ...chunkHead, ...rest })}\n\n`;
}

const content = { modelVersion: 'bench-model', responseId: 'BenchBenchBenchBenchBench' };
const contentUsage = {
  promptTokenCount: inputTokens,
  candidatesTokenCount: outputTokens,
  totalTokenCount: inputTokens + outputTokens,
  promptTokensDetails: [{ modality: 'TEXT', tokenCount: inputTokens }],
};

function contentOf(text: string, end: object): object {
  const candidates = [{ content: { parts: [{ text }], role: 'model' }, ...end, index: 0 }];
  return { candidates, usageMetadata: contentUsage, ...content };
}

/** Google ends its lines with a carriage return, too. */
function contentFrame(text: string, end: object): string {
  return `data: ${JSON.stringify(contentOf(text, end))}\r\n\r\n`;
}

const contents: Answers = {
  whole: (text) => contentOf(text, { finishReason: 'STOP' }),
  opening: [],
  delta: (text) => contentFrame(text, {}),
  closing: [contentFrame('', { finishReason: 'STOP' })],
};

/** Every language's answers. */
export const answersOf: { readonly [language in Language]: Answers } = {
  anthropic: messages,
  'openai-chat': completions,
  gemini: contents,
};

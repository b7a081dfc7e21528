/** The languages of the lanes' clients. */
export type Language = 'anthropic' | 'openai-chat';

/** The languages of their providers. */
export type Served = Language | 'gemini';

/** Plain words: a string with escapes has to be decoded, and that is no part of what is counted here. */
const words = 'Every morning the keeper of the tower counts the ships in the bay and writes them down, für später.';

/** The path by which a client reaches the gateway. */
export const pathOf: { readonly [language in Language]: string } = {
  anthropic: '/v1/messages',
  'openai-chat': '/v1/chat/completions',
};

/** Headers of a client. */
export const headersOf: { readonly [language in Language]: { readonly [name: string]: string } } = {
  anthropic: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', 'x-api-key': 'k' },
  'openai-chat': { 'content-type': 'application/json', authorization: 'Bearer k' },
};

/** A request of about this many bytes: a conversation of many turns, as agents have them. */
export function requestOf(language: Language, bytes: number, stream: boolean, text = words): Buffer {
  const turns: object[] = [{ role: 'user', content: text }];
  for (let length = 600; length < bytes; length += 2 * (text.length + 40)) {
    turns.push({ role: 'assistant', content: text }, { role: 'user', content: text });
  }
  const system = 'You watch the sea.';
  const spoken =
    language === 'anthropic'
      ? { max_tokens: 1024, system, messages: turns }
      : { max_completion_tokens: 1024, messages: [{ role: 'system', content: system }, ...turns] };
  return Buffer.from(JSON.stringify({ model: 'm', ...(stream && { stream }), ...spoken }));
}

/** The same with texts of some kilobytes. */
export function longRequestOf(language: Language, bytes: number): Buffer {
  return requestOf(language, bytes, false, words.repeat(Math.ceil(4000 / words.length)));
}

/** A whole answer of about this many bytes. */
export function answerOf(language: Served, bytes: number): Buffer {
  const text = words.repeat(Math.max(1, Math.ceil((bytes - 300) / words.length)));
  return Buffer.from(JSON.stringify(answers[language](text)));
}

const answers: { readonly [language in Served]: (text: string) => object } = {
  anthropic: (text) => ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'x',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 25, output_tokens: 400 },
  }),
  'openai-chat': (text) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1760000000,
    model: 'x',
    choices: [{ index: 0, message: { role: 'assistant', content: text, refusal: null }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 25, completion_tokens: 400, total_tokens: 425 },
  }),
  gemini: (text) => contentOf(text, 400, { finishReason: 'STOP' }),
};

function contentOf(text: string, tokens: number, end: object): object {
  return {
    candidates: [{ content: { parts: [{ text }], role: 'model' }, ...end, index: 0 }],
    usageMetadata: {
      promptTokenCount: 25,
      candidatesTokenCount: tokens,
      totalTokenCount: 25 + tokens,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 25 }],
    },
    modelVersion: 'x',
    responseId: 'r1',
  };
}

/** A streamed answer of so many deltas: the beginning, a frame each, the end; all in memory of their own as a socket's reads are. */
export function framesOf(language: Served, deltas: number): Buffer[] {
  const texts = Array.from({ length: deltas }, (_, i) => `${words.slice(i % 40, (i % 40) + 5 + (i % 30))} `);
  return frames[language](texts).map((frame) => Buffer.from(frame));
}

const frames: { readonly [language in Served]: (texts: readonly string[]) => string[] } = {
  anthropic: messageFrames,
  'openai-chat': chunkFrames,
  gemini: contentFrames,
};

/** Each with other counts, as Google sends them. */
function contentFrames(texts: readonly string[]): string[] {
  const frame = (text: string, tokens: number, end = {}): string =>
    `data: ${JSON.stringify(contentOf(text, tokens, end))}\r\n\r\n`;
  return [
    frame('It is morning. ', 1),
    ...texts.map((text, i) => frame(text, i + 2)),
    frame('', 9999, { finishReason: 'STOP' }),
  ];
}

function messageFrames(texts: readonly string[]): string[] {
  const frame = (data: { readonly type: string; readonly [field: string]: unknown }): string =>
    `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'x',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 25, output_tokens: 1 },
  };
  return [
    frame({ type: 'message_start', message }) +
      frame({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ...texts.map((text) => frame({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    frame({ type: 'content_block_stop', index: 0 }) +
      frame({
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { output_tokens: 400 },
      }) +
      frame({ type: 'message_stop' }),
  ];
}

function chunkFrames(texts: readonly string[]): string[] {
  const frame = (delta: object, finish: string | null = null): string =>
    `data: ${JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1760000000,
      model: 'x',
      choices: [{ index: 0, delta, finish_reason: finish }],
    })}\n\n`;
  return [
    frame({ role: 'assistant', content: '' }),
    ...texts.map((content) => frame({ content })),
    `${frame({}, 'stop')}data: [DONE]\n\n`,
  ];
}

/** The same bytes in reads of this size. */
export function readsOf(pieces: readonly Buffer[], size: number): Buffer[] {
  const all = Buffer.concat(pieces);
  const reads = Math.ceil(all.length / size);
  return Array.from({ length: reads }, (_, i) => Buffer.from(all.subarray(i * size, (i + 1) * size)));
}

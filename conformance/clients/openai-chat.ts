import { type Client, countAt, eventsIn, joined, listAt, objectAt, textAt } from '../client.ts';
import type { Json } from '../fixture.ts';
import { inputIn, type Saying, urlsIn } from '../saying.ts';

const words: { readonly [word: string]: readonly string[] } = {
  // A refusal is told beside the text, and how the answer ended is another matter.
  stop: ['end', 'stop_sequence', 'pause', 'compaction', 'refusal'],
  length: ['length', 'context_overflow'],
  tool_calls: ['tool_calls'],
  function_call: ['tool_calls'],
  content_filter: ['refusal'],
};

/** OpenAI's Chat Completions. */
export const openaiChat: Client = {
  language: 'openai-chat',
  path: () => '/v1/chat/completions',
  headers: {},
  body: ({ stream_options: _, ...request }, model, stream) => ({
    ...request,
    model,
    stream,
    ...(stream && { stream_options: { include_usage: true } }),
  }),
  whole: (body) =>
    sayingOf(objectAt(body, 'choices', 0, 'message'), textAt(objectAt(body, 'choices', 0), 'finish_reason'), body),
  stream(bytes) {
    const chunks = eventsIn(bytes);
    if (!bytes.toString().trimEnd().endsWith('data: [DONE]')) throw new Error('no [DONE]');
    const choices = chunks.flatMap((chunk) => listAt(chunk, 'choices')).filter(({ index }) => index === 0);
    const finish = choices.map((choice) => textAt(choice, 'finish_reason')).find((word) => word !== '') ?? '';
    const message = assembled(choices.map((choice) => objectAt(choice, 'delta')));
    return sayingOf(
      message,
      finish,
      chunks.findLast((chunk) => typeof chunk['usage'] === 'object' && chunk['usage'] !== null) ?? {},
    );
  },
  reasons: (word) => words[word] ?? [word],
  misses(kind, status, body) {
    const { code, message } = objectAt(body, 'error') as { code?: string; message?: string };
    if (kind === 'context_overflow') {
      return status === 400 && code === 'context_length_exceeded'
        ? undefined
        : `${status} ${code ?? ''} ${message ?? ''}`;
    }
    return status === 503 ? undefined : `${status} ${message ?? ''}`;
  },
};

function assembled(deltas: readonly Json[]): Json {
  const calls: Record<string, string>[] = [];
  for (const call of deltas.flatMap((delta) => listAt(delta, 'tool_calls'))) {
    const at = Number(call['index']);
    const known = calls[at] ?? { name: '', json: '', text: '' };
    const fn = objectAt(call, 'function');
    const custom = objectAt(call, 'custom');
    calls[at] = {
      name: String(known['name']) + textAt(fn, 'name') + textAt(custom, 'name'),
      json: String(known['json']) + textAt(fn, 'arguments'),
      text: String(known['text']) + textAt(custom, 'input'),
    };
  }
  return {
    content: joined(deltas, 'content'),
    refusal: joined(deltas, 'refusal'),
    reasoning_content: joined(deltas, 'reasoning_content'),
    annotations: deltas.flatMap((delta) => listAt(delta, 'annotations')),
    tool_calls: calls.map(({ name, json, text }) =>
      text === '' ? { function: { name, arguments: json } } : { custom: { name, input: text } },
    ),
  };
}

function sayingOf(message: Json, finish: string, { usage }: Json): Saying {
  const prompt = objectAt(usage, 'prompt_tokens_details');
  const counts = objectAt(usage);
  // The second word is DeepSeek's.
  const cacheRead = countAt(prompt, 'cached_tokens') || countAt(counts, 'prompt_cache_hit_tokens');
  const cacheWrite = countAt(prompt, 'cache_write_tokens');
  return {
    text: textAt(message, 'content') + textAt(message, 'refusal'),
    thinking: textAt(message, 'reasoning_content'),
    calls: listAt(message, 'tool_calls').map((call) => {
      const fn = objectAt(call, 'function');
      const custom = objectAt(call, 'custom');
      return 'name' in custom
        ? { name: textAt(custom, 'name'), input: { input: custom['input'] } }
        : { name: textAt(fn, 'name'), input: inputIn(fn['arguments']) };
    }),
    urls: urlsIn(listAt(message, 'annotations').map((one) => objectAt(one, 'url_citation')['url'])),
    finish,
    tokens: {
      input: countAt(counts, 'prompt_tokens') - cacheRead - cacheWrite,
      cacheRead,
      cacheWrite,
      output: countAt(counts, 'completion_tokens'),
    },
  };
}

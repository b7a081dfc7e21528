import { type Client, countAt, eventsIn, joined, listAt, objectAt, textAt } from '../client.ts';
import type { Json } from '../fixture.ts';
import { inputIn, type Saying, urlsIn } from '../saying.ts';

const words: { readonly [word: string]: readonly string[] } = {
  completed: ['end', 'tool_calls', 'stop_sequence', 'pause', 'compaction', 'refusal'],
  max_output_tokens: ['length', 'context_overflow'],
  content_filter: ['refusal'],
};

/** OpenAI's Responses. */
export const openaiResponses: Client = {
  language: 'openai-responses',
  path: () => '/v1/responses',
  headers: {},
  body: (request, model, stream) => ({ ...request, model, stream }),
  whole: sayingOf,
  stream(bytes) {
    const events = eventsIn(bytes);
    const last = events.at(-1) ?? {};
    if (!/^response\.(?:completed|incomplete)$/.test(textAt(last, 'type')))
      throw new Error(`ends in ${JSON.stringify(last).slice(0, 300)}`);
    const said = sayingOf(objectAt(last, 'response'));
    const pieces = events.filter(
      ({ type }) => type === 'response.output_text.delta' || type === 'response.refusal.delta',
    );
    if (joined(pieces, 'delta') !== said.text) throw new Error('the pieces are not the whole');
    const numbers = events.map(({ sequence_number: number }) => number);
    if (numbers.some((number, i) => number !== i)) throw new Error('the events are not numbered');
    return said;
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

function sayingOf(response: Json): Saying {
  const output = listAt(response, 'output');
  const parts = output.filter(({ type }) => type === 'message').flatMap((item) => listAt(item, 'content'));
  const usage = objectAt(response, 'usage');
  const details = objectAt(usage, 'input_tokens_details');
  const cacheRead = countAt(details, 'cached_tokens');
  const cacheWrite = countAt(details, 'cache_write_tokens');
  return {
    text: parts.map((part) => textAt(part, 'text') + textAt(part, 'refusal')).join(''),
    thinking: output
      .filter(({ type }) => type === 'reasoning')
      .map((item) => paragraphs(listAt(item, 'summary')) + paragraphs(listAt(item, 'content')))
      .join(''),
    calls: output.flatMap((item) => {
      if (item['type'] === 'custom_tool_call') return [{ name: textAt(item, 'name'), input: { input: item['input'] } }];
      return item['type'] === 'function_call'
        ? [{ name: textAt(item, 'name'), input: inputIn(item['arguments']) }]
        : [];
    }),
    urls: urlsIn(parts.flatMap((part) => listAt(part, 'annotations')).map(({ url }) => url)),
    finish: textAt(objectAt(response, 'incomplete_details'), 'reason') || textAt(response, 'status'),
    tokens: {
      input: countAt(usage, 'input_tokens') - cacheRead - cacheWrite,
      cacheRead,
      cacheWrite,
      output: countAt(usage, 'output_tokens'),
    },
  };
}

/** Parts of one piece of reasoning are its paragraphs. */
function paragraphs(parts: readonly Json[]): string {
  return parts.map((part) => textAt(part, 'text')).join('\n\n');
}

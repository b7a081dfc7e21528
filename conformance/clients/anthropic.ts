import { type Client, countAt, eventsIn, joined, listAt, objectAt, textAt } from '../client.ts';
import type { Json } from '../fixture.ts';
import { inputIn, type Saying, urlsIn } from '../saying.ts';

const words: { readonly [word: string]: string } = {
  end_turn: 'end',
  max_tokens: 'length',
  stop_sequence: 'stop_sequence',
  tool_use: 'tool_calls',
  pause_turn: 'pause',
  refusal: 'refusal',
  model_context_window_exceeded: 'context_overflow',
  compaction: 'compaction',
};

/** Anthropic's Messages. */
export const anthropic: Client = {
  language: 'anthropic',
  path: () => '/v1/messages',
  headers: { 'anthropic-version': '2023-06-01' },
  body: (request, model, stream) => ({ ...request, model, stream }),
  whole: sayingOf,
  stream: (bytes) => sayingOf(assembled(eventsIn(bytes))),
  reasons: (word) => [words[word] ?? word],
  misses(kind, status, body) {
    const { type, message } = objectAt(body, 'error') as { type?: string; message?: string };
    if (kind === 'context_overflow') {
      const told = /prompt is too long|exceed context limit/.test(message ?? '');
      return status === 400 && told ? undefined : `${status} ${message ?? ''}`;
    }
    return status === 529 && type === 'overloaded_error' ? undefined : `${status} ${type ?? ''}`;
  },
};

function sayingOf(message: Json): Saying {
  const content = listAt(message, 'content');
  const texts = content.filter(({ type }) => type === 'text');
  const usage = objectAt(message, 'usage');
  return {
    text: joined(texts, 'text'),
    thinking: joined(content, 'thinking'),
    calls: content
      .filter(({ type }) => type === 'tool_use')
      .map((block) => ({ name: textAt(block, 'name'), input: inputIn(block['input']) })),
    urls: urlsIn(texts.flatMap((block) => listAt(block, 'citations')).map(({ url }) => url)),
    finish: textAt(message, 'stop_reason'),
    tokens: {
      input: countAt(usage, 'input_tokens'),
      cacheRead: countAt(usage, 'cache_read_input_tokens'),
      cacheWrite: countAt(usage, 'cache_creation_input_tokens'),
      output: countAt(usage, 'output_tokens'),
    },
  };
}

/** The message that the events add up to. */
function assembled(events: readonly Json[]): Json {
  let message: Record<string, unknown> = {};
  const content: Record<string, unknown>[] = [];
  for (const event of events) {
    const index = Number(event['index']);
    const block = content[index] ?? {};
    const delta = objectAt(event, 'delta');
    if (event['type'] === 'message_start') message = { ...objectAt(event, 'message') };
    else if (event['type'] === 'content_block_start')
      content[index] = { ...objectAt(event, 'content_block'), json: '' };
    else if (event['type'] === 'content_block_delta') addDelta(block, delta);
    else if (event['type'] === 'message_delta') {
      message = { ...message, ...delta, usage: { ...objectAt(message, 'usage'), ...objectAt(event, 'usage') } };
    } else if (event['type'] === 'error') throw new Error(JSON.stringify(event));
  }
  for (const block of content) if (block['type'] === 'tool_use') block['input'] = inputIn(block['json']);
  if (events.at(-1)?.['type'] !== 'message_stop') throw new Error('no message_stop');
  return { ...message, content };
}

function addDelta(block: Record<string, unknown>, delta: Json): void {
  for (const field of ['text', 'thinking'] as const) {
    if (field in delta) block[field] = textAt(block, field) + textAt(delta, field);
  }
  block['json'] = textAt(block, 'json') + textAt(delta, 'partial_json');
  if ('citation' in delta) block['citations'] = [...listAt(block, 'citations'), delta['citation']];
}

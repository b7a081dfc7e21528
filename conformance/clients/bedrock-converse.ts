import { type Client, countAt, listAt, objectAt, textAt } from '../client.ts';
import { messagesIn } from '../event-stream.ts';
import type { Json } from '../fixture.ts';
import { inputIn, type Saying, urlsIn } from '../saying.ts';

const words: { readonly [word: string]: string } = {
  end_turn: 'end',
  max_tokens: 'length',
  stop_sequence: 'stop_sequence',
  tool_use: 'tool_calls',
  content_filtered: 'refusal',
  guardrail_intervened: 'refusal',
  model_context_window_exceeded: 'context_overflow',
  // Claude's own words, which the service has no others for.
  pause_turn: 'pause',
  compaction: 'compaction',
};

/** Amazon Bedrock's Converse. */
export const bedrockConverse: Client = {
  language: 'bedrock-converse',
  path: (model, stream) => `/model/${encodeURIComponent(model)}/${stream ? 'converse-stream' : 'converse'}`,
  headers: {},
  body: ({ model: _, stream: __, ...request }) => request,
  whole: (body) =>
    sayingOf(
      listAt(objectAt(body, 'output', 'message'), 'content'),
      textAt(body, 'stopReason'),
      objectAt(body, 'usage'),
    ),
  stream: (bytes) => assembled(messagesIn(bytes)),
  reasons: (word) => (word === 'end_turn' ? ['end', 'pause', 'compaction'] : [words[word] ?? word]),
  misses(kind, status, body) {
    const message = textAt(body, 'message');
    if (kind === 'context_overflow') {
      return status === 400 && /too long/i.test(message) ? undefined : `${status} ${message}`;
    }
    return status === 503 ? undefined : `${status} ${message}`;
  },
};

function assembled(messages: readonly { readonly type: string; readonly value: unknown }[]): Saying {
  const blocks = new Map<number, Record<string, unknown>>();
  let finish = '';
  let usage: Json = {};
  for (const { type, value } of messages) {
    const event = objectAt(value);
    const index = Number(event['contentBlockIndex']);
    const block = blocks.get(index) ?? {};
    if (!Number.isNaN(index)) blocks.set(index, block);
    if (type === 'contentBlockStart') Object.assign(block, objectAt(event, 'start'), { json: '' });
    else if (type === 'contentBlockDelta') addDelta(block, objectAt(event, 'delta'));
    else if (type === 'messageStop') finish = textAt(event, 'stopReason');
    else if (type === 'metadata') usage = objectAt(event, 'usage');
    else if (/Exception$/.test(type)) throw new Error(`${type} ${JSON.stringify(value)}`);
  }
  const content = [...blocks.values()].map((block) =>
    'toolUse' in block ? { toolUse: { ...objectAt(block, 'toolUse'), input: inputIn(block['json']) } } : block,
  );
  return sayingOf(content, finish, usage);
}

function addDelta(block: Record<string, unknown>, delta: Json): void {
  if ('text' in delta) block['text'] = textAt(block, 'text') + textAt(delta, 'text');
  block['json'] = textAt(block, 'json') + textAt(objectAt(delta, 'toolUse'), 'input');
  const reasoning = objectAt(delta, 'reasoningContent');
  if ('text' in reasoning) {
    const before = textAt(objectAt(block, 'reasoningContent', 'reasoningText'), 'text');
    block['reasoningContent'] = { reasoningText: { text: before + textAt(reasoning, 'text') } };
  }
  if ('citation' in delta) block['citations'] = [...listAt(block, 'citations'), objectAt(delta, 'citation')];
}

function sayingOf(content: readonly Json[], finish: string, usage: Json): Saying {
  const cited = content.map((block) => objectAt(block, 'citationsContent'));
  const citations = [...content, ...cited].flatMap((block) => listAt(block, 'citations'));
  const citedText = (block: Json): string =>
    listAt(objectAt(block, 'citationsContent'), 'content')
      .map((part) => textAt(part, 'text'))
      .join('');
  return {
    text: content.map((block) => textAt(block, 'text') + citedText(block)).join(''),
    thinking: content.map((block) => textAt(objectAt(block, 'reasoningContent', 'reasoningText'), 'text')).join(''),
    calls: content.flatMap(({ toolUse }) => {
      const call = objectAt(toolUse);
      // What the service runs itself is nobody's to answer.
      return 'name' in call && call['type'] !== 'server_tool_use'
        ? [{ name: textAt(call, 'name'), input: inputIn(call['input']) }]
        : [];
    }),
    urls: urlsIn(citations.flatMap((one) => [objectAt(one, 'location', 'web')['url'], addressIn(one['source'])])),
    finish,
    tokens: {
      input: countAt(usage, 'inputTokens'),
      cacheRead: countAt(usage, 'cacheReadInputTokens'),
      cacheWrite: countAt(usage, 'cacheWriteInputTokens'),
      output: countAt(usage, 'outputTokens'),
    },
  };
}

/** A source is an address, or a name of the client's own. */
function addressIn(source: unknown): unknown {
  return typeof source === 'string' && /^https?:/.test(source) ? source : undefined;
}

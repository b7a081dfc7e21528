import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GatewayError } from '../../canon/error.ts';
import type { Event } from '../../canon/event.ts';
import { createFold } from '../../canon/fold.ts';
import type { JsonObject } from '../../canon/json.ts';
import { openaiChat } from './index.ts';
import { readRequest } from './request-read.ts';
import { writeResponse } from './response-write.ts';
import { writeStream } from './stream-write.ts';

const ask = (more: JsonObject = {}): ReturnType<typeof readRequest> =>
  readRequest({ model: 'asked', messages: [{ role: 'user', content: 'x' }], stream: true, ...more }, {});
const start: Event = { type: 'start', id: 'msg_1', model: 'm', ext: { 'openai-chat': { created: 5 } } };
const finish = (reason: Extract<Event, { type: 'finish' }>['reason']): Event => ({ type: 'finish', reason });

/** The frames of an answer, parsed; what is no JSON as it is. */
function framesOf(events: readonly Event[], request = ask()): unknown[] {
  let text = '';
  const sink = writeStream((piece) => {
    text += String(piece);
  }, request);
  for (const event of events) sink(event);
  assert.ok(text.endsWith('\n\n'));
  return text
    .trimEnd()
    .split('\n\n')
    .map((frame) => {
      assert.ok(frame.startsWith('data: '));
      return frame === 'data: [DONE]' ? '[DONE]' : (JSON.parse(frame.slice(6)) as unknown);
    });
}

const deltasOf = (events: readonly Event[], request = ask()): unknown[] =>
  framesOf(events, request).flatMap((frame) =>
    ((frame as { choices?: { delta: unknown }[] }).choices ?? []).map(({ delta }) => delta),
  );

/** One block's events. */
function block(index: number, head: Extract<Event, { type: 'open' }>['block'], ...inner: Event[]): Event[] {
  return [{ type: 'open', index, block: head }, ...inner, { type: 'close', index }];
}
const text = (index: number, words: string): Event => ({ type: 'text', index, text: words });
const whole = (events: readonly Event[], request = ask()): JsonObject => {
  const fold = createFold();
  for (const event of events) fold.sink(event);
  return writeResponse(fold.result(), request);
};

describe('chunks', () => {
  test('of a text', () => {
    const head = { id: 'msg_1', object: 'chat.completion.chunk', created: 5, model: 'm' };
    const choice = (delta: JsonObject, finish_reason: string | null = null): JsonObject => ({
      ...head,
      choices: [{ index: 0, delta, finish_reason }],
    });
    assert.deepEqual(
      framesOf([start, ...block(0, { type: 'text' }, text(0, 'a "b"\n'), text(0, '\u2028')), finish('end')]),
      [
        choice({ role: 'assistant', content: '' }),
        choice({ content: 'a "b"\n' }),
        choice({ content: '\u2028' }),
        choice({}, 'stop'),
        '[DONE]',
      ],
    );
  });

  test('bring usage when it was asked for, in a chunk of its own', () => {
    const usage: Event = { type: 'usage', usage: { input: 5, cacheRead: 3, output: 2 } };
    const asked = framesOf(
      [start, usage, finish('end')],
      ask({ stream_options: { include_usage: true } }),
    ) as JsonObject[];
    assert.deepEqual(
      asked.slice(0, 2).map((frame) => frame.usage),
      [null, null],
    );
    assert.deepEqual(asked[2]?.choices, []);
    assert.deepEqual(asked[2]?.usage, {
      prompt_tokens: 8,
      completion_tokens: 2,
      total_tokens: 10,
      prompt_tokens_details: { cached_tokens: 3 },
    });
    assert.equal(JSON.stringify(framesOf([start, usage, finish('end')])).includes('usage'), false);
  });

  test('of calls are numbered by call; arguments that never came are an empty object', () => {
    const events = [
      start,
      ...block(0, { type: 'text' }, text(0, 'x')),
      ...block(
        1,
        { type: 'tool_call', id: 'a', name: 'f' },
        { type: 'json', index: 1, json: '{"x"' },
        { type: 'json', index: 1, json: ':1}' },
      ),
      ...block(2, { type: 'tool_call', id: 'b', name: 'g' }),
      ...block(3, { type: 'tool_call', id: 'c', name: 'h', kind: 'custom' }, { type: 'json', index: 3, json: 'free' }),
      finish('tool_calls'),
    ] satisfies Event[];
    assert.deepEqual(deltasOf(events).slice(2, -1), [
      { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"x"' } }] },
      { tool_calls: [{ index: 0, function: { arguments: ':1}' } }] },
      { tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } }] },
      { tool_calls: [{ index: 1, function: { arguments: '{}' } }] },
      { tool_calls: [{ index: 2, id: 'c', type: 'custom', custom: { name: 'h', input: '' } }] },
      { tool_calls: [{ index: 2, custom: { input: 'free' } }] },
    ]);
  });

  test('of reasoning carry its proof', () => {
    const events: Event[] = [
      start,
      ...block(0, { type: 'thinking' }, text(0, 'Hmm.'), { type: 'signature', index: 0, signature: 's' }),
      ...block(1, { type: 'redacted', data: 'r' }),
      finish('end'),
    ];
    assert.deepEqual(deltasOf(events).slice(1, -1), [
      { reasoning_content: 'Hmm.', reasoning_details: [{ type: 'reasoning.text', text: 'Hmm.', index: 0 }] },
      {
        reasoning_details: [
          { type: 'reasoning.text', signature: 's', format: 'anthropic-claude-v1', index: 0 },
          { type: 'reasoning.encrypted', data: 'r', index: 1 },
        ],
      },
    ]);
    assert.deepEqual((whole(events).choices as JsonObject[])[0]?.message, {
      role: 'assistant',
      content: null,
      refusal: null,
      reasoning_content: 'Hmm.',
      reasoning_details: [
        { type: 'reasoning.text', text: 'Hmm.', signature: 's', format: 'anthropic-claude-v1', index: 0 },
        { type: 'reasoning.encrypted', data: 'r', index: 1 },
      ],
    });
  });

  test('of proofs say which call they belong to, or that they belong to the text', () => {
    const bare = (index: number, signature: string): Event[] =>
      block(index, { type: 'thinking' }, { type: 'signature', index, signature });
    const call = (index: number, id: string): Event[] =>
      block(index, { type: 'tool_call', id, name: 'f' }, { type: 'json', index, json: '{}' });
    const google = (signature: string): JsonObject => ({ extra_content: { google: { thought_signature: signature } } });
    const detail = (index: number, signature: string, more: JsonObject = {}): JsonObject => ({
      ...more,
      type: 'reasoning.text',
      signature,
      format: 'anthropic-claude-v1',
      index,
    });
    const foreign: Event = { type: 'start', id: 'msg_1', model: 'm' };
    const events: Event[] = [
      foreign,
      ...block(0, { type: 'thinking' }, text(0, 'Hmm.'), { type: 'signature', index: 0, signature: 's0' }),
      ...call(1, 'a'),
      ...bare(2, 's1'),
      ...call(3, 'b'),
      finish('tool_calls'),
    ];
    const opened = (deltasOf(events) as JsonObject[]).filter((delta) => 'reasoning_details' in delta);
    assert.deepEqual(opened.slice(1), [
      {
        reasoning_details: [detail(0, 's0', { id: 'a' })],
        tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }],
      },
      {
        reasoning_details: [detail(1, 's1', { id: 'b' })],
        tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'f', arguments: '' }, ...google('s1') }],
      },
    ]);
    const [choice] = whole(events).choices as { message: { [field: string]: JsonObject[] } }[];
    assert.deepEqual(choice?.message['reasoning_details'], [
      { ...detail(0, 's0', { id: 'a' }), text: 'Hmm.' },
      detail(1, 's1', { id: 'b' }),
    ]);
    assert.deepEqual(choice.message['tool_calls']?.[1]?.['extra_content'], google('s1')['extra_content']);
    // Servers of our own language have put ids where they want them.
    const own = (deltasOf([start, ...events.slice(1)]) as JsonObject[]).flatMap(
      (delta) => delta['reasoning_details'] ?? [],
    );
    assert.ok(own.length > 0 && own.every((entry) => !('id' in (entry as JsonObject))));
    const said: Event[] = [foreign, ...block(0, { type: 'text' }, text(0, 'Yes.')), ...bare(1, 's'), finish('end')];
    assert.deepEqual(deltasOf(said).at(-2), { reasoning_details: [detail(0, 's')], ...google('s') });
  });

  test('end with a word that every client knows, and beside it the one that says more', () => {
    const endings = (
      ['end', 'length', 'tool_calls', 'refusal', 'stop_sequence', 'pause', 'context_overflow', 'compaction'] as const
    ).map((reason) => {
      const frame = framesOf([start, finish(reason)])[1] as { choices: JsonObject[] };
      return [frame.choices[0]?.finish_reason, frame.choices[0]?.native_finish_reason];
    });
    assert.deepEqual(endings, [
      ['stop', undefined],
      ['length', undefined],
      ['tool_calls', undefined],
      ['content_filter', undefined],
      ['stop', 'stop_sequence'],
      ['stop', 'pause_turn'],
      ['length', 'model_context_window_exceeded'],
      ['stop', 'compaction'],
    ]);
    const refused = framesOf([start, ...block(0, { type: 'refusal' }, text(0, 'No.')), finish('refusal')]) as {
      choices: JsonObject[];
    }[];
    assert.deepEqual(refused[1]?.choices[0]?.delta, { refusal: 'No.' });
    assert.equal(refused[2]?.choices[0]?.finish_reason, 'stop');
  });

  test('end with the error, and nothing after it', () => {
    const error: Event = { type: 'error', error: new GatewayError('overloaded', 'Busy.') };
    assert.deepEqual(framesOf([start, error]).at(-1), {
      error: { message: 'Busy.', type: 'server_error', param: null, code: 'overloaded' },
    });
  });

  test('of pictures and citations', () => {
    const events: Event[] = [
      start,
      ...block(
        0,
        { type: 'text' },
        { type: 'citation', index: 0, citation: { kind: 'url', url: 'https://a.example' } },
        { type: 'citation', index: 0, citation: { kind: 'char' } },
        text(0, 'two'),
      ),
      ...block(1, { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } }),
      ...block(2, { type: 'text' }, text(2, 'more'), {
        type: 'citation',
        index: 2,
        citation: { kind: 'url', url: 'https://b.example', title: 'B', start: 1, end: 2 },
      }),
      finish('end'),
    ];
    const [picture, , told] = deltasOf(events).slice(2, -1);
    assert.deepEqual(picture, { images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] });
    const source = (url: string, title: string, start_index: number, end_index: number): JsonObject => {
      return { type: 'url_citation', url_citation: { url, title, start_index, end_index } };
    };
    assert.deepEqual(told, {
      annotations: [source('https://a.example', '', 0, 3), source('https://b.example', 'B', 4, 5)],
    });
  });

  test('of natives: our own go home, others stay', () => {
    const native = (dialect: 'openai-chat' | 'anthropic', value: JsonObject): Event => ({
      type: 'native',
      dialect,
      value,
    });
    const logprobs = { content: [{ token: 'x' }] };
    const events = [
      start,
      native('openai-chat', { choices: [{ index: 0, logprobs }] }),
      native('openai-chat', { choices: [{ index: 1, delta: { content: 'o' } }] }),
      native('anthropic', { type: 'ping' }),
      native('openai-chat', {
        choices: [
          {
            index: 1,
            delta: { content: 'k', tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{' } }] },
          },
        ],
      }),
      native('openai-chat', {
        choices: [
          {
            index: 1,
            delta: { tool_calls: [{ index: 0, function: { arguments: '}' } }] },
            finish_reason: 'tool_calls',
          },
        ],
      }),
      finish('end'),
    ];
    const frames = framesOf(events) as { choices: JsonObject[] }[];
    assert.deepEqual(frames[1]?.choices, [{ index: 0, delta: {}, logprobs, finish_reason: null }]);
    assert.deepEqual(frames[2]?.choices, [{ index: 1, delta: { content: 'o' }, finish_reason: null }]);
    assert.equal(frames.length, 7);
    assert.deepEqual(whole(events).choices, [
      { index: 0, message: { role: 'assistant', content: null, refusal: null }, logprobs, finish_reason: 'stop' },
      {
        index: 1,
        message: {
          role: 'assistant',
          content: 'ok',
          tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }],
        },
        logprobs: null,
        finish_reason: 'tool_calls',
      },
    ]);
  });

  test("of a whole answer's other choices become deltas", () => {
    const message = {
      content: 'two',
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
    };
    const frames = framesOf([
      start,
      { type: 'native', dialect: 'openai-chat', value: { choices: [{ index: 1, message, finish_reason: 'stop' }] } },
      finish('end'),
    ]) as { choices: JsonObject[] }[];
    assert.deepEqual(frames[1]?.choices[0]?.delta, {
      content: 'two',
      tool_calls: [{ index: 0, ...message.tool_calls[0] }],
    });
  });

  test('name an answer that its origin did not name', () => {
    const [frame] = framesOf([{ type: 'start', id: '', model: '' }, finish('end')]) as JsonObject[];
    assert.match(String(frame?.id), /^chatcmpl-.{8,}/);
    assert.equal(frame?.model, 'asked');
    assert.ok(Number(frame?.created) > 1_700_000_000);
  });
});

describe('a client that speaks of functions', () => {
  const request = ask({ functions: [{ name: 'f', parameters: { type: 'object' } }] });
  const events: Event[] = [
    start,
    ...block(0, { type: 'tool_call', id: 'a', name: 'f' }, { type: 'json', index: 0, json: '{}' }),
    finish('tool_calls'),
  ];

  test('is answered in its form', () => {
    assert.deepEqual(deltasOf(events, request).slice(1, -1), [
      { function_call: { name: 'f', arguments: '' } },
      { function_call: { arguments: '{}' } },
    ]);
    const answer = (whole(events, request).choices as JsonObject[])[0];
    assert.equal(answer?.finish_reason, 'function_call');
    assert.deepEqual((answer.message as JsonObject).function_call, { name: 'f', arguments: '{}' });
  });

  test('and is translated as one that speaks of tools, with nothing lost', () => {
    const losses: unknown[] = [];
    const body = openaiChat.upstream.writeRequest(request, { quirks: {}, lose: (loss) => losses.push(loss) });
    assert.equal(
      JSON.stringify(body.tools),
      '[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]',
    );
    assert.deepEqual(losses, []);
  });
});

test('models', () => {
  const entry = { id: 'm', created: 5, owner: 'o', contextWindow: 10, maxOutput: 3 };
  const model = { id: 'm', object: 'model', created: 5, owned_by: 'o', context_window: 10, max_completion_tokens: 3 };
  assert.deepEqual(openaiChat.client.writeModels([entry]), { object: 'list', data: [model] });
});

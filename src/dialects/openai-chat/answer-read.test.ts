import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Event } from '../../canon/event.ts';
import { createFold, type Folded } from '../../canon/fold.ts';
import type { JsonObject } from '../../canon/json.ts';
import { readResponse } from './response-read.ts';
import { readStream } from './stream-read.ts';

function eventsOf(text: string): Event[] {
  const events: Event[] = [];
  const reader = readStream((event) => events.push(event));
  reader.feed(Buffer.from(text));
  reader.end();
  return events;
}

function foldOf(events: readonly Event[]): Folded {
  const fold = createFold();
  for (const event of events) fold.sink(event);
  return fold.result();
}

const frame = (chunk: JsonObject): string => `data: ${JSON.stringify(chunk)}\n\n`;
const base = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm' };
const said = (delta: JsonObject, more: JsonObject = {}): string =>
  frame({ ...base, choices: [{ index: 0, delta, finish_reason: null, ...more }] });
const ended = (reason: string, more: JsonObject = {}): string =>
  frame({ ...base, choices: [{ index: 0, delta: {}, finish_reason: reason, ...more }] });
const done = 'data: [DONE]\n\n';
const called = (...entries: JsonObject[]): string => said({ tool_calls: entries });

/** The calls of a stream, `name(arguments)#id`, and why it ended. */
function callsIn(...frames: string[]): string[] {
  const { content, finish, error } = foldOf(eventsOf(frames.join('') + done));
  const calls = content.map((block) =>
    block.type === 'tool_call' ? `${block.name}(${block.json})#${block.id}` : block.type,
  );
  return [...calls, error === undefined ? String(finish?.reason) : `error ${error.kind}`];
}

describe('tool calls of compatible servers', () => {
  const a = { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } };
  const b = { index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } };
  const more = (index: number, json: string): JsonObject => ({ index, function: { arguments: json } });

  test('interleaved fragments become one call after the other', () => {
    const frames = [called(a), called(b), called(more(0, '{"x"')), called(more(1, '{"y":2}')), called(more(0, ':1}'))];
    assert.deepEqual(callsIn(...frames, ended('tool_calls')), ['f({"x":1})#a', 'g({"y":2})#b', 'tool_calls']);
  });

  test('the second call streams as soon as the first is complete', () => {
    const frames = [called(a), called(more(0, '{"x":1}')), called(b), called(more(1, '{"y"'))];
    const events = eventsOf(frames.join('')).filter(({ type }) => type !== 'error');
    assert.deepEqual(
      events.map((event) => (event.type === 'json' ? event.json : event.type)),
      ['start', 'open', '{"x":1}', 'close', 'open', '{"y"'],
    );
  });

  test('text that comes inside a call waits for its end', () => {
    const frames = [called(a), called(more(0, '{"x"')), said({ content: 'aside' }), called(more(0, ':1}'))];
    assert.deepEqual(callsIn(...frames, ended('tool_calls')), ['f({"x":1})#a', 'text', 'tool_calls']);
  });

  const one: { readonly [what: string]: readonly string[] } = {
    'the id in every fragment': [
      called({ ...a, function: { name: 'f', arguments: '{"x"' } }),
      called({ ...a, function: { name: 'f', arguments: ':1}' } }),
    ],
    'another id in every fragment': [
      called(a),
      called({ ...more(0, '{"x"'), id: 'z' }),
      called({ ...more(0, ':1}'), id: 'y' }),
    ],
    'empty ids in the fragments': [called(a), called({ ...more(0, '{"x":1}'), id: '' })],
    'an empty name in the fragments': [called(a), called({ index: 0, function: { name: '', arguments: '{"x":1}' } })],
    'the name in every fragment': [
      called(a),
      called({ index: 0, function: { name: 'f', arguments: '{"x"' } }),
      called({ index: 0, function: { name: 'f', arguments: ':1}' } }),
      called({ index: 0, function: { name: 'f', arguments: '' } }),
    ],
    'no index': [
      called({ id: 'a', function: { name: 'f', arguments: '{"x"' } }),
      called({ id: 'a', function: { arguments: ':1}' } }),
    ],
    'no index, and no id in the fragments': [
      called({ id: 'a', function: { name: 'f' } }),
      called({ function: { arguments: '{"x":1}' } }),
    ],
    'an index that begins at one': [called({ ...a, index: 1 }), called(more(1, '{"x":1}'))],
    'arguments as an object': [called({ ...a, function: { name: 'f', arguments: { x: 1 } } })],
    'null arguments first': [called({ ...a, function: { name: 'f', arguments: null } }), called(more(0, '{"x":1}'))],
    'the name after the id': [
      called({ index: 0, id: 'a', type: 'function', function: {} }),
      called({ index: 0, function: { name: 'f', arguments: '{"x":1}' } }),
    ],
    'white space after the arguments': [called(a), called(more(0, '{"x":1}')), called(more(0, '\n'))],
  };
  for (const [what, frames] of Object.entries(one)) {
    test(`${what}: one call`, () => {
      const [call, ...rest] = callsIn(...frames, ended('tool_calls'));
      assert.equal(call?.trim().replace('\n', ''), 'f({"x":1})#a');
      assert.deepEqual(rest, ['tool_calls']);
    });
  }

  const two: { readonly [what: string]: readonly string[] } = {
    'one index for all': [
      called({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }),
      called({ index: 0, id: 'b', function: { name: 'g', arguments: '{}' } }),
    ],
    'no index, ids only': [
      called(
        { id: 'a', function: { name: 'f', arguments: '{}' } },
        { id: 'b', function: { name: 'g', arguments: '{}' } },
      ),
    ],
    'the same name twice': [
      called({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }),
      called({ index: 0, id: 'b', function: { name: 'f', arguments: '{}' } }),
    ],
  };
  for (const [what, frames] of Object.entries(two)) {
    test(`${what}: two calls`, () => {
      const [first, second, reason] = callsIn(...frames, ended('tool_calls'));
      assert.match(String(first), /^f\(\{\}\)#a$/);
      assert.match(String(second), /^[fg]\(\{\}\)#b$/);
      assert.equal(reason, 'tool_calls');
    });
  }

  test('calls without ids get ids of their own, the same for the same answer', () => {
    const frames = [
      called({ function: { name: 'f', arguments: '{}' } }),
      called({ function: { name: 'f', arguments: '{}' } }),
      ended('stop'),
    ];
    const [first, second] = callsIn(...frames);
    assert.match(String(first), /#call_\w{24}$/);
    assert.notEqual(first, second);
    assert.equal(callsIn(...frames)[0], first);
  });

  test('two calls under one id are told apart', () => {
    const frames = [
      called({ ...a, function: { name: 'f', arguments: '{}' } }),
      called({ ...b, id: 'a', function: { name: 'g', arguments: '{}' } }),
    ];
    const [first, second] = callsIn(...frames, ended('tool_calls'));
    assert.equal(first, 'f({})#a');
    assert.match(String(second), /^g\(\{\}\)#call_\w+$/);
  });

  test('the older function form is a call', () => {
    const frames = [
      said({ function_call: { name: 'f', arguments: '{"x"' } }),
      said({ function_call: { arguments: ':1}' } }),
    ];
    const [call, reason] = callsIn(...frames, ended('function_call'));
    assert.match(String(call), /^f\(\{"x":1\}\)#call_/);
    assert.equal(reason, 'tool_calls');
  });

  test('`stop` with calls is a call; `tool_calls` without one is an end', () => {
    assert.deepEqual(callsIn(called({ ...a, function: { name: 'f', arguments: '{}' } }), ended('stop')), [
      'f({})#a',
      'tool_calls',
    ]);
    assert.deepEqual(callsIn(said({ content: 'x' }), ended('tool_calls')), ['text', 'end']);
  });

  test('half a call is never a call', () => {
    assert.equal(callsIn(called(a), called(more(0, '{"x"')), ended('tool_calls')).at(-1), 'error bad_upstream');
    assert.equal(callsIn(called(a), called(more(0, '{"x"'))).at(-1), 'error bad_upstream');
    assert.equal(callsIn(called(a), called(more(0, '{"x"')), ended('length')).at(-1), 'length');
    assert.equal(
      callsIn(called({ index: 0, id: 'a', function: { arguments: '{}' } }), ended('tool_calls')).at(-1),
      'error bad_upstream',
    );
    const goesOn = [called(a), called(more(0, '{}')), said({ content: 'x' }), called(more(0, '{"x":1}'))];
    assert.equal(callsIn(...goesOn, ended('tool_calls')).at(-1), 'error bad_upstream');
  });
});

describe('reasoning of compatible servers', () => {
  const thoughts = (...deltas: JsonObject[]): unknown =>
    foldOf(eventsOf(deltas.map((delta) => said(delta)).join('') + ended('stop') + done)).content;
  const thought = [
    { type: 'thinking', text: 'Hmm.' },
    { type: 'text', text: 'Yes.' },
  ];

  test('each field is understood', () => {
    const text = { content: 'Yes.' };
    assert.deepEqual(thoughts({ reasoning_content: 'Hm' }, { reasoning_content: 'm.' }, text), thought);
    assert.deepEqual(thoughts({ reasoning: 'Hmm.', content: '' }, text), thought);
    assert.deepEqual(thoughts({ reasoning_content: 'Hmm.', ...text }), thought);
    assert.deepEqual(
      thoughts({ reasoning: 'Hmm.', reasoning_details: [{ type: 'reasoning.text', text: 'Hmm.' }] }, text),
      thought,
    );
    assert.deepEqual(thoughts({ reasoning_details: [{ type: 'reasoning.summary', summary: 'Hmm.' }] }, text), [
      { type: 'thinking', text: 'Hmm.', ext: { 'openai-chat': { type: 'reasoning.summary' } } },
      thought[1],
    ]);
    assert.deepEqual(
      thoughts(
        { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hmm.' }] }] },
        { content: [{ type: 'text', text: 'Yes.' }] },
      ),
      thought,
    );
    assert.deepEqual(
      thoughts({ content: [{ type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hmm.' }] }] }, text),
      thought,
    );
  });

  test('a proof belongs to the thinking before it, and what follows is a new thought', () => {
    const sign = (signature: string): JsonObject => ({
      thinking_blocks: [{ type: 'thinking', thinking: '', signature }],
    });
    assert.deepEqual(thoughts({ reasoning_content: 'a' }, sign('s1'), { reasoning_content: 'b' }, sign('s2')), [
      { type: 'thinking', text: 'a', signature: 's1' },
      { type: 'thinking', text: 'b', signature: 's2' },
    ]);
    assert.deepEqual(thoughts(sign('s1'), { content: 'x' }), [
      { type: 'thinking', text: '', signature: 's1' },
      { type: 'text', text: 'x' },
    ]);
  });

  test('entries of a list stay apart, and keep what cannot be known otherwise', () => {
    const entry = (fields: JsonObject): JsonObject => ({ reasoning_details: [fields] });
    const format = 'openai-responses-v1';
    assert.deepEqual(
      thoughts(
        entry({ type: 'reasoning.summary', summary: 'Let ', format, index: 0, id: null }),
        entry({ type: 'reasoning.summary', summary: 'me see.', format, index: 0 }),
        entry({ type: 'reasoning.encrypted', data: 'xyz', format, id: 'rs_1', index: 0 }),
        entry({ type: 'reasoning.text', text: 'a', index: 2, id: 't' }),
        entry({ type: 'reasoning.text', text: 'b', index: 3 }),
        entry({ type: 'reasoning.text', signature: 's', index: 3 }),
        entry({ type: 'reasoning.text', signature: 't', index: 4 }),
        entry({ type: 'reasoning.encrypted', data: 'abc', format: 'anthropic-claude-v1', index: 5 }),
      ),
      [
        { type: 'thinking', text: 'Let me see.', ext: { 'openai-chat': { type: 'reasoning.summary', format } } },
        {
          type: 'thinking',
          text: '',
          redacted: 'xyz',
          ext: { 'openai-chat': { id: 'rs_1', format, index: 0, before: { type: 'reasoning.summary', format } } },
        },
        { type: 'thinking', text: 'a', ext: { 'openai-chat': { id: 't' } } },
        { type: 'thinking', text: 'b', signature: 's' },
        { type: 'thinking', text: '', signature: 't' },
        { type: 'thinking', text: '', redacted: 'abc', ext: { 'openai-chat': { format: 'anthropic-claude-v1' } } },
      ],
    );
    const bare = (signature: string): JsonObject => entry({ type: 'reasoning.text', signature });
    assert.deepEqual(thoughts(bare('s'), bare('t')), [
      { type: 'thinking', text: '', signature: 's' },
      { type: 'thinking', text: '', signature: 't' },
    ]);
  });

  test("Google's proofs stand before their calls, and behind the text", () => {
    const proven = (signature: string): JsonObject => ({ extra_content: { google: { thought_signature: signature } } });
    const call = (index: number, more: JsonObject): JsonObject => ({
      index,
      id: `c${index}`,
      type: 'function',
      function: { name: 'f', arguments: '{}' },
      ...more,
    });
    assert.deepEqual(
      thoughts(
        { reasoning_content: 'Hmm.' },
        { tool_calls: [call(0, proven('s1'))] },
        { tool_calls: [call(1, { extra_content: { google: { thought_signature: 's2', more: 1 } } })] },
      ),
      [
        { type: 'thinking', text: 'Hmm.' },
        { type: 'thinking', text: '', signature: 's1' },
        { type: 'tool_call', id: 'c0', name: 'f', json: '{}' },
        { type: 'thinking', text: '', signature: 's2' },
        {
          type: 'tool_call',
          id: 'c1',
          name: 'f',
          json: '{}',
          ext: { 'openai-chat': { extra_content: { google: { more: 1 } } } },
        },
      ],
    );
    assert.deepEqual(thoughts({ content: 'Yes.' }, { content: '', ...proven('s') }), [
      { type: 'text', text: 'Yes.' },
      { type: 'thinking', text: '', signature: 's' },
    ]);
    const twice = { reasoning_details: [{ type: 'reasoning.text', signature: 's1', index: 0, id: 'c0' }] };
    assert.deepEqual(thoughts({ ...twice, tool_calls: [call(0, proven('s1'))] }), [
      { type: 'thinking', text: '', signature: 's1' },
      { type: 'tool_call', id: 'c0', name: 'f', json: '{}' },
    ]);
  });

  test('Mistral thinks in parts, and cites by number', () => {
    const reference = { type: 'reference', reference_ids: [1, 'b'] };
    const source = { type: 'tool_reference', tool: 'web_search', title: 'T' };
    const chunk = (content: JsonObject[]): JsonObject => ({ content });
    const frames = [
      chunk([{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }, source] }]),
      chunk([{ type: 'thinking', thinking: [{ type: 'text', text: 'm.' }], signature: 's', closed: true }]),
      chunk([{ type: 'text', text: 'Yes.' }, reference]),
    ].map((delta) => said(delta));
    const { content, natives } = foldOf(eventsOf(frames.join('') + ended('model_length') + done));
    assert.deepEqual(content, [
      { type: 'thinking', text: 'Hmm.', signature: 's' },
      {
        type: 'text',
        text: 'Yes.',
        citations: [{ kind: 'unknown', native: { dialect: 'openai-chat', value: reference } }],
      },
    ]);
    assert.deepEqual(natives[0]?.value, {
      choices: [{ index: 0, delta: { content: [{ type: 'thinking', thinking: [source] }] } }],
    });
  });

  test('encrypted reasoning comes whole, and text goes on in a new block after a call', () => {
    assert.deepEqual(thoughts({ thinking_blocks: [{ type: 'redacted_thinking', data: 'xyz' }] }, { content: 'x' }), [
      { type: 'thinking', text: '', redacted: 'xyz' },
      { type: 'text', text: 'x' },
    ]);
    const call = { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] };
    assert.deepEqual(
      (thoughts({ content: 'x' }, call, { content: 'y' }, { reasoning: 'z' }) as { type: string }[]).map(
        ({ type }) => type,
      ),
      ['text', 'tool_call', 'text', 'thinking'],
    );
  });
});

describe('the rest of a stream', () => {
  test('usage is found wherever it stands, and comes before the finish', () => {
    const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
    const places = [
      ended('stop') + frame({ ...base, choices: [], usage }),
      ended('stop', { usage }),
      frame({ ...base, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage }),
      frame({ ...base, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], x_groq: { id: 'r', usage } }),
    ];
    for (const end of places) {
      const events = eventsOf(said({ content: 'x' }) + end + done);
      assert.deepEqual(foldOf(events).usage, { input: 5, output: 2 });
      assert.equal(events.at(-1)?.type, 'finish');
    }
  });

  test('without [DONE] a reason is enough, without a reason nothing is', () => {
    assert.equal(eventsOf(said({ content: 'x' }) + ended('stop')).at(-1)?.type, 'finish');
    assert.equal(foldOf(eventsOf(said({ content: 'x' }))).error?.kind, 'bad_upstream');
    assert.equal(foldOf(eventsOf('')).error?.kind, 'bad_upstream');
    assert.equal(foldOf(eventsOf(done)).error?.kind, 'bad_upstream');
  });

  test('errors inside a stream keep their kind', () => {
    const kindOf = (text: string): unknown => foldOf(eventsOf(said({ content: 'x' }) + text)).error?.kind;
    assert.equal(
      kindOf('data: {"error":{"message":"Overloaded","type":"server_error","code":"overloaded"}}\n\n'),
      'overloaded',
    );
    assert.equal(
      kindOf('event: error\ndata: {"message":"Rate limited","code":"rate_limit_exceeded"}\n\n'),
      'rate_limit',
    );
    assert.equal(kindOf('event: error\ndata: it broke\n\n'), 'bad_upstream');
    assert.equal(
      kindOf(frame({ object: 'error', message: 'bad', type: 'BadRequestError', code: 400 })),
      'invalid_request',
    );
    assert.equal(
      kindOf(said({ content: '' }, { finish_reason: 'error', error: { code: 502, message: 'Provider disconnected' } })),
      'bad_upstream',
    );
    assert.equal(kindOf(ended('error')), 'bad_upstream');
    assert.equal(kindOf(ended('insufficient_system_resource')), 'overloaded');
    assert.equal(kindOf('data: <html>502</html>\n\n'), 'bad_upstream');
    assert.equal(kindOf('data: {"choices":[{"del\n\n'), 'bad_upstream');
  });

  test('nothing follows an error', () => {
    const events = eventsOf(
      `${said({ content: 'x' })}data: {"error":"no"}\n\n${said({ content: 'y' })}${ended('stop')}${done}`,
    );
    assert.deepEqual(
      events.map(({ type }) => type),
      ['start', 'open', 'text', 'error'],
    );
  });

  test('other choices, probabilities and unknown fields go on as natives', () => {
    const logprobs = { content: [{ token: 'x', logprob: -0.1, top_logprobs: [] }] };
    const { natives, content } = foldOf(
      eventsOf(
        said({ content: 'x', odd: 1 }, { logprobs }) +
          frame({ ...base, choices: [{ index: 1, delta: { content: 'z' } }] }) +
          ended('stop') +
          done,
      ),
    );
    assert.deepEqual(content, [{ type: 'text', text: 'x' }]);
    assert.deepEqual(
      natives.map(({ value }) => value),
      [
        { choices: [{ index: 0, delta: { odd: 1 } }] },
        { choices: [{ index: 0, logprobs }] },
        { choices: [{ index: 1, delta: { content: 'z' } }] },
      ],
    );
  });

  test('what is said before the answer begins, and after, rides with it', () => {
    const { ext, id, natives } = foldOf(
      eventsOf(
        frame({ id: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] }) +
          said({ content: 'x' }) +
          frame({ ...base, choices: [], moderation: { input: {} } }) +
          ended('stop') +
          done,
      ),
    );
    assert.equal(id, 'chatcmpl-1');
    assert.deepEqual(ext, {
      'openai-chat': { prompt_filter_results: [{ prompt_index: 0 }], created: 1, moderation: { input: {} } },
    });
    assert.deepEqual(natives, []);
  });

  test('a filter verdict is passed on when it changes', () => {
    const verdict = { hate: { filtered: false } };
    const { natives } = foldOf(
      eventsOf(
        said({ content: 'x' }, { content_filter_results: verdict }) +
          said({ content: 'y' }, { content_filter_results: verdict }) +
          ended('stop', { content_filter_results: {} }) +
          done,
      ),
    );
    assert.equal(natives.length, 1);
  });

  test('sources listed beside the answer are cited once', () => {
    const sources = {
      citations: ['https://a.example', 'https://b.example'],
      search_results: [{ url: 'https://b.example', title: 'B' }],
    };
    const chunk = (delta: JsonObject, reason: unknown): string =>
      frame({ ...base, ...sources, choices: [{ index: 0, delta, finish_reason: reason }] });
    const { content } = foldOf(eventsOf(chunk({ content: 'a' }, null) + chunk({ content: 'b' }, 'stop')));
    assert.deepEqual(content, [
      {
        type: 'text',
        text: 'ab',
        citations: [
          { kind: 'url', url: 'https://a.example' },
          { kind: 'url', url: 'https://b.example', title: 'B' },
        ],
      },
    ]);
  });

  test('words of other origins for the end are understood', () => {
    const finishOf = (reason: string, more: JsonObject = {}): unknown =>
      foldOf(eventsOf(said({ content: 'x' }) + ended(reason, more) + done)).finish;
    assert.deepEqual(finishOf('model_length'), { reason: 'length' });
    assert.deepEqual(finishOf('eos'), { reason: 'end' });
    assert.deepEqual(finishOf('SAFETY'), { reason: 'refusal' });
    assert.deepEqual(finishOf('stop', { stop_reason: 'END' }), { reason: 'stop_sequence', stopSequence: 'END' });
    assert.deepEqual(finishOf('stop', { stop_reason: 128009 }), { reason: 'end' });
    assert.deepEqual(finishOf('stop', { stop_reason: 'end_turn' }), { reason: 'end' });
    assert.deepEqual(finishOf('stop', { native_finish_reason: 'pause_turn' }), { reason: 'pause' });
    assert.deepEqual(finishOf('something new'), { reason: 'end' });
  });

  test('a frame beyond the limit is an error, not an exception', () => {
    const events: Event[] = [];
    const reader = readStream((event) => events.push(event));
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    for (let i = 0; i < 66; i++) reader.feed(megabyte);
    reader.end();
    assert.deepEqual(
      events.map(({ type }) => type),
      ['error'],
    );
  });
});

describe('whole answers', () => {
  const read = (body: unknown): Folded => {
    const events: Event[] = [];
    readResponse(body, (event) => events.push(event));
    return foldOf(events);
  };

  test('what is no answer is an error', () => {
    for (const body of [null, 'text', [], {}, { choices: [] }, { choices: 'x' }])
      assert.equal(read(body).error?.kind, 'bad_upstream');
    assert.equal(read({ error: { message: 'No key', code: 'invalid_api_key' } }).error?.kind, 'authentication');
    assert.equal(
      read({ id: 'x', choices: [{ error: { code: 429, message: 'slow down' } }] }).error?.kind,
      'rate_limit',
    );
    assert.equal(read({ error_code: 'BAD_REQUEST', message: 'no' }).error?.kind, 'invalid_request');
  });

  test('the order is thoughts, words, calls, whatever the order of the fields', () => {
    const message = {
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
      annotations: [{ type: 'url_citation', url_citation: { url: 'https://a.example' } }],
      content: 'Yes.',
      reasoning_content: 'Hmm.',
    };
    const { content } = read({ id: 'x', model: 'm', choices: [{ message, finish_reason: 'tool_calls' }] });
    assert.deepEqual(
      content.map(({ type }) => type),
      ['thinking', 'text', 'tool_call'],
    );
    assert.equal((content[1] as { citations?: unknown[] }).citations?.length, 1);
  });

  test('pictures and further choices are kept', () => {
    const images = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }];
    const other = { index: 1, message: { content: 'two' }, finish_reason: 'stop' };
    const { content, natives } = read({
      id: 'x',
      choices: [{ index: 0, message: { content: 'one', images }, finish_reason: 'stop' }, other],
    });
    assert.deepEqual(content[1], { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } });
    assert.deepEqual(
      natives.map(({ value }) => value),
      [{ choices: [other] }],
    );
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Loss } from '../../canon/loss.ts';
import type { ChatRequest, Tool, ToolMeaning, Turn } from '../../canon/request.ts';
import type { Quirks } from '../dialect.ts';
import { readRequest } from './request-read.ts';
import { writeHeaders, writeRequest } from './request-write.ts';

const least: ChatRequest = {
  from: 'openai-chat',
  model: 'm',
  stream: false,
  system: [],
  turns: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  sampling: {},
};

function write(fields: Partial<ChatRequest>, quirks: Quirks = {}): { body: JsonObject; losses: string[] } {
  const losses: Loss[] = [];
  const body = writeRequest({ ...least, ...fields }, { quirks, lose: (loss) => losses.push(loss) });
  return { body, losses: losses.map(({ what, path }) => `${what} ${path}`) };
}

function writeTurns(turns: readonly Turn[], quirks: Quirks = {}): { messages: unknown; losses: string[] } {
  const { body, losses } = write({ turns }, quirks);
  return { messages: body.messages, losses };
}

const text = (value: string): Block => ({ type: 'text', text: value });
const call = (id: string, json = '{}'): Block => ({ type: 'tool_call', id, name: 'f', json });
const result = (id: string): Block => ({ type: 'tool_result', id, content: [text(`of ${id}`)] });
const wireText = (value: string): JsonObject => ({ type: 'text', text: value });
const wireCall = (id: string, input: JsonObject = {}): JsonObject => ({ type: 'tool_use', id, name: 'f', input });
const wireResult = (id: string): JsonObject => ({
  type: 'tool_result',
  tool_use_id: id,
  content: [wireText(`of ${id}`)],
});
const tool = { type: 'function', name: 'f', schema: { type: 'object' } } as const;

describe('the conversation obeys the rules of the service', () => {
  test('results in messages of their own become one turn, right behind the calls', () => {
    const { messages } = writeTurns([
      { role: 'user', content: [text('go')] },
      { role: 'assistant', content: [call('a'), call('b')] },
      { role: 'user', content: [result('a')] },
      { role: 'user', content: [result('b')] },
      { role: 'user', content: [text('and?')] },
    ]);
    assert.deepEqual(messages, [
      { role: 'user', content: [wireText('go')] },
      { role: 'assistant', content: [wireCall('a'), wireCall('b')] },
      { role: 'user', content: [wireResult('a'), wireResult('b'), wireText('and?')] },
    ]);
  });

  test('a last call that nobody has answered is answered by words', () => {
    const { messages, losses } = writeTurns([
      { role: 'user', content: [text('go')] },
      { role: 'assistant', content: [call('a')] },
      { role: 'user', content: [result('a')] },
      { role: 'assistant', content: [call('b')] },
    ]);
    const words = [wireText('(no result)')];
    assert.deepEqual((messages as JsonObject[]).at(-1), {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'b', content: words }],
    });
    assert.deepEqual(losses, ['approximated turns[3]']);
  });

  test('what came between calls and results comes after them', () => {
    const { messages } = writeTurns([
      { role: 'user', content: [text('go')] },
      { role: 'assistant', content: [call('a')] },
      { role: 'system', content: [text('note')] },
      { role: 'user', content: [text('first'), result('a')] },
      { role: 'assistant', content: [text('done')] },
    ]);
    assert.deepEqual(messages, [
      { role: 'user', content: [wireText('go')] },
      { role: 'assistant', content: [wireCall('a')] },
      { role: 'user', content: [wireResult('a')] },
      { role: 'system', content: [wireText('note')] },
      { role: 'user', content: [wireText('first')] },
      { role: 'assistant', content: [wireText('done')] },
    ]);
  });

  test('empty texts and turns are left out', () => {
    const { messages, losses } = writeTurns([
      { role: 'user', content: [text(''), text('go')] },
      { role: 'assistant', content: [text('')] },
    ]);
    assert.deepEqual(messages, [{ role: 'user', content: [wireText('go')] }]);
    assert.deepEqual(losses, []);
  });

  test('ids are made legal, alike in calls and results, and stay different', () => {
    const { messages } = writeTurns([
      { role: 'assistant', content: [call('f.x:1'), call('f_x:1')] },
      { role: 'user', content: [result('f.x:1'), result('f_x:1')] },
    ]);
    const [calls, results] = messages as [{ content: JsonObject[] }, { content: JsonObject[] }];
    const ids = calls.content.map(({ id }) => String(id));
    assert.deepEqual(
      results.content.map(({ tool_use_id: id }) => id),
      ids,
    );
    assert.equal(new Set(ids).size, 2);
    for (const id of ids) assert.match(id, /^[a-zA-Z0-9_-]+$/);
  });

  test('arguments become an object', () => {
    const { messages, losses } = writeTurns([
      { role: 'assistant', content: [call('a', ''), call('b', '{"x": 1}'), call('c', '[1]'), call('d', '{"x":')] },
      { role: 'assistant', content: [{ type: 'tool_call', id: 'e', name: 'f', json: 'free', kind: 'custom' }] },
      { role: 'user', content: ['a', 'b', 'c', 'd', 'e'].map(result) },
    ]);
    const inputs = (messages as { role: string; content: JsonObject[] }[]).flatMap(({ role, content }) =>
      role === 'user' ? [] : content.map(({ input }) => input),
    );
    assert.deepEqual(inputs, [{}, { x: 1 }, { _raw: '[1]' }, { _raw: '{"x":' }, { input: 'free' }]);
    assert.deepEqual(losses, ['approximated turns[0].content[2]', 'approximated turns[0].content[3]']);
  });

  test('every call is answered, and a result of no call is told as text, for clients of other languages', () => {
    const turns: Turn[] = [
      { role: 'assistant', content: [call('a'), call('b')] },
      { role: 'user', content: [result('b'), result('x'), text('so?')] },
    ];
    const { messages, losses } = writeTurns(turns);
    const [, answers] = messages as [unknown, { content: JsonObject[] }];
    assert.deepEqual(answers.content, [
      { type: 'tool_result', tool_use_id: 'a', content: [wireText('(no result)')] },
      wireResult('b'),
      wireText('Result of tool call x:'),
      wireText('of x'),
      wireText('so?'),
    ]);
    assert.deepEqual(losses, ['approximated turns[0]', 'approximated turns[1].content[1]']);
    const own = write({ from: 'anthropic', turns }).body.messages as { content: JsonObject[] }[];
    assert.deepEqual(own[1]?.content, [wireResult('b'), wireResult('x'), wireText('so?')]);
  });

  test('what an answer cannot hold follows it, or is named', () => {
    const image: Block = { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } };
    const wireImage = { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } };
    const notes: Block = { type: 'document', source: { type: 'text', text: 'One.' }, title: 'Notes' };
    const pdf: Block = { type: 'document', source: { type: 'url', url: 'https://a.example/c.pdf' } };
    const hit: Block = { type: 'search_result', source: 's', title: 't', content: [text('found')] };
    const { messages, losses } = writeTurns([
      { role: 'assistant', content: [text('Here.'), image, notes, pdf, hit, call('a')] },
      { role: 'user', content: [result('a'), text('more')] },
      { role: 'assistant', content: [image] },
    ]);
    assert.deepEqual(messages, [
      {
        role: 'assistant',
        content: [
          wireText('Here.'),
          wireText('[image: it follows]'),
          wireText('Document: Notes\n\nOne.'),
          wireText('[document: it follows]'),
          wireText('t\ns\n\nfound'),
          wireCall('a'),
        ],
      },
      {
        role: 'user',
        content: [
          wireResult('a'),
          wireText('The image of the answer above:'),
          wireImage,
          wireText('The document of the answer above:'),
          { type: 'document', source: { type: 'url', url: 'https://a.example/c.pdf' } },
          wireText('more'),
        ],
      },
      { role: 'assistant', content: [wireText('[image: it follows]')] },
    ]);
    assert.deepEqual(losses, [
      'moved turns[0].content[1]',
      'mapped turns[0].content[2]',
      'moved turns[0].content[3]',
      'approximated turns[0].content[4]',
      'moved turns[2].content[0]',
      'dropped turns[2].content[0]',
    ]);
    const own = write({ from: 'anthropic', turns: [{ role: 'assistant', content: [image] }] }).body.messages;
    assert.deepEqual(own, [{ role: 'assistant', content: [wireImage] }]);
  });

  test('a model that goes on with an answer without thinking is not asked to think by a budget', () => {
    const reasoning = { mode: 'budget', budget: 2000 } as const;
    const hi: Turn = { role: 'user', content: [text('hi')] };
    const calls = (...before: Block[]): Turn[] => [
      hi,
      { role: 'assistant', content: [...before, call('a')] },
      { role: 'user', content: [result('a')] },
    ];
    const thinks = (turns: readonly Turn[], more: Partial<ChatRequest> = {}): unknown[] => {
      const { body, losses } = write({ turns, reasoning, maxTokens: 4000, ...more });
      return [body.thinking === undefined ? 'no' : (body.thinking as JsonObject).type, ...losses];
    };
    assert.deepEqual(thinks([hi]), ['enabled']);
    assert.deepEqual(thinks(calls()), ['no', 'approximated reasoning']);
    assert.deepEqual(thinks(calls({ type: 'thinking', text: 'Hm.', signature: 's' })), ['enabled']);
    assert.deepEqual(thinks(calls({ type: 'thinking', text: '', redacted: 'r' })), ['enabled']);
    const unproven = thinks(calls({ type: 'thinking', text: 'Hm.' }));
    assert.deepEqual(unproven, ['no', 'dropped turns[1].content[0]', 'approximated reasoning']);
    assert.deepEqual(thinks([...calls(), { role: 'assistant', content: [text('Done.')] }, hi]), ['enabled']);
    assert.deepEqual(thinks([hi, { role: 'assistant', content: [text('So')] }]), ['no', 'approximated reasoning']);
    assert.deepEqual(thinks(calls(), { reasoning: { mode: 'adaptive' } }), ['adaptive']);
    assert.deepEqual(thinks(calls(), { from: 'anthropic' }), ['enabled']);
  });

  test('reasoning goes back with its proof only', () => {
    const content: Block[] = [
      { type: 'thinking', text: 'a', signature: 's' },
      { type: 'thinking', text: 'b' },
      { type: 'thinking', text: '', redacted: 'r' },
      text('done'),
    ];
    const { messages, losses } = writeTurns([{ role: 'assistant', content }]);
    assert.deepEqual(messages, [
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'a', signature: 's' },
          { type: 'redacted_thinking', data: 'r' },
          wireText('done'),
        ],
      },
    ]);
    assert.deepEqual(losses, ['dropped turns[0].content[1]']);
  });

  test('what cannot be said leaves a note, and a loss where the language is not to blame', () => {
    const { messages, losses } = writeTurns([
      {
        role: 'user',
        content: [
          { type: 'audio', source: { type: 'url', url: 'https://x/y.wav' } },
          { type: 'image', source: { type: 'file', id: 'f', owner: 'openai-chat' } },
          { type: 'refusal', text: 'no' },
          { type: 'native', dialect: 'gemini', value: { type: 'x' } },
        ],
      },
    ]);
    assert.deepEqual(messages, [
      { role: 'user', content: [wireText('[audio left out]'), wireText('[image left out]'), wireText('no')] },
    ]);
    assert.deepEqual(losses, ['dropped turns[0].content[1]', 'mapped turns[0].content[2]']);
  });

  test('documents: bytes of text go as text', () => {
    const data = Buffer.from('grün').toString('base64');
    const { messages } = writeTurns([
      {
        role: 'user',
        content: [{ type: 'document', source: { type: 'base64', mediaType: 'text/markdown', data }, title: 'T' }],
      },
    ]);
    assert.deepEqual(messages, [
      {
        role: 'user',
        content: [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'grün' }, title: 'T' }],
      },
    ]);
  });
});

describe('system messages', () => {
  const turns: Turn[] = [
    { role: 'user', content: [text('hi')] },
    { role: 'system', content: [text('be brief')] },
  ];
  test('stay where they are', () => {
    assert.deepEqual(writeTurns(turns), {
      messages: [
        { role: 'user', content: [wireText('hi')] },
        { role: 'system', content: [wireText('be brief')] },
      ],
      losses: [],
    });
  });
  test('become user messages where a provider has none', () => {
    assert.deepEqual(writeTurns(turns, { mid_system: false }), {
      messages: [
        { role: 'user', content: [wireText('hi')] },
        { role: 'user', content: [wireText('be brief')] },
      ],
      losses: ['moved turns[1]'],
    });
  });
  test('join the instructions when nothing was said before', () => {
    const { body, losses } = write({
      system: [{ type: 'text', text: 'one' }],
      turns: [turns[1] as Turn, turns[0] as Turn],
    });
    assert.deepEqual(losses, ['moved turns[0]']);
    assert.deepEqual(body.system, [wireText('one'), wireText('be brief')]);
    assert.deepEqual(body.messages, [{ role: 'user', content: [wireText('hi')] }]);
  });
});

describe('parameters of other languages', () => {
  const cases: readonly [name: string, fields: Partial<ChatRequest>, expected: JsonObject, losses?: string[]][] = [
    ['an answer without a limit', {}, { max_tokens: 8192 }],
    [
      'temperature beyond the range',
      { sampling: { temperature: 1.6 } },
      { temperature: 1 },
      ['approximated temperature'],
    ],
    ['JSON without a schema', { format: { type: 'json' } }, { output_config: undefined }, ['approximated format']],
    [
      'a schema',
      { format: { type: 'json_schema', schema: { type: 'object' }, name: 'n', strict: true } },
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
    ],
    ['no thinking', { reasoning: { effort: 'none' } }, { thinking: { type: 'disabled' }, output_config: undefined }],
    [
      'an effort',
      { reasoning: { effort: 'minimal' } },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      ['approximated reasoning.effort'],
    ],
    [
      'a budget',
      { reasoning: { budget: 3000 } },
      { thinking: { type: 'enabled', budget_tokens: 3000 }, max_tokens: 11192 },
    ],
    [
      'a budget that is too small',
      { reasoning: { budget: 10 }, maxTokens: 4000 },
      { thinking: { type: 'enabled', budget_tokens: 1024 } },
      ['approximated reasoning.budget'],
    ],
    [
      'thinking in an answer too short for it',
      { reasoning: { budget: 3000 }, maxTokens: 500 },
      { thinking: undefined },
      ['approximated reasoning'],
    ],
    [
      'thinking and a temperature',
      { reasoning: { effort: 'high' }, sampling: { temperature: 0.2, topK: 5, topP: 0.9 } },
      { thinking: { type: 'adaptive' }, temperature: undefined, top_k: undefined, top_p: 0.9 },
      ['dropped temperature', 'dropped top_k'],
    ],
    [
      'thinking and a forced call',
      { reasoning: { effort: 'high' }, tools: [tool], toolChoice: { type: 'required' } },
      { thinking: undefined, tool_choice: { type: 'any' }, output_config: { effort: 'high' } },
      ['approximated reasoning'],
    ],
    [
      'one call at a time',
      { tools: [tool], parallelTools: false },
      { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
    ],
    [
      'a choice without tools',
      { toolChoice: { type: 'required' } },
      { tool_choice: undefined },
      ['dropped tool_choice'],
    ],
    [
      'one allowed tool',
      { tools: [tool, { ...tool, name: 'g' }], toolChoice: { type: 'required', allowed: ['g'] } },
      { tool_choice: { type: 'tool', name: 'g' } },
      ['mapped tool_choice'],
    ],
    [
      'some allowed tools',
      {
        tools: [tool, { ...tool, name: 'g' }, { ...tool, name: 'h' }],
        toolChoice: { type: 'required', allowed: ['f', 'h'] },
      },
      {
        tool_choice: { type: 'any' },
        tools: [
          { name: 'f', input_schema: { type: 'object' } },
          { name: 'h', input_schema: { type: 'object' } },
        ],
      },
      ['approximated tool_choice', 'approximated tools[1]'],
    ],
    [
      'a free-text tool',
      {
        tools: [
          {
            type: 'custom',
            name: 'p',
            description: 'Patch.',
            format: { type: 'grammar', syntax: 'lark', definition: 'x' },
          },
        ],
      },
      {
        tools: [
          {
            name: 'p',
            description: 'Patch.\n\nThe input follows this lark grammar:\nx',
            input_schema: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
          },
        ],
      },
      ['approximated tools[0]'],
    ],
    [
      'a schema without a type',
      { tools: [{ ...tool, schema: {} }] },
      { tools: [{ name: 'f', input_schema: { type: 'object' } }] },
    ],
    ['white space as stop sequence', { stop: ['\n', 'END'] }, { stop_sequences: ['END'] }, ['dropped stop']],
    ['the tier', { serviceTier: 'default' }, { service_tier: 'standard_only' }, ['mapped service_tier']],
    ['a tier nobody knows', { serviceTier: 'flex' }, { service_tier: undefined }, ['dropped service_tier']],
    ['the user', { user: 'u' }, { metadata: { user_id: 'u' } }],
    ['a cache mark for all', { cache: { ttl: '1h' } }, { cache_control: { type: 'ephemeral', ttl: '1h' } }],
  ];
  for (const [name, fields, expected, losses = []] of cases) {
    test(name, () => {
      const { body, losses: found } = write(fields);
      for (const [field, value] of Object.entries(expected)) assert.deepEqual(body[field], value, field);
      assert.deepEqual(found, losses);
    });
  }

  test('JSON without a schema is asked for at the end of the instructions', () => {
    const { body } = write({ format: { type: 'json' }, system: [{ type: 'text', text: 'one' }] });
    const [first, last] = body.system as JsonObject[];
    assert.deepEqual(first, wireText('one'));
    assert.match(String(last?.text), /JSON object/);
  });
});

describe('quirks', () => {
  const cases: readonly [
    name: string,
    quirks: Quirks,
    fields: Partial<ChatRequest>,
    expected: JsonObject,
    losses: string[],
  ][] = [
    [
      'the longest answer',
      { max_output_tokens: 4096 },
      { maxTokens: 128_000 },
      { max_tokens: 4096 },
      ['approximated max_tokens'],
    ],
    ['the longest answer, silently', { max_output_tokens: 4096 }, {}, { max_tokens: 4096 }, []],
    ['refused fields', { refuses: ['top_k'] }, { sampling: { topK: 3 } }, { top_k: undefined }, ['dropped top_k']],
    [
      'wanted fields',
      { extra_body: { metadata: { user_id: 'x' } } },
      { user: 'u' },
      { metadata: { user_id: 'x' } },
      [],
    ],
    ['no cache marks', { cache_control: false }, { cache: {} }, { cache_control: undefined }, []],
    [
      'no schemas',
      { json_schema: false },
      { format: { type: 'json_schema', schema: {} } },
      { output_config: undefined },
      ['approximated format'],
    ],
    [
      'no say in thinking',
      { reasoning_request: 'none' },
      { reasoning: { effort: 'high' } },
      { thinking: undefined, output_config: undefined },
      ['dropped reasoning'],
    ],
    ['few stop sequences', { stop_max: 1 }, { stop: ['a', 'b'] }, { stop_sequences: ['a'] }, ['dropped stop']],
  ];
  for (const [name, quirks, fields, expected, losses] of cases) {
    test(name, () => {
      const { body, losses: found } = write(fields, quirks);
      for (const [field, value] of Object.entries(expected)) assert.deepEqual(body[field], value, field);
      assert.deepEqual(found, losses);
    });
  }

  test('no images, no files', () => {
    const content: Block[] = [
      { type: 'image', source: { type: 'url', url: 'https://x/y.png' } },
      { type: 'document', source: { type: 'url', url: 'https://x/y.pdf' } },
    ];
    const { messages, losses } = writeTurns([{ role: 'user', content }], { images: false, files: false });
    assert.deepEqual(messages, [
      { role: 'user', content: [wireText('[image left out]'), wireText('[document left out]')] },
    ]);
    assert.deepEqual(losses, ['dropped turns[0].content[0]', 'dropped turns[0].content[1]']);
  });
});

describe('a client of the same language', () => {
  const body: JsonObject = {
    model: 'm',
    max_tokens: 0,
    stream: true,
    temperature: 0.5,
    stop_sequences: ['END'],
    thinking: { type: 'between_tools', block_binding: { prefix_mismatch_behavior: 'error' } },
    output_config: { effort: 'max', task_budget: { type: 'tokens', total: 9 } },
    tool_choice: { type: 'any', disable_parallel_tool_use: false },
    metadata: { user_id: 'u', team: 't' },
    service_tier: 'auto',
    cache_control: { type: 'ephemeral' },
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    tags: { a: 'b' },
    tools: [
      {
        name: 'f',
        input_schema: { type: 'object' },
        strict: false,
        defer_loading: true,
        input_examples: [{}],
        cache_control: { type: 'ephemeral' },
      },
      { type: 'bash_20250124', name: 'bash' },
    ],
    system: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral', ttl: '1h', scope: 'global' } }],
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'hi' }] },
      { role: 'system', output_config: { effort: 'low' } },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 't', signature: '' },
          {
            type: 'tool_use',
            id: 'a',
            name: 'f',
            input: {},
            caller: { type: 'direct' },
            cache_control: { type: 'ephemeral' },
          },
        ],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'a', is_error: true, cache_control: { type: 'ephemeral' } }],
      },
      { role: 'user', content: [{ type: 'text', text: 'and?' }] },
    ],
  };

  test('finds everything as it was', () => {
    const losses: Loss[] = [];
    const written = writeRequest(readRequest(body, {}), { quirks: {}, lose: (loss) => losses.push(loss) });
    assert.deepEqual(written, body);
    assert.deepEqual(losses, []);
  });

  test('the conversation comes last, so that a longer one begins with the same bytes', () => {
    const request = readRequest(body, {});
    const options = { quirks: {}, lose: () => {} };
    const shorter = JSON.stringify(writeRequest(request, options));
    const turns: Turn[] = [...request.turns, { role: 'assistant', content: [text('more')] }];
    const longer = JSON.stringify(writeRequest({ ...request, turns }, options));
    assert.equal(longer.slice(0, shorter.length - 2), shorter.slice(0, -2));
  });
});

test('headers: the version and betas of the client, the version that knows sampling for others', () => {
  const headers = { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'a,b' };
  assert.deepEqual(writeHeaders({ ...least, from: 'anthropic', headers }), headers);
  assert.deepEqual(writeHeaders(least), { 'anthropic-version': '2023-06-01' });
  assert.equal(writeHeaders({ ...least, headers, sampling: { topK: 1 } })['anthropic-version'], '2023-06-01');
});

describe('tools of other services', () => {
  const native = (means: ToolMeaning | undefined, value: JsonObject = { type: 'x' }): Tool => ({
    type: 'native',
    dialect: 'openai-chat',
    name: 'search',
    value,
    ...(means !== undefined && { means }),
  });

  test('are told as the own one that is for the same', () => {
    const location = { city: 'Oslo', country: 'NO' };
    const { body, losses } = write({
      tools: [
        native({
          type: 'web_search',
          maxUses: 2,
          allowedDomains: ['a.example'],
          blockedDomains: ['b.example'],
          location,
        }),
        native({ type: 'web_fetch' }),
        native({ type: 'code_execution' }, { type: 'x', container: 'c' }),
        native(undefined),
      ],
    });
    assert.deepEqual(body.tools, [
      {
        type: 'web_search_20250305',
        name: 'web_search',
        max_uses: 2,
        allowed_domains: ['a.example'],
        user_location: { type: 'approximate', ...location },
      },
      { type: 'web_fetch_20250910', name: 'web_fetch' },
      { type: 'code_execution_20250825', name: 'code_execution' },
    ]);
    assert.deepEqual(losses, [
      'mapped tools[0]',
      'dropped tools[0]',
      'mapped tools[1]',
      'mapped tools[2]',
      'approximated tools[2]',
    ]);
  });

  test('are left out where the client has a tool of that name', () => {
    const { body, losses } = write({ tools: [{ ...tool, name: 'web_search' }, native({ type: 'web_search' })] });
    assert.deepEqual(
      (body.tools as JsonObject[]).map(({ name }) => name),
      ['web_search'],
    );
    assert.deepEqual(losses, ['dropped tools[1]']);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import { lossesOf } from '../../canon/loss.ts';
import type { ChatRequest, FunctionTool, Turn } from '../../canon/request.ts';
import type { Quirks } from '../dialect.ts';
import { cohere } from './index.ts';

const plain: ChatRequest = {
  from: 'anthropic',
  model: 'command-a-03-2025',
  stream: false,
  system: [],
  turns: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  tools: [],
  sampling: {},
};

/** What is sent, and the losses as `what path: why`. */
function write(request: Partial<ChatRequest>, quirks: Quirks = {}): { body: JsonObject; losses: string[] } {
  const losses: string[] = [];
  const body = cohere.upstream.writeRequest(
    { ...plain, ...request },
    { quirks, lose: ({ what, path, why }) => losses.push(`${what} ${path}: ${why}`) },
  );
  return { body: JSON.parse(JSON.stringify(body)) as JsonObject, losses };
}

function messagesOf(turns: readonly Turn[], request: Partial<ChatRequest> = {}): unknown {
  return write({ ...request, turns }).body['messages'];
}

const user = (...content: Block[]): Turn => ({ role: 'user', content });
const assistant = (...content: Block[]): Turn => ({ role: 'assistant', content });
const text = (value: string): Block => ({ type: 'text', text: value });
const call = (id: string, json = '{}'): Block => ({ type: 'tool_call', id, name: 'look', json });
const result = (id: string, ...content: Block[]): Block => ({ type: 'tool_result', id, content });
const wire = (id: string, json = '{}'): JsonObject => ({
  id,
  type: 'function',
  function: { name: 'look', arguments: json },
});
const look: FunctionTool = {
  type: 'function',
  name: 'look',
  description: 'Looks.',
  schema: { type: 'object', properties: {} },
};
const png: Block = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'aGk=' }, detail: 'low' };
const facts: Block = {
  type: 'document',
  source: { type: 'text', text: 'Grass is green.' },
  title: 'Facts',
  context: 'By hand.',
};

describe('instructions', () => {
  test('stand first, each by itself, and those before the first word with them', () => {
    const { body, losses } = write({
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc\n' },
        { type: 'text', text: 'Be brief.' },
      ],
      turns: [{ role: 'system', content: [text('Be kind.')] }, ...plain.turns],
    });
    assert.deepEqual(body['messages'], [
      {
        role: 'system',
        content: [
          { type: 'text', text: 'Be brief.' },
          { type: 'text', text: 'Be kind.' },
        ],
      },
      { role: 'user', content: 'Hello' },
    ]);
    assert.deepEqual(losses, ['dropped system[0]: the billing line is meant for Anthropic']);
  });

  test('in mid-conversation are told by the user, or where they stand if the provider takes them', () => {
    const turns: Turn[] = [...plain.turns, { role: 'system', content: [text('Hurry.')] }];
    const { body, losses } = write({ turns });
    assert.deepEqual(body['messages'], [
      { role: 'user', content: 'Hello' },
      { role: 'user', content: 'Hurry.' },
    ]);
    assert.deepEqual(losses, ['moved turns[1]: instructions in mid-conversation are told by the user']);
    const taken = write({ turns }, { mid_system: true });
    assert.deepEqual((taken.body['messages'] as unknown[])[1], { role: 'system', content: 'Hurry.' });
    assert.deepEqual(taken.losses, []);
  });
});

describe('calls and results', () => {
  test('are answered right behind them, in their order', () => {
    const turns = [
      ...plain.turns,
      assistant(call('a', '{"x":1}'), call('b', '')),
      user(text('Look:'), result('b', text('two')), result('a', text('one'), text('and a half'))),
    ];
    assert.deepEqual(messagesOf(turns), [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', tool_calls: [wire('a', '{"x":1}'), wire('b')] },
      { role: 'tool', tool_call_id: 'a', content: 'one\nand a half' },
      { role: 'tool', tool_call_id: 'b', content: 'two' },
      { role: 'user', content: 'Look:' },
    ]);
  });

  test('text beside calls becomes the plan, which is all that the service takes there', () => {
    const turns = [
      ...plain.turns,
      assistant({ type: 'thinking', text: 'Hm.' }, text('I will '), text('look.'), call('a'), text('Done?')),
      user(result('a', text('one'))),
    ];
    const { body, losses } = write({ turns, reasoning: { mode: 'adaptive' } });
    assert.deepEqual((body['messages'] as unknown[])[1], {
      role: 'assistant',
      tool_plan: 'Hm.\n\nI will look.Done?',
      tool_calls: [wire('a')],
    });
    assert.deepEqual(losses, [
      'mapped turns[1].content[1]: text beside calls is told as the plan',
      'moved turns[1].content[4]: what follows a call stands before it',
    ]);
  });

  test('thinking beside calls goes back as thinking where the model is asked to think, else as the plan', () => {
    const turns = [
      ...plain.turns,
      assistant({ type: 'thinking', text: 'I need it.' }, call('a')),
      user(result('a', text('one'))),
    ];
    assert.deepEqual(write({ turns }).body['messages'], [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', tool_plan: 'I need it.', tool_calls: [wire('a')] },
      { role: 'tool', tool_call_id: 'a', content: 'one' },
    ]);
    assert.deepEqual((messagesOf(turns, { reasoning: { mode: 'adaptive' } }) as unknown[])[1], {
      role: 'assistant',
      content: [{ type: 'thinking', thinking: 'I need it.' }],
      tool_calls: [wire('a')],
    });
    const bare = write({ turns, reasoning: { mode: 'adaptive' } }, { reasoning: 'none', reasoning_request: 'none' });
    assert.deepEqual((bare.body['messages'] as unknown[])[1], {
      role: 'assistant',
      tool_plan: 'I need it.',
      tool_calls: [wire('a')],
    });
  });

  test('thinking before an answer goes back with it', () => {
    const turns = [...plain.turns, assistant({ type: 'thinking', text: 'Hm.' }, text('Yes.')), ...plain.turns];
    assert.deepEqual((messagesOf(turns) as unknown[])[1], {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm.' },
        { type: 'text', text: 'Yes.' },
      ],
    });
    const bare = write({ turns }, { reasoning: 'none' });
    assert.deepEqual((bare.body['messages'] as unknown[])[1], { role: 'assistant', content: 'Yes.' });
    assert.deepEqual(bare.losses, ['dropped turns[1].content[0]: the provider takes no reasoning back']);
  });

  test('a call of free text is one argument; arguments that are no object are wrapped, and said to be', () => {
    const turns = [
      ...plain.turns,
      assistant({ type: 'tool_call', id: 'a', name: 'look', json: 'all of it', kind: 'custom' }, call('b', '[1')),
      user(result('a', text('one')), result('b', text('two'))),
    ];
    const { body, losses } = write({ turns });
    const [, message] = body['messages'] as JsonObject[];
    assert.deepEqual(message?.['tool_calls'], [wire('a', '{"input":"all of it"}'), wire('b', '{"input":"[1"}')]);
    assert.deepEqual(losses, ['approximated turns[1].content[1]: arguments that are not a JSON object']);
  });

  test('a failed result says so, an empty one is an object without members', () => {
    const turns = [
      ...plain.turns,
      assistant(call('a'), call('b')),
      user({ type: 'tool_result', id: 'a', content: [text('no such thing')], isError: true }, result('b')),
    ];
    const { body, losses } = write({ turns });
    assert.deepEqual((body['messages'] as unknown[]).slice(2), [
      { role: 'tool', tool_call_id: 'a', content: 'Error: no such thing' },
      { role: 'tool', tool_call_id: 'b', content: '{}' },
    ]);
    assert.deepEqual(losses, [
      'mapped turns[2].content[0]: that a tool failed is told in its text',
      'mapped turns[2].content[1]: a result without content is told as an empty object',
    ]);
  });

  test('images in results follow in a message of the user; what is citable stays, as a document', () => {
    const hit: Block = {
      type: 'search_result',
      source: 'https://a.example',
      title: 'A',
      content: [text('found')],
      citations: true,
    };
    const turns = [
      ...plain.turns,
      assistant(call('a'), call('b')),
      user(result('a', text('sky'), png), result('b', hit)),
    ];
    const { body, losses } = write({ turns });
    assert.deepEqual((body['messages'] as unknown[]).slice(2), [
      { role: 'tool', tool_call_id: 'a', content: 'sky\n[The image follows.]' },
      {
        role: 'tool',
        tool_call_id: 'b',
        content: [{ type: 'document', document: { data: { title: 'A', url: 'https://a.example', text: 'found' } } }],
      },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'From the result of tool call a:' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=', detail: 'low' } },
        ],
      },
    ]);
    assert.deepEqual(body['citation_options'], { mode: 'ENABLED' });
    assert.deepEqual(losses, ['moved turns[2].content[0]: images in tool results follow in a user message']);
  });
});

describe('documents', () => {
  test('that are to be cited stand beside the conversation', () => {
    const { body, losses } = write({ turns: [user({ ...facts, citations: true }, text('Colours?'))] });
    assert.deepEqual(body['documents'], [{ data: { title: 'Facts', context: 'By hand.', text: 'Grass is green.' } }]);
    assert.deepEqual(body['citation_options'], { mode: 'ENABLED' });
    assert.deepEqual(body['messages'], [
      {
        role: 'user',
        content: [
          { type: 'text', text: '[See the document: Facts]' },
          { type: 'text', text: 'Colours?' },
        ],
      },
    ]);
    assert.deepEqual(losses, ['moved turns[0].content[0]: what is to be cited stands beside the conversation']);
  });

  test('of text that nobody cites are text, and those of bytes are left out with a word', () => {
    const pdf: Block = {
      type: 'document',
      source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' },
      title: 'r.pdf',
      citations: true,
    };
    const csv: Block = { type: 'document', source: { type: 'base64', mediaType: 'text/csv', data: 'YSxi' } };
    const { body, losses } = write({ turns: [user(facts, pdf, csv)] });
    assert.deepEqual(body['messages'], [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Document: Facts\nBy hand.\n\nGrass is green.' },
          { type: 'text', text: '[document r.pdf omitted: the model takes no files]' },
          { type: 'text', text: 'a,b' },
        ],
      },
    ]);
    assert.equal(body['documents'], undefined);
    assert.deepEqual(losses, [
      'mapped turns[0].content[0]: text documents are told as text',
      'dropped turns[0].content[1]: only what is nothing but text can be cited',
      'dropped turns[0].content[1]: the model takes no files',
    ]);
  });
});

test('a document of the model’s own is text, whoever wants it cited', () => {
  const { body } = write({ turns: [...plain.turns, assistant({ ...facts, citations: true })] });
  assert.equal(body['citation_options'], undefined);
  assert.deepEqual((body['messages'] as unknown[])[1], {
    role: 'assistant',
    content: 'Document: Facts\nBy hand.\n\nGrass is green.',
  });
});

describe('tools', () => {
  const shut: FunctionTool = { ...look, name: 'shut' };
  const offered = (body: JsonObject): unknown[] =>
    ((body['tools'] ?? []) as { function: { name: string } }[]).map((tool) => tool.function.name);

  test('are functions, and strict together or not at all', () => {
    const all = write({ tools: [{ ...look, strict: true }] });
    assert.deepEqual(all.body['tools'], [
      { type: 'function', function: { name: 'look', description: 'Looks.', parameters: look.schema } },
    ]);
    assert.equal(all.body['strict_tools'], true);
    const some = write({ tools: [look, { ...shut, strict: true }] });
    assert.equal(some.body['strict_tools'], undefined);
    assert.deepEqual(some.losses, ['dropped tools[1]: tools are strict together or not at all']);
  });

  test('the choice among them is all, none, or those that are left', () => {
    const choose = (toolChoice: ChatRequest['toolChoice']): unknown[] => {
      const { body } = write({ tools: [look, shut], ...(toolChoice !== undefined && { toolChoice }) });
      return [...offered(body), body['tool_choice']];
    };
    assert.deepEqual(choose(undefined), ['look', 'shut', undefined]);
    assert.deepEqual(choose({ type: 'auto' }), ['look', 'shut', undefined]);
    assert.deepEqual(choose({ type: 'none' }), ['look', 'shut', 'NONE']);
    assert.deepEqual(choose({ type: 'required' }), ['look', 'shut', 'REQUIRED']);
    assert.deepEqual(choose({ type: 'required', allowed: ['shut'] }), ['shut', 'REQUIRED']);
    assert.deepEqual(choose({ type: 'tool', name: 'look' }), ['look', 'REQUIRED']);
    assert.deepEqual(write({ tools: [look, shut], toolChoice: { type: 'tool', name: 'look' } }).losses, [
      'approximated tool_choice: only the tools that may be called are offered',
      'approximated tools[1]: hidden: another one has to be called',
    ]);
  });

  test('without any, nothing is said of them', () => {
    const { body, losses } = write({ toolChoice: { type: 'required' }, parallelTools: false });
    assert.deepEqual(Object.keys(body), ['model', 'stream', 'messages']);
    assert.deepEqual(losses, ['dropped tool_choice: there is no tool', 'dropped parallel_tools: there is no tool']);
  });

  test('one call at a time cannot be had; several is what the service does anyway', () => {
    assert.deepEqual(write({ tools: [look], parallelTools: true }).losses, []);
    assert.equal(write({ tools: [look], parallelTools: false }).losses.length, 1);
    assert.ok(!cohere.upstream.toolNames.test('mcp__files-read') && cohere.upstream.toolNames.test('mcp__files_read'));
  });
});

describe('the form of the answer', () => {
  const format = { type: 'json_schema', schema: { type: 'object' }, name: 'it' } as const;

  test('is a field, but beside tools and documents it is told in words', () => {
    assert.deepEqual(write({ format }).body['response_format'], {
      type: 'json_object',
      json_schema: { type: 'object' },
    });
    assert.deepEqual(write({ format: { type: 'json' } }).body['response_format'], { type: 'json_object' });
    for (const crowd of [
      { tools: [look] },
      { turns: [user({ ...facts, citations: true })] },
    ] satisfies Partial<ChatRequest>[]) {
      const { body, losses } = write({ format, ...crowd });
      assert.equal(body['response_format'], undefined);
      assert.match(JSON.stringify((body['messages'] as unknown[])[0]), /"system".*JSON Schema/s);
      assert.ok(losses.includes('approximated format: beside tools or documents it is told in the instructions'));
    }
  });

  test('is told in words and without the schema where the provider takes none', () => {
    const { body } = write({ format }, { json_schema: false });
    assert.deepEqual(body['response_format'], { type: 'json_object' });
    assert.match(JSON.stringify(body['messages']), /JSON Schema/);
  });
});

describe('parameters', () => {
  test('have their own names and ranges', () => {
    const { body, losses } = write({
      stream: true,
      maxTokens: 100,
      sampling: { temperature: 1.4, topP: 1, topK: 40, frequencyPenalty: -1, presencePenalty: 0.5, seed: 7 },
      stop: ['a', 'b', 'c', 'd', 'e', 'f'],
    });
    const { messages: _, model: __, ...rest } = body;
    assert.deepEqual(rest, {
      stream: true,
      max_tokens: 100,
      temperature: 1,
      p: 0.99,
      k: 40,
      frequency_penalty: 0,
      presence_penalty: 0.5,
      seed: 7,
      stop_sequences: ['a', 'b', 'c', 'd', 'e'],
    });
    assert.deepEqual(losses, [
      'approximated temperature: 1.4 is told as 1',
      'approximated top_p: 1 is told as 0.99',
      'approximated frequency_penalty: -1 is told as 0',
      'dropped stop: the provider takes 5 stop sequences',
    ]);
    assert.deepEqual(write({ sampling: { seed: -3 } }).losses, ['dropped seed: a seed cannot be negative here']);
  });

  test('thinking has a budget, no budget, or none of it', () => {
    const thinking = (reasoning: ChatRequest['reasoning']): unknown =>
      write(reasoning === undefined ? {} : { reasoning }).body['thinking'];
    assert.equal(thinking(undefined), undefined);
    assert.equal(thinking({ display: 'omitted' }), undefined);
    assert.deepEqual(thinking({ mode: 'off' }), { type: 'disabled' });
    assert.deepEqual(thinking({ effort: 'none' }), { type: 'disabled' });
    assert.deepEqual(thinking({ mode: 'budget', budget: 500 }), { type: 'enabled', token_budget: 500 });
    assert.deepEqual(thinking({ mode: 'adaptive' }), { type: 'enabled' });
    assert.deepEqual(thinking({ effort: 'low' }), { type: 'enabled', token_budget: 2048 });
    assert.deepEqual(thinking({ effort: 'high' }), { type: 'enabled', token_budget: 16384 });
    assert.deepEqual(thinking({ effort: 'max' }), { type: 'enabled' });
    const none = write({ reasoning: { effort: 'high' } }, { reasoning_request: 'none' });
    assert.equal(none.body['thinking'], undefined);
    assert.deepEqual(none.losses, ['dropped reasoning: the provider takes no wish about reasoning']);
  });

  test('are bent to what the provider is known to refuse or to want', () => {
    const { body, losses } = write(
      { maxTokens: 9000, sampling: { seed: 7 } },
      { max_output_tokens: 4000, refuses: ['seed'], extra_body: { safety_mode: 'STRICT' } },
    );
    assert.equal(body['max_tokens'], 4000);
    assert.equal(body['seed'], undefined);
    assert.equal(body['safety_mode'], 'STRICT');
    assert.deepEqual(losses, [
      'approximated max_tokens: 9000 is told as 4000',
      'dropped seed: the provider refuses it',
    ]);
  });

  test('that nobody here knows are declared', () => {
    const request: ChatRequest = { ...plain, user: 'u', cacheKey: 'k', labels: { a: 'b' }, serviceTier: 'flex' };
    assert.deepEqual(
      lossesOf(request, 'cohere', cohere.upstream.cannotSay).map(({ path }) => path),
      ['user', 'service_tier', 'cache_key', 'labels'],
    );
  });
});

test('pictures go by address or as bytes, where the model takes any', () => {
  const far: Block = { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' }, detail: 'original' };
  const { body, losses } = write({ turns: [user(text('See'), far)] });
  assert.deepEqual(body['messages'], [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'See' },
        { type: 'image_url', image_url: { url: 'https://a.example/b.png' } },
      ],
    },
  ]);
  assert.deepEqual(losses, ['dropped turns[0].content[1].detail: there is no detail original here']);
  const blind = write({ turns: [user(png)] }, { images: false });
  assert.deepEqual(blind.body['messages'], [{ role: 'user', content: '[image omitted: the model takes no images]' }]);
});

// What a client says, in canon's words; what it must not say, in OpenAI's.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GatewayError } from '../../canon/error.ts';
import { type JsonObject, objectsIn } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { openaiResponses } from './index.ts';

const { client, upstream } = openaiResponses;
const read = (body: JsonObject, headers = {}): ChatRequest =>
  client.readRequest({ model: 'm', input: 'Hi', ...body }, headers);
const write = (request: ChatRequest): JsonObject =>
  upstream.writeRequest(request, { quirks: {}, lose: () => undefined });

/** A request as an agent of OpenAI's sends it. */
const codex: JsonObject = {
  model: 'gpt-6-sol',
  stream: true,
  store: false,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: 'thread-1',
  reasoning: { effort: 'medium', summary: 'auto' },
  text: { verbosity: 'low' },
  tool_choice: 'auto',
  parallel_tool_calls: true,
  client_metadata: { originator: 'codex_exec' },
  input: [
    { type: 'message', id: 'msg_1', role: 'developer', content: [{ type: 'input_text', text: 'You are an agent.' }] },
    { type: 'message', id: 'msg_2', role: 'user', content: [{ type: 'input_text', text: 'Fix it.' }] },
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: 'gAAA' },
    { type: 'custom_tool_call', id: 'ctc_1', call_id: 'call_1', name: 'apply_patch', input: '*** Begin Patch' },
    { type: 'custom_tool_call_output', id: 'ctco_1', call_id: 'call_1', output: 'Done!' },
    { type: 'function_call', id: 'fc_1', call_id: 'call_2', name: 'exec_command', arguments: '{"cmd":"ls"}' },
    { type: 'function_call_output', id: 'fco_1', call_id: 'call_2', output: 'a.ts' },
  ],
  tools: [
    { type: 'function', name: 'exec_command', strict: false, parameters: { type: 'object', properties: {} } },
    { type: 'custom', name: 'apply_patch', format: { type: 'grammar', syntax: 'lark', definition: 'start: x' } },
    { type: 'tool_search', execution: 'client', description: 'Finds tools.', parameters: { type: 'object' } },
    { type: 'web_search', external_web_access: false },
    { type: 'namespace', name: 'mcp__wiki', description: 'Wiki.', tools: [{ type: 'function', name: 'read' }] },
  ],
};

describe('a request of an agent', () => {
  const request = read(codex);

  test('messages of the developer are instructions, each item is a block in its turn', () => {
    assert.deepEqual(
      request.system.map(({ text }) => text),
      ['You are an agent.'],
    );
    assert.deepEqual(
      request.turns.map(({ role, content }) => [role, ...content.map(({ type }) => type)]),
      [
        ['user', 'text'],
        ['assistant', 'thinking', 'tool_call'],
        ['user', 'tool_result'],
        ['assistant', 'tool_call'],
        ['user', 'tool_result'],
      ],
    );
    const [thought, patch] = request.turns[1]?.content ?? [];
    assert.deepEqual(thought, {
      type: 'thinking',
      text: 'Hm.',
      signature: 'gAAA',
      ext: { 'openai-responses': { id: 'rs_1' } },
    });
    assert.ok(patch?.type === 'tool_call' && patch.kind === 'custom');
    assert.equal(patch.json, '*** Begin Patch');
  });

  test('every tool can be offered to another provider', () => {
    assert.deepEqual(
      request.tools.map((tool) => [tool.type, tool.name]),
      [
        ['function', 'exec_command'],
        ['custom', 'apply_patch'],
        ['function', 'tool_search'],
        ['native', 'web_search'],
        ['function', 'mcp__wiki__read'],
      ],
    );
    assert.deepEqual(request.tools[3]?.type === 'native' && request.tools[3].means, { type: 'web_search' });
  });

  test('its parameters have their places', () => {
    assert.deepEqual(request.reasoning, { effort: 'medium', display: 'summarized' });
    assert.equal(request.verbosity, 'low');
    assert.equal(request.cacheKey, 'thread-1');
    assert.equal(request.parallelTools, true);
    assert.deepEqual(request.ext?.['openai-responses'], {
      store: false,
      include: ['reasoning.encrypted_content'],
      client_metadata: { originator: 'codex_exec' },
    });
  });

  test('written in its own language it says the same', () => {
    const written = write(request);
    assert.deepEqual(written.tools, [
      ...(codex.tools as JsonObject[]).slice(0, 4),
      {
        type: 'namespace',
        name: 'mcp__wiki',
        description: 'Wiki.',
        tools: [{ type: 'function', name: 'read', parameters: { type: 'object', properties: {} }, strict: null }],
      },
    ]);
    assert.deepEqual((written.input as JsonObject[]).slice(2), (codex.input as JsonObject[]).slice(2));
    assert.deepEqual(read(written), request);
  });
});

describe('functions', () => {
  const schema = { type: 'object', properties: {} };
  const strictOf = (strict: unknown): unknown => {
    const tool = { type: 'function', name: 'f', parameters: schema, ...(strict !== undefined && { strict }) };
    const request = read({ tools: [tool] });
    const [written] = write(request).tools as JsonObject[];
    return [request.tools[0]?.type === 'function' && request.tools[0].strict, written?.strict];
  };

  test('what is said of strictness is said again; what is not is left to the service', () => {
    assert.deepEqual(strictOf(true), [true, true]);
    assert.deepEqual(strictOf(false), [undefined, false]);
    assert.deepEqual(strictOf(undefined), [undefined, null]);
  });

  test('hidden ones are hidden where somebody can bring them to light, else shown', () => {
    const hidden = { type: 'function', name: 'f', parameters: schema, strict: false, defer_loading: true };
    const [alone] = read({ tools: [hidden] }).tools;
    assert.ok(alone?.type === 'function' && alone.deferred === undefined);
    const [, searched] = read({ tools: [{ type: 'tool_search', execution: 'client' }, hidden] }).tools;
    assert.ok(searched?.type === 'function' && searched.deferred === true);
    const [, served] = read({ tools: [{ type: 'tool_search' }, hidden] }).tools;
    assert.ok(served?.type === 'function' && served.deferred === undefined);
    assert.equal((write(read({ tools: [hidden] })).tools as JsonObject[])[0]?.defer_loading, true);
  });
});

describe('namespaces', () => {
  test('long names stay within what every language takes, and differ', () => {
    const tools = ['a', 'b'].map((end) => ({
      type: 'function',
      name: `${'very_'.repeat(11)}${end}`,
      parameters: { type: 'object' },
    }));
    const request = read({ tools: [{ type: 'namespace', name: 'a_long_namespace', tools }] });
    const names = request.tools.map(({ name }) => name);
    assert.equal(new Set(names).size, 2);
    for (const name of names) assert.ok(name.length <= 64);
    const [space] = write(request).tools as JsonObject[];
    assert.deepEqual(
      objectsIn(space?.tools).map(({ name }) => name),
      tools.map(({ name }) => name),
    );
  });

  test('a name that is taken makes room', () => {
    const plain = { type: 'function', name: 'crm__find', parameters: { type: 'object' }, strict: false };
    const inner = { type: 'function', name: 'find', parameters: { type: 'object' }, strict: false };
    const body = {
      tools: [plain, { type: 'namespace', name: 'crm', description: 'C.', tools: [inner] }],
      input: [{ type: 'function_call', call_id: 'c', name: 'find', namespace: 'crm', arguments: '{}' }],
    };
    const request = read(body);
    const [first, second] = request.tools;
    assert.equal(first?.name, 'crm__find');
    assert.notEqual(second?.name, 'crm__find');
    const [call] = request.turns[0]?.content ?? [];
    assert.ok(call?.type === 'tool_call' && call.name === second?.name);
    const written = write(request);
    assert.deepEqual(written.tools, body.tools);
    assert.deepEqual(written.input, body.input);
  });

  test('a deferred function is called with its own name as the namespace', () => {
    const item = { type: 'function_call', call_id: 'c', name: 'find', namespace: 'find', arguments: '{}' };
    const request = read({ input: [item] });
    const [call] = request.turns[0]?.content ?? [];
    assert.ok(call?.type === 'tool_call' && call.name === 'find');
    assert.deepEqual(write(request).input, [item]);
  });
});

describe('what runs at the provider', () => {
  test('a shell in a container is no function', () => {
    const shell = { type: 'shell', environment: { type: 'container_auto' } };
    const call = {
      type: 'shell_call',
      id: 'sh_1',
      call_id: 'c',
      action: { commands: ['ls'] },
      environment: { type: 'container_reference', container_id: 'x' },
    };
    const output = { type: 'shell_call_output', id: 'sho_1', call_id: 'c', output: [] };
    const request = read({ tools: [shell], input: [call, output] });
    assert.equal(request.tools[0]?.type, 'native');
    assert.deepEqual(
      request.turns.map(({ role, content }) => [role, ...content.map(({ type }) => type)]),
      [['assistant', 'native', 'native']],
    );
  });

  test("a server's own searches are no calls of the client's", () => {
    const item = { type: 'custom_tool_call', id: 'ctc_1', call_id: 'xs_call_1', name: 'x_keyword_search', input: '{}' };
    const request = read({ input: [item] });
    assert.equal(request.turns[0]?.content[0]?.type, 'native');
  });

  test('a name of a built-in that the client has taken itself makes room', () => {
    const own = { type: 'function', name: 'shell', strict: false, parameters: { type: 'object' } };
    const request = read({ tools: [own, { type: 'shell' }] });
    assert.deepEqual(
      request.tools.map(({ name }) => name),
      ['shell', 'shell_builtin'],
    );
    assert.deepEqual(write(request).tools, [own, { type: 'shell' }]);
  });
});

describe('choices of tools', () => {
  const tools = [
    { type: 'function', name: 'f', strict: false, parameters: { type: 'object' } },
    {
      type: 'namespace',
      name: 'crm',
      description: '',
      tools: [{ type: 'function', name: 'find', strict: false, parameters: { type: 'object' } }],
    },
    { type: 'shell' },
    { type: 'local_shell' },
    { type: 'file_search', vector_store_ids: ['vs'] },
    { type: 'web_search' },
  ];
  const choose = (choice: unknown): [unknown, unknown] => {
    const request = read({ tools, tool_choice: choice });
    return [request.toolChoice, write(request).tool_choice];
  };

  test('each form comes back as it was', () => {
    assert.deepEqual(choose('required'), [{ type: 'required' }, 'required']);
    const named = { type: 'function', name: 'f' };
    assert.deepEqual(choose(named), [{ type: 'tool', name: 'f' }, named]);
    const member = { type: 'function', name: 'find', namespace: 'crm' };
    assert.deepEqual(choose(member), [{ type: 'tool', name: 'crm__find' }, member]);
    assert.deepEqual(choose({ type: 'shell' }), [{ type: 'tool', name: 'shell' }, { type: 'shell' }]);
    assert.deepEqual(choose({ type: 'file_search' }), [{ type: 'tool', name: 'file_search' }, { type: 'file_search' }]);
    const allowed = { type: 'allowed_tools', mode: 'required', tools: [named, { type: 'web_search' }] };
    assert.deepEqual(choose(allowed), [{ type: 'required', allowed: ['f', 'web_search'] }, allowed]);
  });

  test('what other languages have nothing like rides along', () => {
    const allowed = { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] };
    assert.deepEqual(choose(allowed), [undefined, allowed]);
    const mcp = { type: 'mcp', server_label: 'wiki', name: 'read' };
    assert.deepEqual(choose(mcp), [undefined, mcp]);
  });
});

test('parts of a message, and what is said of them', () => {
  const parts = [
    { type: 'input_image', image_url: 'https://x/y.png', detail: 'auto' },
    { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'high' },
    { type: 'input_file', filename: 'a.txt', file_data: 'SGk=' },
    { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
    { type: 'input_hologram', depth: 3 },
  ];
  const [turn] = read({ input: [{ role: 'user', content: parts }] }).turns;
  assert.deepEqual(turn?.content, [
    { type: 'image', source: { type: 'url', url: 'https://x/y.png' } },
    { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' }, detail: 'high' },
    { type: 'document', source: { type: 'base64', mediaType: 'text/plain', data: 'SGk=' }, title: 'a.txt' },
    { type: 'audio', source: { type: 'base64', mediaType: 'audio/mpeg', data: 'AAAA' } },
    { type: 'native', dialect: 'openai-responses', value: { type: 'content_part', part: parts[4] } },
  ]);
  const [message] = objectsIn(write(read({ input: [{ role: 'user', content: parts }] })).input);
  assert.deepEqual(objectsIn(message?.content).at(-1), parts[4]);
});

describe('refusals', () => {
  const refused = (body: JsonObject): { message: string; param: string | undefined } => {
    try {
      client.readRequest({ model: 'm', input: 'Hi', ...body }, {});
    } catch (error) {
      assert.ok(error instanceof GatewayError);
      assert.equal(error.kind, 'invalid_request');
      return { message: error.message, param: error.details.param };
    }
    assert.fail('it was taken');
  };

  for (const [param, body] of Object.entries<JsonObject>({
    model: { model: '' },
    input: { input: undefined },
    'input[0]': { input: ['Hi'] },
    'input[0].role': { input: [{ role: 'critic', content: 'x' }] },
    'input[0].content': { input: [{ role: 'user' }] },
    'input[0].content[0].text': { input: [{ role: 'user', content: [{ type: 'input_text' }] }] },
    'input[0].content[0].image_url': { input: [{ role: 'user', content: [{ type: 'input_image' }] }] },
    'input[0].call_id': { input: [{ type: 'function_call', name: 'f', arguments: '{}' }] },
    'input[0].output': { input: [{ type: 'function_call_output', call_id: 'c' }] },
    'tools[0].name': { tools: [{ type: 'function', function: { name: 'f' } }] },
    tool_choice: { tool_choice: 'always' },
    max_output_tokens: { max_output_tokens: 0 },
    temperature: { temperature: '1' },
    'text.format.schema': { text: { format: { type: 'json_schema', name: 'x' } } },
    background: { background: true },
    prompt: { prompt: { id: 'pmpt_1' } },
  })) {
    test(`${param} is named`, () => assert.equal(refused(body).param, param));
  }

  test('they are worded as the service words them', () => {
    assert.equal(refused({ input: null }).message, "Missing required parameter: 'input'.");
    assert.match(
      refused({ stream: 'yes' }).message,
      /^Invalid type for 'stream': expected a boolean, but got a string/,
    );
  });

  test('an answer to go on from stands for an input', () => {
    assert.deepEqual(client.readRequest({ model: 'm', previous_response_id: 'resp_1' }, {}).turns, []);
  });
});

test('headers of the language are kept, others are not', () => {
  const headers = { 'session-id': 's', 'x-codex-window-id': 'w', authorization: 'Bearer x', cookie: 'c' };
  assert.deepEqual(read({}, headers).headers, { 'session-id': 's', 'x-codex-window-id': 'w' });
});

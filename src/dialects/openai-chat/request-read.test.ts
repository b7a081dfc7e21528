import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GatewayError } from '../../canon/error.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { readRequest } from './request-read.ts';

const hello = { role: 'user', content: 'Hello' };
const read = (more: JsonObject): ChatRequest => readRequest({ model: 'm', messages: [hello], ...more }, {});
const turnsOf = (...messages: JsonObject[]): ChatRequest['turns'] => read({ messages }).turns;

/** The field and the words of what is wrong with a request. */
function faultOf(body: JsonObject): { param: string | undefined; code: string | undefined; message: string } {
  try {
    readRequest(body, {});
  } catch (error) {
    assert.ok(error instanceof GatewayError);
    assert.equal(error.kind, 'invalid_request');
    return { param: error.details.param, code: error.details.code, message: error.message };
  }
  throw new Error('nothing is wrong');
}

describe("contradictions are the client's error, in OpenAI's words", () => {
  const m = (message: JsonObject): JsonObject => ({ model: 'm', messages: [message] });
  const p = (more: JsonObject): JsonObject => ({ model: 'm', messages: [hello], ...more });
  const faults: readonly (readonly [JsonObject, string, string])[] = [
    [{ messages: [hello] }, 'model', "Missing required parameter: 'model'."],
    [
      { model: 7, messages: [hello] },
      'model',
      "Invalid type for 'model': expected a string, but got an integer instead.",
    ],
    [{ model: 'm' }, 'messages', "Missing required parameter: 'messages'."],
    [
      { model: 'm', messages: 'hi' },
      'messages',
      "Invalid type for 'messages': expected an array of objects, but got a string instead.",
    ],
    [
      { model: 'm', messages: [] },
      'messages',
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    ],
    [
      { model: 'm', messages: ['hi'] },
      'messages[0]',
      "Invalid type for 'messages[0]': expected an object, but got a string instead.",
    ],
    [m({ content: 'x' }), 'messages[0].role', "Missing required parameter: 'messages[0].role'."],
    [
      m({ role: 'robot', content: 'x' }),
      'messages[0].role',
      "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
    ],
    [m({ role: 'user' }), 'messages[0].content', "Missing required parameter: 'messages[0].content'."],
    [
      m({ role: 'user', content: 5 }),
      'messages[0].content',
      "Invalid type for 'messages[0].content': expected one of a string or array of objects, but got an integer instead.",
    ],
    [
      m({ role: 'user', content: [{ type: 'text' }] }),
      'messages[0].content[0].text',
      "Missing required parameter: 'messages[0].content[0].text'.",
    ],
    [
      m({ role: 'user', content: [{}] }),
      'messages[0].content[0].type',
      "Missing required parameter: 'messages[0].content[0].type'.",
    ],
    [
      m({ role: 'user', content: [{ type: 'image_url', image_url: {} }] }),
      'messages[0].content[0].image_url.url',
      "Missing required parameter: 'messages[0].content[0].image_url.url'.",
    ],
    [
      m({ role: 'assistant' }),
      'messages[0].content',
      "Invalid value for 'messages[0].content': expected a string, got nothing.",
    ],
    [
      m({ role: 'assistant', content: null, tool_calls: [{ type: 'function', function: { name: 'f' } }] }),
      'messages[0].tool_calls[0].id',
      "Missing required parameter: 'messages[0].tool_calls[0].id'.",
    ],
    [
      m({ role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function' }] }),
      'messages[0].tool_calls[0].function',
      "Missing required parameter: 'messages[0].tool_calls[0].function'.",
    ],
    [
      m({ role: 'tool', content: 'x' }),
      'messages[0].tool_call_id',
      "Missing required parameter: 'messages[0].tool_call_id'.",
    ],
    [
      m({ role: 'tool', tool_call_id: 'a' }),
      'messages[0].content',
      "Missing required parameter: 'messages[0].content'.",
    ],
    [
      p({ temperature: 'hot' }),
      'temperature',
      "Invalid type for 'temperature': expected a decimal, but got a string instead.",
    ],
    [
      p({ max_tokens: 0 }),
      'max_tokens',
      "Invalid 'max_tokens': integer below minimum value. Expected a value >= 1, but got 0 instead.",
    ],
    [
      p({ max_tokens: 1.5 }),
      'max_tokens',
      "Invalid type for 'max_tokens': expected an integer, but got a decimal instead.",
    ],
    [
      p({ max_tokens: 1, max_completion_tokens: 2 }),
      'max_tokens',
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
    ],
    [
      p({ stream_options: { include_usage: true } }),
      'stream_options',
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    ],
    [
      p({ stop: 5 }),
      'stop',
      "Invalid type for 'stop': expected one of a string or array of strings, but got an integer instead.",
    ],
    [p({ stop: ['a', 5] }), 'stop[1]', "Invalid type for 'stop[1]': expected a string, but got an integer instead."],
    [p({ tools: [{ type: 'function' }] }), 'tools[0].function', "Missing required parameter: 'tools[0].function'."],
    [
      p({ tools: [{ type: 'function', function: {} }] }),
      'tools[0].function.name',
      "Missing required parameter: 'tools[0].function.name'.",
    ],
    [p({ tools: [{}] }), 'tools[0].type', "Missing required parameter: 'tools[0].type'."],
    [
      p({ tool_choice: 'sometimes' }),
      'tool_choice',
      "Invalid value: 'sometimes'. Supported values are: 'none', 'auto', and 'required'.",
    ],
    [
      p({ tool_choice: { type: 'function', function: {} } }),
      'tool_choice.function.name',
      "Missing required parameter: 'tool_choice.function.name'.",
    ],
    [
      p({ response_format: { type: 'json_schema' } }),
      'response_format.json_schema',
      "Missing required parameter: 'response_format.json_schema'.",
    ],
  ];
  for (const [body, param, message] of faults) {
    test(`${param}: ${message}`, () => {
      const fault = faultOf(body);
      assert.deepEqual({ param: fault.param, message: fault.message }, { param, message });
      assert.ok(fault.code);
    });
  }

  test('a data URL that is no base64', () => {
    const fault = faultOf(
      m({ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png,abc' } }] }),
    );
    assert.match(
      fault.message,
      /^Invalid 'messages\[0\]\.content\[0\]\.image_url\.url'\. Expected a base64-encoded data URL/,
    );
  });
});

describe('what is unknown is carried', () => {
  test('fields of the request, of messages, parts, calls and tools', () => {
    const request = read({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'x', odd: 1 },
            { type: 'video_url', video_url: { url: 'u' } },
          ],
          odd: 2,
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content: { google: {} } },
          ],
        },
      ],
      tools: [{ type: 'function', function: { name: 'f', odd: 3 }, odd: 4 }],
      odd: 5,
      nothing: null,
    });
    assert.deepEqual(request.ext, { 'openai-chat': { odd: 5 } });
    assert.deepEqual(request.turns[0], {
      role: 'user',
      content: [
        { type: 'text', text: 'x', ext: { 'openai-chat': { odd: 1 } } },
        { type: 'native', dialect: 'openai-chat', value: { type: 'video_url', video_url: { url: 'u' } } },
      ],
      ext: { 'openai-chat': { odd: 2 } },
    });
    assert.deepEqual(request.turns[1]?.content[0], {
      type: 'tool_call',
      id: 'a',
      name: 'f',
      json: '{}',
      ext: { 'openai-chat': { extra_content: { google: {} } } },
    });
    assert.deepEqual(request.tools, [
      {
        type: 'function',
        name: 'f',
        schema: { type: 'object', properties: {} },
        ext: { 'openai-chat': { odd: 4, body: { odd: 3 } } },
      },
    ]);
  });

  test('a search of the web is a tool, wherever it is asked for', () => {
    const search = (value: JsonObject, means: JsonObject = {}): JsonObject => ({
      type: 'native',
      dialect: 'openai-chat',
      name: 'web_search',
      value,
      means: { type: 'web_search', ...means },
    });
    const location = { type: 'approximate', approximate: { city: 'Oslo', region: null } };
    const plugins = [{ id: 'web', max_results: 3 }, { id: 'file-parser' }];
    const tool = { type: 'openrouter:web_search', parameters: { allowed_domains: ['a.example'] } };
    const { tools, ext } = readRequest(
      {
        model: 'm',
        messages: [hello],
        tools: [tool, { type: 'code_interpreter' }, { type: 'odd' }],
        web_search_options: { user_location: location },
        plugins,
      },
      {},
    );
    assert.deepEqual(tools, [
      { ...search(tool, { allowedDomains: ['a.example'] }), name: 'openrouter:web_search' },
      {
        type: 'native',
        dialect: 'openai-chat',
        name: 'code_interpreter',
        value: { type: 'code_interpreter' },
        means: { type: 'code_execution' },
      },
      { type: 'native', dialect: 'openai-chat', name: 'odd', value: { type: 'odd' } },
      search({ web_search_options: { user_location: location } }, { location: { city: 'Oslo' } }),
      search({ plugins: [plugins[0]] }),
    ]);
    assert.deepEqual(ext, { 'openai-chat': { plugins: [plugins[1]] } });
  });

  test("Mistral's parts: sound without a format, files by their id", () => {
    const sound = { type: 'input_audio', input_audio: 'AAAA' };
    const [turn] = turnsOf({ role: 'user', content: [sound, { type: 'file', file_id: 'f1' }] });
    assert.deepEqual(turn?.content, [
      { type: 'native', dialect: 'openai-chat', value: sound },
      { type: 'document', source: { type: 'file', id: 'f1', owner: 'openai-chat' } },
    ]);
  });

  test('what says the default is not carried', () => {
    assert.equal(
      read({ n: 1, logprobs: false, response_format: { type: 'text' }, stop: null, user: null }).ext,
      undefined,
    );
    assert.deepEqual(read({ n: 2, logprobs: true, top_logprobs: 3 }).ext, {
      'openai-chat': { n: 2, logprobs: true, top_logprobs: 3 },
    });
  });

  test('forms of choice and format that are not known stay as they are', () => {
    const tool_choice = { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } };
    const response_format = { type: 'grammar', grammar: 'root ::= "x"' };
    const request = read({ tool_choice, response_format });
    assert.deepEqual(request.ext, { 'openai-chat': { tool_choice, response_format } });
    assert.equal(request.toolChoice, undefined);
    assert.equal(request.format, undefined);
  });
});

describe('messages', () => {
  test('instructions before the conversation and inside it', () => {
    const request = read({
      messages: [
        { role: 'system', content: 'a' },
        { role: 'developer', content: [{ type: 'text', text: 'b' }] },
        hello,
        { role: 'developer', content: 'c' },
      ],
    });
    assert.deepEqual(
      request.system.map(({ text }) => text),
      ['a', 'b'],
    );
    assert.deepEqual(
      request.turns.map(({ role }) => role),
      ['user', 'system'],
    );
  });

  test('results in a row are one turn', () => {
    const result = (id: string, content: unknown): JsonObject => ({ role: 'tool', tool_call_id: id, content });
    const turns = turnsOf(
      hello,
      result('a', 'x'),
      result('b', ''),
      result('c', [{ type: 'text', text: 'y' }]),
      hello,
      result('d', 'z'),
    );
    assert.deepEqual(
      turns.map(({ content }) => content.map((block) => ('id' in block ? block.id : block.type))),
      [['text'], ['a', 'b', 'c'], ['text'], ['d']],
    );
    assert.deepEqual(turns[1]?.content[1], { type: 'tool_result', id: 'b', content: [] });
  });

  test('an assistant says thoughts, words, refusal, calls in this order', () => {
    const [, turn] = turnsOf(hello, {
      role: 'assistant',
      tool_calls: [{ id: 'a', function: { name: 'f', arguments: { x: 1 } } }],
      refusal: 'No.',
      content: 'Yes.',
      reasoning_content: 'Hmm.',
      reasoning_details: [{ type: 'reasoning.text', signature: 's' }],
    });
    assert.deepEqual(turn?.content, [
      { type: 'thinking', text: 'Hmm.', signature: 's' },
      { type: 'text', text: 'Yes.' },
      { type: 'refusal', text: 'No.' },
      { type: 'tool_call', id: 'a', name: 'f', json: '{"x":1}' },
    ]);
  });

  test('proofs find the call, or the words, that they belong to', () => {
    const call = (id: string, more: JsonObject = {}): JsonObject => ({
      id,
      type: 'function',
      function: { name: 'f', arguments: '{}' },
      ...more,
    });
    const google = (signature: string): JsonObject => ({ extra_content: { google: { thought_signature: signature } } });
    const read = (message: JsonObject): unknown =>
      turnsOf(hello, { role: 'assistant', ...message })[1]?.content.map((block) => {
        if (block.type === 'tool_call') return [block.id, block.ext];
        if (block.type !== 'thinking') return block.type;
        return [block.text, block.signature ?? block.redacted, block.ext?.['openai-chat']];
      });
    const details = [
      { type: 'reasoning.text', text: 'first', signature: 's0', index: 0 },
      { type: 'reasoning.text', text: 'se', index: 1 },
      { type: 'reasoning.text', text: 'cond', index: 1 },
      { type: 'reasoning.text', signature: 's1', index: 1, id: 'b' },
      { type: 'reasoning.encrypted', data: 'r', format: 'google-gemini-v1', id: 'b', index: 2 },
      { type: 'reasoning.text', signature: 's2', index: 3, id: 'a' },
    ];
    const placed = [
      ['first', 's0', undefined],
      'text',
      ['', 's2', undefined],
      ['a', undefined],
      ['second', 's1', undefined],
      ['', 'r', { format: 'google-gemini-v1' }],
      ['b', undefined],
    ];
    const images = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }];
    assert.deepEqual(read({ content: 'See:', images, ...google('s9') }), ['text', 'image', ['', 's9', undefined]]);
    const message = { content: 'Yes.', reasoning_details: details };
    assert.deepEqual(read({ ...message, tool_calls: [call('a'), call('b')] }), placed);
    // Some clients keep what a call says besides, some keep the list, some both.
    assert.deepEqual(read({ ...message, tool_calls: [call('a', google('s2')), call('b')] }), placed);
    assert.deepEqual(
      read({ ...message, reasoning_details: details.slice(0, 5), tool_calls: [call('a', google('s2')), call('b')] }),
      placed,
    );
    const said = [{ type: 'reasoning.text', signature: 's', index: 0 }];
    assert.deepEqual(read({ content: 'Yes.', ...google('s'), reasoning_details: said }), [
      'text',
      ['', 's', undefined],
    ]);
  });

  test('thinking parts of Mistral, thinking blocks of LiteLLM', () => {
    const [turn] = turnsOf({
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: [{ type: 'text', text: 'a' }] },
        { type: 'text', text: 'b' },
      ],
    });
    assert.deepEqual(turn?.content, [
      { type: 'thinking', text: 'a' },
      { type: 'text', text: 'b' },
    ]);
    const blocks = [
      { type: 'thinking', thinking: 'a', signature: 's' },
      { type: 'redacted_thinking', data: 'd' },
    ];
    const [other] = turnsOf({ role: 'assistant', content: 'b', thinking_blocks: blocks, reasoning_content: 'a' });
    assert.deepEqual(other?.content.slice(0, 2), [
      { type: 'thinking', text: 'a', signature: 's' },
      { type: 'thinking', text: '', redacted: 'd' },
    ]);
  });

  test('the older function form pairs calls and results in their order', () => {
    const call = { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } };
    const turns = turnsOf(call, { role: 'function', name: 'f', content: 'one' }, call, {
      role: 'function',
      name: 'f',
      content: 'two',
    });
    const ids = turns.map(({ content }) => (content[0] as { id: string }).id);
    assert.equal(ids[0], ids[1]);
    assert.equal(ids[2], ids[3]);
    assert.notEqual(ids[0], ids[2]);
  });

  test('parts: files in all forms, sound, pictures as bare strings', () => {
    const [turn] = turnsOf({
      role: 'user',
      content: [
        { type: 'file', file: { filename: 'a.pdf', file_data: 'JVBERi0=' } },
        { type: 'file', file: { file_data: 'https://a.example/b.pdf' } },
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
        { type: 'image_url', image_url: 'https://a.example/p.png' },
        { type: 'document_url', document_url: 'https://a.example/d.pdf', document_name: 'd' },
        { text: 'no type' },
      ],
    });
    assert.deepEqual(turn?.content, [
      { type: 'document', source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' }, title: 'a.pdf' },
      { type: 'document', source: { type: 'url', url: 'https://a.example/b.pdf' } },
      { type: 'audio', source: { type: 'base64', mediaType: 'audio/mpeg', data: 'AAAA' } },
      { type: 'image', source: { type: 'url', url: 'https://a.example/p.png' } },
      { type: 'document', source: { type: 'url', url: 'https://a.example/d.pdf' }, title: 'd' },
      { type: 'text', text: 'no type' },
    ]);
  });
});

test('parameters', () => {
  assert.deepEqual(read({ reasoning_effort: 'xhigh' }).reasoning, { effort: 'xhigh' });
  assert.deepEqual(read({ reasoning_effort: 'none' }).reasoning, { mode: 'off' });
  assert.deepEqual(read({ reasoning: { max_tokens: 2000, exclude: true } }).reasoning, {
    mode: 'budget',
    budget: 2000,
    display: 'omitted',
  });
  assert.deepEqual(read({ reasoning: { enabled: true } }).reasoning, { mode: 'adaptive' });
  assert.deepEqual(read({ thinking: { type: 'enabled', budget_tokens: 1024 } }).reasoning, {
    mode: 'budget',
    budget: 1024,
  });
  assert.deepEqual(read({ thinking: { type: 'disabled' } }).reasoning, { mode: 'off' });
  assert.equal(read({ max_completion_tokens: 7 }).maxTokens, 7);
  assert.equal(read({ max_completion_tokens: 7, max_tokens: 7 }).maxTokens, 7);
  assert.deepEqual(read({ stop: 'x' }).stop, ['x']);
  assert.equal(read({ safety_identifier: 'u' }).user, 'u');
  assert.deepEqual(read({ tool_choice: 'any' }).toolChoice, { type: 'required' });
  assert.deepEqual(read({ function_call: { name: 'f' } }).toolChoice, { type: 'tool', name: 'f' });
  assert.deepEqual(readRequest({ model: 'm', messages: [hello] }, { 'x-title': 'T', cookie: 'c' }).headers, {
    'x-title': 'T',
  });
});

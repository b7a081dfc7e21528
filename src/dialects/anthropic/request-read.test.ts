import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GatewayError } from '../../canon/error.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { readRequest } from './request-read.ts';

const least: JsonObject = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] };

function read(fields: JsonObject, headers: { [name: string]: string } = {}): ChatRequest {
  return readRequest({ ...least, ...fields }, headers);
}

function readContent(...content: unknown[]): unknown {
  return read({ messages: [{ role: 'user', content }] }).turns[0]?.content;
}

describe('what contradicts the language is refused, and the field is named', () => {
  const user = (content: unknown): JsonObject => ({ messages: [{ role: 'user', content }] });
  const cases: readonly [fields: JsonObject, message: string, param: string][] = [
    [{ model: undefined }, 'model: Field required', 'model'],
    [{ model: 5 }, 'model: Input should be a valid string', 'model'],
    [{ max_tokens: undefined }, 'max_tokens: Field required', 'max_tokens'],
    [{ max_tokens: null }, 'max_tokens: Field required', 'max_tokens'],
    [{ max_tokens: '10' }, 'max_tokens: Input should be a valid integer', 'max_tokens'],
    [{ max_tokens: 1.5 }, 'max_tokens: Input should be a valid integer', 'max_tokens'],
    [{ max_tokens: -1 }, 'max_tokens: Input should be greater than or equal to 0', 'max_tokens'],
    [{ messages: undefined }, 'messages: Field required', 'messages'],
    [{ messages: 'hi' }, 'messages: Input should be a valid list', 'messages'],
    [{ messages: [] }, 'messages: at least one message is required', 'messages'],
    [{ messages: ['hi'] }, 'messages.0: Input should be a valid dictionary', 'messages[0]'],
    [{ messages: [{ content: 'hi' }] }, 'messages.0.role: Field required', 'messages[0].role'],
    [
      { messages: [{ role: 'tool', content: 'hi' }] },
      "messages.0.role: Input should be 'user', 'assistant' or 'system'",
      'messages[0].role',
    ],
    [{ messages: [{ role: 'user' }] }, 'messages.0.content: Field required', 'messages[0].content'],
    [user(5), 'messages.0.content: Input should be a valid string or list', 'messages[0].content'],
    [user([{ text: 'x' }]), 'messages.0.content.0.type: Field required', 'messages[0].content[0].type'],
    [user([{ type: 'text' }]), 'messages.0.content.0.text: Field required', 'messages[0].content[0].text'],
    [
      user([{ type: 'image', source: { type: 'base64', data: 'x' } }]),
      'messages.0.content.0.source.media_type: Field required',
      'messages[0].content[0].source.media_type',
    ],
    [
      user([{ type: 'tool_use', name: 'f', input: {} }]),
      'messages.0.content.0.id: Field required',
      'messages[0].content[0].id',
    ],
    [
      user([{ type: 'tool_use', id: 'a', name: 'f', input: '{}' }]),
      'messages.0.content.0.input: Input should be a valid dictionary',
      'messages[0].content[0].input',
    ],
    [
      user([{ type: 'tool_result', content: 'x' }]),
      'messages.0.content.0.tool_use_id: Field required',
      'messages[0].content[0].tool_use_id',
    ],
    [
      user([{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text' }] }]),
      'messages.0.content.0.content.0.text: Field required',
      'messages[0].content[0].content[0].text',
    ],
    [{ system: 5 }, 'system: Input should be a valid string or list', 'system'],
    [{ system: [{ type: 'image' }] }, "system.0.type: Input should be 'text'", 'system[0].type'],
    [{ stream: 'yes' }, 'stream: Input should be a valid boolean', 'stream'],
    [{ temperature: 'hot' }, 'temperature: Input should be a valid number', 'temperature'],
    [{ stop_sequences: [1] }, 'stop_sequences.0: Input should be a valid string', 'stop_sequences[0]'],
    [{ tools: {} }, 'tools: Input should be a valid list', 'tools'],
    [{ tools: [{ name: 'f' }] }, 'tools.0.input_schema: Field required', 'tools[0].input_schema'],
    [{ tools: [{ input_schema: {} }] }, 'tools.0.name: Field required', 'tools[0].name'],
    [{ tool_choice: 'auto' }, 'tool_choice: Input should be a valid dictionary', 'tool_choice'],
    [{ tool_choice: { type: 'tool' } }, 'tool_choice.name: Field required', 'tool_choice.name'],
    [{ thinking: { type: 'enabled' } }, 'thinking.budget_tokens: Field required', 'thinking.budget_tokens'],
    [{ metadata: { user_id: 5 } }, 'metadata.user_id: Input should be a valid string', 'metadata.user_id'],
    [{ cache_control: 'ephemeral' }, 'cache_control: Input should be a valid dictionary', 'cache_control'],
    [
      {
        output_config: { format: { type: 'json_schema', schema: {} } },
        output_format: { type: 'json_schema', schema: {} },
      },
      'output_format: Cannot be given together with output_config.format',
      'output_format',
    ],
  ];
  for (const [fields, message, param] of cases) {
    test(message, () => {
      assert.throws(
        () => read(fields),
        (error: unknown) =>
          error instanceof GatewayError &&
          error.kind === 'invalid_request' &&
          error.message === message &&
          error.details.param === param,
      );
    });
  }
});

test('no wording makes a client stop sending system messages', () => {
  assert.throws(
    () => read({ messages: [{ role: 'other', content: '' }] }),
    (error: unknown) => error instanceof Error && !error.message.includes("'user' or 'assistant'"),
  );
});

describe('what nobody else has is kept under its name', () => {
  test('top-level fields and the unknown members of known ones', () => {
    const { ext } = read({
      context_management: { edits: [] },
      safeguards: { a: 1 },
      speed: null,
      metadata: { user_id: 'u', team: 't' },
      thinking: { type: 'adaptive', block_binding: { prefix_mismatch_behavior: 'drop_block' } },
      output_config: { effort: 'high', task_budget: { type: 'tokens', total: 5 } },
      tool_choice: { type: 'auto', mood: 'good' },
    });
    assert.deepEqual(ext, {
      anthropic: {
        context_management: { edits: [] },
        safeguards: { a: 1 },
        'metadata.team': 't',
        'thinking.block_binding': { prefix_mismatch_behavior: 'drop_block' },
        'output_config.task_budget': { type: 'tokens', total: 5 },
        'tool_choice.mood': 'good',
      },
    });
  });

  test('blocks and sources of unknown kinds stay whole', () => {
    const blocks = [
      { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } },
      { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
      { type: 'compaction', content: 'so far' },
      { type: 'image', source: { type: 'hologram', beam: 1 } },
      { type: 'container_upload', file_id: 'f', cache_control: { type: 'ephemeral' } },
    ];
    assert.deepEqual(
      readContent(...blocks),
      blocks.map((value) => ({
        type: 'native',
        dialect: 'anthropic',
        value,
        ...('cache_control' in value && { cache: {} }),
      })),
    );
  });

  test('unknown fields of known blocks, tools and messages', () => {
    assert.deepEqual(
      readContent({
        type: 'tool_use',
        id: 'a',
        name: 'f',
        input: { b: 1 },
        caller: { type: 'direct' },
        toolset_name: null,
      }),
      [{ type: 'tool_call', id: 'a', name: 'f', json: '{"b":1}', ext: { anthropic: { caller: { type: 'direct' } } } }],
    );
    const { tools, turns } = read({
      tools: [
        { name: 'f', input_schema: { type: 'object' }, input_examples: [{}], eager_input_streaming: true },
        {
          type: 'web_search_20250305',
          name: 'web_search',
          max_uses: 8,
          cache_control: { type: 'ephemeral', ttl: '1h' },
        },
        { type: 'mcp_toolset', mcp_server_name: 'files' },
      ],
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'system', output_config: { effort: 'low' }, clear_at: 'never' },
      ],
    });
    assert.deepEqual(tools, [
      {
        type: 'function',
        name: 'f',
        schema: { type: 'object' },
        ext: { anthropic: { input_examples: [{}], eager_input_streaming: true } },
      },
      {
        type: 'native',
        dialect: 'anthropic',
        name: 'web_search',
        value: {
          type: 'web_search_20250305',
          name: 'web_search',
          max_uses: 8,
          cache_control: { type: 'ephemeral', ttl: '1h' },
        },
        means: { type: 'web_search', maxUses: 8 },
        cache: { ttl: '1h' },
      },
      { type: 'native', dialect: 'anthropic', name: 'files', value: { type: 'mcp_toolset', mcp_server_name: 'files' } },
    ]);
    assert.deepEqual(turns[1], {
      role: 'system',
      content: [],
      ext: { anthropic: { output_config: { effort: 'low' }, clear_at: 'never' } },
    });
  });

  test('what the service runs itself is known by what it is for', () => {
    const location = { city: 'Oslo', country: 'NO', region: null };
    const { tools } = read({
      tools: [
        {
          type: 'web_search_20260318',
          name: 'web_search',
          allowed_domains: ['a.example'],
          blocked_domains: [],
          user_location: { type: 'approximate', ...location },
        },
        { type: 'web_fetch_20250910', name: 'web_fetch' },
        { type: 'code_execution_20260521', name: 'code_execution' },
        { type: 'memory_20250818', name: 'memory' },
      ],
      messages: [{ role: 'user', content: 'hi' }],
    });
    assert.deepEqual(
      tools.map((tool) => tool.type === 'native' && tool.means),
      [
        { type: 'web_search', allowedDomains: ['a.example'], location: { city: 'Oslo', country: 'NO' } },
        { type: 'web_fetch' },
        { type: 'code_execution' },
        undefined,
      ],
    );
  });

  test('a cache mark that says more than its time', () => {
    const control = { type: 'ephemeral', ttl: '1h', scope: 'global' };
    assert.deepEqual(readContent({ type: 'text', text: 'x', cache_control: control }), [
      { type: 'text', text: 'x', cache: { ttl: '1h' }, ext: { anthropic: { cache_control: control } } },
    ]);
  });

  test('choices and formats of unknown kinds', () => {
    assert.deepEqual(read({ tool_choice: { type: 'sometimes' } }).ext, {
      anthropic: { tool_choice: { type: 'sometimes' } },
    });
    assert.deepEqual(read({ output_config: { format: { type: 'xml' } } }).ext, {
      anthropic: { 'output_config.format': { type: 'xml' } },
    });
  });
});

test('the two names of the answer format are one', () => {
  const format = { type: 'json_schema', schema: { type: 'object' } };
  const expected = { type: 'json_schema', schema: { type: 'object' } };
  assert.deepEqual(read({ output_format: format }).format, expected);
  assert.deepEqual(read({ output_config: { format } }).format, expected);
});

test('every way to steer thinking', () => {
  const reasoning = (fields: JsonObject): unknown => read(fields).reasoning;
  assert.deepEqual(reasoning({ thinking: { type: 'enabled', budget_tokens: 2000 } }), { mode: 'budget', budget: 2000 });
  assert.deepEqual(reasoning({ thinking: { type: 'disabled' } }), { mode: 'off' });
  assert.deepEqual(reasoning({ thinking: { type: 'between_tools' } }), { mode: 'between_tools' });
  assert.deepEqual(
    reasoning({ thinking: { type: 'adaptive', display: 'updates' }, output_config: { effort: 'xhigh' } }),
    {
      mode: 'adaptive',
      display: 'updates',
      effort: 'xhigh',
    },
  );
  assert.deepEqual(reasoning({ output_config: { effort: 'low' } }), { effort: 'low' });
  assert.equal(reasoning({}), undefined);
});

test('tool results: text, blocks, nothing', () => {
  const result = (content: unknown): unknown => readContent({ type: 'tool_result', tool_use_id: 'a', content });
  assert.deepEqual(result('ok'), [{ type: 'tool_result', id: 'a', content: [{ type: 'text', text: 'ok' }] }]);
  assert.deepEqual(result(undefined), [{ type: 'tool_result', id: 'a', content: [] }]);
  assert.deepEqual(result([{ type: 'tool_reference', tool_name: 'WebFetch' }]), [
    { type: 'tool_result', id: 'a', content: [{ type: 'tool_reference', name: 'WebFetch' }] },
  ]);
});

test('a hidden tool may come without a schema', () => {
  assert.deepEqual(read({ tools: [{ name: 'Placeholder', defer_loading: true }] }).tools, [
    { type: 'function', name: 'Placeholder', schema: { type: 'object' }, deferred: true },
  ]);
});

test('the headers of the language are part of the request, and no others', () => {
  const headers = { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'a,b', 'x-api-key': 'secret' };
  assert.deepEqual(read({}, headers).headers, { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'a,b' });
  assert.equal(read({}, {}).headers, undefined);
});

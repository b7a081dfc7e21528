import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json, JsonObject } from '../json.ts';
import { refusalOf } from '../probe.ts';
import type { Rules } from '../scenario.ts';
import { signThinking } from '../signature.ts';

const USER = { role: 'user', content: 'hi' };
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const TOOL = { name: 'T', input_schema: { type: 'object' } };
const use = (id: string): JsonObject => ({ type: 'tool_use', id, name: 'T', input: {} });
const result = (id: string, content: Json = 'ok'): JsonObject => ({ type: 'tool_result', tool_use_id: id, content });
const text = (value: string): JsonObject => ({ type: 'text', text: value });
const says = (...content: JsonObject[]): JsonObject => ({ role: 'assistant', content });
const asks = (...content: JsonObject[]): JsonObject => ({ role: 'user', content });

function body(more: JsonObject = {}): JsonObject {
  return { model: 'claude-x', max_tokens: 2000, messages: [USER], ...more };
}

const talk = (...messages: JsonObject[]): JsonObject => body({ messages: [USER, ...messages], tools: [TOOL] });

interface Extra {
  readonly headers?: Record<string, string>;
  readonly rules?: Partial<Rules>;
  readonly path?: string;
}

const betas = (...names: string[]): Extra => ({ headers: { 'anthropic-beta': names.join(',') } });
const VERSION: Extra = { headers: { 'anthropic-version': '2026-10-21' } };
const marked = { cache_control: { type: 'ephemeral', ttl: '1h' } };

describe('Messages requests that are taken', () => {
  const cases: readonly (readonly [string, JsonObject, Extra?])[] = [
    ['the least', body()],
    ['nothing but warming the cache', body({ max_tokens: 0 })],
    ['sampling on the old version', body({ temperature: 0.5, top_k: 5 })],
    ['system blocks with marks', body({ system: [{ ...text('a'), ...marked }] })],
    ['a system message in the middle', talk({ role: 'system', content: 'be brief', output_config: { effort: 'low' } })],
    ['a system message that only sets the effort', talk({ role: 'system', output_config: { effort: 'low' } })],
    [
      'parallel calls, answered together',
      talk(says(use('a'), use('b')), asks(result('b'), result('a'), text('go on'))),
    ],
    ['results in two messages of the user', talk(says(use('a'), use('b')), asks(result('a')), asks(result('b')))],
    [
      'an image in a result',
      talk(
        says(use('a')),
        asks(result('a', [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }])),
      ),
    ],
    [
      'its own thinking',
      talk(says({ type: 'thinking', thinking: 'hm', signature: signThinking('hm') }, text('yes')), USER),
    ],
    [
      'a server tool and its result',
      talk(
        says(
          { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
          { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
          text('so'),
        ),
        USER,
      ),
    ],
    [
      'a server tool that still runs at the end',
      talk(says({ type: 'server_tool_use', id: 's', name: 'web_search', input: {} })),
    ],
    [
      'a tool found by search',
      body({
        messages: [USER, says(use('a')), asks(result('a', [{ type: 'tool_reference', tool_name: 'Deferred' }]))],
        tools: [TOOL, { ...TOOL, name: 'Deferred', defer_loading: true }],
      }),
    ],
    [
      'server tools and toolsets',
      body({
        tools: [
          { type: 'web_search_20260318', name: 'web_search', max_uses: 2 },
          { type: 'computer_toolset_20260801' },
        ],
      }),
    ],
    ['a field with its beta', body({ context_management: { edits: [] } }), betas('context-management-2025-06-27')],
    ['a field that the rules allow', body({ tags: {} }), { rules: { allow: ['tags'] } }],
    ['betas that nobody knows', body(), betas('never-heard-of-2030-01-01')],
    [
      'a forced tool',
      body({ tools: [TOOL], tool_choice: { type: 'tool', name: 'T', disable_parallel_tool_use: true } }),
    ],
    [
      'a schema for the answer',
      body({ output_config: { effort: 'max', format: { type: 'json_schema', schema: { type: 'object' } } } }),
    ],
    [
      'adaptive thinking',
      body({ thinking: { type: 'adaptive', display: 'updates' } }),
      betas('thinking-display-updates-2026-08-18'),
    ],
    ['a prefill', talk(says(text('The answer is')))],
    [
      'a PDF',
      body({
        messages: [
          asks({
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0x' },
            title: 'a',
          }),
        ],
      }),
    ],
    ['a count without max_tokens', { model: 'm', messages: [USER] }, { path: '/v1/messages/count_tokens' }],
    ['the newest version', body(), VERSION],
  ];
  for (const [name, given, extra] of cases)
    test(name, () => assert.equal(refusalOf('anthropic', given, extra)?.message, undefined));
});

describe('Messages requests that are refused, in the words of the service', () => {
  const cases: readonly (readonly [JsonObject, string | RegExp, Extra?])[] = [
    [{ messages: [USER], max_tokens: 1 }, 'model: Field required'],
    [{ model: 'm', max_tokens: 1 }, 'messages: Field required'],
    [{ model: 'm', messages: [USER] }, 'max_tokens: Field required'],
    [body({ max_tokens: 1.5 }), 'max_tokens: Input should be a valid integer'],
    [body({ messages: [] }), 'messages: at least one message is required'],
    [body({ messages: 'hi' }), 'messages: Input should be a valid list'],
    [body({ foo: 1 }), 'foo: Extra inputs are not permitted'],
    [body({ stream_options: {} }), 'stream_options: Extra inputs are not permitted'],
    [body({ context_management: {} }), 'context_management: Extra inputs are not permitted'],
    [body({ metadata: { user: 'x' } }), 'metadata.user: Extra inputs are not permitted'],
    [body({ temperature: 1 }), 'temperature: Extra inputs are not permitted', VERSION],
    [body({ temperature: 1.5 }), 'temperature: range: 0..1'],
    [body(), 'anthropic-version: header is required', { headers: { 'anthropic-version': '' } }],
    [
      body(),
      'anthropic-version: "2020-01-01" is not a valid version',
      { headers: { 'anthropic-version': '2020-01-01' } },
    ],
    [
      body(),
      /^Unexpected value\(s\) `b-1` for the `anthropic-beta` header/,
      { ...betas('a-1', 'b-1'), rules: { refuse: { betas: ['b-1'] } } },
    ],
    [body(), /^Unexpected value\(s\) `b-1`/, { ...betas('a-1', 'b-1'), rules: { refuse: { betasExcept: ['a-1'] } } }],
    [
      body({ messages: [{ role: 'robot', content: 'x' }] }),
      "messages.0.role: Input should be 'user', 'assistant' or 'system'",
    ],
    [body({ messages: [{ role: 'assistant', content: 'x' }] }), 'messages: first message must use the "user" role'],
    [body({ messages: [{ ...USER, name: 'x' }] }), 'messages.0.name: Extra inputs are not permitted'],
    [body({ messages: [{ role: 'user', content: '' }] }), /^messages\.0: all messages must have non-empty content/],
    [body({ messages: [asks(text(''))] }), 'messages: text content blocks must be non-empty'],
    [body({ messages: [asks(text(' \n'))] }), 'messages: text content blocks must contain non-whitespace text'],
    [
      body({ messages: [asks({ ...text(''), ...marked })] }),
      'messages.0.content.0.text: cache_control cannot be set for empty text blocks',
    ],
    [
      body({ messages: [asks({ type: 'image_url', url: '' })] }),
      /^messages\.0\.content\.0: Input tag 'image_url' found using 'type' does not match/,
    ],
    [
      body({ messages: [asks({ ...text('a'), index: 0 })] }),
      'messages.0.content.0.text.index: Extra inputs are not permitted',
    ],
    [body({ messages: [asks(use('a'))] }), /Block type `tool_use` is not allowed in user content/],
    [body({ system: [{ type: 'image' }] }), "system.0.type: Input should be 'text'"],
    [body({ system: [text('')] }), 'system: text content blocks must be non-empty'],
    [
      talk(says(use('a'))),
      /^messages\.1: `tool_use` ids were found without `tool_result` blocks immediately after: a\. Each/,
    ],
    [talk(says(use('a'), use('b')), asks(result('a'))), /immediately after: b\./],
    [talk(says(use('a')), asks(text('first'), result('a'))), /immediately after: a\./],
    [talk(says(use('a')), { role: 'system', content: 'x' }, asks(result('a'))), /immediately after: a\./],
    [talk(asks(result('a'))), /^messages\.1\.content\.0: unexpected `tool_use_id` found in `tool_result` blocks: a\./],
    [
      talk(says(use('a')), asks(result('a'), result('a'))),
      /each tool_use must have a single result\. Found multiple .* with id: a/,
    ],
    [talk(says(use('a'), use('a')), asks(result('a'))), 'messages.1.content.1: `tool_use` ids must be unique'],
    [
      talk(says(use('call:1|x')), asks(result('call:1|x'))),
      "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ],
    [
      talk(says({ ...use('a'), input: '{}' }), asks(result('a'))),
      'messages.1.content.0.tool_use.input: Input should be a valid dictionary',
    ],
    [
      talk(says({ type: 'web_search_tool_result', tool_use_id: 's', content: [] }), USER),
      /Each `web_search_tool_result` block must have a corresponding `server_tool_use` block before it/,
    ],
    [
      talk(says({ type: 'server_tool_use', id: 's', name: 'web_search', input: {} }), USER),
      /`web_search` tool use with id `s` was found without a corresponding `web_search_tool_result` block/,
    ],
    [talk(says(text('ends with space '))), 'messages: final assistant content cannot end with trailing whitespace'],
    [
      talk(says({ type: 'thinking', thinking: 'hm', signature: 'foreign' }), USER),
      'messages.1.content.0: Invalid `signature` in `thinking` block',
    ],
    [talk(says({ type: 'thinking', thinking: 'changed', signature: signThinking('hm') }), USER), /Invalid `signature`/],
    [talk(says({ type: 'thinking', thinking: 'hm' }), USER), 'messages.1.content.0.thinking.signature: Field required'],
    [
      body({ thinking: { type: 'enabled', budget_tokens: 100 } }),
      'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024',
    ],
    [
      body({ thinking: { type: 'enabled', budget_tokens: 2000 } }),
      /^`max_tokens` must be greater than `thinking\.budget_tokens`/,
    ],
    [
      body({ thinking: { type: 'adaptive', display: 'updates' } }),
      "thinking.adaptive.display: Input should be 'summarized' or 'omitted'",
    ],
    [body({ thinking: { type: 'on' } }), /^thinking: Input tag 'on' found using 'type'/],
    [
      { ...talk(says(use('a')), asks(result('a'))), thinking: { type: 'enabled', budget_tokens: 1024 } },
      /^messages\.1\.content\.0\.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`/,
    ],
    [
      body({ tools: [{ ...TOOL, name: 'a.b' }] }),
      "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
    ],
    [body({ tools: [{ name: 'T' }] }), 'tools.0.custom.input_schema: Field required'],
    [body({ tools: [{ name: 'T', input_schema: {} }] }), 'tools.0.custom.input_schema.type: Field required'],
    [
      body({ tools: [{ name: 'T', input_schema: { type: 'string' } }] }),
      "tools.0.custom.input_schema.type: Input should be 'object'",
    ],
    [
      body({ tools: [{ name: 'T', input_schema: { type: 'object', anyOf: [] } }] }),
      /does not support oneOf, allOf, or anyOf at the top level/,
    ],
    [body({ tools: [{ type: 'function', function: {} }] }), /^tools\.0: Input tag 'function' found using 'type'/],
    [body({ tools: [{ ...TOOL, parameters: {} }] }), 'tools.0.custom.parameters: Extra inputs are not permitted'],
    [body({ tools: [TOOL, TOOL] }), 'tools: Tool names must be unique.'],
    [
      body({ tools: [{ ...TOOL, defer_loading: true }] }),
      'All tools have defer_loading set. At least one tool must be non-deferred.',
    ],
    [body({ tool_choice: { type: 'auto' } }), 'tool_choice may only be specified while providing tools'],
    [body({ tools: [TOOL], tool_choice: { type: 'tool', name: 'X' } }), "Tool 'X' not found in provided tools"],
    [body({ tools: [TOOL], tool_choice: 'auto' }), 'tool_choice: Input should be a valid dictionary'],
    [
      body({ tools: [TOOL], tool_choice: { type: 'any' }, thinking: { type: 'enabled', budget_tokens: 1024 } }),
      'Thinking may not be enabled when tool_choice forces tool use.',
    ],
    [
      talk(says(use('a')), asks(result('a', [{ type: 'tool_reference', tool_name: 'X' }]))),
      "Tool reference 'X' not found in available tools",
    ],
    [
      body({ messages: [asks({ type: 'image', source: { type: 'base64', media_type: 'image/bmp', data: PNG } })] }),
      /^messages\.0\.content\.0\.image\.source\.base64\.media_type: Input should be 'image\/jpeg'/,
    ],
    [
      body({
        messages: [asks({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'no*base64' } })],
      }),
      /Invalid base64 data/,
    ],
    [
      body({ messages: [asks({ type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: PNG } })] }),
      /specified using the image\/jpeg media type, but the image appears to be a image\/png image/,
    ],
    [
      body({ messages: [asks({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } })] }),
      'Could not process image',
    ],
    [
      body({
        messages: [asks({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' } })],
      }),
      /The PDF specified was not valid/,
    ],
    [
      body({ messages: [asks(...Array.from({ length: 5 }, () => ({ ...text('a'), ...marked })))] }),
      'A maximum of 4 blocks with cache_control may be provided. Found 5.',
    ],
    [
      body({ messages: [asks({ ...text('a'), cache_control: { type: 'forever' } })] }),
      "cache_control.type: Input should be 'ephemeral'",
    ],
    [body({ output_config: { effort: 'huge' } }), /^output_config\.effort: Input should be 'low'/],
    [body({ output_config: { verbosity: 'low' } }), 'output_config.verbosity: Extra inputs are not permitted'],
    [body({ stop_sequences: [' '] }), 'stop_sequences: each stop sequence must contain non-whitespace'],
    [
      body({ max_tokens: 128_000 }),
      'max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens for claude-x',
      { rules: { limits: { maxOutputTokens: 64_000 } } },
    ],
    [
      body({ system: 'x'.repeat(4000) }),
      /^prompt is too long: \d+ tokens > 100 maximum$/,
      { rules: { limits: { contextWindow: 100 } } },
    ],
    [
      body(),
      /^input length and `max_tokens` exceed context limit: \d+ \+ 2000 > 2000/,
      { rules: { limits: { contextWindow: 2000 } } },
    ],
    [
      talk({ role: 'system', content: 'x' }),
      "messages.1.role: Input should be 'user' or 'assistant'",
      { rules: { refuse: { fields: ['messages.*.role=system'] } } },
    ],
    [
      body({ thinking: { type: 'adaptive' } }),
      'adaptive thinking is not supported on this model',
      {
        rules: {
          refuse: {
            fields: [{ field: 'thinking.type=adaptive', message: 'adaptive thinking is not supported on this model' }],
          },
        },
      },
    ],
  ];
  for (const [given, words, extra] of cases) {
    test(String(words), () => {
      const problem = refusalOf('anthropic', given, extra);
      if (typeof words === 'string') assert.equal(problem?.message, words);
      else assert.match(problem?.message ?? '', words);
      assert.equal(problem?.status, 400);
    });
  }

  test('a model that does not exist is not found', () => {
    const problem = refusalOf('anthropic', body(), { rules: { models: ['other'] } });
    assert.deepEqual([problem?.status, problem?.message], [404, 'model: claude-x']);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Loss } from '../../canon/loss.ts';
import type { ChatRequest, Turn } from '../../canon/request.ts';
import type { Quirks } from '../dialect.ts';
import { readRequest } from './request-read.ts';
import { writeHeaders, writeRequest } from './request-write.ts';
import { least, text, tool, wireText, write, writeTurns } from './written.ts';

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

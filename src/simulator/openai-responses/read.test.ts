import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../json.ts';
import { createMemory } from '../memory.ts';
import { askedFrom, dialectNamed, STRICT } from '../probe.ts';

const TOOLS = [
  { type: 'function', name: 'A', parameters: { type: 'object', properties: { x: {} } } },
  { type: 'custom', name: 'P' },
  { type: 'namespace', name: 'n', description: '', tools: [{ type: 'function', name: 'I' }] },
  { type: 'web_search' },
];

test('a request in neutral words', () => {
  const asked = askedFrom('openai-responses', {
    model: 'm',
    stream: true,
    instructions: 'be kind',
    max_output_tokens: 50,
    input: [
      { role: 'developer', content: 'and short' },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'hi' },
          { type: 'input_image', image_url: 'x' },
        ],
      },
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { role: 'assistant', content: [{ type: 'output_text', text: 'well' }] },
      { type: 'function_call', call_id: '1', name: 'A', arguments: '{}' },
      { type: 'custom_tool_call', call_id: '2', name: 'P', input: 'x' },
      { type: 'function_call_output', call_id: '1', output: 'Error: no' },
      {
        type: 'custom_tool_call_output',
        call_id: '2',
        output: [{ type: 'input_text', text: 'ok' }, { type: 'input_file' }],
      },
    ],
    tools: TOOLS,
    tool_choice: { type: 'custom', name: 'P' },
    text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' } } },
  });
  assert.deepEqual([asked.model, asked.stream, asked.maxTokens, asked.system], ['m', true, 50, 'be kind\nand short']);
  assert.deepEqual(
    asked.turns.map(({ role, text, media }) => [role, text, media]),
    [
      ['user', 'hi', 1],
      ['assistant', 'well', 0],
      ['user', '', 1],
    ],
  );
  assert.deepEqual(asked.turns[1]?.calls, [
    { id: '1', name: 'A' },
    { id: '2', name: 'P' },
  ]);
  assert.deepEqual(asked.results, [
    { id: '1', text: 'Error: no', isError: true },
    { id: '2', text: 'ok', isError: false },
  ]);
  assert.deepEqual(
    asked.tools.map(({ name }) => name),
    ['A', 'P', 'I'],
  );
  assert.deepEqual([asked.forcedTool, asked.schema], [{ name: 'P' }, { type: 'object' }]);
});

test('a response before is part of the conversation', () => {
  const dialect = dialectNamed('openai-responses');
  const memory = createMemory();
  const output: JsonObject[] = [{ type: 'function_call', call_id: '1', name: 'A', arguments: '{}' }];
  memory.set('resp_1', { previous: '', input: [{ role: 'user', content: 'first' }], output });
  memory.set('resp_2', {
    previous: 'resp_1',
    input: [{ type: 'function_call_output', call_id: '1', output: 'ok' }],
    output: [],
  });
  const asked = dialect.read({
    operation: 'answer',
    path: '/v1/responses',
    query: new URLSearchParams(),
    headers: {},
    body: { model: 'm', input: 'and now?', previous_response_id: 'resp_2' },
    rules: STRICT,
    memory,
  });
  assert.deepEqual([asked.firstPrompt, asked.turns.at(-1)?.text], ['first', 'and now?']);
  assert.deepEqual(asked.turns[1]?.calls, [{ id: '1', name: 'A' }]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedFrom } from '../probe.ts';

const PATH = '/v1beta/models/gemini-3-pro:streamGenerateContent';

test('a request in neutral words', () => {
  const asked = askedFrom(
    'gemini',
    {
      systemInstruction: { parts: [{ text: 'be kind' }, { text: 'and short' }] },
      contents: [
        { role: 'user', parts: [{ text: 'hi' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
        {
          role: 'model',
          parts: [
            { text: 'hm', thought: true },
            { text: 'well' },
            { functionCall: { id: '1', name: 'A', args: {} } },
            { functionCall: { name: 'B', args: {} } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { id: '1', name: 'A', response: { error: 'no' } } },
            {
              functionResponse: {
                name: 'B',
                response: { some_name: 1 },
                parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }],
              },
            },
          ],
        },
      ],
      generationConfig: { maxOutputTokens: 50, stopSequences: ['x'] },
    },
    {},
    PATH,
  );
  assert.deepEqual([asked.model, asked.stream, asked.maxTokens], ['gemini-3-pro', true, 50]);
  assert.deepEqual([asked.system, asked.stopSequences], ['be kind\nand short', ['x']]);
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
    { id: 'B', name: 'B' },
  ]);
  assert.deepEqual(asked.results, [
    { id: '1', text: 'no', isError: true },
    { id: 'B', text: '{"some_name":1}', isError: false },
  ]);
});

test('names with underscores are read as well, and those of properties are left alone', () => {
  const parameters = { type: 'OBJECT', properties: { file_path: { type: 'STRING' } }, required: ['file_path'] };
  const asked = askedFrom(
    'gemini',
    {
      system_instruction: { parts: [{ text: 'be kind' }] },
      contents: [{ parts: [{ text: 'hi' }] }],
      tools: [{ function_declarations: [{ name: 'A', parameters }] }],
      tool_config: { function_calling_config: { mode: 'any', allowed_function_names: ['A'] } },
      generation_config: { response_schema: { type: 'ARRAY', items: { type: 'INTEGER' } } },
    },
    {},
    PATH,
  );
  assert.equal(asked.system, 'be kind');
  const schema = { type: 'object', properties: { file_path: { type: 'string' } }, required: ['file_path'] };
  assert.deepEqual(asked.tools, [{ name: 'A', schema }]);
  assert.deepEqual(asked.forcedTool, { name: 'A' });
  assert.deepEqual(asked.schema, { type: 'array', items: { type: 'integer' } });
});

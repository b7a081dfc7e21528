import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readModels } from './model-list.ts';

test('a list of models is read in whichever way a provider writes it', () => {
  for (const [who, body, expected] of [
    [
      'OpenAI and its like',
      {
        object: 'list',
        data: [{ id: 'a', created: 7, context_length: 9 }, { id: 'b', name: 'B' }, { object: 'model' }],
      },
      [
        { id: 'a', created: 7, contextWindow: 9 },
        { id: 'b', displayName: 'B' },
      ],
    ],
    [
      'Anthropic',
      { data: [{ type: 'model', id: 'claude-x', display_name: 'Claude X', max_input_tokens: 5 }] },
      [{ id: 'claude-x', displayName: 'Claude X', contextWindow: 5 }],
    ],
    [
      'Gemini',
      {
        models: [
          {
            name: 'models/gemini-x',
            displayName: 'Gemini X',
            inputTokenLimit: 10,
            outputTokenLimit: 3,
            supportedGenerationMethods: ['countTokens', 'generateContent'],
          },
          { name: 'models/embedding-x', supportedGenerationMethods: ['embedContent'] },
        ],
      },
      [{ id: 'gemini-x', displayName: 'Gemini X', contextWindow: 10, maxOutput: 3 }],
    ],
    ['Vertex AI', { publisherModels: [{ name: 'publishers/google/models/gemini-x' }] }, [{ id: 'gemini-x' }]],
    [
      'Bedrock',
      {
        inferenceProfileSummaries: [
          { inferenceProfileId: 'us.anthropic.claude-x', inferenceProfileName: 'US Claude X' },
        ],
      },
      [{ id: 'us.anthropic.claude-x', displayName: 'US Claude X' }],
    ],
    ['Cohere', { models: [{ name: 'command-x', context_length: 8 }] }, [{ id: 'command-x', contextWindow: 8 }]],
    ['a bare list', [{ id: 'a' }, 5], [{ id: 'a' }]],
    ['none', { error: { message: 'no' } }, []],
  ] as const) {
    assert.deepEqual(readModels(body), expected, who);
  }
});

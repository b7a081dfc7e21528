import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeModels } from './model.ts';

test('a list of models is one page', () => {
  const models = [
    { id: 'a' },
    { id: 'b', displayName: 'B', created: 1_700_000_000, contextWindow: 200_000, maxOutput: 8192 },
  ];
  assert.deepEqual(writeModels(models), {
    data: [
      { type: 'model', id: 'a', display_name: 'a', created_at: '1970-01-01T00:00:00Z' },
      {
        type: 'model',
        id: 'b',
        display_name: 'B',
        created_at: '2023-11-14T22:13:20Z',
        max_input_tokens: 200_000,
        max_tokens: 8192,
      },
    ],
    has_more: false,
    first_id: 'a',
    last_id: 'b',
  });
  assert.deepEqual(writeModels([]), { data: [], has_more: false, first_id: null, last_id: null });
});

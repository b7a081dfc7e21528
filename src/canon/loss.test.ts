import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Loss, lossesOf, summarized } from './loss.ts';
import type { ChatRequest } from './request.ts';

test('what only another language knows is lost, wherever it stands', () => {
  const native = { type: 'native', dialect: 'anthropic', value: { type: 'browser_state' } } as const;
  const request: ChatRequest = {
    from: 'anthropic',
    model: 'm',
    stream: false,
    system: [],
    turns: [{ role: 'user', content: [native, { type: 'tool_result', id: 'a', content: [native] }] }],
    tools: [],
    sampling: { topK: 3 },
    ext: { anthropic: { container: 'c' } },
  };
  const paths = (target: 'anthropic' | 'openai-chat'): string[] =>
    lossesOf(request, target, ['top_k', 'seed']).map(({ path }) => path);
  assert.deepEqual(paths('anthropic'), ['top_k']);
  assert.deepEqual(paths('openai-chat'), [
    'top_k',
    'container',
    'turns[0].content[0] (browser_state)',
    'turns[0].content[1].content[0] (browser_state)',
  ]);
});

test('the same loss at many places is told once', () => {
  const at = (i: number, why = 'no'): Loss => ({ what: 'dropped', path: `turns[${i}].caller`, why });
  assert.deepEqual(summarized([at(1), at(2, 'other'), at(30)]), [
    { what: 'dropped', path: 'turns[*].caller', why: 'no, 2 times' },
    at(2, 'other'),
  ]);
});

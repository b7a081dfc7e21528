import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Remedy } from '../policy/heal.ts';
import { Memory } from './memory.ts';

function drop(field: string): Remedy {
  return { type: 'drop', path: [field] };
}

test('what several calls find at once is remembered once', () => {
  const memory = new Memory();
  for (const field of ['a', 'a', 'b', 'a']) memory.learnRemedy('p', 'm', drop(field));
  assert.deepEqual(memory.remedies('p', 'm'), [drop('a'), drop('b')]);
  assert.deepEqual(memory.remedies('p', 'other'), []);
});

test('clients that make up fields do not fill the memory', () => {
  const memory = new Memory();
  for (let i = 0; i < 1000; i++) memory.learnRemedy('p', 'm', drop(`field${i}`));
  const known = memory.remedies('p', 'm');
  assert.ok(known.length <= 100, `${known.length}`);
  assert.deepEqual(known.at(-1), drop('field999'));
});

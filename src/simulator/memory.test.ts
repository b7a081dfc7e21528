import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemory } from './memory.ts';

test('a memory keeps the last entries, and the newest of each', () => {
  const memory = createMemory();
  for (let number = 0; number < 256; number += 1) memory.set(String(number), { number });
  memory.set('0', { number: 'again' });
  memory.set('256', {});
  assert.deepEqual(memory.get('0'), { number: 'again' });
  assert.equal(memory.get('1'), undefined);
  assert.deepEqual(memory.get('2'), { number: 2 });
});

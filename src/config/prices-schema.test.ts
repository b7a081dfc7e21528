import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pricesSchema } from './prices-schema.ts';

test('prices are numbers of dollars, by pattern, each of them optional', () => {
  const prices = {
    'claude-opus-*': { input: 5, output: 25, cache_read: 0.5, cache_write: 6.25, cache_write_1h: 10 },
    'local/*': { input: 0, output: 0, context_window: 32_768 },
    none: {},
  };
  assert.deepEqual(pricesSchema.parse(prices), prices);
});

test('what is no price is refused', () => {
  for (const wrong of [{ input: -1 }, { input: '5' }, { output: Number.NaN }, { inputs: 5 }, { context_window: 0 }]) {
    assert.equal(pricesSchema.safeParse({ model: wrong }).success, false, JSON.stringify(wrong));
  }
  assert.equal(pricesSchema.safeParse({ '': {} }).success, false);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPrices } from './prices.ts';
import { usualCost } from './usual-cost.ts';

test('a call is compared by its prompt and an answer of usual length', () => {
  const prices = createPrices({ 'mine/*': { input: 10, output: 100 }, 'house/*': { input: 1, output: 1 } });
  assert.equal(usualCost(prices, { provider: 'mine', model: 'm' }, 10_000), 0.1 + 0.08);
  assert.equal(usualCost(prices, { provider: 'mine', model: 'm' }), 0.03 + 0.08);
  assert.equal(usualCost(prices, { provider: 'nobody', model: 'm' }), undefined);
  assert.equal(usualCost(prices, { kind: 'ollama', provider: 'local', model: 'm' }), 0);
  assert.equal(usualCost(prices, { kind: 'ollama', provider: 'house', model: 'm' }, 200), 0.001);
});

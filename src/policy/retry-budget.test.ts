import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RetryBudget } from './retry-budget.ts';

function spent(budget: RetryBudget, wanted: number): number {
  let count = 0;
  for (let each = 0; each < wanted; each++) if (budget.spend()) count += 1;
  return count;
}

test('calls earn their share of retries', () => {
  const budget = new RetryBudget({ share: 0.2, least: 0, now: () => 0 });
  for (let call = 0; call < 100; call++) budget.earn();
  const count = spent(budget, 100);
  assert.ok(count === 20 || count === 19, `${count} retries of 100 calls`);
});

test('a long time without failures does not save up a storm', () => {
  const budget = new RetryBudget({ share: 0.5, least: 0, now: () => 0 });
  for (let call = 0; call < 100_000; call++) budget.earn();
  assert.equal(spent(budget, 10_000), 100);
});

test('a quiet gateway may retry: a few are free, every ten seconds', () => {
  let now = 5000;
  const budget = new RetryBudget({ share: 0.2, least: 3, now: () => now });
  assert.equal(spent(budget, 10), 3);
  now += 9999;
  assert.equal(spent(budget, 10), 0);
  now += 1;
  assert.equal(spent(budget, 10), 3);
});

test('what is earned is spent before what is free', () => {
  const budget = new RetryBudget({ share: 1, least: 1, now: () => 0 });
  budget.earn();
  assert.equal(spent(budget, 10), 2);
});

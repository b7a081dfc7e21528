import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Usage } from '../canon/usage.ts';
import { cachedAfter, lostTokens, unreadTokens, usageWithout } from './cache-loss.ts';

const read = (cacheRead: number, cacheWrite: number | undefined, input = 10): Usage => ({
  input,
  cacheRead,
  ...(cacheWrite !== undefined && { cacheWrite }),
});

test('what was written has to be read', () => {
  const cached = cachedAfter(read(0, 50_000), undefined);
  assert.equal(lostTokens(read(50_000, 800), cached), 0);
  assert.equal(lostTokens(read(48_000, 2800), cached), 0, 'marks move');
  assert.equal(lostTokens(read(12_000, 39_000), cached), 38_000);
  assert.equal(lostTokens(read(0, 0, 50_500), cached), 50_000);
});

test('a shorter prompt can have lost no more than it has', () => {
  const cached = cachedAfter(read(0, 50_000), undefined);
  assert.equal(lostTokens(read(0, 3000), cached), 3010);
  assert.equal(lostTokens(read(0, 900), cached), 0, 'too short to be cached');
});

test('where caching is best effort, half may be missing', () => {
  const cached = cachedAfter({ input: 100, cacheRead: 9984 }, undefined);
  assert.equal(lostTokens({ input: 5000, cacheRead: 5120 }, cached), 0);
  assert.equal(lostTokens({ input: 9200, cacheRead: 1024 }, cached), 8960);
});

test('what was never read nor written may have been there where a provider caches by itself, and only there', () => {
  const before = cachedAfter({ input: 10_000, cacheRead: 0 }, undefined);
  assert.equal(lostTokens({ input: 11_000, cacheRead: 0 }, before), 0);
  assert.equal(unreadTokens({ input: 11_000, cacheRead: 0 }, before), 10_000);
  assert.equal(unreadTokens({ input: 11_000, cacheRead: 0, cacheWrite: 0 }, before), 0);
});

test('how long it stays is what the provider last said', () => {
  const hour = cachedAfter({ cacheWrite: 100, cacheWrite1h: 100 }, undefined);
  assert.equal(hour.hour, true);
  assert.equal(cachedAfter({ cacheRead: 100, cacheWrite: 0 }, hour).hour, true);
  assert.equal(cachedAfter({ cacheRead: 100, cacheWrite: 50, cacheWrite1h: 0 }, hour).hour, false);
  assert.equal(cachedAfter({ cacheWrite: 50 }, undefined).hour, undefined);
});

test('usage without the loss: what was written again, then what was read as new', () => {
  const usage: Usage = { input: 600, cacheRead: 100, cacheWrite: 500, cacheWrite1h: 500, output: 7, cost: 1 };
  assert.deepEqual(usageWithout(700, usage), { input: 400, cacheRead: 800, cacheWrite: 0, cacheWrite1h: 0, output: 7 });
  assert.deepEqual(usageWithout(200, usage), {
    input: 600,
    cacheRead: 300,
    cacheWrite: 300,
    cacheWrite1h: 300,
    output: 7,
  });
});

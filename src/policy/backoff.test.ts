import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitMs } from './backoff.ts';

const options = { most: 5, baseMs: 500, maxMs: 8000, patienceMs: 10_000 };
const lucky = (): number => 0;
const unlucky = (): number => 1;

test('the wait doubles from the first retry on, up to its limit; half of it is chance', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 40, 2000].map((retry) => waitMs(retry, options, unlucky)),
    [500, 1000, 2000, 4000, 8000, 8000, 8000, 8000],
  );
  assert.deepEqual(
    [1, 2, 3].map((retry) => waitMs(retry, options, lucky)),
    [250, 500, 1000],
  );
});

test('it is never shorter than the provider said, and a little longer by chance', () => {
  assert.equal(waitMs(1, options, lucky, 3000), 3000);
  assert.equal(waitMs(1, options, unlucky, 3000), 3300);
  assert.equal(waitMs(4, options, unlucky, 100), 4000);
});

test('what is longer than anybody should wait is not waited', () => {
  assert.equal(waitMs(1, options, lucky, 10_001), undefined);
  assert.equal(waitMs(1, options, lucky, 10_000), 10_000);
  assert.equal(waitMs(5, { ...options, patienceMs: 5000 }, unlucky), undefined);
  assert.equal(waitMs(1, options, lucky, Number.POSITIVE_INFINITY), undefined);
});

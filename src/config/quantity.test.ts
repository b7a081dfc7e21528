import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesIn, millisecondsIn } from './quantity.ts';

test('sizes', () => {
  assert.equal(bytesIn('32mb'), 32 * 1024 * 1024);
  assert.equal(bytesIn('1.5 KB'), 1536);
  assert.equal(bytesIn(100), 100);
  assert.equal(bytesIn('100'), 100);
  for (const wrong of ['', 'mb', '-1kb', '1tb', '1 0', '1e3', 'constructor', '1toString', -1, Number.NaN, 1e300]) {
    assert.equal(bytesIn(wrong), undefined, String(wrong));
  }
});

test('times', () => {
  assert.equal(millisecondsIn('10s'), 10_000);
  assert.equal(millisecondsIn('5m'), 300_000);
  assert.equal(millisecondsIn('1h'), 3_600_000);
  assert.equal(millisecondsIn('250ms'), 250);
  assert.equal(millisecondsIn(1500), 1500);
  assert.equal(millisecondsIn('0'), 0);
  for (const wrong of ['soon', '1d', '5 m s', '999999999999999h'])
    assert.equal(millisecondsIn(wrong), undefined, wrong);
});

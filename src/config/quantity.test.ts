import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesIn, millisecondsIn, quantileIn, tokensIn } from './quantity.ts';

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

test('tokens', () => {
  assert.equal(tokensIn('100k'), 100_000);
  assert.equal(tokensIn('1.5M'), 1_500_000);
  assert.equal(tokensIn(8192), 8192);
  for (const wrong of ['many', '1g', '-1k', '1kb']) assert.equal(tokensIn(wrong), undefined, wrong);
});

test('quantiles', () => {
  assert.equal(quantileIn('p95'), 0.95);
  assert.equal(quantileIn('P99.9'), 0.999);
  assert.equal(quantileIn('75%'), 0.75);
  assert.equal(quantileIn(0.5), 0.5);
  for (const wrong of ['p9', 'p100', '95', 1, 0.4, '', 'p95x', Number.NaN])
    assert.equal(quantileIn(wrong), undefined, String(wrong));
});

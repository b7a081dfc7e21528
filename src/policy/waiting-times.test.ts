import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WaitingTimes } from './waiting-times.ts';

test('nothing is said of what is not known', () => {
  const times = new WaitingTimes();
  assert.equal(times.averageMs, undefined);
  for (let time = 0; time < 19; time++) times.add(100);
  assert.equal(times.quantileMs(0.5), undefined);
  times.add(100);
  assert.notEqual(times.quantileMs(0.5), undefined);
});

test('quantiles are at most a fifth too long', () => {
  const times = new WaitingTimes();
  for (let time = 1; time <= 100; time++) times.add(time * 50);
  for (const part of [0.1, 0.5, 0.9, 0.95, 1]) {
    const told = times.quantileMs(part) ?? 0;
    const true_ = part * 5000;
    assert.ok(told >= true_ && told <= true_ * 1.21, `${part}: ${told} for ${true_}`);
  }
});

test('the average follows, and so do the quantiles', () => {
  const times = new WaitingTimes();
  for (let time = 0; time < 2000; time++) times.add(100);
  for (let time = 0; time < 30; time++) times.add(1000);
  assert.ok(Math.abs((times.averageMs ?? 0) - 1000) < 5);
  for (let time = 0; time < 1200; time++) times.add(1000);
  assert.ok((times.quantileMs(0.3) ?? 0) > 900);
});

test('nonsense is not counted, the endless stays countable', () => {
  const times = new WaitingTimes();
  times.add(Number.NaN);
  times.add(-1);
  assert.equal(times.averageMs, undefined);
  for (let time = 0; time < 20; time++) times.add(1e12);
  assert.ok(Number.isFinite(times.quantileMs(0.5)));
});

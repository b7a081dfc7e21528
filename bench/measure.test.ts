import assert from 'node:assert/strict';
import { test } from 'node:test';
import { together } from './measure.ts';
import type { Sample } from './run.ts';

function turn(cpu: number | undefined, time: number): Sample {
  const times = { p50: time, p99: 2 * time, firstByte: time / 2, span: 3 * time };
  return { unitsPerSecond: 10 * time, ...times, cpu, upstreamCpu: 1, loadCpu: 2 };
}

test('turns together cost what all of their requests cost, and take what is usual', () => {
  assert.deepEqual(together([turn(10, 1), turn(40, 2), turn(10, 30)]), { ...turn(20, 2) });
});

test('one turn alone is what it was', () => {
  assert.deepEqual(together([turn(7, 3)]), turn(7, 3));
});

test('where the cost of one turn is not known, that of all is not', () => {
  assert.equal(together([turn(10, 1), turn(undefined, 1)]).cpu, undefined);
});

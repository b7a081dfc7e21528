import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rise } from './slope.ts';

test('what rises does so by its straight line, and what only trembles does not', () => {
  const line = (of: (at: number) => number): number =>
    rise(Array.from({ length: 101 }, (_, at) => ({ at, value: of(at) })));
  assert.ok(Math.abs(line((at) => 3 + at / 10) - 10) < 1e-9);
  assert.ok(Math.abs(line((at) => 50 + (at % 2))) < 0.1);
  assert.equal(rise([]), 0);
});

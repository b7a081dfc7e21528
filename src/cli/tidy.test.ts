import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownHousehold, Tidy } from './tidy.ts';

const megabyte = 1024 * 1024;

/** A process whose figures are told, and whose garbage leaves so much. */
function household(leaves: number) {
  const told = { underWay: 0, cpuMs: 0, taken: 0, collected: 0 };
  const tidy = new Tidy({
    underWay: () => told.underWay,
    cpuMs: () => told.cpuMs,
    taken: () => told.taken,
    collect() {
      told.collected += 1;
      told.taken = leaves;
    },
  });
  const look = (times: number): void => {
    for (let i = 0; i < times; i++) tidy.look();
  };
  return { told, look };
}

test('memory is given back once in a rest', () => {
  const { told, look } = household(30 * megabyte);
  told.taken = 100 * megabyte;
  look(9);
  assert.equal(told.collected, 0);
  look(1);
  assert.equal(told.collected, 1);
  told.taken = 200 * megabyte;
  look(100);
  assert.equal(told.collected, 1);
});

test('a rest ends with work, and another one begins behind it', () => {
  const { told, look } = household(30 * megabyte);
  told.taken = 100 * megabyte;
  look(9);
  told.cpuMs += 500;
  look(10);
  assert.equal(told.collected, 0);
  look(1);
  assert.equal(told.collected, 1);
  told.taken = 100 * megabyte;
  told.cpuMs += 500;
  look(11);
  assert.equal(told.collected, 2);
});

test('while a call is under way nothing is collected, however silent it is', () => {
  const { told, look } = household(30 * megabyte);
  told.taken = 100 * megabyte;
  told.underWay = 1;
  look(100);
  assert.equal(told.collected, 0);
  told.underWay = 0;
  look(10);
  assert.equal(told.collected, 1);
});

test('what is hardly more than the last time is left, until it has become more', () => {
  const { told, look } = household(30 * megabyte);
  told.taken = 100 * megabyte;
  look(10);
  for (const [taken, collected] of [
    [45, 1],
    [47, 2],
  ] as const) {
    told.taken = taken * megabyte;
    told.cpuMs += 500;
    look(11);
    assert.equal(told.collected, collected);
  }
});

test('a process gives back what nobody needs', () => {
  const { collect, taken, cpuMs } = ownHousehold(() => 0);
  assert.ok(cpuMs() > 0);
  const before = taken();
  let garbage: unknown[] | undefined = Array.from({ length: 500_000 }, (_, i) => ({ i }));
  assert.ok(taken() > before + 8 * megabyte, `${garbage.length} objects take no memory`);
  garbage = undefined;
  collect();
  assert.ok(taken() < before + 8 * megabyte, `${(taken() - before) / megabyte} MB more are taken than before`);
});

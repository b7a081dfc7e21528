import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryGuard, usualMemory } from './memory-guard.ts';

const megabyte = 1024 * 1024;

test('memory is short above the limit, and enough again only when it is well below', () => {
  const figures = { resident: 90, heap: 0.1 };
  const told: boolean[] = [];
  const guard = new MemoryGuard(100 * megabyte, ({ isOver }) => told.push(isOver), {
    resident: () => figures.resident * megabyte,
    heap: () => figures.heap,
  });
  const looked = (resident: number, heap = 0.1): boolean => {
    Object.assign(figures, { resident, heap });
    guard.look();
    return guard.isOver;
  };
  assert.deepEqual([looked(100), looked(101), looked(96), looked(95), looked(99)], [false, true, true, false, false]);
  // The heap may be full before the machine is.
  assert.deepEqual([looked(10, 0.93), looked(10, 0.9), looked(10, 0.8)], [true, true, false]);
  assert.deepEqual(told, [true, false, true, false]);
  assert.equal(guard.resident, 10 * megabyte);
  guard.limit = 5 * megabyte;
  assert.equal(looked(10), true);
});

test('memory that cannot be looked at is as it was', () => {
  let resident: number | undefined = 200 * megabyte;
  const guard = new MemoryGuard(100 * megabyte, undefined, { resident: () => resident, heap: () => 0.1 });
  guard.look();
  resident = undefined;
  guard.look();
  assert.deepEqual([guard.isOver, guard.resident], [true, 200 * megabyte]);
});

test('the usual limit is most of what the container has, else of what the machine has, for all processes together', () => {
  const machine = 8192 * megabyte;
  assert.equal(usualMemory(1, 0, machine), Math.floor(0.8 * machine));
  assert.equal(usualMemory(2, 1024 * megabyte, machine), Math.floor(0.4 * 1024 * megabyte));
  // No limit is told as more than there can be.
  assert.equal(usualMemory(1, 2 ** 64, machine), Math.floor(0.8 * machine));
});

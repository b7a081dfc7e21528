import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownHousehold, Tidy } from './tidy.ts';

const megabyte = 1024 * 1024;

/** A process whose figures are told, and whose garbage leaves so much. */
function household(leaves: number) {
  const told = { underWay: 0, cpuMs: 0, resident: 20 * megabyte, collected: 0, young: 0 };
  const tidy = new Tidy({
    underWay: () => told.underWay,
    cpuMs: () => told.cpuMs,
    resident: () => told.resident,
    collect() {
      told.collected += 1;
      told.cpuMs += 150;
      told.resident = leaves * megabyte;
    },
    collectYoung() {
      told.young += 1;
    },
  });
  const look = (times: number): void => {
    for (let i = 0; i < times; i++) tidy.look();
  };
  /** Work that takes so much memory, and so many looks behind it. */
  const work = (resident: number, looks: number): void => {
    told.resident = resident * megabyte;
    told.cpuMs += 500;
    tidy.look();
    look(looks);
  };
  return { told, look, work };
}

test('memory is given back once in a rest', () => {
  const { told, look, work } = household(30);
  work(100, 9);
  assert.equal(told.collected, 0);
  look(1);
  assert.equal(told.collected, 1);
  told.resident = 200 * megabyte;
  look(100);
  assert.deepEqual([told.collected, told.young], [2, 4]);
});

test('garbage is collected again, for V8 to give back what it has emptied, and other threads may sweep meanwhile', () => {
  const { told, look, work } = household(30);
  work(100, 10);
  for (const [collected, young] of [
    [1, 0],
    [2, 0],
    [2, 0],
    [2, 1],
  ] as const) {
    told.cpuMs += 90;
    look(1);
    assert.deepEqual([told.collected, told.young], [collected, young]);
  }
});

test('a large process takes longer to collect, and that is no work; what comes later is', () => {
  const { told, look, work } = household(2000);
  work(3000, 10);
  told.cpuMs += 1500;
  look(2);
  assert.equal(told.collected, 2);
  told.resident = 3000 * megabyte;
  look(5);
  told.cpuMs += 500;
  look(11);
  assert.equal(told.collected, 3);
});

test('a rest ends with work, and another one begins behind it', () => {
  const { told, look, work } = household(30);
  told.resident = 100 * megabyte;
  look(9);
  told.cpuMs += 30;
  look(10);
  assert.equal(told.collected, 0);
  look(1);
  assert.equal(told.collected, 1);
  work(100, 9);
  assert.equal(told.collected, 1);
  look(1);
  assert.equal(told.collected, 2);
});

test('what is hardly more than was left is let be, until it has become more', () => {
  const { told, work } = household(30);
  work(35, 50);
  assert.equal(told.collected, 0);
  work(60, 50);
  assert.equal(told.collected, 2);
  // Thirty are left now, and are needed.
  work(45, 50);
  assert.equal(told.collected, 2);
  work(47, 50);
  assert.equal(told.collected, 4);
});

test('pages that V8 has kept for a while do not count as what is left', () => {
  const { told, look, work } = household(80);
  work(100, 34);
  told.resident = 50 * megabyte;
  look(50);
  work(67, 50);
  assert.equal(told.collected, 4);
});

test('silent streams rest as well, and when they end all that they held is given back', () => {
  const { told, look, work } = household(120);
  told.underWay = 5000;
  work(150, 0);
  for (let i = 0; i < 20; i++) {
    told.cpuMs += 60;
    look(1);
  }
  assert.equal(told.collected, 2);
  told.underWay = 0;
  work(121, 100);
  assert.equal(told.collected, 4);
});

test('a process gives back what nobody needs, step by step', async () => {
  const { collect, resident, cpuMs } = ownHousehold(() => 0);
  assert.ok(cpuMs() > 0);
  const before = resident();
  let garbage: unknown[] | undefined = Array.from({ length: 1_000_000 }, (_, i) => ({ i }));
  assert.ok(resident() > before + 16 * megabyte, `${garbage.length} objects take no memory`);
  garbage = undefined;
  const used = process.memoryUsage().heapUsed;
  collect();
  const freed = (): number => used - process.memoryUsage().heapUsed;
  for (let i = 0; i < 1000 && freed() < 8 * megabyte; i++) await sleep(10);
  assert.ok(freed() > 8 * megabyte, `${freed() / megabyte} MB of objects are freed`);
});

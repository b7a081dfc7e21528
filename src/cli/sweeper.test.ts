import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sweeper } from './sweeper.ts';

const megabyte = 1024 * 1024;

/** A sweeper of a heap that is as large outside as is said, and what it has done. */
function sweeperOf(): { sweep(outside: number): string } {
  let outside = 0;
  let done = '';
  const sweeper = new Sweeper({
    outside: () => outside * megabyte,
    collect() {
      done += 'all';
    },
    collectYoung() {
      done += 'young';
    },
  });
  const sweep = (size: number): string => {
    outside = size;
    done = '';
    sweeper.sweep();
    return done;
  };
  return { sweep };
}

test('young bodies are collected as long as none stay behind', () => {
  const { sweep } = sweeperOf();
  for (let i = 0; i < 8; i++) {
    for (const outside of [100, 190, 120, 300, 131, 130, 160, 121])
      assert.equal(sweep(outside), 'young', `${i} ${outside}`);
  }
});

test('once many have grown old everything is, and nothing is swept while that lasts', () => {
  const { sweep } = sweeperOf();
  const four = (least: number): string[] => Array.from({ length: 4 }, (_, i) => sweep(i === 2 ? least : least + 50));
  const young = Array.from({ length: 4 }, () => 'young');
  assert.deepEqual(four(90), young);
  assert.deepEqual(four(121), young);
  assert.deepEqual(four(122), [...young.slice(1), 'all']);
  for (let i = 0; i < 8; i++) assert.equal(sweep(200), '', String(i));
  // From then on it is measured by what was left.
  assert.deepEqual(four(150), young);
  assert.deepEqual(four(181), young);
  assert.deepEqual(four(182), [...young.slice(1), 'all']);
});

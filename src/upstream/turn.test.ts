import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turn } from './turn.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is put off is done at the end of the turn, in order, and once', async () => {
  const turn = new Turn();
  const done: string[] = [];
  const task = (name: string, then?: () => void) => ({
    turnEnded(): void {
      done.push(name);
      then?.();
    },
  });
  turn.defer(task('a', () => turn.defer(task('c'))));
  turn.defer(task('b'));
  await Promise.resolve();
  assert.deepEqual(done, []);
  await nextTurn();
  assert.deepEqual(done, ['a', 'b']);
  await nextTurn();
  await nextTurn();
  assert.deepEqual(done, ['a', 'b', 'c']);
});

test('it pays to wait only while many calls are under way', () => {
  const turn = new Turn();
  for (let i = 0; i < 3; i++) turn.enter();
  assert.ok(!turn.isBusy);
  turn.enter();
  assert.ok(turn.isBusy);
  turn.leave();
  assert.ok(!turn.isBusy);
});

test('what came in is swept after so many bytes, once and at the end of the turn', async () => {
  let swept = 0;
  const turn = new Turn(() => {
    swept += 1;
  });
  const megabyte = 1024 * 1024;
  for (let i = 0; i < 7; i++) turn.took(megabyte);
  await nextTurn();
  assert.equal(swept, 0);
  turn.took(megabyte);
  turn.took(megabyte);
  assert.equal(swept, 0);
  await nextTurn();
  assert.equal(swept, 1);
  turn.took(6 * megabyte);
  await nextTurn();
  assert.equal(swept, 1);
  turn.took(megabyte);
  await nextTurn();
  assert.equal(swept, 2);
});

test('with many large bodies under way it is swept after twice as many bytes', async () => {
  let swept = 0;
  const turn = new Turn(() => {
    swept += 1;
  });
  const megabyte = 1024 * 1024;
  for (let i = 0; i < 16; i++) turn.enter();
  for (let i = 0; i < 7; i++) turn.took(2 * megabyte);
  await nextTurn();
  assert.equal(swept, 0);
  turn.took(2 * megabyte);
  await nextTurn();
  assert.equal(swept, 1);
  // Where they are many the calls are short.
  for (let i = 0; i < 63; i++) turn.took(megabyte / 7);
  await nextTurn();
  assert.equal(swept, 1);
  turn.took(megabyte / 7);
  await nextTurn();
  assert.equal(swept, 2);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { madeOf, recurring, recurs } from './recurring.ts';

test('of a list that recurs things are made once, for each maker', () => {
  const list = recurring([{ a: 1 }]);
  let made = 0;
  const make = (how: string): readonly number[] =>
    madeOf(list, how, () => {
      made += 1;
      return [made];
    });
  assert.deepEqual([make('x'), make('x'), make('y'), make('x')], [[1], [1], [2], [1]]);
  assert.equal(make('x'), make('x'));
  assert.deepEqual([recurs(list), recurs(make('x')), recurs([])], [true, true, false]);
});

test('of any other list they are made each time', () => {
  const list = [1];
  assert.notEqual(
    madeOf(list, 'x', () => [1]),
    madeOf(list, 'x', () => [1]),
  );
});

test('nothing that was made is no reason to make it again, and a failure is', () => {
  const list = recurring([]);
  let tries = 0;
  const nothing = (): void =>
    madeOf(list, 'x', () => {
      tries += 1;
    });
  assert.deepEqual([nothing(), nothing(), tries], [undefined, undefined, 1]);
  const fail = (): never =>
    madeOf(list, 'y', () => {
      tries += 1;
      throw new Error('no');
    });
  for (let i = 0; i < 2; i++) assert.throws(fail);
  assert.equal(tries, 3);
});

test('what recurs cannot be changed, however deep', () => {
  let deep: unknown = { changed: false };
  const innermost = deep as { changed: boolean };
  for (let i = 0; i < 100_000; i++) deep = [deep];
  recurring([deep]);
  assert.throws(() => {
    innermost.changed = true;
  }, TypeError);
});

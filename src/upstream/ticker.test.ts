import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Ticker, type Ticking } from './ticker.ts';

/** A member that says its name when it is looked at, and then does something. */
function member(name: string, seen: string[], then: () => void = () => undefined): Ticking {
  return {
    tick() {
      seen.push(name);
      then();
    },
  };
}

test('members come and go in any order, while they are looked at too', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const seen: string[] = [];
  const ticker = new Ticker(10);
  const [a, b, d] = [member('a', seen), member('b', seen), member('d', seen)];
  const c = member('c', seen, () => {
    ticker.delete(c);
    ticker.delete(a);
    ticker.add(late);
  });
  const late = member('late', seen);
  for (const one of [a, b, c, d, b]) ticker.add(one);
  assert.equal(ticker.size, 4, 'a member is in it once');
  t.mock.timers.tick(10);
  assert.deepEqual(new Set(seen), new Set(['d', 'c', 'b']), 'who has left is not looked at, and who comes waits');
  assert.equal(ticker.size, 3);
  seen.length = 0;
  t.mock.timers.tick(10);
  assert.deepEqual(seen.toSorted(), ['b', 'd', 'late']);
  for (const one of [b, b, d, late, a]) ticker.delete(one);
  assert.equal(ticker.size, 0);
  seen.length = 0;
  t.mock.timers.tick(10);
  ticker.add(a);
  t.mock.timers.tick(10);
  assert.deepEqual(seen, ['a'], 'it begins again after it had stopped');
});

test('everybody is looked at, however many leave at once', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const seen: string[] = [];
  const ticker = new Ticker(10);
  for (let i = 0; i < 100; i++) {
    const one: Ticking = member(`${i}`, seen, () => {
      if (i % 3 !== 0) ticker.delete(one);
    });
    ticker.add(one);
  }
  t.mock.timers.tick(10);
  assert.equal(new Set(seen).size, 100);
  assert.equal(seen.length, 100);
  assert.equal(ticker.size, 34);
});

test('nothing is left of members that came and went while others stayed', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;
  const ticker = new Ticker(1_000_000);
  const staying: Ticking[] = [];
  const comeAndGo = (): void => {
    for (let i = 0; i < 5000; i++) {
      const one: Ticking & { readonly load: number[] } = {
        load: new Array<number>(128).fill(i),
        tick: () => undefined,
      };
      ticker.add(one);
      if (staying.push(one) > 16) ticker.delete(staying.shift() as Ticking);
      // What has outlived two collections is in the old generation.
      if (i % 50 === 0) collect({ type: 'minor' });
    }
    for (const one of staying.splice(0)) ticker.delete(one);
  };
  comeAndGo();
  collect();
  const before = process.memoryUsage().heapUsed;
  comeAndGo();
  collect({ type: 'minor' });
  const kept = process.memoryUsage().heapUsed - before;
  assert.ok(kept < 1_500_000, `${kept} bytes of 5 MB`);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CircuitChange } from '../observe/circuit-change.ts';
import { Circuit, type CircuitOptions } from './circuit.ts';

const options: CircuitOptions = {
  failures: 3,
  windowMs: 10_000,
  rate: 0.5,
  calls: 10,
  openMs: 1000,
  maxOpenMs: 4000,
  probeMs: 500,
};

function circuit(more: Partial<CircuitOptions> = {}): { one: Circuit; changes: CircuitChange[] } {
  const changes: CircuitChange[] = [];
  const keeper = { random: () => 1, changed: (change: CircuitChange) => changes.push(change) };
  return { one: new Circuit('model:a/b', { ...options, ...more }, keeper), changes };
}

function fail(one: Circuit, times: number, now: number): void {
  for (let time = 0; time < times; time++) one.failed(now, 'internal');
}

test('failures in a row open it, a success in between does not let them add up', () => {
  const { one } = circuit();
  fail(one, 2, 100_000);
  one.succeeded(100_000);
  fail(one, 2, 100_000);
  assert.equal(one.state, 'closed');
  fail(one, 1, 100_000);
  assert.equal(one.state, 'open');
  assert.equal(one.restsUntil(100_000), 101_000);
  assert.equal(one.restsUntil(101_000), 0);
});

test('failures that lie far apart are none in a row', () => {
  const { one } = circuit();
  for (let time = 1; time < 20; time++) one.failed(time * 10_001, 'internal');
  assert.equal(one.state, 'closed');
});

test('a part of the calls that fails opens it, too', () => {
  const { one } = circuit({ failures: 1000 });
  for (let call = 0; call < 5; call++) {
    one.failed(100_000 + call, 'overloaded');
    assert.equal(one.state, 'closed');
    if (call < 4) one.succeeded(100_000 + call);
  }
  one.succeeded(100_010);
  one.failed(100_011, 'overloaded');
  assert.equal(one.state, 'open');
  assert.equal(one.why, 'overloaded');
});

test('closed again, it begins to count anew', () => {
  const { one } = circuit({ failures: 1000 });
  fail(one, 10, 100_000);
  assert.equal(one.state, 'open');
  one.enter(101_000);
  one.succeeded(101_000);
  fail(one, 9, 101_001);
  assert.equal(one.state, 'closed');
});

test('what has left the window does not count any more', () => {
  const { one } = circuit({ failures: 1000, calls: 6 });
  for (let call = 0; call < 5; call++) one.failed(100_000, 'internal');
  for (let call = 0; call < 5; call++) one.failed(111_000, 'internal');
  assert.equal(one.state, 'closed');
  one.failed(111_500, 'internal');
  assert.equal(one.state, 'open');
});

test('half open, one call goes through until it is known what becomes of it', () => {
  const { one, changes } = circuit();
  fail(one, 3, 100_000);
  assert.equal(one.restsUntil(101_000), 0);
  one.enter(101_000);
  assert.equal(one.state, 'half_open');
  assert.equal(one.restsUntil(101_000), 101_500, 'the probe is under way');
  one.succeeded(101_200);
  assert.equal(one.state, 'closed');
  assert.equal(one.restsUntil(101_200), 0);
  assert.deepEqual(
    changes.map(({ from, to, at }) => [from, to, at]),
    [
      ['closed', 'open', 100_000],
      ['open', 'half_open', 101_000],
      ['half_open', 'closed', 101_200],
    ],
  );
  assert.equal(changes[0]?.scope, 'model:a/b');
  assert.equal(changes[0]?.why, 'internal');
});

test('a probe that never reports back is followed by another one', () => {
  const { one } = circuit();
  fail(one, 3, 100_000);
  one.enter(101_000);
  assert.equal(one.restsUntil(101_499), 101_500);
  assert.equal(one.restsUntil(101_500), 0);
  one.enter(101_500);
  assert.equal(one.restsUntil(101_501), 102_000);
});

test('a probe of which nothing is learnt makes room for the next', () => {
  const { one } = circuit();
  fail(one, 3, 100_000);
  one.enter(101_000);
  one.left();
  assert.equal(one.state, 'half_open');
  assert.equal(one.restsUntil(101_001), 0);
});

test('it stays open longer each time that it opens again, up to a limit; after a good while it begins anew', () => {
  const { one } = circuit();
  fail(one, 3, 100_000);
  const rests: number[] = [];
  let now = 100_000;
  for (let time = 0; time < 5; time++) {
    rests.push(one.restsUntil(now) - now);
    now = one.restsUntil(now);
    one.enter(now);
    one.failed(now, 'internal');
  }
  assert.deepEqual(rests, [1000, 2000, 4000, 4000, 4000]);
  now = one.restsUntil(now);
  one.enter(now);
  one.succeeded(now);
  fail(one, 3, now + 1);
  assert.equal(one.restsUntil(now + 1) - now - 1, 4000, 'closed for a moment only');
  now = one.restsUntil(now + 1);
  one.enter(now);
  one.succeeded(now);
  fail(one, 3, now + 20_000);
  assert.equal(one.restsUntil(now + 20_000) - now - 20_000, 1000);
});

test('chance takes up to half of the time away', () => {
  const one = new Circuit('x', options, { random: () => 0, changed: () => undefined });
  fail(one, 3, 100_000);
  assert.equal(one.restsUntil(100_000), 100_500);
});

test('an answer that comes while it is open is worth a probe, and failures of older calls do not count', () => {
  const { one } = circuit();
  fail(one, 3, 100_000);
  fail(one, 30, 100_001);
  assert.equal(one.restsUntil(100_001), 101_000);
  one.succeeded(100_002);
  assert.equal(one.state, 'open');
  assert.equal(one.restsUntil(100_002), 0);
});

test('what others found is taken over, within limits', () => {
  const { one, changes } = circuit();
  one.openUntil(99_000, 100_000, 'overloaded');
  assert.equal(one.state, 'closed');
  one.openUntil(1e12, 100_000, 'overloaded');
  assert.equal(one.restsUntil(100_000), 104_000);
  one.openUntil(102_000, 100_000, 'overloaded');
  assert.equal(one.restsUntil(100_000), 104_000, 'not shortened');
  one.allow(100_001);
  assert.equal(one.restsUntil(100_001), 0);
  assert.equal(changes.length, 1);
});

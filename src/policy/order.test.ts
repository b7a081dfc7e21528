import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Needs } from './needs.ts';
import { type Condition, type OrderContext, ordered } from './order.ts';
import type { Plan, Target } from './plan.ts';
import { SessionHomes } from './session-homes.ts';

const now = 1_000_000;

/** The same numbers in every run. */
function chance(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function target(name: string, more: Partial<Target> = {}): Target {
  return Object.freeze({ provider: name, model: 'm', strict: false, ...more });
}

function plan(strategy: Plan['strategy'], targets: readonly Target[], more: Partial<Plan> = {}): Plan {
  return Object.freeze({ targets: Object.freeze(targets), strategy, sticky: true, onCut: 'continue', ...more });
}

interface World extends Partial<OrderContext> {
  readonly rests?: { readonly [provider: string]: number };
  readonly busy?: { readonly [provider: string]: number };
  readonly latency?: { readonly [provider: string]: number };
}

function world({ rests = {}, busy = {}, latency = {}, ...more }: World = {}): OrderContext {
  const health = ({ provider }: Target): Condition => ({
    restsUntil: (at) => Math.max(0, (rests[provider] ?? 0) - at) && (rests[provider] ?? 0),
    busy: busy[provider] ?? 0,
    latencyMs: latency[provider],
  });
  return { now, random: chance(), health, ...more };
}

const names = (targets: readonly Target[]): string => targets.map(({ provider }) => provider).join(' ');
const abc = [target('a'), target('b'), target('c')];
const sessions = Array.from({ length: 20_000 }, (_, i) => `session-${i}`);

/** How many sessions have each target first. */
function firsts(of: Plan, context: (session: string) => OrderContext): { [provider: string]: number } {
  const count: { [provider: string]: number } = {};
  for (const session of sessions) {
    const first = ordered(of, context(session))[0]?.provider ?? '';
    count[first] = (count[first] ?? 0) + 1;
  }
  return count;
}

function isNear(actual: number | undefined, expected: number): void {
  const off = Math.abs((actual ?? 0) - expected);
  // Five times what chance makes of it.
  assert.ok(off < 5 * Math.sqrt(expected), `${actual} is not near ${expected}`);
}

const nothing: Needs = { images: false, pdf: false, tools: false, thinking: false, structured: false, input: 10 };

describe('one target', () => {
  test('is given back at once, and nothing is asked', () => {
    const only = plan('least_cost', [target('a', { when: { images: false } })]);
    const never = (): never => assert.fail('nothing is to be asked');
    assert.equal(ordered(only, { now, random: never, health: never, capable: never, costOf: never }), only.targets);
  });
});

describe('ordered', () => {
  const inOrder = plan('ordered', abc, { sticky: false });

  test('is as written, in the very same array', () => {
    assert.equal(ordered(inOrder, world({ session: 's', latency: { c: 1 } })), inOrder.targets);
  });

  test('has those that rest last, the one that is well soonest first', () => {
    assert.equal(names(ordered(inOrder, world({ rests: { a: now + 2, b: now + 1 } }))), 'c b a');
    assert.equal(names(ordered(inOrder, world({ rests: { a: now - 1, b: now } }))), 'a b c');
  });

  test('has those that cannot do what is needed behind those that can', () => {
    const capable = ({ provider }: Target, { images }: Needs): boolean => !images || provider !== 'a';
    assert.equal(names(ordered(inOrder, world({ capable, needs: { ...nothing, images: true } }))), 'b c a');
    assert.equal(ordered(inOrder, world({ capable, needs: nothing })), inOrder.targets);
    assert.equal(ordered(inOrder, world({ capable })), inOrder.targets, 'nothing is known of the call');
    const resting = world({ capable, needs: { ...nothing, images: true }, rests: { b: now + 9 } });
    assert.equal(names(ordered(inOrder, resting)), 'c a b');
  });

  test('spreads the keys of one provider, and leaves the others where they are', () => {
    const keyed = plan('ordered', [target('x'), target('k', { spread: 1 }), target('k#2', { spread: 1 }), target('z')]);
    const seen = new Set(sessions.slice(0, 50).map((session) => names(ordered(keyed, world({ session })))));
    assert.deepEqual([...seen].toSorted(), ['x k k#2 z', 'x k#2 k z']);
    const byKey: { [order: string]: number } = {};
    for (const session of sessions) {
      const order = names(ordered(keyed, world({ session })));
      byKey[order] = (byKey[order] ?? 0) + 1;
    }
    isNear(byKey['x k k#2 z'], sessions.length / 2);
  });
});

describe('conditions', () => {
  const limited = plan('ordered', [
    target('text', { when: { images: false } }),
    target('small', { when: { max_input: 100 } }),
    target('large', { when: { min_input: 101 } }),
  ]);
  const order = (needs: Partial<Needs>): string => names(ordered(limited, world({ needs: { ...nothing, ...needs } })));

  test('leave out targets that the call is not for', () => {
    assert.equal(order({}), 'text small');
    assert.equal(order({ images: true }), 'small');
    assert.equal(order({ images: true, input: 101 }), 'large');
    assert.equal(order({ input: 100 }), 'text small');
  });

  test('leave out none where none would remain, or nothing is known of the call', () => {
    const strict = plan('ordered', [target('a', { when: { tools: true } }), target('b', { when: { tools: true } })]);
    assert.equal(ordered(strict, world({ needs: nothing })), strict.targets);
    assert.equal(ordered(limited, world()), limited.targets);
  });
});

describe('weighted', () => {
  const weighed = plan('weighted', [
    target('a', { weight: 5 }),
    target('b', { weight: 3 }),
    target('c', { weight: 2 }),
    target('spare', { weight: 0 }),
  ]);
  const share = sessions.length / 10;

  test('gives each its share of sessions', () => {
    const count = firsts(weighed, (session) => world({ session }));
    isNear(count['a'], 5 * share);
    isNear(count['b'], 3 * share);
    isNear(count['c'], 2 * share);
    assert.equal(count['spare'], undefined);
  });

  test('gives each its share of calls that belong to no session, or stay nowhere', () => {
    const random = chance(7);
    const homeless = firsts(weighed, () => world({ random }));
    isNear(homeless['a'], 5 * share);
    isNear(homeless['c'], 2 * share);
    const restless = firsts({ ...weighed, sticky: false }, () => world({ random, session: 'one' }));
    isNear(restless['b'], 3 * share);
  });

  test('keeps a session where it is, whoever reckons', () => {
    for (const session of sessions.slice(0, 200)) {
      const here = names(ordered(weighed, world({ session, random: chance(1) })));
      const elsewhere = plan(
        'weighted',
        weighed.targets.map((each) => ({ ...each })),
      );
      assert.equal(names(ordered(elsewhere, world({ session, random: chance(2) }))), here);
    }
  });

  test('moves only the sessions of a target that is lost, by the weights of the others', () => {
    const moved: { [provider: string]: number } = {};
    let lost = 0;
    for (const session of sessions) {
      const before = ordered(weighed, world({ session }))[0]?.provider ?? '';
      const after = ordered(weighed, world({ session, rests: { a: now + 1 } }))[0]?.provider ?? '';
      if (before !== 'a') assert.equal(after, before);
      else {
        lost += 1;
        moved[after] = (moved[after] ?? 0) + 1;
      }
    }
    isNear(moved['b'], (lost * 3) / 5);
    isNear(moved['c'], (lost * 2) / 5);
  });

  test('moves only a share of sessions to a target that is new', () => {
    const more = plan('weighted', [...weighed.targets, target('new', { weight: 10 })]);
    let moved = 0;
    for (const session of sessions) {
      const before = ordered(weighed, world({ session }))[0]?.provider;
      const after = ordered(more, world({ session }))[0]?.provider;
      if (after === before) continue;
      assert.equal(after, 'new');
      moved += 1;
    }
    isNear(moved, sessions.length / 2);
  });
});

describe('least_cost', () => {
  const cheap = plan('least_cost', abc);
  const costOf = ({ provider }: Target): number | undefined => ({ a: 3, b: 1 })[provider];

  test('is the cheapest first, and those of unknown cost last', () => {
    assert.equal(names(ordered(cheap, world({ costOf }))), 'b a c');
    assert.equal(names(ordered(plan('least_cost', abc.toReversed()), world({ costOf }))), 'b a c');
    assert.equal(names(ordered(cheap, world())), 'a b c');
  });

  test('spreads keys of one provider, which cost the same', () => {
    const keyed = plan('least_cost', [target('k', { spread: 0 }), target('k#2', { spread: 0 })]);
    const count = firsts(keyed, (session) => world({ session, costOf: () => 1 }));
    isNear(count['k'], sessions.length / 2);
  });
});

describe('least_busy', () => {
  const busy = plan('least_busy', abc, { sticky: false });

  test('is the one with the fewest calls under way first', () => {
    assert.equal(names(ordered(busy, world({ busy: { a: 2, b: 1, c: 3 } }))), 'b a c');
  });

  test('takes weights for how much each can carry', () => {
    const strong = plan('least_busy', [target('a', { weight: 4 }), target('b')], { sticky: false });
    assert.equal(names(ordered(strong, world({ busy: { a: 2, b: 0 } }))), 'a b');
    assert.equal(names(ordered(strong, world({ busy: { a: 4, b: 0 } }))), 'b a');
  });

  test('gives those that are equally busy equal shares', () => {
    const random = chance(3);
    isNear(firsts(busy, () => world({ random }))['c'], sessions.length / 3);
  });
});

describe('least_latency', () => {
  const quick = plan('least_latency', abc, { sticky: false });
  const latency = { a: 30, b: 10, c: 20 };

  test('is the quickest first, and now and then another, so that it is known when it has become quick', () => {
    const random = chance(5);
    const count = firsts(quick, () => world({ latency, random }));
    const explored = sessions.length / 50;
    isNear(count['a'], explored / 3);
    isNear(count['c'], explored / 3);
    assert.equal((count['a'] ?? 0) + (count['b'] ?? 0) + (count['c'] ?? 0), sessions.length);
    const usual = (): number => 0.5;
    assert.equal(names(ordered(quick, world({ latency, random: usual }))), 'b c a');
  });

  test('tries one that nobody knows, one call at a time', () => {
    const random = (): number => 0.5;
    assert.equal(names(ordered(quick, world({ random, latency: { a: 30, b: 10 } }))), 'c b a');
    assert.equal(names(ordered(quick, world({ random, latency: { a: 30, b: 10 }, busy: { c: 1 } }))), 'b a c');
  });
});

describe('a session whose target was chosen by what held then', () => {
  const quick = plan('least_latency', abc);
  const random = (): number => 0.5;
  const first = (context: World): string | undefined => ordered(quick, world({ random, ...context }))[0]?.provider;

  test('stays, while others go where it is better now', () => {
    const homes = new SessionHomes();
    assert.equal(first({ homes, session: 's', latency: { a: 1, b: 2, c: 3 } }), 'a');
    const later = { homes, latency: { a: 3, b: 2, c: 1 } };
    assert.equal(first({ ...later, session: 's' }), 'a');
    assert.equal(first({ ...later, session: 't' }), 'c');
    assert.equal(first({ ...later, session: 's', homes: undefined }), 'c');
    assert.equal(first(later), 'c', 'it belongs to no session');
    assert.equal(ordered({ ...quick, sticky: false }, world({ random, ...later, session: 's' }))[0]?.provider, 'c');
  });

  test('does not settle where a call is only tried', () => {
    const homes = new SessionHomes();
    const latency = { a: 1, b: 2 };
    assert.equal(first({ homes, session: 's', latency }), 'c', 'nobody knows how quick it is');
    assert.equal(first({ homes, session: 's', latency: { ...latency, c: 9 } }), 'a');
    const drawn = [0.01, 0.5];
    const lot = (): number => drawn.shift() ?? 0.5;
    const known = { homes, session: 't', latency: { ...latency, c: 9 } };
    assert.equal(ordered(quick, world({ ...known, random: lot }))[0]?.provider, 'b');
    assert.equal(first(known), 'a');
    assert.equal(homes.size, 2);
  });

  test('moves when its target rests, and does not come back', () => {
    const homes = new SessionHomes();
    const latency = { a: 1, b: 2, c: 3 };
    assert.equal(first({ homes, session: 's', latency }), 'a');
    assert.equal(first({ homes, session: 's', latency, rests: { a: now + 5 } }), 'b');
    assert.equal(first({ homes, session: 's', latency }), 'b');
  });

  test('is not moved by a single call that its target is not for, or cannot do', () => {
    const homes = new SessionHomes();
    const targets = [target('a', { when: { images: false } }), target('b'), target('c')];
    const limited = plan('least_latency', targets);
    const latency = { a: 1, b: 2, c: 3 };
    const at = (context: World): string | undefined =>
      ordered(limited, world({ random, homes, session: 's', latency, ...context }))[0]?.provider;
    assert.equal(at({ needs: nothing }), 'a');
    assert.equal(at({ needs: { ...nothing, images: true } }), 'b');
    assert.equal(at({ needs: nothing }), 'a');
    const capable = ({ provider }: Target, { tools }: Needs): boolean => !tools || provider === 'c';
    assert.equal(at({ needs: { ...nothing, tools: true }, capable }), 'c');
    assert.equal(at({ needs: nothing, latency: { a: 9, b: 1, c: 1 } }), 'a');
  });

  test('is remembered for each plan, by names, and forgotten after many others', () => {
    const homes = new SessionHomes();
    const other = plan('least_cost', [...abc].toReversed());
    homes.move(quick, 's', abc[0] as Target);
    homes.move(other, 's', abc[2] as Target);
    assert.equal(homes.of(quick, 's')?.provider, 'a');
    assert.equal(homes.of(other, 's')?.provider, 'c');
    const anew = plan(
      'least_latency',
      abc.map((each) => ({ ...each })),
    );
    assert.equal(homes.of(anew, 's'), anew.targets[0]);
    for (let i = 0; i < 25_000; i++) {
      homes.move(quick, `other-${i}`, abc[1] as Target);
      if (i % 1000 === 0) homes.of(quick, 's');
    }
    assert.equal(homes.size, 20_000);
    assert.equal(homes.of(quick, 's')?.provider, 'a', 'it was in use');
    assert.equal(homes.of(other, 's'), undefined);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenFactors } from './token-factors.ts';

/** Mixed prompts of all kinds, the same in each run. */
function* prompts(count: number): Generator<{ readonly plain: number; readonly other: number }> {
  for (let i = 0; i < count; i++) yield { plain: 500 + ((i * 7919) % 3000), other: ((i * 104_729) % 4) * 400 };
}

test('both factors are found in mixed prompts', () => {
  const factors = new TokenFactors(1, 0.25);
  for (const counted of prompts(60)) factors.learn(counted, counted.plain * 1.2 + counted.other * 1.8);
  assert.ok(Math.abs(factors.tokens({ plain: 1000, other: 0 }) - 1200) < 25);
  assert.ok(Math.abs(factors.tokens({ plain: 0, other: 1000 }) - 1800) < 90);
  assert.ok(factors.error({ plain: 1000, other: 500 }) < 0.06);
  assert.equal(factors.samples, 60);
});

test('what was never seen is assumed, and not trusted', () => {
  const factors = new TokenFactors(1.1, 0.25);
  assert.equal(Math.round(factors.tokens({ plain: 1000, other: 1000 })), 2200);
  assert.equal(factors.error({ plain: 1000, other: 0 }), 0.25);
  for (let i = 0; i < 30; i++) factors.learn({ plain: 1000 + i, other: 0 }, (1000 + i) * 1.5);
  assert.ok(Math.abs(factors.tokens({ plain: 1000, other: 0 }) - 1500) < 10);
  assert.equal(factors.error({ plain: 1000, other: 0 }), 0.02);
  assert.ok(Math.abs(factors.tokens({ plain: 0, other: 1000 }) - 1100) < 1);
  assert.equal(factors.error({ plain: 0, other: 1000 }), 0.25);
});

test('a change is followed', () => {
  const factors = new TokenFactors(1, 0.25);
  for (let i = 0; i < 100; i++) factors.learn({ plain: 1000, other: 0 }, 1000);
  for (let i = 0; i < 40; i++) factors.learn({ plain: 1000, other: 0 }, 1400);
  assert.ok(Math.abs(factors.tokens({ plain: 1000, other: 0 }) - 1400) < 20);
});

test('how far off it has been is the bound; what cannot be is not believed', () => {
  const factors = new TokenFactors(1, 0.1);
  for (let i = 0; i < 40; i++) factors.learn({ plain: 1000, other: 0 }, i % 2 === 0 ? 1000 : 1500);
  const error = factors.error({ plain: 1000, other: 0 });
  assert.ok(error > 0.25 && error < 0.6, String(error));
  const before = factors.samples;
  for (const tokens of [10, 100_000, 0, Number.NaN]) factors.learn({ plain: 1000, other: 0 }, tokens);
  factors.learn({ plain: 0, other: 0 }, 100);
  assert.equal(factors.samples, before);
});

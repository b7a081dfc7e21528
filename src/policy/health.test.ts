import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErrorDetails, type ErrorKind, GatewayError } from '../canon/error.ts';
import { type CircuitChange, circuitChanges } from '../observe/circuit-change.ts';
import { type BreakerOptions, Health } from './health.ts';
import { type News, readNews } from './news.ts';
import { judge, type Verdict } from './verdict.ts';

const breaker: BreakerOptions = {
  failures: 3,
  windowMs: 60_000,
  rate: 0.5,
  calls: 20,
  openMs: 10_000,
  maxOpenMs: 80_000,
  probeMs: 30_000,
  keyOpenMs: 300_000,
  maxKeyOpenMs: 3_600_000,
  restMs: 1000,
  maxRestMs: 600_000,
};
const start = 1_000_000;

function health(onChange: (change: CircuitChange) => void = () => undefined): Health {
  return new Health({ breaker, random: () => 1, onChange });
}

function verdict(kind: ErrorKind, details: ErrorDetails = {}): Verdict {
  return judge(new GatewayError(kind, '', details));
}

function fail(target: ReturnType<Health['of']>, times: number, what: Verdict, now = start): void {
  for (let time = 0; time < times; time++) {
    target.began();
    target.failed(now, what);
  }
}

test('the same names are the same target; what it is busy with is counted', () => {
  const all = health();
  const target = all.of('a', 'm');
  assert.equal(all.of('a', 'm'), target);
  assert.notEqual(all.of('a', 'n'), target);
  target.began();
  target.began();
  target.began();
  assert.equal(target.busy, 3);
  target.succeeded(start, 200);
  target.left();
  assert.equal(target.busy, 1);
  assert.equal(target.latencyMs, 200);
});

test('an overloaded model rests, the others at that provider do not; all its keys know it', () => {
  const all = health();
  fail(all.of('a', 'm'), 3, verdict('overloaded'));
  assert.equal(all.of('a', 'm').admits(start), false);
  assert.equal(all.of('a', 'm').restsUntil(start), start + 10_000);
  assert.equal(all.of('a#2', 'm').admits(start), false);
  assert.equal(all.of('a', 'n').admits(start), true);
  assert.equal(all.of('b', 'm').admits(start), true);
});

test('a provider that cannot be reached rests with all its models and keys', () => {
  const all = health();
  fail(all.of('a', 'm'), 3, verdict('bad_upstream', { place: 'connection' }));
  for (const name of ['a', 'a#2']) assert.equal(all.of(name, 'n').admits(start), false);
  assert.equal(all.of('ab', 'm').admits(start), true);
});

test('a refused key rests with all its models, and the other keys go on', () => {
  const all = health();
  fail(all.of('a#2', 'm'), 2, verdict('authentication'));
  assert.equal(all.of('a#2', 'm').admits(start), true);
  fail(all.of('a#2', 'n'), 1, verdict('permission'));
  assert.equal(all.of('a#2', 'm').restsUntil(start), start + 300_000);
  assert.equal(all.of('a', 'm').admits(start), true);
});

test('a key without money rests at once, as long as was said', () => {
  const all = health();
  fail(all.of('a', 'm'), 1, verdict('billing'));
  assert.equal(all.of('a', 'n').restsUntil(start), start + 300_000);
  fail(all.of('b', 'm'), 1, verdict('billing', { retryAfter: 1200 }));
  assert.equal(all.of('b', 'n').restsUntil(start), start + 1_200_000);
});

test('a rate limit is a rest as long as was said, of this model by this key, and no failure', () => {
  const changes: CircuitChange[] = [];
  const all = health((change) => changes.push(change));
  fail(all.of('a', 'm'), 30, verdict('rate_limit', { retryAfter: 20 }));
  assert.equal(all.of('a', 'm').restsUntil(start), start + 20_000);
  assert.equal(all.of('a', 'm').admits(start + 19_999), false);
  assert.equal(all.of('a', 'm').admits(start + 20_000), true);
  assert.equal(all.of('a#2', 'm').admits(start), true);
  assert.equal(all.of('a', 'n').admits(start), true);
  assert.deepEqual(changes, []);
});

test('where nothing was said the rest grows, but not with calls that are refused together', () => {
  const target = health().of('a', 'm');
  const rests: number[] = [];
  let now = start;
  for (let time = 0; time < 4; time++) {
    fail(target, 5, verdict('rate_limit'), now);
    rests.push(target.restsUntil(now) - now);
    now = target.restsUntil(now);
    assert.equal(target.admits(now), true);
  }
  assert.deepEqual(rests, [1000, 2000, 4000, 8000]);
  target.began();
  target.succeeded(now, 100);
  fail(target, 1, verdict('rate_limit'), now);
  assert.equal(target.restsUntil(now) - now, 1000);
});

test('a rest that is said to be absurdly long has a limit', () => {
  const target = health().of('a', 'm');
  fail(target, 1, verdict('rate_limit', { retryAfter: 86_400 }));
  assert.equal(target.restsUntil(start), start + 600_000);
});

test('an overload that says for how long is left alone so long, at the first time', () => {
  const all = health();
  fail(all.of('a', 'm'), 1, verdict('overloaded', { retryAfter: 7 }));
  assert.equal(all.of('a', 'm').restsUntil(start), start + 7000);
});

test('faults of the client count for nothing, and close nothing', () => {
  const target = health().of('a', 'm');
  for (const kind of ['invalid_request', 'context_overflow', 'content_policy', 'too_large', 'not_found'] as const) {
    fail(target, 100, verdict(kind));
    assert.equal(target.admits(start), true, kind);
  }
  fail(target, 3, verdict('internal'));
  const later = start + 10_000;
  assert.equal(target.admits(later), true);
  target.began();
  target.failed(later, verdict('invalid_request'));
  assert.equal(target.circuits.model.state, 'half_open');
  assert.equal(target.admits(later), true, 'the next one is the probe');
  assert.equal(target.admits(later), false);
});

test('of the models of a key that is half open one gets the probe', () => {
  const all = health();
  fail(all.of('a', 'm'), 1, verdict('billing'));
  const later = start + 300_000;
  assert.equal(all.of('a', 'm').admits(later), true);
  assert.equal(all.of('a', 'n').admits(later), false);
});

test('of two targets at one provider that is half open one gets the probe', () => {
  const all = health();
  const [one, other] = [all.of('a', 'm'), all.of('a', 'n')];
  fail(one, 3, verdict('upstream_timeout', { place: 'connection' }));
  const later = start + 10_000;
  assert.equal(one.admits(later), true);
  assert.equal(other.admits(later), false);
  assert.equal(other.restsUntil(later), later + 30_000);
  one.began();
  one.succeeded(later, 50);
  assert.equal(other.admits(later), true);
});

test('an answer of any sort proves that the provider can be reached', () => {
  const all = health();
  const target = all.of('a', 'm');
  fail(target, 3, verdict('bad_upstream', { place: 'connection' }));
  const later = start + 10_000;
  assert.equal(target.admits(later), true);
  target.began();
  target.failed(later, verdict('overloaded'));
  assert.equal(target.circuits.provider.state, 'closed');
  assert.equal(target.circuits.model.state, 'closed');
});

test('a probe whose client leaves makes room for the next one', () => {
  const target = health().of('a', 'm');
  fail(target, 3, verdict('internal'));
  const later = start + 10_000;
  assert.equal(target.admits(later), true);
  target.began();
  assert.equal(target.admits(later), false);
  target.left();
  assert.equal(target.admits(later), true);
});

test('changes are told to the owner and on the channel', () => {
  const told: unknown[] = [];
  const published: unknown[] = [];
  const hear = (change: unknown): void => {
    published.push(change);
  };
  circuitChanges.subscribe(hear);
  try {
    fail(health((change) => told.push(change)).of('a#2', 'm'), 1, verdict('billing'));
  } finally {
    circuitChanges.unsubscribe(hear);
  }
  assert.deepEqual(told, [
    { scope: 'key:a#2', from: 'closed', to: 'open', why: 'billing', restMs: 300_000, at: start },
  ]);
  assert.deepEqual(published, told);
});

/** Two gateways that tell one another what they find; all that is told. */
function together(): { one: Health; other: Health; told: News[] } {
  const [one, other] = [health(), health()];
  const told: News[] = [];
  const over = (to: Health) => (news: News) => {
    told.push(news);
    to.hear(readNews(JSON.parse(JSON.stringify(news))) as News, start);
  };
  one.shareWith(over(other));
  other.shareWith(over(one));
  return { one, other, told };
}

test('what one gateway finds the others know, and it is told once', () => {
  const { one, other, told } = together();
  fail(one.of('a', 'vendor/m'), 3, verdict('overloaded'));
  assert.equal(other.of('a', 'vendor/m').restsUntil(start), start + 10_000);
  assert.equal(other.of('a', 'n').admits(start), true);
  fail(one.of('b#2', 'm'), 1, verdict('billing'));
  assert.equal(other.of('b#2', 'n').admits(start), false);
  assert.equal(other.of('b', 'n').admits(start), true);
  fail(one.of('c', 'm'), 3, verdict('bad_upstream', { place: 'connection' }));
  assert.equal(other.of('c#2', 'n').admits(start), false);
  for (const ms of [0, 1, 2]) fail(one.of('d#2', 'm'), 1, verdict('rate_limit', { retryAfter: 20 }), start + ms);
  assert.equal(other.of('d#2', 'm').restsUntil(start), start + 20_000);
  assert.deepEqual(told, [
    { scope: 'model:a/vendor/m', restMs: 10_000, why: 'overloaded' },
    { scope: 'key:b#2', restMs: 300_000, why: 'billing' },
    { scope: 'provider:c', restMs: 10_000, why: 'bad_upstream' },
    { scope: 'target:d#2/m', restMs: 20_000, why: 'rate_limit' },
  ]);
});

test('what is well again at one gateway may prove it at the others', () => {
  const { one, other } = together();
  fail(one.of('a', 'm'), 3, verdict('overloaded'));
  const later = start + 10_000;
  assert.equal(one.of('a', 'm').admits(later), true);
  one.of('a', 'm').succeeded(later, 10);
  assert.equal(other.of('a', 'm').admits(start), true, 'before its time');
  assert.equal(other.of('a', 'm').circuits.model.state, 'half_open');
});

test('what is no news is not heard', () => {
  const news = { scope: 'model:a/m', restMs: 5, why: 'overloaded' };
  assert.deepEqual(readNews(news), news);
  for (const wrong of [
    undefined,
    'x',
    [],
    { ...news, scope: 'a/m' },
    { ...news, scope: 'model:a' },
    { ...news, scope: 'provider:a/m' },
    { ...news, scope: 'key:' },
    { ...news, scope: `model:a/${'m'.repeat(2000)}` },
    { ...news, restMs: -1 },
    { ...news, restMs: '5' },
    { ...news, restMs: Number.NaN },
    { ...news, why: 'toString' },
    { ...news, why: undefined },
  ]) {
    assert.equal(readNews(wrong), undefined, JSON.stringify(wrong));
  }
});

test('news of an absurdly long rest have the limits of our own', () => {
  const all = health();
  all.hear({ scope: 'model:a/m', restMs: 1e12, why: 'overloaded' }, start);
  assert.equal(all.of('a', 'm').restsUntil(start), start + 80_000);
  all.hear({ scope: 'target:a/n', restMs: 1e12, why: 'rate_limit' }, start);
  assert.equal(all.of('a', 'n').restsUntil(start), start + 600_000);
});

test('names that nobody serves do not fill the memory, and do not push out what is used', () => {
  const all = health();
  const known = all.of('a', 'known');
  known.began();
  known.succeeded(start, 10);
  for (let name = 0; name < 10_000; name++) all.of('a', `invented-${name}`);
  assert.equal(all.of('a', 'known'), known);
  assert.ok([...all.entries()].length <= 2000);
  assert.ok([...all.circuits()].length <= 2002);
});

test('what is under way is not forgotten, nor what another key still knows of a model', () => {
  const all = health();
  const target = all.of('a', 'slow');
  target.began();
  const known = all.of('b', 'known');
  known.began();
  known.succeeded(start, 10);
  const { model } = all.of('b#2', 'known').circuits;
  for (let name = 0; name < 10_000; name++) all.of('a', `invented-${name}`);
  assert.equal(all.of('a', 'slow'), target);
  assert.equal(all.of('b', 'known'), known);
  assert.ok([...all.circuits()].includes(model));
  assert.equal(all.of('b#2', 'known').circuits.model, model);
});

test('even where all have answered there is a limit', () => {
  const all = health();
  for (let name = 0; name < 5000; name++) {
    const target = all.of(name % 2 === 0 ? 'a' : 'a#2', `model-${name}`);
    target.began();
    target.succeeded(start, 10);
  }
  assert.ok([...all.entries()].length <= 2000);
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readRetryAfter } from './retry-after.ts';

type Headers = { readonly [name: string]: string };

function near(actual: number | undefined, expected: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 5, `${actual} is not about ${expected}`);
}

const inAMinute = (): Date => new Date(Date.now() + 60_000);

describe('headers', () => {
  const cases: readonly (readonly [Headers, number | undefined])[] = [
    [{ 'retry-after': '20' }, 20],
    [{ 'retry-after': ' 0.5 ' }, 0.5],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '20s' }, 20],
    [{ 'retry-after-ms': '1500', 'retry-after': '20' }, 1.5],
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6m0s' }, 360],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '1s' }, 1],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '120ms' }, 0.12],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '1h2m3.5s' }, 3723.5],
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '30' }, 30],
    [{ 'x-ratelimit-remaining-requests-day': '0', 'x-ratelimit-reset-requests-day': '33011.38' }, 33_011.38],
    [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '30' }, 30],
    // Only what is used up has to be waited for.
    [
      {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '6m0s',
        'x-ratelimit-remaining-tokens': '100',
        'x-ratelimit-reset-tokens': '1h',
      },
      360,
    ],
    [{ 'x-ratelimit-remaining-requests': '5', 'x-ratelimit-reset-requests': '6m0s' }, undefined],
    [{ 'x-ratelimit-reset-requests': '6m0s' }, undefined],
  ];
  for (const [headers, expected] of cases) {
    test(JSON.stringify(headers), () => assert.equal(readRetryAfter(headers, ''), expected));
  }

  test('dates and points in time', () => {
    const soon = inAMinute();
    near(readRetryAfter({ 'retry-after': soon.toUTCString() }, ''), 60);
    near(readRetryAfter({ 'retry-after': String(Math.round(soon.getTime() / 1000)) }, ''), 60);
    near(readRetryAfter({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(soon.getTime()) }, ''), 60);
    near(readRetryAfter({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(soon.getTime() / 1000) }, ''), 60);
    for (const what of ['requests', 'tokens', 'input-tokens', 'output-tokens']) {
      const headers = {
        [`anthropic-ratelimit-${what}-remaining`]: '0',
        [`anthropic-ratelimit-${what}-reset`]: soon.toISOString(),
      };
      near(readRetryAfter(headers, ''), 60);
    }
    const reset = String(Math.round(soon.getTime() / 1000));
    const unified = 'anthropic-ratelimit-unified-reset';
    near(readRetryAfter({ 'anthropic-ratelimit-unified-status': 'rejected', [unified]: reset }, ''), 60);
    assert.equal(readRetryAfter({ 'anthropic-ratelimit-unified-status': 'allowed', [unified]: reset }, ''), undefined);
    assert.equal(readRetryAfter({ 'retry-after': new Date(0).toUTCString() }, ''), 0);
  });

  test('what is no time is passed over, and the next place looked at', () => {
    const nonsense = [
      '',
      ' ',
      'soon',
      'NaN',
      'Infinity',
      '-5',
      '1e999',
      '99999999',
      'unlimited',
      '5 apples',
      'model-3',
    ];
    for (const wrong of nonsense) {
      assert.equal(readRetryAfter({ 'retry-after': wrong }, ''), undefined, wrong);
      assert.equal(readRetryAfter({ 'retry-after-ms': `${wrong}x` }, ''), undefined, wrong);
      assert.equal(readRetryAfter({ 'retry-after-ms': wrong === '99999999' ? 'x' : wrong, 'retry-after': '7' }, ''), 7);
      assert.equal(readRetryAfter({ 'retry-after': wrong }, 'Please try again in 3s.'), 3, wrong);
      const none = { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': wrong };
      assert.equal(readRetryAfter(none, ''), undefined, wrong);
    }
  });
});

test('what the body says in its own place goes first', () => {
  assert.equal(readRetryAfter({ 'retry-after': '7' }, '', '34.074824224s'), 34.074824224);
  assert.equal(readRetryAfter({ 'retry-after': '7' }, '', 12), 12);
  assert.equal(readRetryAfter({}, '', '0.5s'), 0.5);
  for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY, '-3s', '', {}, null, undefined]) {
    assert.equal(readRetryAfter({ 'retry-after': '7' }, '', wrong), 7);
  }
});

describe('texts', () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ['Rate limit reached for gpt-4o ... Please try again in 20s. Visit https://x', 20],
    ['Please try again in 1.2s. Visit https://x', 1.2],
    ['Please try again in 350ms.', 0.35],
    ['Please try again in 1m3.2s.', 63.2],
    ['Please try again in 2m59.56s.', 179.56],
    ['Please try again in 7h12m3.5s. Need more tokens?', 25_923.5],
    ['Please try again in 6m0s.', 360],
    ['Please try again in 1h2m.', 3720],
    ['exceeded token rate limit of your current pricing tier. Please retry after 26 seconds. Please go here', 26],
    ['Please retry after 86400 seconds.', 86_400],
    ['Rate limit of 1 per 0s exceeded for UserByModelByMinute. Please wait 39 seconds before retrying.', 39],
    ['* Quota exceeded for metric: x, limit: 5\nPlease retry in 34.074824224s.', 34.074824224],
    ['You have exhausted your capacity on this model. Your quota will reset after 17s.', 17],
    ['No deployments available for selected model, Try again in 60 seconds. Passed model=x', 60],
    ['Retry your request after 5 minutes.', 300],
    ['Try again in 1 hour and 20 minutes.', 4800],
    ['Too many tokens, please wait before trying again.', undefined],
    ['Try again later.', undefined],
    ['Please try again in 20 apples.', undefined],
    ['Please try again in 1e9s', undefined],
    ['Please try again in 99999999999s', undefined],
    ['limit of 5 requests in 20s', undefined],
  ];
  for (const [message, expected] of cases) {
    test(message.slice(0, 90), () => {
      const found = readRetryAfter({}, message);
      if (expected === undefined) assert.equal(found, undefined);
      else assert.ok(found !== undefined && Math.abs(found - expected) < 1e-6, String(found));
    });
  }

  test('a long text costs no time', () => {
    const started = process.cpuUsage();
    for (const piece of ['try again in 1m', 'try again in 1 ', 'wait 1', '1m1m1m1m', 'wait for 1 second and ']) {
      readRetryAfter({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': piece.repeat(5000) }, piece.repeat(50_000));
    }
    assert.ok(process.cpuUsage(started).user < 1_000_000);
  });
});

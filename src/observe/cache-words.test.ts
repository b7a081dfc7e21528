import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CacheWarnings, cacheWords } from './cache-words.ts';
import type { CacheMiss, CallRecord } from './call.ts';

test('a lost cache in words', () => {
  const cases: [CacheMiss, string][] = [
    [
      { at: 'messages[3].content[0]', how: 'changed', by: 'client', tokens: 48_000, cost: 0.12 },
      'cache lost at messages[3].content[0] (changed by client), 48,000 tokens, $0.12',
    ],
    [
      { at: 'tools[0]', how: 'moved', by: 'gateway', tokens: 1200, cost: 0.0045 },
      'cache lost at tools[0] (moved by gateway), 1,200 tokens, $0.0045',
    ],
    [{ at: 'expired', by: 'provider', tokens: 2000 }, 'cache lost (expired), 2,000 tokens'],
    [{ at: 'unknown', by: 'provider', tokens: 2000 }, 'cache lost (by provider), 2,000 tokens'],
    [{ at: 'unknown', by: 'unknown', tokens: 2000 }, 'cache lost (reason unknown), 2,000 tokens'],
    [{ at: 'model', by: 'client', tokens: 2000 }, 'cache lost (another model, by client), 2,000 tokens'],
    [{ at: 'target', by: 'provider', tokens: 2000 }, 'cache lost (another target, by provider), 2,000 tokens'],
  ];
  for (const [miss, words] of cases) assert.equal(cacheWords(miss), words);
});

test('a warning now and then, of what somebody can do something about', () => {
  const warnings = new CacheWarnings(1000);
  const due = (cacheMiss: Partial<CacheMiss> | undefined, now: number, session = 's'): boolean =>
    warnings.isDue(
      {
        session,
        ...(cacheMiss && { cacheMiss: { at: 'tools[0]', by: 'client', tokens: 1, ...cacheMiss } }),
      } as CallRecord,
      now,
    );
  assert.equal(due(undefined, 0), false);
  assert.equal(due({ at: 'expired', by: 'provider' }, 0), false);
  assert.equal(due({ at: 'model' }, 0), false);
  assert.equal(due({ how: 'shortened' }, 0), false);
  assert.equal(due({}, 0), true);
  assert.equal(due({}, 999), false);
  assert.equal(due({}, 999, 'other'), true);
  assert.equal(due({ by: 'gateway' }, 1000), true);
});

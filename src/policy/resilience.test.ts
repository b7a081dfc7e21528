import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '../config/config.ts';
import { readConfig } from '../config/load.ts';
import { knownKinds } from '../providers/table.ts';
import { breakerOptions, createRetries } from './resilience.ts';

function config(...lines: string[]): Config {
  return readConfig({ file: 'dragoman.yaml', text: lines.join('\n') }, { env: {}, kinds: knownKinds });
}

const providers = 'providers: { a: { kind: openrouter, api_key: k, retries: { most: 0, patience: 1m } } }';

test('what nothing is said of suits calls of models', () => {
  assert.deepEqual(createRetries(config(providers)).of('b'), { most: 2, baseMs: 500, maxMs: 8000, patienceMs: 10_000 });
  assert.deepEqual(breakerOptions(config(providers)), {
    failures: 5,
    windowMs: 60_000,
    rate: 0.5,
    calls: 20,
    openMs: 10_000,
    maxOpenMs: 300_000,
    probeMs: 60_000,
    keyOpenMs: 120_000,
    maxKeyOpenMs: 3_600_000,
    restMs: 1000,
    maxRestMs: 900_000,
  });
  assert.equal(config(providers).retries.share, 0.2);
  assert.equal(config(providers).health.probe, 0);
});

test('a provider has retries of its own where it says so', () => {
  const written = config(providers, 'retries: { base: 1s, most: 5, share: "0.5" }');
  const own = { most: 0, baseMs: 1000, maxMs: 8000, patienceMs: 60_000 };
  assert.deepEqual(createRetries(written).of('a'), own);
  assert.equal(createRetries(written).of('b').most, 5);
  assert.equal(written.retries.share, 0.5);
});

test('a part of a whole is a number from 0 to 1', () => {
  for (const wrong of ['1.1', '-0.1', 'half', '"20%"']) {
    assert.throws(() => config(providers, `retries: { share: ${wrong} }`), /retries\.share/, wrong);
  }
});

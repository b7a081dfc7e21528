import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GatewayError } from '../canon/error.ts';
import { readConfig } from '../config/load.ts';
import { buildProviders, everyKey } from '../providers/build.ts';
import type { Provider } from '../providers/provider.ts';
import { knownKinds } from '../providers/table.ts';
import { Capabilities } from './capabilities.ts';
import type { Needs } from './needs.ts';
import { createPrices } from './prices.ts';

const text = `
providers:
  blind: { speaks: openai-chat, base_url: "http://127.0.0.1:1/v1", quirks: { images: false, files: false } }
  other: { kind: openai, api_key: k3 }
  keyed: { kind: openai, api_key: [k1, k2], models: { small: { context_window: 4000 } } }
`;
const config = readConfig({ file: 'dragoman.yaml', text }, { env: {}, kinds: knownKinds });
const providers = everyKey(buildProviders(config, { ask: () => Promise.reject(new Error('not here')) }));
const hour = 60 * 60_000;

const bare: Needs = { images: false, pdf: false, tools: false, thinking: false, structured: false, input: 100 };

function capabilities(now = () => 0): Capabilities {
  return new Capabilities({ provider: (name) => providers.get(name) as Provider, prices: createPrices(), now });
}

const refusal = (message: string): GatewayError => new GatewayError('invalid_request', message);
const noTools = refusal('m does not support tools');

describe('what is known before anybody asks', () => {
  const known = capabilities();
  const blind = { provider: 'blind', model: 'x' };

  test('are quirks; what the gateway makes up for keeps no call away', () => {
    assert.equal(known.can(blind, bare), true);
    assert.equal(known.can(blind, { ...bare, images: true }), false);
    assert.equal(known.can(blind, { ...bare, pdf: true }), true);
    assert.deepEqual(
      known.lacks(blind).map(({ ability, madeUp }) => [ability, madeUp]),
      [
        ['images', false],
        ['pdf', true],
      ],
    );
    assert.deepEqual(known.lacks(blind, { ...bare, tools: true }), []);
  });

  test('is the window: of the configuration, else of the price table', () => {
    const small = { provider: 'keyed#2', model: 'small' };
    assert.equal(known.window(small), 4000);
    assert.equal(known.can(small, { ...bare, input: 4000 }), true);
    assert.equal(known.can(small, { ...bare, input: 4001 }), false);
    assert.deepEqual(known.lacks(small, { ...bare, input: 4001 }), [
      { ability: 'input', why: 'window 4000', madeUp: false },
    ]);
    assert.ok((known.window({ provider: 'keyed', model: 'gpt-4o' }) ?? 0) > 100_000);
    assert.equal(known.window(blind), undefined);
    assert.equal(known.can(blind, { ...bare, input: 10 ** 9 }), true);
  });
});

test('a body need not be understood where all targets can do the same, and it is short', () => {
  const known = capabilities();
  const plain = { provider: 'keyed', model: 'm', strict: false };
  assert.equal(known.matter([plain, { ...plain, provider: 'other' }], 10 ** 9), false);
  assert.equal(known.matter([plain, { ...plain, provider: 'blind' }], 10), true);
  assert.equal(known.matter([plain, { ...plain, when: { tools: false } }], 10), true);
  assert.equal(known.matter([{ ...plain, model: 'small' }], 4000 * 3.6), false);
  assert.equal(known.matter([{ ...plain, model: 'small' }], 4001 * 3.6), true);
  known.learn(plain, noTools);
  assert.equal(known.matter([plain], 10), true);
});

describe('what errors tell', () => {
  const target = { provider: 'keyed', model: 'm' };
  const tools: Needs = { ...bare, tools: true };

  test('holds for every key, for that model alone, and for some hours', () => {
    let now = 5 * hour;
    const learning = capabilities(() => now);
    assert.equal(learning.can(target, tools), true);
    assert.equal(learning.learn(target, noTools), true);
    assert.equal(learning.can(target, tools), false);
    assert.equal(learning.can({ provider: 'keyed#2', model: 'm' }, tools), false);
    assert.equal(learning.can({ provider: 'keyed', model: 'n' }, tools), true);
    assert.equal(learning.can({ provider: 'other', model: 'm' }, tools), true);
    assert.equal(learning.can(target, { ...bare, images: true }), true);
    now += 12 * 60_000;
    assert.deepEqual(learning.lacks(target), [{ ability: 'tools', why: 'refused 12 min ago', madeUp: false }]);
    now += 6 * hour;
    assert.equal(learning.can(target, tools), true);
    assert.deepEqual(learning.lacks(target), []);
  });

  test('may be how much fits', () => {
    let now = 0;
    const learning = capabilities(() => now);
    const overflow = new GatewayError('context_overflow', 'prompt is too long', { tokens: 9000, limit: 8192 });
    assert.equal(learning.learn(target, overflow), true);
    assert.equal(learning.window(target), 8192);
    assert.equal(learning.can(target, { ...bare, input: 8193 }), false);
    assert.equal(learning.can(target, { ...bare, input: 8192 }), true);
    now = 7 * hour;
    assert.equal(learning.window(target), undefined);
    assert.equal(learning.learn(target, new GatewayError('context_overflow', 'too long')), false);
  });

  test('is mostly nothing of what a model can do', () => {
    const learning = capabilities();
    for (const error of [
      new GatewayError('overloaded', 'tool use is not supported'),
      refusal('max_tokens: 9 > 8'),
      refusal('image media type not supported: image/bmp'),
    ])
      assert.equal(learning.learn(target, error), false, error.message);
    assert.deepEqual(learning.lacks(target), []);
  });

  test('takes no memory without end', () => {
    const learning = capabilities();
    for (let i = 0; i < 2001; i++) learning.learn({ provider: 'keyed', model: `m${i}` }, noTools);
    assert.equal(learning.can({ provider: 'keyed', model: 'm0' }, tools), true);
    assert.equal(learning.can({ provider: 'keyed', model: 'm1' }, tools), false);
    assert.equal(learning.can({ provider: 'keyed', model: 'm2000' }, tools), false);
  });
});

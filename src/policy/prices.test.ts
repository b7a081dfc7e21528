import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds } from '../providers/table.ts';
import table from './prices.json' with { type: 'json' };
import { createPrices, type Priced } from './prices.ts';

const noon = new Date('2026-11-01T12:00:00Z');
const prices = createPrices({}, () => noon);
const million = { input: 1_000_000, output: 0 };

function inputPrice(priced: Priced): number | undefined {
  // Below every tier.
  const cost = prices.costOf({ ...priced, usage: { input: 1000, output: 0 } });
  return cost === undefined ? undefined : Math.round(cost * 1_000_000) / 1000;
}

test('each kind of tokens has its price', () => {
  const cost = (usage: object): number | undefined =>
    prices.costOf({ kind: 'anthropic', model: 'claude-opus-4-5-20251101', usage });
  assert.equal(cost({ input: 1_000_000 }), 5);
  assert.equal(cost({ output: 1_000_000, reasoning: 400_000 }), 25);
  assert.equal(cost({ input: 0, cacheRead: 1_000_000, output: 0 }), 0.5);
  assert.equal(cost({ cacheWrite: 1_000_000 }), 6.25);
  assert.equal(cost({ cacheWrite: 1_000_000, cacheWrite1h: 1_000_000 }), 10);
  assert.equal(cost({ cacheWrite: 1_000_000, cacheWrite1h: 400_000 }), 0.6 * 6.25 + 0.4 * 10);
  assert.equal(cost({ input: 100_000, cacheRead: 200_000, cacheWrite: 0, output: 1000 }), 0.5 + 0.1 + 0.025);
});

test('what the provider says it charged goes before the table', () => {
  assert.equal(prices.costOf({ kind: 'openrouter', model: 'who/knows', usage: { input: 5, cost: 0.25 } }), 0.25);
  assert.equal(prices.costOf({ kind: 'anthropic', model: 'claude-opus-5', usage: { ...million, cost: 0 } }), 0);
});

test('long prompts cost more where there are tiers, cached tokens counting', () => {
  const cost = (input: number, cacheRead: number): number | undefined =>
    prices.costOf({ kind: 'gemini-openai', model: 'gemini-2.5-pro', usage: { input, cacheRead, output: 0 } });
  const short = cost(100_000, 0) ?? 0;
  assert.ok(Math.abs((cost(200_000, 0) ?? 0) - 2 * short) < 1e-9);
  assert.ok(Math.abs((cost(300_000, 0) ?? 0) - 6 * short) < 1e-9);
  assert.ok((cost(100_000, 200_000) ?? 0) > 2 * short);
});

test('a model is found however a provider calls it', () => {
  const known: readonly (readonly [kind: string | undefined, model: string, price: number | undefined])[] = [
    ['anthropic', 'claude-sonnet-4-5', 3],
    ['openrouter', 'anthropic/claude-sonnet-4.5', 3],
    ['openrouter', 'anthropic/claude-sonnet-4.5:nitro', 3],
    ['bedrock', 'us.anthropic.claude-opus-5-v1:0', 5.5],
    ['bedrock', 'global.anthropic.claude-opus-5-v1:0', 5],
    ['vertex', 'claude-sonnet-4-5@20250929', 3],
    ['vertex', 'publishers/google/models/gemini-2.5-pro', 1.25],
    ['azure', 'claude-opus-4-5', 5],
    ['databricks', 'databricks-claude-sonnet-4-5', 3],
    ['xai', 'grok-4.3', inputPrice({ kind: 'x-ai', model: 'grok-4.3' })],
    ['vercel', 'openai/gpt-4o', 2.5],
    [undefined, 'claude-haiku-4-5', 1],
    [undefined, 'gpt-oss-120b', undefined],
    ['groq', 'openai/gpt-oss-120b', 0.15],
    ['vllm', 'claude-opus-5', undefined],
    ['anthropic', 'no-such-model', undefined],
  ];
  for (const [kind, model, price] of known) assert.equal(inputPrice({ kind, model }), price, `${kind} ${model}`);
  assert.notEqual(inputPrice({ kind: 'xai', model: 'grok-4.3' }), undefined);
});

test('what was not counted or has no price is not guessed', () => {
  assert.equal(prices.costOf({ kind: 'anthropic', model: 'claude-opus-5', usage: {} }), undefined);
  assert.equal(prices.costOf({ kind: 'openai', model: 'text-embedding-3-small', usage: { output: 5 } }), undefined);
  assert.notEqual(prices.costOf({ kind: 'openai', model: 'text-embedding-3-small', usage: { input: 5 } }), undefined);
});

test('prices change with the day and the hour', () => {
  const gemini = (day: string): number | undefined =>
    createPrices({}, () => new Date(day)).costOf({ kind: 'gemini', model: 'gemini-3.6-flash', usage: million });
  assert.equal(gemini('2026-12-31T23:59:59Z'), 0.75);
  assert.equal(gemini('2027-01-01T00:00:00Z'), 1.5);
  const deepseek = (time: string): number | undefined =>
    createPrices({}, () => new Date(`2026-11-01T${time}Z`)).costOf({
      kind: 'deepseek',
      model: 'deepseek-v4-pro',
      usage: million,
    });
  assert.deepEqual(['00:59:59', '01:00:00', '03:59:59', '04:00:00'].map(deepseek), [0.66, 1.32, 1.32, 0.66]);
});

test("the user's prices go over the table's, field by field, and add to it", () => {
  const mine = createPrices(
    {
      'local/*': { input: 0, output: 0 },
      'claude-opus-*': { input: 1, context_window: 5000 },
      'House-Model': { input: 2, output: 4 },
    },
    () => noon,
  );
  const cost = (priced: Priced, usage: object): number | undefined => mine.costOf({ ...priced, usage });
  assert.equal(cost({ kind: 'vllm', provider: 'local', model: 'qwen' }, { ...million, output: 5 }), 0);
  assert.equal(cost({ kind: 'anthropic', model: 'claude-opus-4-5' }, million), 1);
  assert.equal(cost({ kind: 'anthropic', model: 'claude-opus-4-5' }, { output: 1_000_000 }), 25);
  assert.equal(cost({ kind: 'openrouter', model: 'anthropic/claude-opus-4.5' }, million), 1);
  assert.equal(cost({ model: 'house-model' }, { input: 1_000_000, output: 1_000_000 }), 6);
  assert.equal(cost({ model: 'house-model' }, { input: 0, cacheRead: 1_000_000 }), 2);
  assert.equal(mine.windowOf({ kind: 'anthropic', model: 'claude-opus-4-5' }), 5000);
  assert.equal(mine.windowOf({ kind: 'anthropic', model: 'claude-haiku-4-5' }), 200_000);
});

test("Anthropic's cache has its rules where the table is silent", () => {
  const mine = createPrices({
    'claude-new': { input: 10, output: 50 },
    'claude-own': { input: 10, cache_read: 2, cache_write: 3, cache_write_1h: 4 },
    other: { input: 10, output: 50 },
  });
  const cached = { input: 0, cacheRead: 1_000_000, cacheWrite: 2_000_000, cacheWrite1h: 1_000_000 };
  assert.equal(mine.costOf({ model: 'claude-new', usage: cached }), 1 + 12.5 + 20);
  assert.equal(mine.costOf({ model: 'claude-own', usage: cached }), 2 + 3 + 4);
  assert.equal(mine.costOf({ model: 'other', usage: cached }), 30);
});

test('windows are known', () => {
  assert.equal(prices.windowOf({ kind: 'anthropic', model: 'claude-opus-5' }), 1_000_000);
  assert.equal(prices.windowOf({ kind: 'litellm', model: 'gpt-4o' }), 128_000);
  assert.equal(prices.windowOf({ model: 'unheard-of' }), undefined);
});

test('makers of models are in the table by one name or another', () => {
  const examples = {
    anthropic: 'claude-opus-5',
    openai: 'gpt-4o',
    deepseek: 'deepseek-chat',
    mistral: 'mistral-large-latest',
  };
  for (const [kind, model] of Object.entries(examples)) {
    assert.ok(kinds.has(kind) && Object.hasOwn(table.providers, kind));
    assert.notEqual(inputPrice({ kind, model }), undefined, kind);
  }
  for (const [kind, model] of [
    ['cohere-openai', 'command-a-03-2025'],
    ['moonshot', 'kimi-k2-0905-preview'],
    ['zai', 'glm-5.2'],
    ['zhipu', 'glm-4-air'],
    ['huggingface', 'qwen/qwen2.5-coder-7b:nebius'],
    ['nebius', 'Qwen/Qwen2.5-Coder-7B'],
  ] as const) {
    assert.notEqual(inputPrice({ kind, model }), undefined, kind);
  }
});

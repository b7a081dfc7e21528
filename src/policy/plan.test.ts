import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConfig } from '../config/load.ts';
import { buildProviders, everyKey } from '../providers/build.ts';
import type { Provider } from '../providers/provider.ts';
import { knownKinds } from '../providers/table.ts';
import { ModelRouter } from './models.ts';
import type { Plan } from './plan.ts';

const ask = () => Promise.reject(new Error('no token is fetched here'));

function built(...lines: readonly string[]): { router: ModelRouter; providers: ReadonlyMap<string, Provider> } {
  const config = readConfig({ file: 'dragoman.yaml', text: lines.join('\n') }, { env: {}, kinds: knownKinds });
  const providers = buildProviders(config, { ask });
  return { router: new ModelRouter(config, providers), providers };
}

const providers = [
  'providers:',
  '  one: { kind: groq, api_key: k }',
  '  many: { kind: openai, api_key: [k1, k2, k3], models: { gpt-5: { context_window: 9 } } }',
];

describe('the plan for a name', () => {
  const { router } = built(
    ...providers,
    'routing: { on_cut: error, hedge: p90 }',
    'models:',
    '  plain: [one/a, one/b]',
    '  weighed: [{ target: one/a, weight: 3 }, one/b]',
    '  busy: { to: [{ target: one/a, weight: 3 }, one/b], strategy: least_busy, sticky: false, hedge: off }',
    '  limited: [{ target: one/a, when: { images: false } }, one/b]',
    '  "keyed-*": { to: [one/a, many/*], on_cut: continue }',
    '  shared: { to: [{ target: many/x, weight: 6 }, one/a] }',
  );
  const manner = ({ targets, ...rest }: Plan): Omit<Plan, 'targets'> & { targets: string[] } => ({
    targets: targets.map(({ provider, model }) => `${provider}/${model}`),
    ...rest,
  });

  test('says what the rule says, else what is said for all', () => {
    const usual = { onCut: 'error', hedge: 0.9 } as const;
    assert.deepEqual(manner(router.planRoute('plain')), {
      targets: ['one/a', 'one/b'],
      strategy: 'ordered',
      sticky: false,
      ...usual,
    });
    assert.deepEqual(manner(router.planRoute('busy')), {
      targets: ['one/a', 'one/b'],
      strategy: 'least_busy',
      sticky: false,
      onCut: 'error',
    });
  });

  test('is weighted where weights are written, and sticky where there is a choice', () => {
    const { strategy, sticky, targets } = router.planRoute('weighed');
    assert.deepEqual([strategy, sticky], ['weighted', true]);
    assert.deepEqual(
      targets.map(({ weight }) => weight),
      [3, undefined],
    );
  });

  test('has conditions with their targets', () => {
    assert.deepEqual(
      router.planRoute('limited').targets.map(({ when }) => when),
      [{ images: false }, undefined],
    );
  });

  test('has a target for each key of a provider, its weight shared out', () => {
    const plan = router.planRoute('keyed-gpt');
    assert.deepEqual(manner(plan).targets, ['one/a', 'many/gpt', 'many#2/gpt', 'many#3/gpt']);
    assert.deepEqual([plan.strategy, plan.sticky, plan.onCut], ['ordered', true, 'continue']);
    assert.deepEqual(
      plan.targets.map(({ spread }) => spread),
      [undefined, 1, 1, 1],
    );
    assert.deepEqual(
      router.planRoute('shared').targets.map(({ weight }) => weight),
      [2, 2, 2, undefined],
    );
  });

  test('spreads what no rule says, too', () => {
    assert.deepEqual(manner(router.planRoute('many/x')).targets, ['many/x', 'many#2/x', 'many#3/x']);
    assert.equal(router.planRoute('one/x').sticky, false);
  });

  test('is frozen, and the same as long as it is remembered', () => {
    const plan = router.planRoute('plain');
    assert.equal(router.planRoute('plain'), plan);
    assert.equal(router.planTargets('plain'), plan.targets);
    assert.ok([plan, plan.targets, ...plan.targets].every((part) => Object.isFrozen(part)));
  });
});

describe('a provider with several keys', () => {
  const { providers: known, router } = built(...providers);

  test('is one for people and several for calls', async () => {
    assert.deepEqual([...known.keys()], ['one', 'many']);
    const all = everyKey(known);
    assert.deepEqual([...all.keys()], ['one', 'many', 'many#2', 'many#3']);
    const shown = await Promise.all([...all.values()].map(async (provider) => provider.authorize()));
    assert.deepEqual(
      shown.map(({ authorization }) => authorization),
      ['Bearer k', 'Bearer k1', 'Bearer k2', 'Bearer k3'],
    );
    const third = all.get('many#3');
    assert.deepEqual([third?.configName, third?.kind, third?.contextWindow('gpt-5')], ['many', 'openai', 9]);
    assert.deepEqual(
      router.listModels().map(({ id }) => id),
      ['big', 'small', 'many/gpt-5'],
    );
  });

  test('whose settings are wrong is complained of once', () => {
    const wrong = 'providers: { a: { kind: openia, api_key: [k1, k2] } }';
    assert.throws(
      () => built(wrong),
      (error: Error) => error.message.split('\n').length === 1 && /providers\.a\.kind/.test(error.message),
    );
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Config } from '../config/config.ts';
import { readConfig } from '../config/load.ts';
import type { Needs } from '../policy/needs.ts';
import { knownKinds } from '../providers/table.ts';
import { type Composed, compose } from './compose.ts';
import { explainRoute, type RouteExplanation } from './route-explanation.ts';

const text = `
providers:
  claude: { kind: anthropic, api_key: k }
  gpt: { kind: openai, api_key: [k1, k2] }
  local: { kind: ollama, quirks: { images: false } }
  keyless: { kind: groq, api_key: "\${NO_KEY}" }
default_provider: claude
models:
  shared: [{ target: claude/a, weight: 3 }, { target: keyless/b, weight: 1 }]
  mixed:
    to: [{ target: claude/claude-sonnet-4-5, when: { max_input: 10k } }, local/x, gpt/gpt-5]
    strategy: least_cost
    hedge: p95
  fallback: [local/x, claude/claude-sonnet-4-5]
`;

const bare: Needs = { images: false, pdf: false, tools: false, thinking: false, structured: false, input: 3000 };

describe('where a call goes, and why', () => {
  let config: Config;
  let composed: Composed;
  before(async () => {
    config = readConfig({ file: 'dragoman.yaml', text }, { env: {}, kinds: knownKinds });
    composed = await compose(config);
  });
  after(() => composed.close());
  const explain = (model: string, needs: Partial<Needs> = {}, session?: string): RouteExplanation =>
    explainRoute(
      { config, ...composed },
      { model, needs: { ...bare, ...needs }, ...(session !== undefined && { session }) },
    );
  const names = ({ order }: RouteExplanation): string[] => order.map(({ target }) => target);

  test('the rule is named with its line; a share stands for a weight', () => {
    const explanation = explain('shared');
    assert.equal(explanation.because, 'the rule "shared", dragoman.yaml:9:3');
    assert.deepEqual([explanation.strategy, explanation.sticky], ['weighted', true]);
    assert.deepEqual(names(explanation), ['claude/a', 'keyless/b']);
    assert.deepEqual(
      explanation.order.map(({ why }) => why),
      [
        ['75 % of sessions'],
        ['25 % of sessions', 'has no credential: providers.keyless.api_key takes NO_KEY, which is not set'],
      ],
    );
    const firsts = new Set(Array.from({ length: 50 }, (_, i) => names(explain('shared', {}, `s${i}`))[0]));
    assert.deepEqual(firsts, new Set(['claude/a', 'keyless/b']));
  });

  test('cost, window and language are told, and whom the call is not for', () => {
    const explanation = explain('mixed', { input: 20_000 });
    assert.equal(explanation.hedge, 0.95);
    assert.deepEqual(names(explanation), ['local/x', 'gpt/gpt-5', 'gpt#2/gpt-5']);
    const [local, gpt] = explanation.order;
    assert.deepEqual([local?.cost, local?.speaks, local?.window], [0, 'openai-chat', undefined]);
    assert.deepEqual([gpt?.input, gpt?.output, gpt?.speaks], [1.25, 10, 'openai-responses']);
    assert.ok((gpt?.window ?? 0) >= 100_000);
    assert.deepEqual(gpt?.why, ['$0.033 for such a call', 'one of several keys']);
    assert.deepEqual(
      explanation.leftOut.map(({ target, why }) => [target, why[0]]),
      [['claude/claude-sonnet-4-5', 'not for this call: when max_input: 10000']],
    );
    assert.deepEqual(explain('mixed').leftOut, []);
  });

  test('one that cannot do what is needed comes last, and it is said why', () => {
    assert.deepEqual(names(explain('fallback')), ['local/x', 'claude/claude-sonnet-4-5']);
    const explanation = explain('fallback', { images: true });
    assert.deepEqual(names(explanation), ['claude/claude-sonnet-4-5', 'local/x']);
    assert.deepEqual(explanation.order[1]?.why, ['cannot do images: quirk images: false']);
    const long = explain('fallback', { input: 10_000_000 });
    assert.match(long.order[1]?.why[0] ?? '', /^cannot do input: window \d+$/);
  });

  test('names that no rule has say what decided', () => {
    assert.match(explain('gpt/o3').because, /name of a provider/);
    assert.match(explain('gpt-5').because, /maker/);
    assert.match(explain('big').because, /alias/);
    assert.equal(explain('whatever').because, 'the default provider, claude');
  });
});

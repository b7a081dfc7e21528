import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GatewayError } from '../canon/error.ts';
import type { Environment } from '../config/document.ts';
import { readConfig } from '../config/load.ts';
import { buildProviders } from '../providers/build.ts';
import { knownKinds } from '../providers/table.ts';
import { ModelRouter } from './models.ts';

const ask = () => Promise.reject(new Error('no token is fetched here'));

function router(text: string | undefined, env: Environment = {}): ModelRouter {
  const written = text === undefined ? undefined : { file: 'dragoman.yaml', text };
  const config = readConfig(written, { env, kinds: knownKinds });
  return new ModelRouter(config, buildProviders(config, { simulatorUrl: 'http://127.0.0.1:4999', ask }));
}

/** `provider/model` of each target; the message when there is none. */
function plan(models: ModelRouter, name: string): string[] | string {
  try {
    return models.planTargets(name).map((target) => `${target.provider}/${target.model}`);
  } catch (error) {
    assert.ok(error instanceof GatewayError, String(error));
    assert.equal(error.kind, 'not_found');
    return error.message;
  }
}

const file = [
  'providers:',
  '  router: { kind: openrouter, api_key: k }',
  '  local: { speaks: openai-chat, base_url: "http://127.0.0.1:8000/v1", models: { small-one: {} } }',
  'models:',
  '  big: { to: router/anthropic/claude-sonnet-4 }',
  '  gpt-4o: { to: [local/x, router/openai/gpt-4o], strict: true }',
  '  "claude-*-fast": local/fast-*',
  '  "claude-*": { to: [router/anthropic/claude-*] }',
  '  "*-instruct": local/*',
  '  "mid*dle": local/<*>',
  '  "fixed-*": local/one',
  '',
].join('\n');

describe('the rules of a file', () => {
  const models = router(file);
  for (const [name, expected] of [
    ['big', ['router/anthropic/claude-sonnet-4']],
    ['gpt-4o', ['local/x', 'router/openai/gpt-4o']],
    ['claude-opus-4', ['router/anthropic/claude-opus-4']],
    ['claude-', ['router/anthropic/claude-']],
    ['claude-opus-fast', ['local/fast-opus']],
    ['claude-fast', ['router/anthropic/claude-fast']],
    ['x-instruct', ['local/x']],
    ['mid--dle', ['local/<-->']],
    ['middle', ['local/<>']],
    ['fixed-anything', ['local/one']],
    ['claude-$&-$1', ['router/anthropic/claude-$&-$1']],
  ] as const) {
    test(`${name} goes to ${expected.join(', ')}`, () => assert.deepEqual(plan(models, name), expected));
  }

  test('a prefix and a suffix may not overlap', () => {
    assert.deepEqual(plan(router('providers: { p: ollama }\nmodels: { "aba*bab": p/*, "abab": p/whole }\n'), 'abab'), [
      'p/whole',
    ]);
  });

  test('the first match wins', () => {
    const text = (order: string): string => `providers: { p: ollama }\nmodels: { ${order} }\n`;
    assert.deepEqual(plan(router(text('"*": p/any, exact: p/one')), 'exact'), ['p/any']);
    assert.deepEqual(plan(router(text('exact: p/one, "*": p/any')), 'exact'), ['p/one']);
  });

  test('strictness is of the rule, else of the whole', () => {
    assert.deepEqual(
      models.planTargets('gpt-4o').map(({ strict }) => strict),
      [true, true],
    );
    assert.equal(models.planTargets('big')[0]?.strict, false);
    const strict = router(`strict: true\n${file}`.replace('claude-sonnet-4 }', 'claude-sonnet-4, strict: false }'));
    assert.equal(strict.planTargets('big')[0]?.strict, false);
    assert.equal(strict.planTargets('claude-x')[0]?.strict, true);
  });

  test('a target is called as it is written; a prefix lets the provider find its own name', () => {
    const literal = router('providers: { r: { kind: openrouter, api_key: k } }\nmodels: { "claude-*": r/claude-* }\n');
    assert.deepEqual(plan(literal, 'claude-sonnet-4-5-20250929'), ['r/claude-sonnet-4-5-20250929']);
    assert.deepEqual(plan(literal, 'r/claude-sonnet-4-5-20250929'), ['r/anthropic/claude-sonnet-4.5']);
  });

  test('behind them stand prefixes, and nothing that takes every name', () => {
    assert.deepEqual(plan(models, 'router/x/y'), ['router/x/y']);
    assert.deepEqual(plan(models, 'local/m'), ['local/m']);
    assert.match(String(plan(models, 'nobody/m')), /^There is no model "nobody\/m" here\./);
  });

  test('a default provider that is named takes what is left', () => {
    assert.deepEqual(plan(router(`default_provider: local\n${file}`), 'whatever'), ['local/whatever']);
  });
});

describe('a name that is not known', () => {
  const models = router(file);

  test('is a not_found that says what was meant and what there is', () => {
    assert.match(
      String(plan(models, 'bigg')),
      /^There is no model "bigg" here\. Did you mean "big"\? Known: big, gpt-4o, claude-\*-fast, claude-\*, /,
    );
    assert.throws(
      () => models.planTargets('nothing'),
      (error) =>
        error instanceof GatewayError &&
        error.status === 404 &&
        error.details.param === 'model' &&
        error.details.shouldRetry === false,
    );
  });

  test('is not repeated at length, and is quoted', () => {
    const message = String(plan(models, `"\n${'x'.repeat(100_000)}`));
    assert.ok(message.length < 600, String(message.length));
    assert.ok(message.startsWith('There is no model "\\"\\nxxx'));
  });

  test('may be the name of something every object has', () => {
    for (const name of ['__proto__', 'constructor', 'toString', '/', 'router/', '/x']) {
      assert.match(String(plan(models, name)), /^There is no model/, name);
    }
  });
});

describe('without rules', () => {
  const cases: readonly [string, Environment, Readonly<Record<string, string>>][] = [
    [
      'nothing at all',
      {},
      {
        'claude-opus-5-5': 'simulator/claude-opus-5-5',
        anything: 'simulator/anything',
        big: 'simulator/claude-sonnet-5-5',
      },
    ],
    [
      'several providers: a bare name goes to its maker, the rest to the default',
      { OPENROUTER_API_KEY: 'k', ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k', GEMINI_API_KEY: 'k', GROQ_API_KEY: 'k' },
      {
        'claude-sonnet-4-5': 'anthropic/claude-sonnet-4-5',
        'gpt-5': 'openai/gpt-5',
        'o3-mini': 'openai/o3-mini',
        'chatgpt-4o-latest': 'openai/chatgpt-4o-latest',
        'gemini-2.5-pro': 'gemini/gemini-2.5-pro',
        'deepseek-r1': 'openrouter/deepseek-r1',
        'qwen/qwen3': 'openrouter/qwen/qwen3',
        'groq/openai/gpt-oss-20b': 'groq/openai/gpt-oss-20b',
        'openrouter/anthropic/claude-opus-4.5': 'openrouter/anthropic/claude-opus-4.5',
        'openrouter/claude-opus-4-5': 'openrouter/anthropic/claude-opus-4.5',
        'anthropic/claude-sonnet-4.5': 'anthropic/claude-sonnet-4-5',
        big: 'openrouter/anthropic/claude-sonnet-5.5',
        small: 'openrouter/anthropic/claude-haiku-4.5',
        o: 'openrouter/o',
        olmo: 'openrouter/olmo',
      },
    ],
    [
      'a maker that is not there is served by the default',
      { OPENROUTER_API_KEY: 'k' },
      {
        'claude-3-5-haiku-20241022': 'openrouter/anthropic/claude-3.5-haiku',
        'gpt-5': 'openrouter/openai/gpt-5',
        'anthropic/claude-x': 'openrouter/anthropic/claude-x',
      },
    ],
    [
      'a backend that was chosen goes before the maker',
      {
        PROXY_BACKEND: 'OPENROUTER',
        OPENROUTER_API_KEY: 'k',
        ANTHROPIC_API_KEY: 'k',
        GROQ_API_KEY: 'k',
        DEEPSEEK_API_KEY: 'k',
      },
      {
        'claude-opus-5': 'openrouter/anthropic/claude-opus-5',
        'anthropic/claude-opus-5': 'openrouter/anthropic/claude-opus-5',
        'groq/x': 'groq/x',
        'deepseek/deepseek-v4-pro': 'deepseek/deepseek-v4-pro',
      },
    ],
    [
      'but not where it has none of that family',
      { PROXY_BACKEND: 'GROQ', GROQ_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' },
      { 'claude-opus-5': 'anthropic/claude-opus-5', 'llama-4': 'groq/llama-4' },
    ],
    [
      'Databricks has its own names',
      { PROXY_BACKEND: 'AZURE_DATABRICKS', DATABRICKS_HOST: 'h', DATABRICKS_TOKEN: 'k' },
      {
        'claude-sonnet-4': 'databricks/databricks-claude-sonnet-4',
        'my-endpoint': 'databricks/my-endpoint',
        small: 'databricks/databricks-claude-haiku-4-5',
      },
    ],
    [
      'aliases by variable',
      { GROQ_API_KEY: 'k', OPENAI_API_KEY: 'k', BIG_MODEL: 'groq/openai/gpt-oss-120b', SMALL_MODEL: 'gpt-5-nano' },
      { big: 'groq/openai/gpt-oss-120b', small: 'openai/gpt-5-nano' },
    ],
    [
      'Claude by name at a provider that has none: what is usual there',
      { GROQ_API_KEY: 'k' },
      { 'claude-opus-5-5': 'groq/openai/gpt-oss-120b', 'claude-haiku-4-5': 'groq/openai/gpt-oss-20b' },
    ],
    [
      'what the variables say, the most particular first',
      {
        PROXY_BACKEND: 'GROQ',
        GROQ_API_KEY: 'k',
        OPENAI_API_KEY: 'k',
        ANTHROPIC_MODEL: 'm-any',
        ANTHROPIC_DEFAULT_OPUS_MODEL: 'openai/gpt-5',
        ANTHROPIC_DEFAULT_HAIKU_MODEL: 'm-haiku',
        BIG_MODEL: 'm-big',
      },
      {
        'claude-opus-5-5': 'openai/gpt-5',
        'claude-sonnet-5-5': 'groq/m-any',
        'claude-haiku-5-5': 'groq/m-haiku',
        'claude-3-5-haiku-latest': 'groq/m-haiku',
        'claude-fable-5': 'groq/m-any',
        'claude-mythos-5': 'groq/m-any',
        big: 'groq/m-big',
      },
    ],
    [
      'the older variable for the small model',
      { GROQ_API_KEY: 'k', ANTHROPIC_SMALL_FAST_MODEL: 'm-small' },
      { 'claude-haiku-5-5': 'groq/m-small' },
    ],
    [
      'variables meant for the client itself, Claude again, are no way round',
      { GROQ_API_KEY: 'k', ANTHROPIC_MODEL: 'claude-opus-5-5', ANTHROPIC_DEFAULT_OPUS_MODEL: 'claude-opus-5-5' },
      { 'claude-opus-5-5': 'groq/openai/gpt-oss-120b' },
    ],
    [
      'nothing is put in the place of Claude where Claude is served',
      { OPENROUTER_API_KEY: 'k', ANTHROPIC_MODEL: 'gpt-5', BIG_MODEL: 'gpt-5' },
      { 'claude-opus-5-5': 'openrouter/anthropic/claude-opus-5.5' },
    ],
    [
      'a server nothing is known of is asked as it is',
      { VLLM_BASE_URL: 'http://h/v1' },
      { 'claude-opus-5-5': 'vllm/claude-opus-5-5' },
    ],
  ];
  for (const [title, env, expected] of cases) {
    test(title, () => {
      const models = router(undefined, env);
      for (const [name, target] of Object.entries(expected)) assert.deepEqual(plan(models, name), [target], name);
    });
  }

  test('an alias that means nothing here is unknown to a provider nothing is known of', () => {
    assert.deepEqual(plan(router(undefined, { VLLM_BASE_URL: 'http://h/v1' }), 'big'), ['vllm/big']);
  });

  test('a file without models behaves the same, its first provider being the default', () => {
    const models = router('providers: { mine: { kind: groq, api_key: k }, claude: { kind: anthropic, api_key: k } }\n');
    assert.deepEqual(plan(models, 'llama'), ['mine/llama']);
    assert.deepEqual(plan(models, 'claude-opus-5'), ['claude/claude-opus-5']);
    assert.deepEqual(plan(models, 'mine/x'), ['mine/x']);
  });
});

describe('the list of models', () => {
  const ids = (models: ModelRouter): string[] => models.listModels().map(({ id }) => id);

  test('has names, no patterns, and what is said of models of providers', () => {
    assert.deepEqual(ids(router(file)), ['big', 'gpt-4o', 'local/small-one']);
    assert.deepEqual(router(file).listModels()[1]?.target, { provider: 'local', model: 'x', strict: true });
  });

  test('has the aliases where they mean something', () => {
    assert.deepEqual(ids(router(undefined, { GROQ_API_KEY: 'k' })), ['big', 'small']);
    assert.deepEqual(ids(router('providers: { p: groq }\nmodels: { big: p/x, a: p/y }\n')), ['big', 'a']);
  });
});

test('a plan is worked out once, and names without end take no memory without end', () => {
  const models = router(file);
  const first = models.planTargets('claude-opus');
  assert.equal(models.planTargets('claude-opus'), first);
  assert.ok(Object.isFrozen(first) && Object.isFrozen(first[0]));
  for (let i = 0; i < 3000; i++) models.planTargets(`claude-${i}`);
  assert.notEqual(models.planTargets('claude-opus'), first);
  assert.deepEqual(models.planTargets('claude-opus'), first);
});

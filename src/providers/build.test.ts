import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { format, inspect } from 'node:util';
import { GatewayError } from '../canon/error.ts';
import type { Environment } from '../config/document.ts';
import { readConfig } from '../config/load.ts';
import { ConfigError } from '../config/problem.ts';
import { buildProviders } from './build.ts';
import type { Provider } from './provider.ts';
import { knownKinds } from './table.ts';

const ask = () => Promise.reject(new Error('no token is fetched here'));

function build(text: string | undefined, env: Environment = {}): ReadonlyMap<string, Provider> {
  const written = text === undefined ? undefined : { file: '/somewhere/dragoman.yaml', text };
  const config = readConfig(written, { env, kinds: knownKinds });
  return buildProviders(config, { simulatorUrl: 'http://127.0.0.1:4999', ask });
}

function one(settings: string, env: Environment = {}): Provider {
  const provider = build(`providers:\n  p: ${settings}\n`, env).get('p');
  assert.ok(provider);
  return provider;
}

function paths(provider: Provider, model: string): string[] {
  return provider.routes(model).map((route) => `${route.speaks} ${route.origin}${route.path(model, true)}`);
}

describe('addresses mean what the SDK of the language means by them', () => {
  const cases: readonly [string, string][] = [
    ['{ speaks: openai-chat, base_url: "http://h:1/v1" }', 'openai-chat http://h:1/v1/chat/completions'],
    ['{ speaks: openai-chat, base_url: "http://h:1" }', 'openai-chat http://h:1/chat/completions'],
    ['{ speaks: anthropic, base_url: "http://h:1" }', 'anthropic http://h:1/v1/messages'],
    ['{ speaks: anthropic, base_url: "http://h:1/proxy/" }', 'anthropic http://h:1/proxy/v1/messages'],
    ['{ speaks: anthropic, base_url: "http://h:1/v1/" }', 'anthropic http://h:1/v1/messages'],
    [
      '{ speaks: openai-chat, base_url: "http://h:1/v1?api-version=2" }',
      'openai-chat http://h:1/v1/chat/completions?api-version=2',
    ],
    ['{ kind: openrouter }', 'openai-chat https://openrouter.ai/api/v1/chat/completions'],
    ['{ kind: openrouter, speaks: anthropic }', 'anthropic https://openrouter.ai/api/v1/messages'],
    ['{ kind: openrouter, base_url: "https://eu.example/v1" }', 'openai-chat https://eu.example/v1/chat/completions'],
    ['{ kind: simulator }', 'anthropic http://127.0.0.1:4999/v1/messages'],
    ['{ kind: simulator, speaks: openai-chat }', 'openai-chat http://127.0.0.1:4999/v1/chat/completions'],
    [
      '{ kind: cloudflare, account: abc }',
      'openai-chat https://api.cloudflare.com/client/v4/accounts/abc/ai/v1/chat/completions',
    ],
    ['{ kind: litellm, base_url: "http://h:1/v1" }', 'openai-chat http://h:1/v1/chat/completions'],
    ['{ kind: litellm-messages, base_url: "http://h:1/v1" }', 'anthropic http://h:1/v1/messages'],
  ];
  for (const [settings, expected] of cases) {
    test(settings, () => assert.deepEqual(paths(one(settings), 'm'), [expected]));
  }

  test('a language that counts tokens says where', () => {
    assert.equal(one('{ kind: anthropic }').routes('m')[0]?.countPath, '/v1/messages/count_tokens');
    assert.equal(one('{ kind: openai }').routes('m', 'openai-chat')[0]?.countPath, undefined);
  });
});

describe('databricks', () => {
  const host = 'https://adb-12.3.azuredatabricks.net';
  const claude = [
    `anthropic ${host}/ai-gateway/anthropic/v1/messages`,
    `anthropic ${host}/serving-endpoints/anthropic/v1/messages`,
  ];
  const chat = (model: string): string[] => [
    `openai-chat ${host}/ai-gateway/mlflow/v1/chat/completions`,
    `openai-chat ${host}/serving-endpoints/chat/completions`,
    `openai-chat ${host}/serving-endpoints/${model}/invocations`,
  ];

  test('Claude is spoken to natively first, others by chat; the gateway goes before the endpoints', () => {
    const provider = one('{ kind: databricks, host: adb-12.3, api_key: k }');
    assert.deepEqual(paths(provider, 'databricks-claude-x'), [...claude, ...chat('databricks-claude-x')]);
    assert.deepEqual(paths(provider, 'my model'), chat('my%20model'));
  });

  test('a language that is asked for is used for every model', () => {
    assert.deepEqual(
      paths(one('{ kind: databricks, host: adb-12.3, speaks: openai-chat, api_key: k }'), 'claude'),
      chat('claude'),
    );
    assert.deepEqual(paths(one('{ kind: databricks, host: adb-12.3, speaks: anthropic, api_key: k }'), 'gpt'), claude);
  });

  test('the route that answered comes first for its model, and for no other', () => {
    const provider = one('{ kind: databricks, host: adb-12.3, api_key: k }');
    const second = provider.routes('a')[1];
    assert.ok(second);
    provider.prefer('a', second);
    assert.equal(provider.routes('a')[0], second);
    assert.equal(provider.routes('a').length, 3);
    assert.notEqual(provider.routes('b')[0]?.path('b', true), second.path('a', true));
    provider.prefer('b', second);
    assert.equal(paths(provider, 'b')[0], chat('b')[0], "another model's route is not taken over");
  });

  test('hosts are taken as people write them', () => {
    for (const [written, origin] of [
      ['adb-12.3.azuredatabricks.net', host],
      ['https://adb-12.3.azuredatabricks.net/', host],
      ['dbc-1.cloud.databricks.com', 'https://dbc-1.cloud.databricks.com'],
      ['http://127.0.0.1:9', 'http://127.0.0.1:9'],
    ] as const) {
      assert.equal(one(`{ kind: databricks, host: "${written}", api_key: k }`).baseUrl, origin);
    }
  });
});

describe('credentials', () => {
  test('are shown as the provider wants it', async () => {
    assert.deepEqual(await one('{ kind: anthropic, api_key: k }').authorize(), { 'x-api-key': 'k' });
    assert.deepEqual(await one('{ kind: openrouter, api_key: k }').authorize(), { authorization: 'Bearer k' });
    assert.deepEqual(await one('{ kind: openrouter, speaks: anthropic, api_key: k }').authorize(), {
      authorization: 'Bearer k',
    });
    assert.deepEqual(await one('{ kind: azure, account: a, api_key: k }').authorize(), {
      'api-key': 'k',
      'x-api-key': 'k',
    });
    assert.deepEqual(await one('{ speaks: anthropic, base_url: "http://h:1", api_key: k }').authorize(), {
      'x-api-key': 'k',
    });
    assert.deepEqual(await one('{ speaks: openai-chat, base_url: "http://h:1", api_key: k }').authorize(), {
      authorization: 'Bearer k',
    });
    assert.deepEqual(await one('ollama').authorize(), {});
  });

  test('that never change cost no promise and no new object', () => {
    const provider = one('{ kind: openrouter, api_key: k, headers: { X-Title: t } }');
    const headers = provider.authorize();
    assert.ok(!(headers instanceof Promise));
    assert.deepEqual(headers, { authorization: 'Bearer k', 'x-title': 't' });
    assert.equal(provider.authorize(), headers);
    assert.equal(provider.refused(headers), false);
  });

  test('may stand in headers', async () => {
    const provider = one('{ kind: openrouter, headers: { Authorization: "Basic x" } }');
    assert.equal(provider.missing, undefined);
    assert.deepEqual(await provider.authorize(), { authorization: 'Basic x' });
  });

  for (const [settings, env, missing] of [
    ['{ kind: openrouter }', {}, 'write providers.p.api_key, or set OPENROUTER_API_KEY'],
    [
      '{ kind: openrouter, api_key: "${MY_KEY}" }',
      { OPENROUTER_API_KEY: 'k' },
      'providers.p.api_key takes MY_KEY, which is not set',
    ],
    [
      '{ speaks: openai-chat, base_url: "http://h", api_key: "${MY_KEY}" }',
      {},
      'providers.p.api_key takes MY_KEY, which is not set',
    ],
    [
      '{ kind: databricks, host: h, client_id: i }',
      {},
      'write providers.p.client_secret, or set DATABRICKS_CLIENT_SECRET',
    ],
    ['{ kind: databricks, host: h, client_id: "${ID}", api_key: k }', {}, undefined],
    ['{ kind: openrouter }', { OPENROUTER_API_KEY: 'k' }, undefined],
    ['{ kind: ollama }', {}, undefined],
  ] as const) {
    test(`missing: ${settings} ${JSON.stringify(env)}`, () => {
      const provider = one(settings, env);
      assert.equal(provider.missing, missing);
      if (missing === undefined) return;
      assert.throws(
        () => provider.authorize(),
        (error) =>
          error instanceof GatewayError &&
          error.kind === 'authentication' &&
          error.details.shouldRetry === false &&
          error.message === `The provider "p" has no credential: ${missing}.`,
      );
    });
  }

  test('that are missing without a file are told by their variable', () => {
    assert.equal(
      build(undefined, { PROXY_BACKEND: 'OPENROUTER' }).get('openrouter')?.missing,
      'set OPENROUTER_API_KEY',
    );
  });

  test('are seen by nobody who prints a provider', () => {
    const providers = build(
      [
        'providers:',
        '  a: { kind: openrouter, api_key: sk-1, headers: { x-a: sk-2 } }',
        '  b: { kind: databricks, host: h, client_id: sk-3, client_secret: sk-4 }',
      ].join('\n'),
    );
    for (const provider of providers.values()) {
      const shown = `${inspect(provider, { depth: 20, showHidden: true })} ${JSON.stringify(provider)} ${format('%s %o', provider, provider)}`;
      assert.ok(!/sk-\d/.test(shown), shown);
    }
  });
});

describe('quirks and bodies', () => {
  test('of the kind, its models, the provider and its models, the later over the earlier', () => {
    const provider = one(
      '{ kind: openai, api_key: k, quirks: { stop_max: 1 }, models: { gpt-5: { max_output_tokens: 9, context_window: 99, quirks: { stop_max: 2 } } } }',
    );
    const quirks = (model: string) => provider.routes(model, 'openai-chat')[0]?.quirks;
    assert.equal(quirks('gpt-4o')?.reasoning_request, 'none');
    assert.equal(quirks('gpt-4o')?.max_tokens, 'max_completion_tokens');
    assert.equal(quirks('gpt-5-mini')?.reasoning_request, 'reasoning_effort');
    assert.equal(quirks('o3')?.system_role, 'developer');
    assert.deepEqual([quirks('gpt-4o')?.stop_max, quirks('gpt-5')?.stop_max], [1, 2]);
    assert.equal(quirks('gpt-5')?.max_output_tokens, 9);
    assert.deepEqual([provider.contextWindow('gpt-5'), provider.contextWindow('gpt-4o')], [99, undefined]);
    assert.deepEqual(provider.models, ['gpt-5']);
  });

  test("of a kind's own language are not carried into another", () => {
    const provider = one('{ kind: openrouter, speaks: anthropic, api_key: k, quirks: { images: false } }');
    assert.deepEqual(provider.routes('m')[0]?.quirks, { images: false });
    assert.equal(provider.routes('m')[0]?.body, undefined);
  });

  test('what the kind adds to every request and what the user does are told apart', () => {
    const [plain] = one('{ kind: openrouter, api_key: k }').routes('m');
    assert.deepEqual([plain?.body, plain?.usual], [undefined, { usage: { include: true } }]);
    const [own] = one('{ kind: openrouter, api_key: k, body: { min_p: 0.1 } }').routes('m');
    assert.deepEqual([own?.body, own?.usual], [{ min_p: 0.1 }, { usage: { include: true } }]);
    const [none] = one('{ kind: openai, api_key: k }').routes('m');
    assert.deepEqual([none?.body, none?.usual], [undefined, undefined]);
  });

  test('are worked out once', () => {
    const provider = one('{ kind: openai, api_key: k }');
    assert.equal(provider.routes('m'), provider.routes('m'));
    assert.ok(Object.isFrozen(provider.routes('m')[0]?.quirks));
  });

  test('models without end take no memory without end', () => {
    const provider = one('{ kind: openrouter, api_key: k }');
    const first = provider.routes('m0');
    for (let i = 0; i < 3000; i++) provider.routes(`m${i}`);
    assert.notEqual(provider.routes('m0'), first, 'the first one was forgotten');
  });
});

describe("makers' names become the provider's", () => {
  for (const [kind, from, to] of [
    ['openrouter', 'claude-sonnet-4-5-20250929', 'anthropic/claude-sonnet-4.5'],
    ['openrouter', 'claude-sonnet-4-5', 'anthropic/claude-sonnet-4.5'],
    ['openrouter', 'claude-opus-4-20250514', 'anthropic/claude-opus-4'],
    ['openrouter', 'claude-opus-5-5', 'anthropic/claude-opus-5.5'],
    ['openrouter', 'claude-opus-5', 'anthropic/claude-opus-5'],
    ['openrouter', 'claude-3-5-haiku-20241022', 'anthropic/claude-3.5-haiku'],
    ['openrouter', 'claude-3-7-sonnet-latest', 'anthropic/claude-3.7-sonnet'],
    ['openrouter', 'claude-3.7-sonnet', 'anthropic/claude-3.7-sonnet'],
    ['openrouter', 'gpt-5.6', 'openai/gpt-5.6'],
    ['openrouter', 'o3-mini', 'openai/o3-mini'],
    ['openrouter', 'gemini-2.5-pro', 'google/gemini-2.5-pro'],
    ['openrouter', 'anthropic/claude-sonnet-4', 'anthropic/claude-sonnet-4'],
    ['openrouter', 'deepseek-r1', 'deepseek-r1'],
    ['databricks', 'claude-sonnet-4-5-20250929', 'databricks-claude-sonnet-4-5'],
    ['databricks', 'claude-3.7-sonnet', 'databricks-claude-3-7-sonnet'],
    ['databricks', 'claude-3-7-sonnet-20250219', 'databricks-claude-3-7-sonnet'],
    ['databricks', 'claude-sonnet-4', 'databricks-claude-sonnet-4'],
    ['databricks', 'gpt-5.2', 'databricks-gpt-5-2'],
    ['databricks', 'gpt-oss-120b', 'databricks-gpt-oss-120b'],
    ['databricks', 'gemini-2.5-pro', 'databricks-gemini-2-5-pro'],
    ['databricks', 'databricks-claude-sonnet-4', 'databricks-claude-sonnet-4'],
    ['databricks', 'my-endpoint', 'my-endpoint'],
    ['anthropic', 'claude-sonnet-4.5', 'claude-sonnet-4-5'],
    ['anthropic', 'claude-3.5-haiku', 'claude-3-5-haiku'],
    ['anthropic', 'claude-sonnet-4-5-20250929', 'claude-sonnet-4-5-20250929'],
    ['groq', 'claude-sonnet-4-5', 'claude-sonnet-4-5'],
  ] as const) {
    test(`${kind}: ${from}`, () => {
      assert.equal(one(`{ kind: ${kind}, host: h, api_key: k }`).modelName(from), to);
    });
  }

  test('but a model that is configured keeps its name', () => {
    assert.equal(
      one('{ kind: databricks, host: h, api_key: k, models: { claude-sonnet-4: {} } }').modelName('claude-sonnet-4'),
      'claude-sonnet-4',
    );
  });
});

describe('a mistake', () => {
  const first = 'providers:\n  p: ';
  for (const [settings, complaint] of [
    [
      '{ kind: openruoter }',
      /^dragoman\.yaml:2:14 {2}providers\.p\.kind: unknown kind "openruoter"\. Did you mean "openrouter"\? Known: anthropic, /,
    ],
    ['openruoter', /^dragoman\.yaml:2:6 {2}providers\.p\.kind: unknown kind "openruoter"/],
    [
      '{ speaks: openai, base_url: "http://h" }',
      /^dragoman\.yaml:2:16 {2}providers\.p\.speaks: unknown language "openai"\. Did you mean "openai-chat"\?/,
    ],
    ['{ speaks: openai-chat }', /^dragoman\.yaml:2:6 {2}providers\.p\.base_url: is missing: write the address$/],
    [
      '{ api_key: k }',
      /^dragoman\.yaml:2:6 {2}providers\.p: write kind: for a well-known service, or speaks: and base_url:/,
    ],
    [
      'litellm',
      /providers\.p\.base_url: is missing: write the address at which LiteLLM proxy speaks openai-chat, or set LITELLM_BASE_URL$/,
    ],
    ['databricks', /providers\.p\.host: is missing: write it, or set DATABRICKS_HOST$/],
    ['{ kind: databricks, host: "a b" }', /providers\.p\.host: "https:\/\/a b" is not an address$/],
    [
      '{ kind: groq, speaks: anthropic }',
      /providers\.p\.base_url: is missing: write the address at which Groq speaks anthropic$/,
    ],
    [
      '{ speaks: anthropic, base_url: "http://localhost:4000" }',
      /providers\.p\.base_url: http:\/\/localhost:4000 is where Dragoman itself listens/,
    ],
  ] as const) {
    test(settings, () => {
      assert.throws(
        () => build(`${first}${settings}\n`),
        (error) => error instanceof ConfigError && complaint.test(error.message),
      );
    });
  }

  test('does not hide the next one', () => {
    assert.throws(
      () => build('providers:\n  a: nobody\n  b: databricks\n'),
      (error) => error instanceof ConfigError && error.problems.length === 2,
    );
  });

  test('the simulator cannot be called when it does not run', () => {
    const config = readConfig(undefined, { env: {}, kinds: knownKinds });
    assert.throws(() => buildProviders(config, { ask }), /the simulator does not run/);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DialectName } from '../canon/content.ts';
import { readConfig } from '../config/load.ts';
import { quirksSchema } from '../config/provider-schema.ts';
import type { Quirks } from '../dialects/dialect.ts';
import { buildProviders } from './build.ts';
import { matches } from './kind.ts';
import { languages } from './language.ts';
import type { Provider } from './provider.ts';
import { kinds, knownKinds } from './table.ts';

const ask = () => Promise.reject(new Error('no token is fetched here'));

/** How the paths of streamed calls end. */
const ends: { readonly [language in DialectName]: RegExp } = {
  anthropic: /\/v1\/messages$|:streamRawPredict$|\/invoke-with-response-stream$/,
  'openai-chat': /\/chat\/completions$|\/invocations$/,
  'openai-responses': /\/responses$/,
  gemini: /:streamGenerateContent$/,
  'bedrock-converse': /\/converse-stream$/,
  cohere: /\/v2\/chat$/,
};

/** What a kind needs, made up. */
function settingsFor(kind: string): { [field: string]: string } {
  const row = kinds.get(kind);
  assert.ok(row);
  const urls = Object.values(row.baseUrls).join();
  return {
    kind,
    ...(row.needsKey ? { api_key: 'sk-x' } : {}),
    ...(urls.includes('{account}') ? { account: 'acme' } : {}),
    ...(urls.includes('{host}') ? { host: 'https://workspace.example' } : {}),
    ...(row.identity === 'aws' ? { region: 'us-east-1', api_key: 'sk-x' } : {}),
    ...(row.identity === 'google' ? { project: 'ours', access_token: 'sk-x' } : {}),
    ...(urls === '' ? { base_url: 'http://127.0.0.1:4001' } : {}),
  };
}

function build(settings: { [field: string]: unknown }): Provider {
  const text = JSON.stringify({ providers: { p: settings } });
  const config = readConfig({ file: 'dragoman.yaml', text }, { env: {}, kinds: knownKinds });
  const provider = buildProviders(config, { simulatorUrl: 'http://127.0.0.1:4999', ask }).get('p');
  assert.ok(provider);
  return provider;
}

describe('every row of the table', () => {
  for (const [kind, row] of kinds) {
    test(`${kind} builds a provider that can be called`, async () => {
      const provider = build(settingsFor(kind));
      assert.equal(provider.kind, kind);
      assert.equal(provider.missing, undefined);
      const headers = await provider.authorize();
      const shown = row.needsKey || row.identity !== undefined ? [row.keyHeader].flat().length : 0;
      assert.equal(Object.keys(headers).length, shown, 'no header but those of the key, where there is one');
      for (const model of ['claude-sonnet-4-5', 'some-model', 'vendor/model:free']) {
        const routes = provider.routes(model);
        assert.ok(routes.length > 0);
        for (const route of routes) {
          const url = new URL(route.path(model, true), route.origin);
          assert.equal(url.origin, route.origin);
          assert.ok(Object.hasOwn(languages, route.speaks));
          assert.match(url.pathname, ends[route.speaks]);
          assert.ok(!/%7B|\{/.test(url.href) && !url.pathname.includes('//'), url.href);
          assert.doesNotMatch(route.countPath ?? '', /\{/);
          quirksSchema.parse(route.quirks);
        }
      }
      assert.ok(URL.canParse(provider.probe.path, provider.probe.origin));
    });

    test(`${kind} speaks each language it has an address for`, () => {
      for (const [speaks, url] of Object.entries(row.baseUrls)) {
        const [route] = build({ ...settingsFor(kind), speaks }).routes('m');
        assert.equal(route?.speaks, speaks);
        assert.ok(!url.endsWith('/'), url);
        if (speaks === 'anthropic') assert.ok(!url.endsWith('/v1'), 'the SDK adds /v1');
      }
    });
  }

  test('is reached over TLS unless it is in the house', () => {
    for (const { kind, baseUrls, enough } of kinds.values()) {
      const local = kind === 'simulator' || enough.some((fields) => fields.join() === 'base_url');
      for (const url of Object.values(baseUrls)) {
        assert.ok(local || /^(\{host\}|\{vertex\}|https:)/.test(url), `${kind} ${url}`);
      }
    }
  });

  test('has its own name, words and first variable', () => {
    const words = [...kinds.values()].flatMap(({ kind, backends = [] }) =>
      [kind, ...backends].map((word) => word.toUpperCase().replaceAll('-', '_')),
    );
    assert.equal(new Set(words).size, words.length);
    const keys = [...kinds.values()]
      .filter(({ kind }) => !['litellm-messages', 'gemini-openai', 'cohere-openai'].includes(kind))
      .flatMap(({ variables }) => variables.api_key?.[0] ?? []);
    // Ollama's key is the same on this machine and in its cloud.
    assert.equal(new Set(keys).size, keys.length - 1);
  });

  test('there are enough of them', () => {
    const compatible = [...kinds.values()].filter(({ speaks }) => speaks === 'openai-chat');
    assert.ok(compatible.length >= 40, String(compatible.length));
  });
});

test('the schema of the configuration knows every quirk and no other', () => {
  const all: { readonly [quirk in keyof Required<Quirks>]: true } = {
    reasoning: true,
    call_proof: true,
    reasoning_request: true,
    efforts: true,
    max_tokens: true,
    max_output_tokens: true,
    system_role: true,
    mid_system: true,
    cache_control: true,
    stream_options: true,
    tool_result_parts: true,
    images: true,
    files: true,
    file_part: true,
    json_schema: true,
    forced_tools: true,
    inject_cache: true,
    cache_key: true,
    web_search: true,
    tool_choice_required: true,
    tool_ids: true,
    count_body: true,
    assistant_prefix: true,
    seed: true,
    service_tiers: true,
    stop_max: true,
    extra_sampling: true,
    dimensions: true,
    refuses: true,
    extra_body: true,
  };
  assert.deepEqual(Object.keys(quirksSchema.shape).toSorted(), Object.keys(all).toSorted());
});

test('patterns of models', () => {
  for (const [pattern, model] of [
    ['*', ''],
    ['*', 'x'],
    ['o1*|gpt-5*', 'gpt-5-mini'],
    ['*claude*', 'databricks-claude-x'],
    ['*claude*', 'claude'],
    ['glm-*-air', 'glm-4.5-air'],
    ['a*b*c', 'a-b-b-c'],
    ['exact', 'exact'],
  ] as const) {
    assert.ok(matches(pattern, model), `${pattern} ${model}`);
  }
  for (const [pattern, model] of [
    ['o1*|gpt-5*', 'gpt-4o'],
    ['glm-*-air', 'glm-air'],
    ['a*b*c', 'a-c-b'],
    ['exact', 'exact-not'],
    ['exact', 'inexact'],
    ['ab*ba', 'aba'],
  ] as const) {
    assert.ok(!matches(pattern, model), `${pattern} ${model}`);
  }
});

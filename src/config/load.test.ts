import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { inspect } from 'node:util';
import type { Config } from './config.ts';
import type { Environment } from './document.ts';
import type { KnownKind } from './environment.ts';
import { type LoadOptions, loadConfig } from './load.ts';
import { ConfigError } from './problem.ts';

const root = mkdtempSync(join(tmpdir(), 'dragoman-config-'));
after(() => rmSync(root, { recursive: true, force: true }));

const kinds: readonly KnownKind[] = [
  {
    kind: 'alpha',
    variables: { api_key: ['ALPHA_KEY', 'ALPHA_TOKEN'], base_url: ['ALPHA_BASE_URL'] },
    enough: [['api_key']],
  },
  { kind: 'beta', variables: { host: ['BETA_HOST'], api_key: ['BETA_KEY'] }, enough: [['host', 'api_key']] },
  { kind: 'house', variables: { base_url: ['HOUSE_BASE_URL'] }, enough: [['base_url']], backends: ['AT_HOME'] },
  { kind: 'openrouter', variables: { api_key: ['OPENROUTER_API_KEY'] }, enough: [['api_key']] },
  { kind: 'simulator', variables: {}, enough: [] },
];

function load(text: string | undefined, env: Environment = {}, more: Partial<LoadOptions> = {}): Config {
  const cwd = mkdtempSync(join(root, 'case-'));
  if (text !== undefined) writeFileSync(join(cwd, 'dragoman.yaml'), text);
  return loadConfig({ cwd, env, kinds, ...more });
}

function complaints(text: string | undefined, env: Environment = {}, more: Partial<LoadOptions> = {}): string[] {
  try {
    load(text, env, more);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message.split('\n');
  }
  assert.fail('the configuration was accepted');
}

describe('a file', () => {
  const text = [
    'server: { host: 127.0.0.1, port: "${PORT:-4000}" }',
    'auth: { keys: ["${DRAGOMAN_KEY}"] }',
    'providers:',
    '  router: { kind: alpha, api_key: "${MY_KEY}" }',
    '  local: { speaks: openai-chat, base_url: "http://127.0.0.1:8000/v1/", quirks: { reasoning: reasoning_content } }',
    'models:',
    '  big: { to: router/anthropic/claude-sonnet-4 }',
    '  "claude-*": { to: [router/anthropic/claude-*] }',
    '  "7": local/seven',
    '  "*": local/*',
    '',
  ].join('\n');

  test('is read, filled in and completed', () => {
    const config = load(text, { DRAGOMAN_KEY: 'sk-1', MY_KEY: 'sk-2\n', PORT: '4500' });
    assert.equal(config.server.port, 4500);
    assert.equal(config.server.max_body, 32 * 1024 * 1024);
    assert.deepEqual(config.timeouts, { connect: 10_000, first_byte: 600_000, idle: 300_000, total: 3_600_000 });
    assert.deepEqual(
      config.auth.keys.map((key) => key.reveal()),
      ['sk-1'],
    );
    assert.equal(config.providers['router']?.api_key?.reveal(), 'sk-2');
    assert.equal(config.providers['local']?.base_url, 'http://127.0.0.1:8000/v1');
    assert.deepEqual(config.providers['local']?.quirks, { reasoning: 'reasoning_content' });
    assert.equal(config.default_provider, undefined, 'listed models are all there are');
  });

  test('keeps the order of models, names that look like numbers included', () => {
    const { models } = load(text, { DRAGOMAN_KEY: 'k', MY_KEY: 'k' });
    assert.deepEqual(
      models.map(({ pattern }) => pattern),
      ['big', 'claude-*', '7', '*'],
    );
    assert.deepEqual(models[3], { pattern: '*', to: [{ target: 'local/*' }] });
  });

  test('may be JSON, and of any of the usual names', () => {
    const cwd = mkdtempSync(join(root, 'case-'));
    writeFileSync(join(cwd, 'dragoman.json'), '{\n\t"server": { "port": 4001 },\n\t"providers": { "a": "alpha" }\n}\n');
    assert.equal(loadConfig({ cwd, env: {}, kinds }).server.port, 4001);
    writeFileSync(join(cwd, 'dragoman.yaml'), 'server: { port: 4002 }\n');
    assert.equal(loadConfig({ cwd, env: {}, kinds }).server.port, 4002);
    writeFileSync(join(cwd, 'other.yaml'), 'server: { port: 4003 }\n');
    assert.equal(loadConfig({ cwd, env: {}, kinds, file: 'other.yaml' }).server.port, 4003);
  });

  test('that is not there, or too large, is said so', () => {
    assert.match(
      complaints(undefined, {}, { file: 'nowhere.yaml' })[0] ?? '',
      /nowhere\.yaml {2}there is no such file$/,
    );
    assert.match(complaints(`# ${'x'.repeat(1024 * 1024)}\n`)[0] ?? '', /is larger than/);
  });

  test('that is empty says nothing', () => {
    assert.deepEqual(Object.keys(load('').providers), ['simulator']);
    assert.deepEqual(Object.keys(load('# nothing yet\n').providers), ['simulator']);
    assert.equal(load('server:\nlog:\n').server.port, 4000);
  });

  test('cannot be changed once it is loaded', () => {
    const config = load(text, { DRAGOMAN_KEY: 'k', MY_KEY: 'k' });
    assert.throws(() => {
      (config.server as { port: number }).port = 1;
    }, TypeError);
    assert.ok(Object.isFrozen(config.models[0]?.to));
  });

  test('tells nobody its secrets', () => {
    const config = load(text.replace('kind: alpha', 'kind: alpha, headers: { x-a: sk-3 }'), {
      DRAGOMAN_KEY: 'sk-1',
      MY_KEY: 'sk-2',
    });
    for (const shown of [JSON.stringify(config), inspect(config, { depth: 20, showHidden: true })]) {
      assert.ok(!/sk-[123]/.test(shown), shown);
    }
  });
});

describe('a mistake', () => {
  test('is named with its line, its place and what was meant', () => {
    const found = complaints(
      [
        'server:',
        '  prot: 1',
        '  port: 99999',
        '  max_body: huge',
        'logs: {}',
        'providers:',
        '  router:',
        '    kind: 5',
        '    timeouts: { idle: soon }',
        '    quirks: { reasoning: reasoning_contnet, images: maybe }',
        '    headers: { Host: example.org }',
        '  1st: alpha',
        '  l: { base_url: "localhost:8000" }',
        'models:',
        '  d: router',
        '  e: { to: [] }',
      ].join('\n'),
    );
    const expected = [
      /^dragoman\.yaml:2:3 {2}server\.prot: unknown key "prot"\. Did you mean "port"\? Known: host, port, /,
      /^dragoman\.yaml:3:9 {2}server\.port: must be at most 65535\. TCP port/,
      /^dragoman\.yaml:4:13 {2}server\.max_body: write a size such as "32mb"/,
      /^dragoman\.yaml:5:1 {2}logs: unknown key "logs"\. Did you mean "log"\?/,
      /^dragoman\.yaml:8:11 {2}providers\.router\.kind: expected text, found a number\. /,
      /^dragoman\.yaml:9:23 {2}providers\.router\.timeouts\.idle: write a time such as "10s"/,
      /^dragoman\.yaml:10:26 {2}providers\.router\.quirks\.reasoning: "reasoning_contnet" .* Did you mean "reasoning_content"\?/,
      /^dragoman\.yaml:10:53 {2}providers\.router\.quirks\.images: expected true or false, found text/,
      /^dragoman\.yaml:11:16 {2}providers\.router\.headers\.Host: is set by Dragoman itself/,
      /^dragoman\.yaml:12:3 {2}providers\["1st"\]: must begin with a letter/,
      /^dragoman\.yaml:13:18 {2}providers\.l\.base_url: write the whole address/,
      /^dragoman\.yaml:15:6 {2}models\.d\.to\[0\]\.target: write "provider\/model"/,
      /^dragoman\.yaml:16:12 {2}models\.e\.to: must have at least 1/,
    ];
    assert.equal(found.length, expected.length, found.join('\n'));
    expected.forEach((pattern, i) => assert.match(found[i] ?? '', pattern));
  });

  test('in YAML itself is named once, with a hint where braces are the cause', () => {
    const found = complaints('server: { port: ${PORT:-4000} }\nmore: [\n');
    assert.equal(found.length, 1);
    assert.match(found[0] ?? '', /^dragoman\.yaml:1:1\d {2}.*write "\$\{NAME\}" in quotes$/);
    assert.match(complaints('a: 1\na: 2\n')[0] ?? '', /^dragoman\.yaml:2:1 {2}Map keys must be unique/);
    assert.match(complaints('- a\n- b\n')[0] ?? '', /^dragoman\.yaml:1:1 {2}expected settings/);
  });

  test('of multiplying aliases is refused', () => {
    const lines = ['a: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 8; i++)
      lines.push(
        `b${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    assert.match(complaints(lines.join('\n'))[0] ?? '', /alias/i);
  });

  test('never shows a credential', () => {
    const text =
      'providers:\n  r: { kind: alpha, api_key: [sk-secret], client_id: {a: sk-secret}, headers: {x: "a\\nsk-secret"} }\n';
    for (const line of complaints(text)) assert.ok(!line.includes('sk-secret'), line);
  });

  test('about providers and stars is found across settings', () => {
    const found = complaints(
      'default_provider: routre\nproviders:\n  router: alpha\nmodels:\n  a: ruter/x\n  b: router/*\n  "c*d*": router/x\n  "e*": router/*-*\n',
    );
    assert.match(
      found[0] ?? '',
      /^dragoman\.yaml:1:19 {2}default_provider: unknown provider "routre"\. Did you mean "router"\?/,
    );
    assert.match(
      found[1] ?? '',
      /^dragoman\.yaml:5:6 {2}models\.a\.to\[0\]: unknown provider "ruter"\. Did you mean "router"\? Known: router\.$/,
    );
    assert.match(found[2] ?? '', /^dragoman\.yaml:6:6 {2}models\.b\.to\[0\]: "b" has no \*/);
    assert.match(found[3] ?? '', /^dragoman\.yaml:7:3 {2}models\["c\*d\*"\]: a pattern has at most one \*/);
    assert.match(found[4] ?? '', /^dragoman\.yaml:8:9 {2}models\["e\*"\]\.to\[0\]: a target has at most one \*/);
    assert.equal(found.length, 5);
  });

  for (const [url, advice] of [
    ['ftp://x', /whole address/],
    ['http://', /not an address/],
    ['https://user:pass@example.org/v1', /holds a credential/],
    ['https://example.org/v1/chat/completions', /leave out "\/chat\/completions"/],
    ['https://example.org/v1/messages/', /leave out "\/messages"/],
  ] as const) {
    test(`in an address: ${url}`, () => {
      const [line] = complaints(`providers:\n  a: { speaks: anthropic, base_url: "${url}" }\n`);
      assert.match(line ?? '', advice);
      assert.ok(!line?.includes('user:pass'));
    });
  }
});

describe('a variable that is not set', () => {
  test('is a mistake anywhere but in a credential', () => {
    assert.match(
      complaints('auth:\n  keys: ["${DRAGOMAN_KEY}"]\n')[0] ?? '',
      /^dragoman\.yaml:2:10 {2}auth\.keys\[0\]: the variable DRAGOMAN_KEY is not set\. Set it, or write \$\{DRAGOMAN_KEY:-default\}$/,
    );
    assert.match(complaints('providers:\n  r: { kind: alpha, headers: { x: "${X}" } }\n')[0] ?? '', /X is not set/);
  });

  test('leaves a credential out, and is remembered', () => {
    const text = 'providers:\n  r: { kind: alpha, api_key: "${OTHER_KEY}" }\n';
    const config = load(text, { ALPHA_KEY: 'not this one' });
    assert.deepEqual(config.absent, [
      { path: 'providers.r.api_key', variable: 'OTHER_KEY', where: 'dragoman.yaml:2:30' },
    ]);
    assert.ok(!Object.hasOwn(config.providers['r'] ?? {}, 'api_key'), 'another key must not slip in');
  });

  test('is no matter in a comment or a key', () => {
    assert.equal(load('# ${NOT_SET}\nserver: { port: 4001 }\n').server.port, 4001);
  });
});

describe('who may call', () => {
  test('an open server listens on loopback only', () => {
    const line = complaints('server: { host: 0.0.0.0 }\n')[0] ?? '';
    assert.match(
      line,
      /^dragoman\.yaml:1:17 {2}server\.host: "0\.0\.0\.0" can be reached by others, and there are no keys\. Write auth:/,
    );
    for (const host of ['::', '192.168.1.5', 'example.org', '1270.0.0.1', '127.0.0.1.example.org', '::ffff:10.0.0.1']) {
      assert.match(
        complaints(undefined, { DRAGOMAN_HOST: host })[0] ?? '',
        /^environment DRAGOMAN_HOST {2}server\.host/,
        host,
      );
    }
    assert.match(complaints('', {}, { overrides: { host: '0.0.0.0' } })[0] ?? '', /^option --host {2}server\.host/);
  });

  test('with keys it may listen anywhere, without them on any loopback address', () => {
    assert.equal(load('server: { host: 0.0.0.0 }\nauth: { keys: [k] }\n').server.host, '0.0.0.0');
    assert.equal(load('server: { host: 0.0.0.0 }\n', { DRAGOMAN_KEY: 'k' }).auth.keys.length, 1);
    for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '::1', '::ffff:127.0.0.1']) {
      assert.equal(load(undefined, { DRAGOMAN_HOST: host }).server.host, host);
    }
  });

  test('several keys come by one variable, and an empty one is a mistake', () => {
    const config = load(undefined, { DRAGOMAN_KEYS: 'a, b' });
    assert.deepEqual(
      config.auth.keys.map((key) => key.reveal()),
      ['a', 'b'],
    );
    assert.match(
      complaints(undefined, { DRAGOMAN_KEYS: 'a,,b' })[0] ?? '',
      /^environment DRAGOMAN_KEYS {2}auth\.keys\[1\]: is empty/,
    );
  });
});

describe('what goes before what', () => {
  test('command line, file, environment, default', () => {
    const env = { DRAGOMAN_PORT: '5001', PORT: '5000', LOG_LEVEL: 'DEBUG', DRAGOMAN_STRICT: 'true' };
    assert.equal(load(undefined, env).server.port, 5001);
    assert.equal(load('server: { port: 5002 }\n', env).server.port, 5002);
    assert.equal(load('server: { port: 5002 }\n', env, { overrides: { port: 5003 } }).server.port, 5003);
    const config = load('server: { host: localhost }\n', env);
    assert.deepEqual(
      [config.server.host, config.server.port, config.log.level, config.strict],
      ['localhost', 5001, 'debug', true],
    );
  });

  test('a mistake in a variable is told as one', () => {
    assert.match(
      complaints(undefined, { PORT: 'http' })[0] ?? '',
      /^environment PORT {2}server\.port: expected a number, found text/,
    );
    assert.match(
      complaints(undefined, { LOG_LEVEL: 'verbose' })[0] ?? '',
      /^environment LOG_LEVEL {2}log\.level: "verbose" is not/,
    );
  });

  test('the usual variable gives the key that a file does not say', () => {
    const config = load('providers:\n  r: alpha\n  s: { kind: alpha, api_key: own }\n  h: house\n', {
      ALPHA_TOKEN: 'theirs',
      ALPHA_BASE_URL: 'http://elsewhere',
      HOUSE_BASE_URL: 'http://home',
    });
    assert.equal(config.providers['r']?.api_key?.reveal(), 'theirs');
    assert.equal(config.providers['r']?.base_url, undefined, 'a file that names a kind means its address');
    assert.equal(config.providers['s']?.api_key?.reveal(), 'own');
    assert.equal(config.providers['h']?.base_url, 'http://home');
  });

  test('the first provider of a file without models is the default, unless one is named', () => {
    const first = load('providers:\n  b: alpha\n  a: alpha\n');
    assert.deepEqual([first.default_provider, first.default_chosen], ['b', false]);
    const named = load('default_provider: a\nproviders:\n  b: alpha\n  a: alpha\nmodels: { x: b/x }\n');
    assert.deepEqual([named.default_provider, named.default_chosen], ['a', true]);
  });
});

describe('without a file', () => {
  const cases: readonly [string, Environment, readonly string[], string, boolean][] = [
    ['nothing: the simulator', {}, ['simulator'], 'simulator', false],
    ['one key', { ALPHA_KEY: 'k' }, ['alpha'], 'alpha', false],
    ['another name of its key', { ALPHA_TOKEN: 'k' }, ['alpha'], 'alpha', false],
    ['an empty key is none', { ALPHA_KEY: ' ' }, ['simulator'], 'simulator', false],
    ['half of what is needed is nothing', { BETA_HOST: 'h' }, ['simulator'], 'simulator', false],
    ['all that is needed', { BETA_HOST: 'h', BETA_KEY: 'k' }, ['beta'], 'beta', false],
    ['an address alone', { HOUSE_BASE_URL: 'http://h' }, ['house'], 'house', false],
    ['several: OpenRouter', { ALPHA_KEY: 'k', OPENROUTER_API_KEY: 'k' }, ['openrouter', 'alpha'], 'openrouter', false],
    [
      'several without it: the first',
      { HOUSE_BASE_URL: 'http://h', ALPHA_KEY: 'k' },
      ['alpha', 'house'],
      'alpha',
      false,
    ],
    [
      'PROXY_BACKEND',
      { PROXY_BACKEND: 'alpha', ALPHA_KEY: 'k', OPENROUTER_API_KEY: 'k' },
      ['alpha', 'openrouter'],
      'alpha',
      true,
    ],
    [
      'PROXY_BACKEND by another word',
      { PROXY_BACKEND: 'at-home', HOUSE_BASE_URL: 'http://h' },
      ['house'],
      'house',
      true,
    ],
    ['PROXY_BACKEND without its key', { PROXY_BACKEND: 'ALPHA' }, ['alpha'], 'alpha', true],
    [
      'PROXY_BACKEND=SIMULATOR',
      { PROXY_BACKEND: 'SIMULATOR', ALPHA_KEY: 'k' },
      ['simulator', 'alpha'],
      'simulator',
      true,
    ],
    ['an older switch', { USE_OPENROUTER: 'TRUE', ALPHA_KEY: 'k' }, ['openrouter', 'alpha'], 'openrouter', true],
    ['an older switch that is off', { USE_OPENROUTER: 'false', ALPHA_KEY: 'k' }, ['alpha'], 'alpha', false],
    ['PROXY_BACKEND before older switches', { PROXY_BACKEND: 'ALPHA', USE_OPENROUTER: '1' }, ['alpha'], 'alpha', true],
  ];
  for (const [name, env, providers, fallback, chosen] of cases) {
    test(name, () => {
      const config = load(undefined, env);
      assert.deepEqual(Object.keys(config.providers), providers);
      assert.deepEqual([config.default_provider, config.default_chosen], [fallback, chosen]);
    });
  }

  test('an unknown backend is named, with the ones there are', () => {
    assert.match(
      complaints(undefined, { PROXY_BACKEND: 'OPENRUOTER' })[0] ?? '',
      /^environment PROXY_BACKEND {2}unknown backend "OPENRUOTER"\. Did you mean "OPENROUTER"\? Known: ALPHA, BETA, HOUSE, AT_HOME, /,
    );
  });

  test('addresses and names for models come from variables', () => {
    const config = load(undefined, {
      ALPHA_KEY: 'k',
      ALPHA_BASE_URL: 'https://other.example/v1/',
      BIG_MODEL: 'alpha/x',
      ANTHROPIC_SMALL_FAST_MODEL: 'older',
      ANTHROPIC_MODEL: ' any ',
    });
    assert.equal(config.providers['alpha']?.base_url, 'https://other.example/v1');
    assert.deepEqual(config.names, { big: 'alpha/x', claude: 'any', haiku: 'older' });
  });

  test('a file without providers takes them from the environment', () => {
    assert.deepEqual(Object.keys(load('server: { port: 0 }\n', { ALPHA_KEY: 'k' }).providers), ['alpha']);
  });
});

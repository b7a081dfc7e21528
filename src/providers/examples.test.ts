import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import { type Environment, readDocument } from '../config/document.ts';
import { variablesLookedAt } from '../config/environment.ts';
import { readConfig } from '../config/load.ts';
import { buildProviders } from './build.ts';
import { knownKinds } from './table.ts';

const ask = () => Promise.reject(new Error('no token is fetched here'));

const written = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const example = { file: 'dragoman.example.yaml', text: written('dragoman.example.yaml') };

function build(env: Environment) {
  const config = readConfig(example, { env, kinds: knownKinds });
  return { config, providers: buildProviders(config, { simulatorUrl: 'http://127.0.0.1:4999', ask }) };
}

test('the example configuration is right, with and without its variables', () => {
  const bare = build({});
  assert.equal(bare.config.server.port, 4000);
  assert.deepEqual(
    bare.config.absent.map(({ variable }) => variable),
    ['OPENROUTER_API_KEY', 'DATABRICKS_CLIENT_ID', 'DATABRICKS_CLIENT_SECRET', 'AZURE_API_KEY'],
  );
  assert.deepEqual(
    [...bare.providers.keys()],
    ['router', 'claude', 'workspace', 'azure', 'google', 'aws', 'local', 'pretend'],
  );
  const whole = build({
    PORT: '4100',
    OPENROUTER_API_KEY: 'k',
    ANTHROPIC_API_KEY: 'k',
    DATABRICKS_CLIENT_ID: 'i',
    DATABRICKS_CLIENT_SECRET: 's',
    AZURE_API_KEY: 'k',
  });
  assert.equal(whole.config.server.port, 4100);
  assert.deepEqual(
    [...whole.providers.values()].map(({ missing }) => missing),
    Array(8).fill(undefined),
  );
});

test('what the example has in comments is right, too', () => {
  const text = example.text.replace(/^# (auth:| {2}keys:)/gm, '$1').replace('  # file:', '  file:');
  assert.notEqual(text, example.text);
  const config = readConfig({ file: 'dragoman.yaml', text }, { env: { DRAGOMAN_KEY: 'k' }, kinds: knownKinds });
  assert.equal(config.auth.keys.length, 1);
  assert.equal(config.log.file, 'logs/dragoman.log');
});

test('what stands in the page on routing is right', () => {
  const blocks = [...written('docs/routing.md').matchAll(/```yaml\n([^`]*)```/g)].map(([, text = '']) => text);
  assert.ok(blocks.length > 3);
  const [first = ''] = blocks;
  const providers = first.slice(0, first.indexOf('models:'));
  for (const block of blocks) {
    const text = block.includes('providers:') ? block : providers + block;
    const env = Object.fromEntries([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, 'k']));
    const config = readConfig({ file: 'dragoman.yaml', text }, { env, kinds: knownKinds });
    assert.ok(buildProviders(config, { ask }).size > 0);
  }
});

test('editors are pointed to the schema in the first line', () => {
  const [first] = example.text.split('\n');
  assert.equal(first, '# yaml-language-server: $schema=./docs/dragoman.schema.json');
  assert.doesNotThrow(() => JSON.parse(written('docs/dragoman.schema.json')));
  assert.doesNotThrow(() => readDocument('example', example.text, {}));
});

test('.env.example has every variable that is looked at, a line each, and no other', () => {
  const text = written('.env.example');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  for (const line of lines) assert.match(line, /^[A-Z][A-Z0-9_]*= +# \S/);
  assert.deepEqual(
    lines.map((line) => line.slice(0, line.indexOf('='))).toSorted(),
    variablesLookedAt(knownKinds).toSorted(),
  );
});

test('.env.example, copied as it is, sets nothing', () => {
  const env = parseEnv(written('.env.example')) as Environment;
  assert.ok(
    Object.values(env).every((value) => value === ''),
    'comments must not become values',
  );
  const config = readConfig(undefined, { env, kinds: knownKinds });
  assert.deepEqual(Object.keys(config.providers), ['simulator']);
});

test('.env.example, filled in, configures every provider that is found by its variables', () => {
  const env = Object.fromEntries(
    Object.keys(parseEnv(written('.env.example'))).map((name) => [
      name,
      /_(URL|BASE|ENDPOINT)(_|$)/.test(name) ? 'http://127.0.0.1:4010/v1' : 'x1',
    ]),
  );
  for (const name of [
    'PROXY_BACKEND',
    'DRAGOMAN_HOST',
    'DRAGOMAN_PORT',
    'PORT',
    'DRAGOMAN_MAX_BODY',
    'DRAGOMAN_STRICT',
    'DRAGOMAN_WORKERS',
    'DRAGOMAN_LOG_LEVEL',
    'LOG_LEVEL',
    'DRAGOMAN_LOG_FORMAT',
  ]) {
    delete env[name];
  }
  const config = readConfig(undefined, { env, kinds: knownKinds });
  const providers = buildProviders(config, { ask });
  const expected = knownKinds.filter(({ enough }) => enough.length > 0).map(({ kind }) => kind);
  assert.deepEqual([...providers.keys()].toSorted(), expected.toSorted());
  for (const provider of providers.values()) assert.equal(provider.missing, undefined, provider.name);
});

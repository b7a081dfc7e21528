import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adoptable, changesBetween, describeChanges } from './changes.ts';
import type { Config } from './config.ts';
import { readConfig } from './load.ts';
import { ConfigError } from './problem.ts';

function configOf(text: string, env: Record<string, string> = {}): Config {
  return readConfig({ file: '/etc/dragoman.yaml', text }, { env, kinds: [] });
}

const provider = 'speaks: anthropic, base_url: "http://127.0.0.1:9"';

function told(before: string, after: string): string {
  return describeChanges(changesBetween(configOf(before), configOf(after)));
}

test('what changed is told by name, and no value is shown', () => {
  const before = `providers: { a: { ${provider}, api_key: sk-first }, b: { ${provider} } }\nmodels: { x: a/x, y: b/y }`;
  const after = `providers: { a: { ${provider}, api_key: sk-second }, c: { ${provider} } }\nmodels: { x: c/x, z: a/z }\nauth: { keys: [sk-client] }\nlimits: { answer: 1mb }\nstrict: true`;
  assert.equal(
    told(before, after),
    'added provider "c"; removed provider "b"; changed provider "a"; added model "z"; removed model "y"; changed model "x"; changed auth.keys, strict, limits.answer',
  );
  assert.equal(told(before, before.replace('http', 'HTTP').replace('HTTP', 'http')), 'nothing differs');
  assert.equal(told(before, `# a remark\n${before}`), 'nothing differs');
});

test('the order of rules counts, and a time limit that holds for all is one of each provider', () => {
  const of = (models: string, more = ''): string => `providers: { a: { ${provider} } }\nmodels: { ${models} }\n${more}`;
  assert.equal(told(of('x: a/x, "*": a/*'), of('"*": a/*, x: a/x')), 'another order of models');
  assert.equal(
    told(of('x: a/x'), of('x: a/x', 'timeouts: { total: 1m }')),
    'changed provider "a"; changed timeouts.total',
  );
  const many = (names: number): string =>
    `providers: {${Array.from({ length: names }, (_, i) => `p${i}: { ${provider} }`).join(',')}}`;
  assert.equal(told(many(1), many(40)), 'added 39 providers');
});

test('a credential that comes to be set is a change', () => {
  const text = `providers: { a: { ${provider}, api_key: "\${KEY}" } }`;
  const changes = (from: Record<string, string>, to: Record<string, string>): readonly string[] =>
    changesBetween(configOf(text, from), configOf(text, to)).providers.changed;
  assert.deepEqual(changes({}, { KEY: 'k' }), ['a']);
  assert.deepEqual(changes({ KEY: 'k' }, { KEY: 'l' }), ['a']);
  assert.deepEqual(changes({ KEY: 'k' }, { KEY: 'k', OTHER: 'o' }), []);
});

test('what cannot change while it runs is left, and what would not go with it is refused', () => {
  const running = configOf('server: { host: 0.0.0.0, port: 1 }\nauth: { keys: [k] }\nlog: { level: info }');
  const next = configOf(
    'server: { port: 2, max_body: 1mb }\nlog: { level: warn, file: x }\nstore: { file: y }\nauth: { keys: [l] }',
  );
  const { config, left } = adoptable(running, next);
  assert.deepEqual(left, ['server.host', 'server.port', 'log.file', 'store.file']);
  assert.deepEqual([config.server.host, config.server.port, config.server.max_body], ['0.0.0.0', 1, 1024 * 1024]);
  assert.deepEqual([config.log.level, config.log.file, config.store.file], ['warn', undefined, undefined]);
  assert.throws(() => adoptable(running, configOf('')), ConfigError);
  assert.equal(adoptable(running, running).config, running);
});

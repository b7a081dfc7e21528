import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Config } from './config.ts';
import type { Environment } from './document.ts';
import { readConfig } from './load.ts';
import { ConfigError } from './problem.ts';

const kinds = [{ kind: 'alpha', variables: { api_key: ['ALPHA_KEY'] }, enough: [['api_key']] }];

function read(lines: readonly string[], env: Environment = {}): Config {
  return readConfig({ file: 'dragoman.yaml', text: lines.join('\n') }, { env, kinds });
}

function complaints(...lines: readonly string[]): string[] {
  try {
    read(['providers: { a: alpha, b: alpha }', ...lines]);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message.split('\n');
  }
  assert.fail('the configuration was accepted');
}

describe('the targets of a rule', () => {
  test('may be a text, a list, or a list of texts and groups of settings', () => {
    const { models } = read([
      'providers: { a: alpha, b: alpha }',
      'models:',
      '  one: a/x',
      '  two: [a/x, { target: b/y, weight: 3 }]',
      '  three:',
      '    to:',
      '      - { target: a/x, when: { images: false, max_input: 100k } }',
      '      - b/y',
      '    strategy: Least_Cost',
      '    sticky: false',
      '    on_cut: restart_if_silent',
      '    hedge: p95',
    ]);
    assert.deepEqual(models, [
      { pattern: 'one', to: [{ target: 'a/x' }] },
      { pattern: 'two', to: [{ target: 'a/x' }, { target: 'b/y', weight: 3 }] },
      {
        pattern: 'three',
        to: [{ target: 'a/x', when: { images: false, max_input: 100_000 } }, { target: 'b/y' }],
        strategy: 'least_cost',
        sticky: false,
        on_cut: 'restart_if_silent',
        hedge: 0.95,
      },
    ]);
  });

  test('follow defaults of their own section', () => {
    assert.deepEqual(read([]).routing, { strategy: 'ordered', sticky: true, on_cut: 'continue', hedge: false });
    const { routing } = read(['routing: { strategy: least_busy, hedge: 99% }']);
    assert.deepEqual(routing, { strategy: 'least_busy', sticky: true, on_cut: 'continue', hedge: 0.99 });
  });

  for (const [line, expected] of [
    ['models: { m: [{ target: a }] }', /2:25 {2}models\.m\.to\[0\]\.target: write "provider\/model"/],
    ['models: { m: [{ weight: 2 }] }', /models\.m\.to\[0\]\.target: is missing/],
    ['models: { m: [7] }', /models\.m\.to\[0\]: expected a group of settings, found a number/],
    ['models: { m: [{ target: c/x }] }', /models\.m\.to\[0\]: unknown provider "c"/],
    ['models: { m: [{ target: a/x, weigth: 2 }] }', /2:30 {2}models\.m\.to\[0\]\.weigth: .* Did you mean "weight"\?/],
    ['models: { m: [{ target: a/x, weight: -1 }] }', /models\.m\.to\[0\]\.weight: must be at least 0/],
    ['models: { m: [{ target: a/x, when: { image: no } }] }', /\.when\.image: unknown key "image"\. .*"images"\?/],
    [
      'models: { m: [{ target: a/x, when: { max_input: big } }] }',
      /max_input: write a number of tokens such as "100k"/,
    ],
    [
      'models: { m: [{ target: a/x, when: { max_input: 10k, min_input: 20k } }] }',
      /2:65 {2}models\.m\.to\[0\]\.when\.min_input: is more than max_input, 10000/,
    ],
    [
      'models: { m: { to: [{ target: a/x, weight: 2 }, b/x], strategy: least_cost } }',
      /models\.m\.to\[0\]\.weight: means nothing with strategy: least_cost/,
    ],
    [
      'models: { m: { to: a/x, strategy: fastest } }',
      /models\.m\.strategy: "fastest" is not one of its words\. Known: ordered, /,
    ],
    ['models: { m: { to: a/x, on_cut: retry } }', /models\.m\.on_cut: "retry" is not one of its words/],
    ['models: { m: { to: a/x, hedge: 1.5 } }', /models\.m\.hedge: write a quantile such as "p95"/],
    ['models: { m: { to: a/x, hedge: true } }', /models\.m\.hedge: write a quantile such as "p95"/],
    ['routing: { strategy: any }', /2:22 {2}routing\.strategy: "any" is not/],
  ] as const) {
    test(`are wrong in ${line}`, () => {
      const found = complaints(line);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', expected);
    });
  }
});

describe('several keys of one provider', () => {
  const keys = (config: Config, name: string): (string | undefined)[] => {
    const { api_key: first, more_keys: more = [] } = config.providers[name] ?? {};
    return [first, ...more].map((key) => key?.reveal());
  };

  test('are a list; one alone is one', () => {
    const config = read(
      ['providers:', '  a: { kind: alpha, api_key: [k1, "${K2}", k3] }', '  b: { kind: alpha, api_key: [k1] }'],
      {
        K2: 'k2\n',
      },
    );
    assert.deepEqual(keys(config, 'a'), ['k1', 'k2', 'k3']);
    assert.deepEqual(keys(config, 'b'), ['k1']);
    assert.ok(!Object.hasOwn(config.providers['b'] ?? {}, 'more_keys'));
    assert.doesNotMatch(JSON.stringify(config), /k[123]"/);
  });

  test('are those whose variables are set; the others are remembered', () => {
    const lines = ['providers:', '  a: { kind: alpha, api_key: ["${K1}", "${K2}", "${K3}", "${K4}"] }'];
    const config = read(lines, { K2: 'two', K4: 'four' });
    assert.deepEqual(keys(config, 'a'), ['two', 'four']);
    assert.deepEqual(
      config.absent.map(({ path, variable }) => `${path} ${variable}`),
      ['providers.a.api_key[0] K1', 'providers.a.api_key[2] K3'],
    );
  });

  test('of which none is set are no key, and no other slips in', () => {
    const config = read(['providers:', '  a: { kind: alpha, api_key: ["${K1}", "${K2}"] }'], { ALPHA_KEY: 'other' });
    assert.deepEqual(keys(config, 'a'), [undefined]);
  });

  test('must be there, and be texts', () => {
    assert.throws(() => read(['providers: { a: { kind: alpha, api_key: [] } }']), /a\.api_key: must have at least 1/);
    assert.throws(() => read(['providers: { a: { kind: alpha, api_key: [k, 7] } }']), /a\.api_key\[1\]: expected text/);
    assert.throws(() => read(['providers: { a: { kind: alpha, api_key: [k, ""] } }']), /a\.api_key\[1\]: is empty/);
  });
});

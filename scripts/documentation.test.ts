import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { errorKinds } from '../src/canon/error.ts';
import { isObject } from '../src/canon/json.ts';
import { configJsonSchema } from '../src/config/json-schema.ts';
import type { FamilySnapshot } from '../src/observe/metric.ts';
import { Metrics } from '../src/observe/metrics.ts';
import { TraceExport } from '../src/observe/trace-export.ts';

const pages = globSync(['*.md', 'docs/**/*.md']);

test('every link leads somewhere', () => {
  assert.ok(pages.includes('README.md') && pages.length > 10, 'run from the folder of the package');
  const dead = pages.flatMap((page) =>
    linksOf(read(page))
      .filter((link) => !leadsSomewhere(page, link))
      .map((link) => `${page}: ${link}`),
  );
  assert.deepEqual(dead, []);
});

test('the documentation of the configuration names every setting', () => {
  const page = read('docs/configuration.md');
  const settings = [...namesIn(configJsonSchema())];
  assert.ok(settings.includes('base_url') && settings.includes('tool_result_parts'));
  const isNamed = (name: string): boolean => page.includes(`\`${name}\``) || page.includes(`\n## ${name}\n`);
  assert.deepEqual(
    settings.filter((name) => !isNamed(name)),
    [],
  );
});

test('the documentation of errors has every kind, with its status', () => {
  const page = read('docs/errors-and-limits.md');
  const absent = Object.entries(errorKinds).filter(([kind, status]) => !page.includes(`\n| \`${kind}\` | ${status}`));
  assert.deepEqual(absent, []);
});

test('the documentation of metrics has every one with its labels, and no other', async () => {
  const page = read('docs/observability.md');
  const families = await allMetrics();
  for (const { name, labels } of families) {
    const row = page.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${name}\``));
    assert.ok(row !== undefined, name);
    for (const label of labels) assert.ok(row.includes(`\`${label}\``), `${name}: ${label}`);
  }
  assert.deepEqual(unknownIn(page, families), []);
});

test('the dashboard asks for metrics that there are', async () => {
  const dashboard = read('docs/grafana.json');
  const asked = (JSON.parse(dashboard) as { panels: { targets: { expr: string }[] }[] }).panels
    .flatMap(({ targets }) => targets)
    .map(({ expr }) => expr);
  assert.ok(asked.length > 10);
  assert.deepEqual(unknownIn(asked.join('\n'), await allMetrics()), []);
});

/** Everything that a gateway counts, traces included. */
async function allMetrics(): Promise<readonly FamilySnapshot[]> {
  const metrics = new Metrics({ version: '0' });
  metrics.watch({ calls: () => 0, connections: () => Promise.resolve(0), circuits: () => [] });
  const traces = new TraceExport({
    endpoint: 'http://127.0.0.1',
    headers: {},
    timeoutMs: 1,
    share: 1,
    facts: () => undefined,
    resource: {},
    version: '0',
    complain: () => undefined,
  });
  metrics.include(() => traces.metrics());
  return metrics.snapshot();
}

/** Names in a text that look like metrics and are none. */
function unknownIn(text: string, families: readonly FamilySnapshot[]): string[] {
  const known = new Set(families.map(({ name }) => name));
  const named = text.match(/\b(?:dragoman|process|nodejs)_[a-z_]+\b/g) ?? [];
  return named.filter((name) => !known.has(name) && !known.has(name.replace(/_(?:bucket|sum|count)$/, '')));
}

function read(page: string): string {
  return readFileSync(page, 'utf8');
}

/** Targets of links and pictures, code aside; other sites are not asked. */
function linksOf(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((to) => !/^\w+:/.test(to));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(target)) return false;
  return anchor === undefined || anchorsOf(read(target)).has(anchor);
}

/** Headings under the names that the sites which show Markdown give them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** The names of all fields that a schema knows. */
function namesIn(schema: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (Array.isArray(schema)) for (const each of schema) namesIn(each, found);
  if (!isObject(schema)) return found;
  if (isObject(schema.properties)) for (const name of Object.keys(schema.properties)) found.add(name);
  for (const inner of Object.values(schema)) namesIn(inner, found);
  return found;
}

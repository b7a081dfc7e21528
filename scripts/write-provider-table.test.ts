import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { kinds } from '../src/providers/table.ts';
import { pageUrl, providerPage } from './write-provider-table.ts';

test('docs/providers.md is current (node scripts/run.mjs scripts/write-provider-table.ts)', () => {
  assert.equal(readFileSync(pageUrl, 'utf8'), providerPage());
});

test('every kind of the table has a row', () => {
  const page = providerPage();
  const absent = [...kinds.keys()].filter((kind) => !page.includes(`\n| \`${kind}\``));
  assert.ok(kinds.size > 0);
  assert.deepEqual(absent, []);
});

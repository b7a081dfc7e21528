import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { dialects } from '../src/dialects/index.ts';
import { lossPage, pageUrl } from './write-losses.ts';

test('docs/losses.md is current (node scripts/run.mjs scripts/write-losses.ts)', () => {
  assert.equal(readFileSync(pageUrl, 'utf8'), lossPage());
});

test('every language that clients speak has a section, with every other language in it', () => {
  const page = lossPage();
  const spoken = Object.values(dialects);
  const clients = spoken.filter(({ client }) => client !== undefined);
  assert.equal(page.match(/^## From /gm)?.length, clients.length);
  assert.equal(page.match(/^### To /gm)?.length, clients.length * (spoken.length - 1));
});

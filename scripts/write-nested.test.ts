import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { nestedModule } from './write-nested.ts';

test('the code that goes through nested values is what its source is compiled to', async () => {
  const kept = readFileSync(new URL('../src/wire/nested-code.ts', import.meta.url), 'utf8');
  assert.equal(kept, await nestedModule(), 'run: node scripts/run.mjs scripts/write-nested.ts');
});

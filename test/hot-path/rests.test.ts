// What V8 does by itself in a rest and behind one, and is told not to do (docs/decisions/0021-rests.md).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

interface Told {
  readonly usually: { readonly resting: number };
  readonly tidying: { readonly growing: number; readonly resting: number };
  readonly relieved: { readonly growing: number };
}

test('V8 collects nothing by itself in a rest, and lets the heap grow behind it', { timeout: 120_000 }, async () => {
  const program = join(import.meta.dirname, 'growing.ts');
  // Half a minute where nothing is said.
  const soon = ['--memory-reducer-delay-ms=1500', '--gc-memory-reducer-start-delay-ms=1500'];
  const { stdout } = await promisify(execFile)(process.execPath, [...soon, program]);
  const { usually, tidying, relieved } = JSON.parse(stdout) as Told;
  assert.ok(usually.resting > 0, 'where nobody tidies V8 collects in a rest, or the test would not see it');
  assert.deepEqual(tidying, { growing: 0, resting: 0 });
  assert.ok(relieved.growing > 0, 'once memory was short V8 decides again how far the heap grows');
});

// What V8 throws away in a rest, when no call is left whose objects would show it their shapes (docs/decisions/0022-collecting-in-steps.md).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

/** Functions that may have to be compiled again after rests on all ways: it is hardly any. */
const most = 30;
/** Where all garbage is collected at once it is some 400. */
const least = 100;

test('what V8 has compiled for calls outlives a rest', { timeout: 120_000 }, async () => {
  const [inSteps, atOnce] = await Promise.all([thrownAway('in steps'), thrownAway('at once')]);
  assert.ok(atOnce.length >= least, `the trace has another form: it tells of ${atOnce.length} functions`);
  assert.ok(inSteps.length <= most, `${inSteps.length} functions were thrown away: ${inSteps.join(' ')}`);
});

/** Names of functions whose code is gone because nothing was left of what it knew. */
async function thrownAway(how: string): Promise<string[]> {
  const program = join(import.meta.dirname, 'rested.ts');
  const options = { maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(process.execPath, ['--trace-deopt', program, how], options);
  const traced = stdout.matchAll(/<SharedFunctionInfo ?(\S*)>\).*embedded weak objects cleared/g);
  return [...traced].map(([, name = '']) => name);
}

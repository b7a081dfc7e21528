// What V8 throws away at rest, when no call is left whose objects would show it their shapes (docs/decisions/0020-specimens.md).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

/** Functions that may have to be compiled again after rests on all ways; without specimens it is some 400, and 50 to 130 with them. */
const most = 240;

test('code for the classes that calls are made of outlives a rest', { timeout: 120_000 }, async () => {
  const program = join(import.meta.dirname, 'rested.ts');
  const options = { maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--trace-deopt', program], options);
  const names = [...stdout.matchAll(/<SharedFunctionInfo (\S*)>\).*embedded weak objects cleared/g)].map(
    ([, name]) => name,
  );
  assert.ok(
    names.includes('Taker'),
    'a class of the test, of which none is left, is not seen: the trace has another form',
  );
  assert.ok(
    names.length <= most,
    `${names.length} functions were thrown away, ${most} may be. A class that calls are made of needs a specimen of the shape that it has in use: ${names.join(' ')}`,
  );
});

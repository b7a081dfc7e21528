import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readScenarioFile } from './scenario-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'scenario-'));
after(() => rmSync(folder, { recursive: true }));

function read(text: string): unknown {
  const path = join(folder, 'scenario.json');
  writeFileSync(path, text);
  return readScenarioFile(path);
}

test('a list of steps is a scenario', () => {
  assert.deepEqual(read('["hello", {"times": 2, "faults": [{"kind": "status", "status": 529}]}]'), {
    steps: ['hello', { times: 2, faults: [{ kind: 'status', status: 529 }] }],
  });
});

const WRONG: readonly (readonly [string, RegExp])[] = [
  ['{"stepps": []}', /scenario\.json: stepps is not known; known are: steps/],
  ['[{"part": []}]', /steps\[0\]\.part is not known/],
  ['[{"when": {"usr": "x"}}]', /steps\[0\]\.when\.usr is not known/],
  ['[{"faults": [{"kind": "explode"}]}]', /steps\[0\]\.faults\[0\]\.kind must be one of: status/],
  ['[{"parts": "x"}]', /steps\[0\]\.parts must be a list/],
  ['[5]', /steps\[0\] must be an object or a text/],
  ['5', /must be an object, or a list of steps/],
  ['{', /scenario\.json: .*JSON/],
];
for (const [text, message] of WRONG) test(`refused: ${text}`, () => assert.throws(() => read(text), message));

test('a file that is not there is named', () => {
  assert.throws(() => readScenarioFile(join(folder, 'none.json')), /none\.json/);
});

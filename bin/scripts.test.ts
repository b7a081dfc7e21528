import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Scripts } from './scripts.mjs';

interface Folders {
  readonly folder: string;
  readonly kept: string;
}

function folders(t: TestContext): Folders {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-scripts-'));
  const kept = mkdtempSync(path.join(tmpdir(), 'dragoman-kept-'));
  t.after(() => {
    for (const each of [folder, kept]) rmSync(each, { recursive: true, force: true });
  });
  return { folder, kept };
}

function script(folder: string, name: string, code: string): void {
  const parameters = 'exports, require, module, __filename, __dirname';
  writeFileSync(path.join(folder, name), `(function (${parameters}) { 'use strict';${code}\n})`);
}

/** One start of a program that answers. */
function answerOf({ folder, kept }: Folders): string {
  const scripts = new Scripts(folder, kept);
  const { answer } = scripts.run('main.cjs') as { readonly answer: () => string };
  const said = answer();
  scripts.keep();
  return said;
}

test('scripts run once, find one another, what is beside them and what Node has', (t) => {
  const { folder, kept } = folders(t);
  script(folder, 'main.cjs', "exports.all = [require('./part.cjs'), require('./part.cjs'), require('node:path').sep];");
  script(folder, 'part.cjs', 'exports.where = __filename; exports.folder = __dirname;');
  const { all } = new Scripts(folder, kept).run('main.cjs') as { readonly all: readonly unknown[] };
  const [part, again, separator] = all as [{ where: string; folder: string }, object, string];
  assert.equal(part, again);
  assert.deepEqual([part.where, part.folder, separator], [path.join(folder, 'part.cjs'), folder, path.sep]);
});

test('what was called is kept, by the first starts', (t) => {
  const both = folders(t);
  const body = 'return [1, 2, 3].map((each) => each * 2).join(" and ") + " are twice one, two and three";';
  script(both.folder, 'main.cjs', `exports.answer = () => 'short'; exports.unused = () => { ${body} };`);
  answerOf(both);
  const without = readFileSync(path.join(both.kept, 'main.cjs')).length;
  script(both.folder, 'main.cjs', `exports.unused = () => 'short'; exports.answer = () => { ${body} };`);
  assert.match(answerOf(both), /^2 and 4 and 6/);
  const file = path.join(both.kept, 'main.cjs');
  assert.ok(readFileSync(file).length > without + 100, `${readFileSync(file).length} bytes after ${without}`);
  for (let start = 2; start <= 3; start++) answerOf(both);
  const last = readFileSync(file);
  writeFileSync(file, last);
  assert.equal(last[64], 3);
  answerOf(both);
  assert.deepEqual(readFileSync(file), last);
  assert.deepEqual(readdirSync(both.kept), ['main.cjs']);
});

test('of another source, and of damaged data, nothing is taken', (t) => {
  const both = folders(t);
  script(both.folder, 'main.cjs', "exports.answer = () => 'one';");
  assert.equal(answerOf(both), 'one');
  // V8 itself would compare the length alone.
  script(both.folder, 'main.cjs', "exports.answer = () => 'two';");
  assert.equal(answerOf(both), 'two');
  const file = path.join(both.kept, 'main.cjs');
  const whole = readFileSync(file);
  for (const damaged of [whole.subarray(0, 50), Buffer.from(whole).fill(0, whole.length - 100), Buffer.alloc(0)]) {
    writeFileSync(file, damaged);
    assert.equal(answerOf(both), 'two');
    assert.equal(readFileSync(file)[64], 1);
  }
});

test('a program runs where nothing can be kept', (t) => {
  const { folder, kept } = folders(t);
  script(folder, 'main.cjs', "exports.answer = () => 'one';");
  assert.equal(answerOf({ folder, kept: path.join(kept, 'absent') }), 'one');
  const scripts = new Scripts(folder, undefined);
  scripts.run('main.cjs');
  scripts.keep();
  assert.deepEqual(readdirSync(kept), []);
});

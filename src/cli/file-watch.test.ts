import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FileWatch } from './file-watch.ts';

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'dragoman-watch-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Watches, and tells how often something was heard. */
function watched(t: TestContext, file: string, everyMs: number): { heard: number; next(): Promise<void> } {
  const told = {
    heard: 0,
    next: async () => {
      const before = told.heard;
      for (const deadline = Date.now() + 10_000; told.heard === before; ) {
        assert.ok(Date.now() < deadline, 'nothing was heard');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
  const watch = new FileWatch(
    [file],
    () => {
      told.heard += 1;
    },
    everyMs,
  );
  t.after(() => watch.close());
  return told;
}

test('a file is heard of by its folder: written, exchanged, gone, and come again', { timeout: 20_000 }, async (t) => {
  const folder = folderFor(t);
  const file = join(folder, 'dragoman.yaml');
  const told = watched(t, file, 3_600_000);
  for (const change of [
    () => writeFileSync(file, 'one'),
    () => {
      writeFileSync(join(folder, 'other'), 'two');
      renameSync(join(folder, 'other'), file);
    },
    () => rmSync(file),
    () => writeFileSync(file, 'three'),
  ]) {
    const next = told.next();
    change();
    await next;
  }
});

test('where nothing is told it is looked at from time to time', { timeout: 20_000 }, async (t) => {
  const folder = join(folderFor(t), 'later');
  const file = join(folder, 'dragoman.yaml');
  // A folder that is not there cannot be watched.
  const told = watched(t, file, 10);
  const next = told.next();
  mkdirSync(folder);
  writeFileSync(file, 'one');
  await next;
  const again = told.next();
  writeFileSync(file, 'and more');
  await again;
});

test('a watch that is closed hears nothing more, and holds nothing', { timeout: 20_000 }, async (t) => {
  const folder = folderFor(t);
  const file = join(folder, 'dragoman.yaml');
  const watchers = (): number => process.getActiveResourcesInfo().filter((each) => each === 'FSEventWrap').length;
  const before = watchers();
  let heard = 0;
  const closed = new FileWatch([file], () => {
    heard += 1;
  });
  const other = watched(t, file, 3_600_000);
  closed.close();
  const next = other.next();
  writeFileSync(file, 'one');
  await next;
  assert.equal(heard, 0);
  assert.ok(watchers() <= before + 1);
});

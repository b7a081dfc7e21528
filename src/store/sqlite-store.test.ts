import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

test('processes that make the file at the same moment all have it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dragoman-store-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const code = `
    const { workerData, parentPort } = require('node:worker_threads');
    import(workerData.module).then(({ SqliteStore }) => {
      parentPort.once('message', () => {
        for (const file of workerData.files) new SqliteStore(file).close();
        parentPort.postMessage('done');
      });
      parentPort.postMessage('ready');
    });`;
  const workerData = {
    module: new URL('sqlite-store.ts', import.meta.url).href,
    files: Array.from({ length: 20 }, (_, i) => join(folder, `${i}.db`)),
  };
  const threads = Array.from({ length: 4 }, () => new Worker(code, { eval: true, workerData }));
  await Promise.all(threads.map((thread) => once(thread, 'message')));
  const done = threads.map((thread) => once(thread, 'message'));
  for (const thread of threads) thread.postMessage('go');
  assert.deepEqual((await Promise.all(done)).flat(), ['done', 'done', 'done', 'done']);
  await Promise.all(threads.map((thread) => thread.terminate()));
});

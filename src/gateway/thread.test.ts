import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { Thread } from './thread.ts';

test('a thread is shared by those who hold it, and ends when nobody has held it for a while', async (t) => {
  const thread = new Thread({ name: 'token', idleMs: 1, heapMegabytes: 256 });
  t.after(() => thread.end());
  const worker = thread.hold();
  assert.equal(thread.hold(), worker);
  const ended = once(worker, 'exit');
  thread.release();
  thread.release();
  await ended;
  const next = thread.hold();
  assert.notEqual(next, worker);
  const terminated = once(next, 'exit');
  await thread.end();
  await terminated;
  thread.release();
});

test('a thread lives as long as one holds it, and one that has ended is replaced', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const thread = new Thread({ name: 'token', idleMs: 1000, heapMegabytes: 256 });
  t.after(() => thread.end());
  const worker = thread.hold();
  thread.hold();
  thread.release();
  t.mock.timers.tick(5000);
  assert.equal(thread.hold(), worker);
  await worker.terminate();
  assert.notEqual(thread.hold(), worker);
});

test('a thread that nobody holds keeps no process alive', async (t) => {
  const program = `
    import { createTokenCounter } from ${JSON.stringify(import.meta.resolve('./token-count.ts'))};
    console.log(await createTokenCounter().count(['hello world']));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    signal: t.signal,
  });
  const printed = child.stdout.setEncoding('utf8').toArray();
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  assert.equal((await printed).join(''), '{ plain: 2, other: 0 }\n');
});

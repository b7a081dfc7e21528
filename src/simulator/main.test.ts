import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { post, until } from './probe.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

function run(...args: string[]): { text: () => string; exit: Promise<unknown[]> } {
  let text = '';
  child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (bytes: Buffer) => {
      text += bytes.toString();
    });
  }
  return { text: () => text, exit: once(child, 'exit') };
}

test('it runs on its own until it is told to stop', async () => {
  const { text, exit } = run('--port', '0');
  await until(() => /listening on \S+\n/.test(text()), 'it listens');
  const url = /listening on (\S+)/.exec(text())?.[1];
  const body = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: '[[text:alone]]' }] };
  assert.match(await (await post(`${url}/v1/messages`, body)).text(), /"alone"/);
  child?.kill('SIGTERM');
  assert.deepEqual(await exit, [0, null]);
});

test('what is wrong is said, with the usage', async () => {
  const { text, exit } = run('--scenario', '/no/such/file.json');
  assert.deepEqual(await exit, [1, null]);
  assert.match(text(), /no such file[\s\S]*--port N/);
});

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { LaunchFailure } from './failure.mjs';
import { isInstalled } from './install.mjs';
import { bundledNode, isNewEnough } from './runtime.mjs';

const locked = {
  '': {},
  'node_modules/run': { version: '1.0.0' },
  'node_modules/develop': { version: '2.0.0', dev: true },
  'node_modules/elsewhere': { version: '3.0.0', optional: true },
};

/** A checkout with its packages in place and the given program. */
function checkout(t: TestContext, program: string): URL {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-launch-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(import.meta.dirname, path.join(folder, 'bin'), { recursive: true });
  mkdirSync(path.join(folder, 'src/cli'), { recursive: true });
  mkdirSync(path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(path.join(folder, 'src/cli/main.ts'), program);
  const root = pathToFileURL(`${folder}/`);
  lock(root, locked);
  present(root, locked);
  return root;
}

function lock(root: URL, packages: object): void {
  writeFileSync(new URL('package-lock.json', root), JSON.stringify({ packages }));
}

function present(root: URL, packages: object): void {
  writeFileSync(new URL('node_modules/.package-lock.json', root), JSON.stringify({ packages }));
}

function start(root: URL, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const file = fileURLToPath(new URL('bin/dragoman.mjs', root));
  const stdio = ['ignore', 'pipe', 'inherit', 'ipc'] as const;
  return spawn(process.execPath, [file, ...args], { stdio: [...stdio], env: { ...process.env, ...env } });
}

test('versions are compared as numbers', () => {
  for (const version of ['24.15.0', '24.16.1', '26.0.0', '100.0.0'])
    assert.ok(isNewEnough(version, '24.15.0'), version);
  for (const version of ['18.20.0', '20.20.2', '24.9.0', '24.14.9'])
    assert.ok(!isNewEnough(version, '24.15.0'), version);
});

test('a platform without a Node of ours is told what to install', (t) => {
  const root = checkout(t, '');
  assert.throws(() => bundledNode(root, 'sunos-sparc'), /sunos-sparc[\s\S]*nodejs\.org/);
  assert.throws(() => bundledNode(root, 'linux-x64'), LaunchFailure);
});

describe('what is installed', () => {
  const {
    '': self,
    'node_modules/run': run,
    'node_modules/develop': develop,
    'node_modules/elsewhere': other,
  } = locked;
  const names = { '': self, 'node_modules/run': run };
  const cases = [
    { name: 'everything', there: locked, production: true, all: true },
    {
      name: 'not what another platform needs',
      there: { ...names, 'node_modules/develop': develop },
      production: true,
      all: true,
    },
    {
      name: 'not what development needs',
      there: { ...names, 'node_modules/elsewhere': other },
      production: true,
      all: false,
    },
    {
      name: 'another version',
      there: { ...locked, 'node_modules/run': { version: '1.0.1' } },
      production: false,
      all: false,
    },
    { name: 'not what running needs', there: { 'node_modules/develop': develop }, production: false, all: false },
  ];
  for (const { name, there, production, all } of cases) {
    test(name, (t) => {
      const root = checkout(t, '');
      present(root, there);
      assert.equal(isInstalled(root, 'production'), production);
      assert.equal(isInstalled(root, 'all'), all);
    });
  }

  test('nothing', (t) => {
    const root = checkout(t, '');
    rmSync(new URL('node_modules/.package-lock.json', root));
    assert.equal(isInstalled(root, 'production'), false);
  });

  test('a checkout that is not whole is told so', (t) => {
    const root = checkout(t, '');
    rmSync(new URL('package-lock.json', root));
    assert.throws(() => isInstalled(root, 'production'), LaunchFailure);
  });
});

test('the program gets all arguments and its exit code is kept', async (t) => {
  const root = checkout(t, 'process.send?.(process.argv.slice(1)); process.exitCode = 7;');
  const child = start(root, ['serve', '--config', 'a b']);
  const [[argv], [code]] = await Promise.all([once(child, 'message'), once(child, 'exit')]);
  assert.deepEqual((argv as string[]).slice(1), ['serve', '--config', 'a b']);
  assert.match((argv as string[])[0]!, /src.cli.main\.ts$/);
  assert.equal(code, 7);
});

test('a second start ends when the first is gone', async (t) => {
  const root = checkout(t, "setInterval(() => {}, 1000); process.send?.('up');");
  const child = start(root, [], { DRAGOMAN_RELAUNCHED: '1' });
  t.after(() => child.kill('SIGKILL'));
  await once(child, 'message');
  child.disconnect();
  const [, signal] = await once(child, 'exit');
  assert.equal(signal, 'SIGTERM');
});

test('a program of its own life does not end with a channel', async (t) => {
  const root = checkout(t, "process.send?.('up'); setTimeout(() => process.exit(3), 300);");
  const child = start(root, []);
  t.after(() => child.kill('SIGKILL'));
  await once(child, 'message');
  child.disconnect();
  assert.deepEqual(await once(child, 'exit'), [3, null]);
});

test('a bound program hears once what its starter is told, and both end alike', {
  skip: process.platform === 'win32',
}, async (t) => {
  const root = checkout(t, '');
  const inner = `process.on('SIGTERM', () => { console.log('told'); setTimeout(() => process.exit(9), 200); });
    setInterval(() => {}, 1000); console.log('up');`;
  const outer = `import { endLike, spawnBound } from ${JSON.stringify(new URL('bin/child.mjs', root).href)};
    const onOutput = (text) => process.stdout.write(text);
    endLike(await spawnBound(process.execPath, ['-e', ${JSON.stringify(inner)}], { stdio: ['ignore', 'pipe', 'inherit'], onOutput }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', outer], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (said === '') child.kill('SIGTERM');
    said += text;
  });
  assert.deepEqual(await once(child, 'close'), [9, null]);
  assert.equal(said, 'up\ntold\n');
});

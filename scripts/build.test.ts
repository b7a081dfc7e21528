import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';

const repository = path.resolve(import.meta.dirname, '..');

/** The package as npm lays it out, beside the packages that it needs. */
const home = mkdtempSync(path.join(tmpdir(), 'dragoman-build-'));
const folder = path.join(home, 'dragoman');
const compiled = path.join(folder, 'node_modules/.cache/compiled');

const configuration = {
  server: { port: 0, workers: 2 },
  log: { file: path.join(folder, 'log') },
  providers: {
    pretend: 'simulator',
    chat: { kind: 'simulator', speaks: 'openai-chat', quirks: { files: false } },
  },
  default_provider: 'pretend',
};

/** What many have: one provider, which is somewhere else. */
const plain = {
  server: { port: 0 },
  providers: { far: { speaks: 'anthropic', base_url: 'http://127.0.0.1:9', api_key: 'key' } },
  retries: { most: 0 },
};

/** A PDF of one page that says "Hello from a page". */
const pdf = Buffer.from(
  `%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 300 100] /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>> endobj
4 0 obj <</Length 48>> stream
BT /F 12 Tf 10 50 Td (Hello from a page) Tj ET   
endstream endobj
5 0 obj <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>> endobj
trailer <</Root 1 0 R>>
`,
).toString('base64');

describe('the built package', () => {
  before(() => {
    mkdirSync(folder);
    for (const part of ['bin', 'package.json', 'LICENSE']) {
      cpSync(path.join(repository, part), path.join(folder, part), { recursive: true });
    }
    // Beside the package, as npm puts them: what the package keeps must not lie among those of this checkout.
    symlinkSync(path.join(repository, 'node_modules'), path.join(home, 'node_modules'), 'junction');
    const build = spawnSync(process.execPath, ['scripts/build.ts', path.join(folder, 'dist')], {
      cwd: repository,
      encoding: 'utf8',
    });
    assert.equal(build.status, 0, build.stderr);
    writeFileSync(path.join(folder, 'dragoman.yaml'), JSON.stringify(configuration));
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  test('answers in several languages, reads PDFs and counts tokens', async (t) => {
    const { url, ended } = await started(t);
    const message = { max_tokens: 100, messages: [{ role: 'user', content: 'hello' }] };
    assert.match(await text(`${url}/v1/messages`, { model: 'pretend/m', ...message }), /hello/);
    assert.match(await text(`${url}/v1/chat/completions`, { model: 'pretend/m', ...message }), /hello/);
    const gemini = { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] };
    assert.match(await text(`${url}/v1beta/models/m:generateContent`, gemini), /hello/);

    const source = { type: 'base64', media_type: 'application/pdf', data: pdf };
    const withPdf = { ...message, messages: [{ role: 'user', content: [{ type: 'document', source }] }] };
    assert.match(await text(`${url}/v1/messages`, { model: 'chat/m', ...withPdf }), /Hello from a page/);

    // By its length it would be taken for half as much again.
    const words = { model: 'chat/m', messages: [{ role: 'user', content: 'word '.repeat(1000) }] };
    const counted = JSON.parse(await text(`${url}/v1/messages/count_tokens`, words)) as { input_tokens: number };
    assert.ok(counted.input_tokens > 950 && counted.input_tokens < 1100, `${counted.input_tokens} tokens`);
    ended.child.kill();
    await once(ended.child, 'close');
    const logged = readdirSync(folder).filter((name) => name.startsWith('log'));
    assert.match(
      logged.map((name) => readFileSync(path.join(folder, name), 'utf8')).join(''),
      /200 messages pretend\/m/,
    );
  });

  test('knows its version, and the other commands', () => {
    const { version } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8')) as { version: string };
    assert.equal(run('--version').trim(), version);
    assert.match(run('doctor', '--offline'), /everything else -> pretend/);
    assert.match(run('models', '--json'), /^\[/);
  });

  test('loads nothing at its start that most do without', async (t) => {
    rmSync(compiled, { recursive: true, force: true });
    const file = path.join(folder, 'plain.yaml');
    writeFileSync(file, JSON.stringify(plain));
    // What the process has loaded is told when it ends.
    const loaded = path.join(folder, 'loaded');
    const tell = `process.on('exit', () => process.getBuiltinModule('node:fs').writeFileSync(${JSON.stringify(loaded)}, process.moduleLoadList.join('\\n')))`;
    const preload = ['--import', `data:text/javascript,${encodeURIComponent(tell)}`];
    const { url, ended } = await started(t, preload, ['--config', file]);
    // Its first call fails where nobody listens: of the server and of the client everything was there.
    const answer = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      body: JSON.stringify({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hello' }] }),
    });
    assert.ok(answer.status >= 500, await answer.text());
    ended.child.kill();
    await once(ended.child, 'close');
    const modules = readFileSync(loaded, 'utf8');
    assert.match(modules, /NativeModule http$/m);
    for (const later of ['zlib', 'tls', 'fs/promises', 'worker_threads', 'assert', 'sqlite']) {
      assert.doesNotMatch(modules, new RegExp(`NativeModule ${later}$`, 'm'), later);
    }
    const scripts = whatRan();
    assert.deepEqual(scripts, ['gateway.cjs', 'main.cjs', 'rolldown-runtime.cjs']);
    const bytes = scripts.map((name) => statSync(path.join(folder, 'dist/cli', name)).size);
    assert.ok(bytes.reduce((sum, each) => sum + each) < 1_900_000, bytes.join(' '));
  });

  test('keeps what was compiled of a command that ends at once', () => {
    rmSync(compiled, { recursive: true, force: true });
    assert.match(run('--help'), /start the gateway/);
    assert.deepEqual(whatRan(), ['gateway.cjs', 'main.cjs', 'rolldown-runtime.cjs']);
  });

  test('imports nothing that it does not hold, since a script that was compiled before cannot', () => {
    for (const name of globSync('*.cjs', { cwd: path.join(folder, 'dist/cli') })) {
      assert.doesNotMatch(readFileSync(path.join(folder, 'dist/cli', name), 'utf8'), /\bimport\s*\(/, name);
    }
  });

  test('says whose work is in it', () => {
    const licences = readFileSync(path.join(folder, 'dist/licences.txt'), 'utf8');
    for (const name of ['zod', 'yaml', 'commander', 'pino']) assert.match(licences, new RegExp(`^${name} \\d`, 'm'));
  });
});

/** The scripts of which something is kept. */
function whatRan(): string[] {
  return globSync('*/*.cjs', { cwd: compiled })
    .map((each) => path.basename(each))
    .sort();
}

const program = path.join(folder, 'bin/dragoman.mjs');
const options = { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder } };

function run(...args: readonly string[]): string {
  return spawnSync(process.execPath, [program, ...args], { ...options, encoding: 'utf8' }).stdout;
}

async function started(
  t: TestContext,
  node: readonly string[] = [],
  args: readonly string[] = [],
): Promise<{ readonly url: string; readonly ended: { child: ChildProcess } }> {
  const command = [...node, program, 'serve', ...args];
  const child = spawn(process.execPath, command, { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  for await (const part of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += String(part);
    const url = /Dragoman \S+ +(http:\S+)/.exec(said)?.[1];
    if (url !== undefined) return { url, ended: { child } };
  }
  throw new Error(`it did not start: ${said}`);
}

async function text(url: string, body: object): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const said = await answer.text();
  assert.equal(answer.status, 200, said);
  return said;
}

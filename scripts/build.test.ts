import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';

const repository = path.resolve(import.meta.dirname, '..');

/** The package as npm lays it out, beside the packages that it needs. */
const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-build-'));

const configuration = {
  server: { port: 0, workers: 2 },
  log: { file: path.join(folder, 'log') },
  providers: {
    pretend: 'simulator',
    chat: { kind: 'simulator', speaks: 'openai-chat', quirks: { files: false } },
  },
  default_provider: 'pretend',
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
    for (const part of ['bin', 'package.json', 'LICENSE']) {
      cpSync(path.join(repository, part), path.join(folder, part), { recursive: true });
    }
    symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
    const build = spawnSync(process.execPath, ['scripts/build.ts', path.join(folder, 'dist')], {
      cwd: repository,
      encoding: 'utf8',
    });
    assert.equal(build.status, 0, build.stderr);
    writeFileSync(path.join(folder, 'dragoman.yaml'), JSON.stringify(configuration));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

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

  test('loads nothing at its start that most do without', () => {
    const loaded = new Set<string>();
    const load = (file: string): void => {
      if (loaded.has(file)) return;
      loaded.add(file);
      const code = readFileSync(path.join(folder, 'dist/cli', file), 'utf8');
      for (const [, next = ''] of code.matchAll(/(?:from|import)"\.\/([\w.-]+)"/g)) load(next);
    };
    load('main.js');
    assert.ok(loaded.size < 15, [...loaded].join(' '));
    for (const later of ['simulator.js', 'doctor.js', 'code.js', 'workers.js', 'sqlite-store.js']) {
      assert.ok(!loaded.has(later), later);
      readFileSync(path.join(folder, 'dist/cli', later));
    }
  });

  test('says whose work is in it', () => {
    const licences = readFileSync(path.join(folder, 'dist/licences.txt'), 'utf8');
    for (const name of ['zod', 'yaml', 'commander', 'pino']) assert.match(licences, new RegExp(`^${name} \\d`, 'm'));
  });
});

const program = path.join(folder, 'bin/dragoman.mjs');
const options = { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder } };

function run(...args: readonly string[]): string {
  return spawnSync(process.execPath, [program, ...args], { ...options, encoding: 'utf8' }).stdout;
}

async function started(t: TestContext): Promise<{ readonly url: string; readonly ended: { child: ChildProcess } }> {
  const child = spawn(process.execPath, [program, 'serve'], { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
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

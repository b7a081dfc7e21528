import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { type ConfigSource, configFrom } from './configure.ts';
import { type RunningWorkers, startWorkers } from './workers.ts';

const program = fileURLToPath(new URL('./main.ts', import.meta.url));

interface Answer {
  readonly status: number;
  /** The worker that answered: ids of calls begin with what is their process's own. */
  readonly worker: string;
  /** What did not arrive at the provider. */
  readonly loss: string;
  readonly text: string;
}

/** One call on a connection of its own: each goes to the next worker. */
function call(url: string, where: string, body: object): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' };
  const sent = request(`${url}${where}`, { method: 'POST', agent: false, headers }, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    const id = String(answer.headers['x-dragoman-request-id']);
    const loss = String(answer.headers['x-dragoman-loss']);
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, worker: id.slice(0, -6), loss, text }));
    answer.on('error', reject);
  });
  sent.on('error', reject).end(JSON.stringify(body));
  return promise;
}

const message = { model: 'm', max_tokens: 50, messages: [{ role: 'user', content: 'hello' }] };

/** Asks until something holds; a worker that has just begun may take some time. */
async function until<T>(what: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await what();
    if (found !== undefined) return found;
  }
}

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-workers-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface LogLine {
  readonly msg: string;
}

/** A log is turned over by giving its file a number. */
function linesOf(log: string): LogLine[] {
  const folder = path.dirname(log);
  const written = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
  return written
    .join('')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine);
}

describe('workers', () => {
  async function started(
    t: TestContext,
    settings: object = {},
  ): Promise<Omit<RunningWorkers, 'log'> & { readonly log: string }> {
    const log = path.join(folderFor(t), 'log');
    const text = stringify({
      server: { port: 0, workers: 2, shutdown_grace: '1s' },
      log: { file: log },
      providers: { pretend: 'simulator', chat: { kind: 'simulator', speaks: 'openai-chat' } },
      default_provider: 'pretend',
      ...settings,
    });
    const source: ConfigSource = { written: { file: 'dragoman.yaml', text }, overrides: {} };
    const running = await startWorkers(configFrom(source), source);
    t.after(() => running.stop());
    return { ...running, log };
  }

  test('take turns, and log to one place', async (t) => {
    const { ready, stop, log } = await started(t);
    const answers: Answer[] = [];
    for (let n = 0; n < 6; n++) answers.push(await call(ready.url, '/v1/messages', message));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    const [first, second] = answers.map(({ worker }) => worker);
    assert.notEqual(first, second);
    assert.deepEqual(
      answers.map(({ worker }) => worker),
      [first, second, first, second, first, second],
    );
    await stop();
    assert.equal(linesOf(log).length, 6);
  });

  test('find what another has kept, without a file, which goes with them', async (t) => {
    const before = new Set(readdirSync(tmpdir()));
    const { ready, stop } = await started(t);
    const asked = { model: 'chat/m', input: 'What is the capital of France?' };
    const first = await call(ready.url, '/v1/responses', asked);
    const { id } = JSON.parse(first.text) as { readonly id: string };
    const second = await call(ready.url, '/v1/responses', { ...asked, previous_response_id: id });
    assert.equal(second.status, 200, second.text);
    assert.notEqual(second.worker, first.worker);
    const mine = readdirSync(tmpdir()).filter((name) => name.startsWith('dragoman-store-') && !before.has(name));
    assert.ok(mine.length > 0);
    await stop();
    assert.ok(mine.some((name) => !existsSync(path.join(tmpdir(), name))));
  });

  test('open the envelopes of each other where there is no credential', async (t) => {
    const { ready } = await started(t);
    const thinking = {
      model: 'pretend/m',
      reasoning: { effort: 'high' },
      input: '[[think:Because.]][[text:So it is.]]',
      include: ['reasoning.encrypted_content'],
      store: false,
    };
    const first = await call(ready.url, '/v1/responses', thinking);
    const { output } = JSON.parse(first.text) as { readonly output: readonly { readonly type: string }[] };
    assert.ok(
      output.some(({ type }) => type === 'reasoning'),
      first.text,
    );
    const input = [{ role: 'user', content: 'Why?' }, ...output, { role: 'user', content: 'And why that?' }];
    const second = await call(ready.url, '/v1/responses', { ...thinking, input });
    assert.notEqual(second.worker, first.worker);
    assert.doesNotMatch(second.loss, /proof/);
  });

  test('are replaced when they die, and the others go on', async (t) => {
    const { ready, stop, log } = await started(t);
    const first = await call(ready.url, '/v1/messages', message);
    const second = await call(ready.url, '/v1/messages', message);
    const old = [first.worker, second.worker];
    const [victim] = Object.values(cluster.workers ?? {});
    victim?.process.kill('SIGKILL');
    await once(cluster, 'exit');
    const third = await until(async () => {
      const { status, worker } = await call(ready.url, '/v1/messages', message).catch(() => ({
        status: 0,
        worker: '',
      }));
      return status === 200 && !old.includes(worker) ? worker : undefined;
    });
    assert.notEqual(third, undefined);
    const still = [await call(ready.url, '/v1/messages', message), await call(ready.url, '/v1/messages', message)];
    assert.ok(still.some(({ worker }) => old.includes(worker)));
    assert.equal(Object.keys(cluster.workers ?? {}).length, 2);
    await stop();
    assert.ok(linesOf(log).some(({ msg }) => msg.startsWith('A worker ended by SIGKILL.')));
  });

  test('leave nobody waiting who was handed to one that died', { skip: process.platform === 'win32' }, async (t) => {
    const { ready } = await started(t);
    await call(ready.url, '/v1/messages', message);
    const [victim] = Object.values(cluster.workers ?? {});
    // One that is stopped takes no connection, and the next one goes to each of them.
    victim?.process.kill('SIGSTOP');
    const calls = [1, 2, 3, 4].map(() =>
      call(ready.url, '/v1/messages', message).then(
        ({ status }) => String(status),
        (error: unknown) => (error as NodeJS.ErrnoException).code ?? '',
      ),
    );
    let answered = 0;
    for (const one of calls) void one.then(() => (answered += 1));
    for (const end = Date.now() + 5_000; answered < 3 && Date.now() < end; ) await new Promise(setImmediate);
    victim?.process.kill('SIGKILL');
    const outcomes = await Promise.all(calls);
    assert.deepEqual(
      outcomes.toSorted((a, b) => a.localeCompare(b)),
      ['200', '200', '200', 'ECONNRESET'],
    );
  });

  test('change their configuration together, and one that comes later begins with the newest', async (t) => {
    const { ready, adopt, log } = await started(t, { auth: { keys: ['sk-first'] } });
    const written = {
      file: 'dragoman.yaml',
      // What cannot change is left: a worker that comes later is to be found where the others are.
      text: stringify({
        server: { port: 1, workers: 7 },
        log: { file: log },
        store: { file: path.join(path.dirname(log), 'other') },
        auth: { keys: ['sk-second'] },
        providers: { pretend: 'simulator' },
      }),
    };
    const source: ConfigSource = { written, overrides: {} };
    const next = { config: configFrom(source), source, generation: 2, isFresh: false };
    assert.deepEqual(await adopt(next), []);
    const ask = (key: string): Promise<Answer> => call(ready.url, `/v1/messages?key=${key}`, message);
    const answers = [await ask('sk-first'), await ask('sk-first'), await ask('sk-second'), await ask('sk-second')];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 401, 200, 200],
    );
    const old = answers.map(({ worker }) => worker);
    Object.values(cluster.workers ?? {})[0]?.process.kill('SIGKILL');
    await once(cluster, 'exit');
    const late = await until(async () => {
      const answer = await ask('sk-second').catch(() => undefined);
      return answer !== undefined && !old.includes(answer.worker) ? answer : undefined;
    });
    assert.equal(late.status, 200);
    assert.equal(existsSync(path.join(path.dirname(log), 'other')), false);
    await assert.rejects(
      adopt({ ...next, config: configFrom({ ...source, written: { ...written, text: 'providers: { p: nosuch }' } }) }),
      /unknown kind "nosuch"/,
    );
    assert.equal((await ask('sk-second')).status, 200);
  });

  test('that cannot begin end the start, with the reason told once', async (t) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    t.after(() => taken.close());
    const { port } = taken.address() as AddressInfo;
    await assert.rejects(started(t, { server: { port, workers: 2 } }), /Port \d+ is taken/);
    assert.equal(Object.keys(cluster.workers ?? {}).length, 0);
  });
});

describe('dragoman serve --workers', () => {
  /** Two workers, and a stream of one of them that does not end by itself. */
  async function startStreaming(t: TestContext): Promise<{ child: ReturnType<typeof start>; stream: Response }> {
    const provider = await slowProvider(t);
    const child = start(t, ['--workers', '2', '--port', '0'], {
      providers: { slow: { speaks: 'anthropic', base_url: provider.url, api_key: 'k' } },
    });
    const url = await addressOf(child);
    const stream = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...message, stream: true }),
    });
    return { child, stream };
  }

  /** A provider that says the end of its stream when the test wants it. */
  async function slowProvider(t: TestContext): Promise<{ readonly url: string; finish(): void }> {
    const open: ServerResponse[] = [];
    const server = createServer((asked: IncomingMessage, answer) => {
      asked.resume();
      answer.writeHead(200, { 'content-type': 'text/event-stream' });
      const start = {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'm',
        content: [],
        usage: { input_tokens: 1, output_tokens: 1 },
      };
      answer.write(`event: message_start\ndata: ${JSON.stringify({ type: 'message_start', message: start })}\n\n`);
      open.push(answer);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const finish = (): void => {
      const delta = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } };
      for (const answer of open) {
        answer.write(`event: message_delta\ndata: ${JSON.stringify(delta)}\n\n`);
        answer.end('event: message_stop\ndata: {"type":"message_stop"}\n\n');
      }
    };
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, finish };
  }

  /** A gateway with what it has said so far. */
  type Started = ChildProcess & { said: string; complained: string; readonly folder: string };

  function start(t: TestContext, args: readonly string[], file?: object): Started {
    const folder = folderFor(t);
    if (file !== undefined) writeFileSync(path.join(folder, 'dragoman.yaml'), stringify(file));
    const child = spawn(process.execPath, [program, 'serve', ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], TMPDIR: folder },
    });
    t.after(() => child.kill('SIGKILL'));
    const told = Object.assign(child, { said: '', complained: '', folder });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      told.said += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      told.complained += text;
    });
    return told;
  }

  async function addressOf(child: Started): Promise<string> {
    for (;;) {
      const found = /Dragoman \S+ +(http:\S+)/.exec(child.said)?.[1];
      if (found !== undefined) return found;
      await Promise.race([once(child.stdout!, 'data'), once(child, 'exit')]);
      assert.equal(child.exitCode, null, child.complained);
    }
  }

  test('gives streams their time when it is told to end', { skip: process.platform === 'win32' }, async (t) => {
    const provider = await slowProvider(t);
    const child = start(t, ['--workers', '2', '--port', '0'], {
      providers: { slow: { speaks: 'anthropic', base_url: provider.url, api_key: 'k' } },
    });
    const url = await addressOf(child);
    const streams = await Promise.all(
      [1, 2].map(() =>
        fetch(`${url}/v1/messages`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', connection: 'close' },
          body: JSON.stringify({ ...message, stream: true }),
        }),
      ),
    );
    child.kill('SIGTERM');
    while (!child.complained.includes('Stopping')) await once(child.stderr!, 'data');
    provider.finish();
    for (const stream of streams) assert.match(await stream.text(), /message_stop/);
    await once(child, 'close');
    assert.equal(child.exitCode, 0);
    assert.equal(child.said.match(/Claude Code:/g)?.length, 1);
    assert.equal(child.said.match(/"msg":"200 messages/g)?.length, 2);
  });

  test('ends at once at the second signal', { skip: process.platform === 'win32' }, async (t) => {
    const { child, stream } = await startStreaming(t);
    child.kill('SIGTERM');
    while (!child.complained.includes('Stopping')) await once(child.stderr!, 'data');
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [143, null]);
    await assert.rejects(stream.text());
  });

  test('goes with the process that started it', { skip: process.platform === 'win32' }, async (t) => {
    const { child, stream } = await startStreaming(t);
    // Its output is closed when nobody has it any more.
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await assert.rejects(stream.text());
    await closed;
    assert.equal(child.complained, '');
    assert.deepEqual(
      readdirSync(child.folder).filter((name) => name.startsWith('dragoman-store-')),
      [],
    );
  });

  test('says what it takes', async (t) => {
    for (const value of ['0', 'many', '2.5', '1000']) {
      const child = start(t, ['--workers', value]);
      await once(child, 'close');
      assert.equal(child.exitCode, 1);
      assert.match(child.complained, /Workers are a number from 1 to 256, or "auto"/);
    }
    const child = start(t, [], { server: { workers: 'lots' } });
    await once(child, 'close');
    assert.match(child.complained, /server\.workers.*write a number from 1 to 256, or "auto"/);
  });
});

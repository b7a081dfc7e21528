import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { clientPatienceMs } from '../../src/gateway/delivery.ts';
import { messageEnd, messageStart } from '../gateway/raw-upstream.ts';
import { startRig } from '../gateway/rig.ts';
import { until } from '../gateway-process.ts';
import { limit, start } from './gateway.ts';

/** Who does not read is slow without end: what is then sent is what the way between holds. */
const pieces = 3000;
const pieceBytes = 32 * 1024;
const whole = pieces * pieceBytes;

/** It stands in no frame but for this. */
const letter = '~';
const text = letter.repeat(pieceBytes);

/** An answer of a provider: how it begins, a piece of it, how it ends. */
interface Answer {
  readonly type: string;
  readonly begin: string;
  readonly piece: string;
  readonly end: string;
}

function data(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function named(value: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${value.type}\n${data(value)}`;
}

const anthropic: Answer = {
  type: 'text/event-stream',
  begin: messageStart + named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  piece: named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  end: named({ type: 'content_block_stop', index: 0 }) + messageEnd,
};

function chunk(delta: object, finish: string | null): string {
  return data({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
}

const openai: Answer = {
  type: 'text/event-stream',
  begin: chunk({ role: 'assistant', content: '' }, null),
  piece: chunk({ content: text }, null),
  end: `${chunk({}, 'stop')}data: [DONE]\n\n`,
};

const sound: Answer = { type: 'audio/mpeg', begin: '', piece: text, end: '' };

/** A provider that says all it has as fast as it is taken. */
async function startSource(
  t: TestContext,
  { type, begin, piece, end }: Answer,
): Promise<{ readonly url: string; sent(): number; left(): number }> {
  let sent = 0;
  let left = 0;
  const answer = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': type });
    response.on('close', () => {
      left += 1;
    });
    if (begin !== '') response.write(begin);
    let said = 0;
    const more = (): void => {
      for (; said < pieces; ) {
        said += 1;
        sent += pieceBytes;
        if (!response.write(piece)) return void response.once('drain', more);
      }
      response.end(end);
    };
    more();
  };
  const server = createServer((asked, response) => {
    asked.resume().on('end', () => answer(response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent: () => sent, left: () => left };
}

/** Asks, and reads nothing of the answer before somebody does. */
async function ask(t: TestContext, url: string, body: object): Promise<IncomingMessage> {
  const sent = request(url, { method: 'POST', agent: false, headers: { 'content-type': 'application/json' } });
  sent.end(JSON.stringify(body));
  t.after(() => sent.destroy());
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  assert.equal(answer.statusCode, 200);
  return answer;
}

/** How often the letter stands in what comes. */
async function lettersIn(answer: IncomingMessage): Promise<number> {
  let letters = 0;
  for await (const piece of answer) {
    for (const byte of piece as Buffer) if (byte === 0x7e) letters += 1;
  }
  return letters;
}

/** Resolves when a figure has stood still for many looks. */
async function stillAt(figure: () => number): Promise<number> {
  let before = -1;
  let looks = 0;
  await until(
    'nothing is sent any more',
    () => {
      looks = figure() === before ? looks + 1 : 0;
      before = figure();
      return looks > 40;
    },
    limit,
  );
  return before;
}

const message = { model: 'm', max_tokens: 50, stream: true, messages: [{ role: 'user', content: 'hello' }] };

const ways: readonly {
  readonly how: string;
  readonly answer: Answer;
  provider(url: string): object;
  readonly path: string;
  readonly body: object;
}[] = [
  {
    how: 'passed',
    answer: anthropic,
    provider: (url) => ({ speaks: 'anthropic', base_url: url, api_key: 'k' }),
    path: '/v1/messages',
    body: message,
  },
  {
    how: 'translated',
    answer: openai,
    provider: (url) => ({ speaks: 'openai-chat', base_url: `${url}/v1`, api_key: 'k' }),
    path: '/v1/messages',
    body: message,
  },
  {
    how: 'relayed',
    answer: sound,
    provider: (url) => ({ kind: 'openai', base_url: `${url}/v1`, api_key: 'k' }),
    path: '/v1/audio/speech',
    body: { model: 'm', input: 'a', voice: 'v' },
  },
];

for (const workers of [1, 2]) {
  for (const { how, answer, provider, path, body } of ways) {
    const skip = process.platform !== 'linux';
    test(`a client that does not read holds up its provider: ${how}, ${workers} workers`, { skip }, async (t) => {
      const source = await startSource(t, answer);
      const gateway = await start(t, {
        server: { workers, shutdown_grace: '100ms' },
        log: { level: 'warn' },
        providers: { p: provider(source.url) },
        models: { '*': { to: 'p/*' } },
      });
      const before = residentOf(gateway.pid);
      const count = 4;
      const answers = await Promise.all(Array.from({ length: count }, () => ask(t, gateway.url + path, body)));
      const held = (await stillAt(source.sent)) / count;
      assert.ok(held < whole / 3, `${held} of ${whole} bytes are on their way to who takes none`);
      const grown = residentOf(gateway.pid) - before;
      assert.ok(grown < 100 * workers, `${grown} MB more for what is on its way`);
      t.diagnostic(`${Math.round(held / 1024)} KB on the way of each, ${Math.round(grown)} MB more in memory`);
      // It is only slow: nothing of it is lost. Who leaves instead ends the call at the provider.
      const [reader, ...leavers] = answers;
      for (const each of leavers) each.destroy();
      assert.ok(reader);
      assert.equal(await lettersIn(reader), whole);
      await until('every call has ended at the provider', () => source.left() === count, limit);
    });
  }
}

for (const { how, answer, provider, path, body } of ways) {
  test(`a client that takes nothing for five minutes is given up: ${how}`, async (t) => {
    const source = await startSource(t, answer);
    const rig = await startRig(t, { providers: { p: provider(source.url) }, models: { '*': { to: 'p/*' } } });
    const answered = await ask(t, rig.url + path, body);
    await stillAt(source.sent);
    assert.equal(source.left(), 0);
    const now = performance.now.bind(performance);
    t.mock.method(performance, 'now', () => now() + clientPatienceMs);
    await until('the provider is told', () => source.left() === 1, limit);
    await until('it is told of', () => rig.records.length === 1, limit);
    assert.equal(rig.records[0]?.error, 'client_gone');
    await assert.rejects(lettersIn(answered), /aborted|ECONNRESET/);
  });
}

/** What a process and those it has started have in memory, megabytes. */
function residentOf(pid: number): number {
  const own = Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children.split(' ').reduce((sum, child) => sum + (child === '' ? 0 : residentOf(Number(child))), own);
}

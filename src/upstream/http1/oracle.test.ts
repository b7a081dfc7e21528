import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Agent, type Dispatcher } from 'undici';
import { pick, type Random, randomFrom, some } from './chance.ts';
import { Http1Transport } from './http1-transport.ts';

/** How an answer arrived. */
interface Outcome {
  status: number;
  headers: { [name: string]: string };
  body: string;
  ending: 'complete' | 'failed' | undefined;
  error: string | undefined;
}

const statusLines = [
  ...Array.from({ length: 8 }, () => 'HTTP/1.1 200 OK'),
  'HTTP/1.0 200 OK',
  'HTTP/1.1 200',
  'HTTP/1.1 204 No Content',
  'HTTP/1.1 304 Not Modified',
  'HTTP/1.1 429 Too Many Requests',
  'HTTP/1.1 999 Odd',
];
const usualHeaders = [
  'content-type: application/json',
  'Content-Type:text/event-stream',
  'X-Thing:   padded  ',
  'x-thing: again',
  'set-cookie: a=1',
  'set-cookie: b=2; Path=/',
  'empty:',
  'latin: caf\xe9',
  'connection: keep-alive',
  'Connection: close',
  'keep-alive: timeout=5',
  'constructor: odd',
];
const words = ['hello', 'data: {"a":1}\n\n', '', 'x'.repeat(300), '\r\n', '0\r\n\r\n', 'caf\xe9'];

function chunked(random: Random): string {
  const extensions = ['', '', '', ';a=b', ';name', ';a="q"'];
  const trailers = ['', '', '', 'x-sum: 1\r\n', 'a: b\r\nc: d\r\n'];
  const chunks = some(random, 5, () => {
    const word = pick(
      random,
      words.filter((each) => each !== ''),
    );
    const size = word.length.toString(16);
    return `${pick(random, [size, size.toUpperCase(), `00${size}`])}${pick(random, extensions)}\r\n${word}\r\n`;
  });
  return `${chunks}0\r\n${pick(random, trailers)}\r\n`;
}

/** An answer in good order, of any kind. */
function goodAnswer(random: Random): string {
  const interim = random() < 0.1 ? 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n' : '';
  const headers = some(random, 5, () => `${pick(random, usualHeaders)}\r\n`);
  const start = `${interim}${pick(random, statusLines)}\r\n${headers}`;
  const body = some(random, 3, () => pick(random, words));
  const kind = random();
  if (kind < 0.45)
    return `${start}${pick(random, ['Transfer-Encoding', 'transfer-encoding'])}: chunked\r\n\r\n${chunked(random)}`;
  return kind < 0.85 ? `${start}Content-Length: ${body.length}\r\n\r\n${body}` : `${start}\r\n${body}`;
}

const nasty = [
  '\r',
  '\n',
  '\r\n',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '0',
  '1',
  'f',
  'g',
  '-',
  '\0',
  '\x7f',
  '\xff',
  'HTTP/1.1 200 OK\r\n\r\n',
];
const nastyLines = [
  'content-length: 3',
  'Content-Length: 5',
  'content-length: 05',
  'content-length: +5',
  'content-length: 5, 5',
  'content-length: ',
  'content-length: 99999999999999999999999',
  'transfer-encoding: chunked',
  'transfer-encoding: identity',
  'transfer-encoding: gzip, chunked',
  'transfer-encoding: chunked, gzip',
  'transfer-encoding: xchunked',
  ' folded: line',
  'no colon',
  'bad name: x',
  'space : x',
  ': nameless',
  'upgrade: h2c',
  'connection: upgrade',
];

/** An answer that has been tampered with, mostly in its head and its chunks. */
function damaged(random: Random, answer: string): string {
  const at = Math.floor(random() * (answer.length + 1));
  const lines = [...answer.matchAll(/\r\n/g)].map(({ index }) => index);
  const line = lines.length === 0 ? 0 : pick(random, lines);
  const kind = random();
  if (kind < 0.3) return answer.slice(0, at) + pick(random, nasty) + answer.slice(at);
  if (kind < 0.45) return answer.slice(0, at) + answer.slice(at + 1 + Math.floor(random() * 3));
  if (kind < 0.55) return answer.slice(0, at);
  if (kind < 0.65) return answer.slice(0, line) + pick(random, nasty) + answer.slice(line + Math.floor(random() * 3));
  if (kind < 0.95) return `${answer.slice(0, line)}\r\n${pick(random, nastyLines)}${answer.slice(line)}`;
  return answer + pick(random, nasty);
}

function makeAnswer(random: Random): string {
  const good = goodAnswer(random);
  return random() < 0.3 ? good : damaged(random, good);
}

function askUndici(agent: Agent, origin: string, path: string): Promise<Outcome> {
  const outcome: Outcome = { status: 0, headers: {}, body: '', ending: undefined, error: undefined };
  return new Promise((resolve) => {
    const finish = (ending: 'complete' | 'failed', error?: Error): void => {
      outcome.ending = ending;
      outcome.error = error?.message;
      resolve(outcome);
    };
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => undefined,
      onResponseStart: (_, status, headers) => {
        if (status < 200) return;
        outcome.status = status;
        for (const [name, value = ''] of Object.entries(headers)) {
          const values = typeof value === 'string' ? [value] : value;
          outcome.headers[name] = values.map((each) => each.trim()).join(', ');
        }
      },
      onResponseData: (_, chunk) => {
        outcome.body += chunk.toString('latin1');
      },
      onResponseEnd: () => finish('complete'),
      onResponseError: (_, error) => finish('failed', error),
    };
    agent.dispatch({ origin, path, method: 'GET', headers: {} }, handler);
  });
}

function askOurs(transport: Http1Transport, origin: string, path: string): Promise<Outcome> {
  const outcome: Outcome = { status: 0, headers: {}, body: '', ending: undefined, error: undefined };
  return new Promise((resolve) => {
    const finish = (ending: 'complete' | 'failed', error?: Error): void => {
      assert.equal(outcome.ending, undefined, 'told of its end twice');
      outcome.ending = ending;
      outcome.error = error?.message;
      resolve(outcome);
    };
    const timeouts = { connect: 0, firstByte: 0, idle: 0, total: 0 };
    transport.start(
      { origin, path, method: 'GET', headers: {}, timeouts },
      {
        connecting: () => undefined,
        connected: () => undefined,
        head(status, headers) {
          outcome.status = status;
          outcome.headers = { ...headers };
        },
        data(bytes) {
          outcome.body += bytes.toString('latin1');
          return true;
        },
        borrows: () => true,
        end: () => finish('complete'),
        fail: (error) => finish('failed', error),
      },
    );
  });
}

/** Where we mean to be of another opinion than undici, and why. */
const differences: readonly { readonly why: string; readonly applies: (answer: string, theirs: Outcome) => boolean }[] =
  [
    {
      why: 'A control character in the reason phrase is refused here as anywhere in a head.',
      applies: (answer) => /HTTP\/1\.[01] \d{3} [^\r\n]*[^\t\r\n\x20-\x7e\x80-\xff]/.test(answer),
    },
    {
      why: 'Extensions of chunks mean nothing, so that their grammar is not looked at.',
      applies: (_, { error }) => error?.includes('chunk extensions') === true,
    },
    {
      why: 'Blanks after the number of bytes are no part of it.',
      applies: (answer, { error }) =>
        /content-length: \d+[ \t]+\r\n/i.test(answer) && error?.includes('content-length') === true,
    },
  ];

/** Serves answer number n under the path /n, in pieces, and closes the connection. */
async function serve(t: TestContext, answers: readonly string[]): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    socket.once('data', (request) => {
      const number = Number(/ \/(\d+) /.exec(request.toString('latin1'))?.[1]);
      const bytes = Buffer.from(answers[number] as string, 'latin1');
      const random = randomFrom(number);
      const send = (at: number): void => {
        if (at >= bytes.length) socket.end();
        if (at >= bytes.length || socket.destroyed) return;
        const next = random() < 0.5 ? bytes.length : at + 1 + Math.floor(random() * 40);
        socket.write(bytes.subarray(at, next), () => setImmediate(send, next));
      };
      send(0);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('random and damaged answers are taken and refused as undici does', { timeout: 60_000 }, async (t) => {
  const random = randomFrom(1);
  const answers = Array.from({ length: 2000 }, () => makeAnswer(random));
  const origin = await serve(t, answers);
  const agent = new Agent({ pipelining: 1, allowH2: false, headersTimeout: 0, bodyTimeout: 0 });
  t.after(() => agent.destroy());
  const transport = new Http1Transport();
  t.after(() => transport.close());
  const numbers = answers.keys();
  const counts = { complete: 0, failed: 0, different: 0 };
  const compare = async (): Promise<void> => {
    for (const number of numbers) {
      const answer = answers[number] as string;
      const [theirs, ours] = await Promise.all([
        askUndici(agent, origin, `/${number}`),
        askOurs(transport, origin, `/${number}`),
      ]);
      if (theirs.ending === 'failed' && ours.ending === 'failed') counts.failed += 1;
      else if (differences.some(({ applies }) => applies(answer, theirs))) counts.different += 1;
      else {
        assert.deepEqual(ours, theirs, `of ${JSON.stringify(answer)}`);
        counts.complete += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, compare));
  // Answers that all end alike would prove little.
  assert.ok(counts.complete > 800 && counts.failed > 400 && counts.different < 40, JSON.stringify(counts));
});

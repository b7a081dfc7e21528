import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { Turn } from '../turn.ts';
import { sendWhole } from '../whole.ts';
import { Http1Exchange } from './exchange.ts';
import { Pool } from './pool.ts';
import { failureOf, listen, ok, post, startSender, startServer, textOf } from './raw-server.ts';

test('a connection is used again after a clean exchange, the last one first', async (t) => {
  const waiting: Socket[] = [];
  const { origin, seen, sockets } = await startServer(t, ({ socket }) => waiting.push(socket));
  const sender = startSender(t);
  const answer = async (number: number): Promise<void> => {
    waiting[number]?.write(ok);
    await asked[number];
  };
  const until = async (count: number): Promise<void> => {
    while (waiting.length < count) await new Promise(setImmediate);
  };
  const asked = [textOf(sender, post(origin)), textOf(sender, post(origin))];
  await until(2);
  await answer(0);
  await answer(1);
  asked.push(textOf(sender, post(origin)));
  await until(3);
  assert.equal(waiting[2], waiting[1]);
  asked.push(textOf(sender, post(origin)), textOf(sender, post(origin)));
  await until(5);
  assert.equal(waiting[3], waiting[0]);
  assert.equal(sockets.length, 3);
  for (const number of [2, 3, 4]) await answer(number);
  assert.equal(seen.length, 5);
});

test('a connection that is not clean is closed', async (t) => {
  const answers = [
    'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok',
    `${ok}HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nbadness`,
    `${ok}\r\n`,
    'HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nmore',
  ];
  const { origin, seen } = await startServer(t, ({ socket }, number) => socket.write(answers[number] ?? ok));
  const sender = startSender(t);
  for (const [number, answer] of answers.entries()) {
    assert.equal(await textOf(sender, post(origin)), 'ok', answer);
    await once(seen[number]?.socket as Socket, 'close');
  }
  await textOf(sender, post(origin));
  assert.equal(seen.at(-1)?.connection, answers.length);
});

test('an answer before the whole request is delivered, and its connection not used again', async (t) => {
  const early = 'HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno';
  const server = createServer();
  const closed: Promise<unknown>[] = [];
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    closed.push(once(socket, 'close'));
    socket.once('data', () => {
      // It reads no further: the rest of the request stays with the client.
      socket.pause();
      socket.write(early);
    });
    t.after(() => socket.destroy());
  });
  const origin = await listen(t, server);
  const sender = startSender(t);
  for (let i = 0; i < 2; i += 1) {
    const answer = await sendWhole(sender, post(origin, { body: Buffer.alloc(30_000_000) }));
    assert.deepEqual([answer.status, answer.body.toString()], [413, 'no']);
  }
  assert.equal(closed.length, 2);
});

test('bytes that nobody asked for close a kept connection', async (t) => {
  const { origin, seen } = await startServer(t, ({ socket }) => socket.write(ok));
  const sender = startSender(t);
  await textOf(sender, post(origin));
  const first = seen[0]?.socket as Socket;
  first.write('HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nbadness');
  await once(first, 'close');
  assert.equal(await textOf(sender, post(origin)), 'ok');
  assert.equal(seen[1]?.connection, 1);
});

test('connections wait for thirty seconds, or as long as the server says', async (t) => {
  for (const [hint, stays, goes] of [
    ['', 29_000, 31_000],
    ['keep-alive: timeout=5, max=100\r\n', 3500, 4100],
    ['keep-alive: timeout=600\r\n', 29_000, 31_000],
  ] as const) {
    const { origin, seen } = await startServer(t, ({ socket }) =>
      socket.write(`HTTP/1.1 200 OK\r\n${hint}content-length: 0\r\n\r\n`),
    );
    const pool = new Pool(origin, new Turn(), () => undefined);
    t.after(() => pool.close());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const nothing = (): void => undefined;
    new Http1Exchange(pool, post(origin), {
      connecting: nothing,
      connected: nothing,
      head: nothing,
      data: () => true,
      borrows: () => true,
      end: resolve,
      fail: reject,
    });
    await promise;
    const now = performance.now();
    assert.equal(pool.sweep(now + stays), true, hint);
    const closed = once(seen[0]?.socket as Socket, 'close');
    assert.equal(pool.sweep(now + goes), false, hint);
    await closed;
    assert.equal(pool.takeKept(), undefined);
  }
});

// --- connections that the server has given up

test('a request that meets a connection on its way out is sent again, whole, on a new one', async (t) => {
  for (const leave of [
    (socket: Socket) => socket.end(),
    (socket: Socket) => socket.resetAndDestroy(),
    (socket: Socket) => socket.destroy(),
  ]) {
    const { origin, seen } = await startServer(t, ({ socket, connection }, number) => {
      if (connection === 0 && number === 1) leave(socket);
      else socket.write(ok);
    });
    const sender = startSender(t);
    await textOf(sender, post(origin));
    const body = Buffer.alloc(100_000, 'x');
    assert.equal(await textOf(sender, post(origin, { body })), 'ok');
    assert.deepEqual(
      seen.map(({ connection }) => connection),
      [0, 0, 1],
    );
    assert.ok(seen[2]?.body.equals(body));
    assert.equal(seen[2]?.head, seen[1]?.head);
  }
});

test('it is sent again once, and only while nothing has been answered', async (t) => {
  const fates: ((socket: Socket) => unknown)[] = [
    (socket) => socket.write(ok),
    (socket) => socket.end(),
    (socket) => socket.end(),
    (socket) => socket.write(ok),
    (socket) => socket.end('H'),
    (socket) => socket.write(ok),
    (socket) => socket.end('HTTP/1.1 103 Early Hints\r\n\r\n'),
    (socket) => socket.end(),
  ];
  const { origin, seen } = await startServer(t, ({ socket }, number) => fates[number]?.(socket));
  const sender = startSender(t);
  const broke = 'The connection to the provider broke before it answered.';
  await textOf(sender, post(origin));
  assert.equal((await failureOf(sender, post(origin))).message, broke);
  assert.deepEqual(
    seen.map(({ connection }) => connection),
    [0, 0, 1],
  );
  await textOf(sender, post(origin));
  assert.equal((await failureOf(sender, post(origin))).message, broke);
  assert.equal(seen.length, 5, 'something had been answered');
  await textOf(sender, post(origin));
  assert.equal((await failureOf(sender, post(origin))).message, broke);
  assert.equal(seen.length, 7, 'something had been answered');
  assert.equal((await failureOf(sender, post(origin))).message, broke);
  assert.equal(seen.length, 8, 'the connection was new');
});

test('a server that has had a request for long does not get it again', async (t) => {
  const { origin, seen } = await startServer(t, ({ socket }, number) => {
    if (number === 0) {
      socket.write(ok);
      return;
    }
    const { now } = performance;
    t.mock.method(performance, 'now', () => now.call(performance) + 6000);
    socket.end();
  });
  const sender = startSender(t);
  await textOf(sender, post(origin));
  assert.match((await failureOf(sender, post(origin))).message, /broke before it answered/);
  assert.equal(seen.length, 2);
});

test('a connection that ended while nobody used it is not used', async (t) => {
  const { origin, seen } = await startServer(t, ({ socket }) => socket.write(ok));
  const sender = startSender(t);
  await textOf(sender, post(origin));
  const first = seen[0]?.socket as Socket;
  first.end();
  await once(first, 'close');
  assert.equal(await textOf(sender, post(origin)), 'ok');
  assert.deepEqual(
    seen.map(({ connection }) => connection),
    [0, 1],
  );
});

// --- who may end and hold up an exchange

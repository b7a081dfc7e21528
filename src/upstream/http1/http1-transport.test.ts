import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { createServer as createTlsServer, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { createSender, type Sending, type UpstreamRequest } from '../send.ts';
import type { Exchange } from '../transport.ts';
import { Turn } from '../turn.ts';
import { Http1Transport } from './http1-transport.ts';
import {
  failureOf,
  listen,
  listening,
  ok,
  post,
  type Seen,
  startSender,
  startServer,
  textOf,
  timeouts,
} from './raw-server.ts';

test('a request arrives as it was meant', async (t) => {
  const { origin, seen } = await startServer(t, ({ socket }) => socket.write(ok));
  const sender = startSender(t);
  await textOf(sender, post(origin, { path: '/a?b=%20c', headers: { Accept: 'x', 'x-latin': 'caf\xe9' } }));
  const { host } = new URL(origin);
  assert.equal(
    seen[0]?.head,
    `POST /a?b=%20c HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\nAccept: x\r\nx-latin: caf\xe9\r\ncontent-length: 2`,
  );
  await textOf(sender, { method: 'GET', origin, path: '/', headers: { host: 'other' }, timeouts });
  assert.equal(seen[1]?.head, 'GET / HTTP/1.1\r\nhost: other\r\nconnection: keep-alive');
  await textOf(sender, { method: 'DELETE', origin, path: '/', headers: {}, timeouts });
  assert.doesNotMatch(seen[2]?.head ?? '', /content-length/);
  await textOf(sender, {
    method: 'PUT',
    origin,
    path: '/',
    headers: { 'Content-Length': '7', 'Transfer-Encoding': 'chunked' },
    timeouts,
  });
  assert.equal(seen[3]?.head.split('\r\n').slice(3).join(), 'content-length: 0');
});

test('bodies of any size, in one piece or in many', async (t) => {
  const { origin, seen } = await startServer(t, ({ socket }) => socket.write(ok));
  const sender = startSender(t);
  for (const size of [0, 1, 16 * 1024, 16 * 1024 + 1, 3_000_000]) {
    const body = Buffer.from(Uint8Array.from({ length: size }, (_, i) => i % 251));
    const middle = Math.floor(size / 2);
    for (const sent of [body, [body.subarray(0, middle), body.subarray(middle)]]) {
      await textOf(sender, post(origin, { body: sent }));
      const last = seen.at(-1) as Seen;
      assert.match(last.head, new RegExp(`content-length: ${size}$`));
      assert.ok(last.body.equals(body), `${size} bytes`);
    }
  }
  assert.equal(seen.at(-1)?.connection, 0);
});

test('what could end a header is not sent', async (t) => {
  const { origin, seen } = await startServer(t, ({ socket }) => socket.write(ok));
  const sender = startSender(t);
  const bad: Partial<UpstreamRequest>[] = [
    { headers: { a: 'b\r\nc: d' } },
    { headers: { a: 'b\nc' } },
    { headers: { a: 'b\0' } },
    { headers: { a: '\u20ac' } },
    { headers: { host: 'a\r\nb: c' } },
    { headers: { 'a b': 'c' } },
    { headers: { 'a\r\nb': 'c' } },
    { headers: { '': 'c' } },
    { path: '/a b' },
    { path: '/a\r\nb' },
    { path: '' },
  ];
  for (const each of bad) {
    const error = await failureOf(sender, post(origin, each));
    assert.match(error.message, /cannot be sent/, JSON.stringify(each));
    assert.doesNotMatch(error.message, /[\r\n]/);
  }
  assert.match((await failureOf(sender, post('ftp://x.test'))).message, /broke before/);
  assert.match((await failureOf(sender, post('nonsense'))).message, /broke before/);
  assert.equal(seen.length, 0);
});

// --- answers

test('answers as servers really give them', async (t) => {
  const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
  const answers = [
    `HTTP/1.1 100 Continue\r\n\r\n${ok}`,
    `HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${ok}`,
    `${chunked}2;a=b\r\nok\r\n0\r\nx-sum: 1\r\n\r\n`,
    `${chunked}1\r\no\r\n1\r\nk\r\n0\r\n\r\n`,
    `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${gzipSync('ok').length}\r\n\r\n${gzipSync('ok').toString('latin1')}`,
  ];
  const { origin, sockets } = await startServer(t, ({ socket }, number) => {
    const bytes = Buffer.from(answers[Math.floor(number / 2)] as string, 'latin1');
    if (number % 2 === 0) socket.write(bytes);
    else for (const byte of bytes) socket.write(Buffer.of(byte));
  });
  const sender = startSender(t);
  for (const answer of answers) {
    assert.equal(await textOf(sender, post(origin)), 'ok', answer);
    assert.equal(await textOf(sender, post(origin)), 'ok', `${answer} in single bytes`);
  }
  assert.equal(sockets.length, 1, 'all of them leave the connection in order');
});

test('an answer that ends with its connection', async (t) => {
  const { origin } = await startServer(t, ({ socket }) => socket.end('HTTP/1.0 200 OK\r\n\r\nuntil the end'));
  assert.equal(await textOf(startSender(t), post(origin)), 'until the end');
});

test('an answer that breaks off is no answer', async (t) => {
  const beginnings = [
    'HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nhalf',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n',
  ];
  const { origin } = await startServer(t, ({ socket }, number) => socket.end(beginnings[number] as string));
  const sender = startSender(t);
  for (const beginning of beginnings) {
    const { sink, heard, over } = listening();
    sender.send(post(origin), sink);
    await over;
    assert.deepEqual(
      heard.slice(-2),
      ['data half', 'fail The connection to the provider broke in the middle of its answer.'],
      beginning,
    );
  }
});

test('a connection that is reset has not ended', async (t) => {
  const { origin, seen } = await startServer(t, ({ socket }) => socket.write('HTTP/1.1 200 OK\r\n\r\nhalf'));
  const { sink, heard, over } = listening({
    data() {
      seen[0]?.socket.resetAndDestroy();
      return true;
    },
  });
  startSender(t).send(post(origin), sink);
  await over;
  assert.deepEqual(heard, [
    'head 200',
    'data half',
    'fail The connection to the provider broke in the middle of its answer.',
  ]);
});

test('what is no answer fails before it begins', async (t) => {
  const answers = [
    'SSH-2.0-x\r\n',
    'HTTP/1.1 200 OK\n\n',
    `HTTP/1.1 200 OK\r\na: ${'b'.repeat(20_000)}\r\n\r\n`,
    'HTTP/1.1 101 Go\r\n\r\n',
  ];
  const { origin } = await startServer(t, ({ socket }, number) => socket.write(answers[number] as string));
  const sender = startSender(t);
  for (const answer of answers) {
    const error = await failureOf(sender, post(origin));
    assert.deepEqual(
      [error.kind, error.message],
      ['bad_upstream', 'The connection to the provider broke before it answered.'],
      answer,
    );
  }
});

// --- which connections are used again

test('a sink that cannot take more hears nothing until it asks', async (t) => {
  const size = 8_000_000;
  const { origin, seen } = await startServer(t, ({ socket }) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n`);
    socket.write(Buffer.alloc(size, 'x'));
  });
  const sender = startSender(t);
  for (let round = 0; round < 2; round += 1) {
    let length = 0;
    let paused = false;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sending: Sending = sender.send(post(origin), {
      head: () => undefined,
      data(chunk) {
        if (paused) reject(new Error('it was not asked for'));
        length += chunk.length;
        paused = true;
        setImmediate(() => {
          paused = false;
          sending.resume();
        });
        return false;
      },
      end: resolve,
      fail: reject,
    });
    await promise;
    assert.equal(length, size);
  }
  assert.equal(seen[1]?.connection, 0, 'a connection that was paused is as good as any');
});

test('an exchange can be aborted at any time, and nothing is heard of it afterwards', async (t) => {
  const half = 'HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf';
  const { origin, seen } = await startServer(t, ({ socket, head }) => {
    if (!head.includes('/silent')) socket.write(head.includes('/whole') ? ok : half);
  });
  const sender = startSender(t);
  const closing = async (): Promise<void> => {
    const { socket } = seen.at(-1) as Seen;
    if (!socket.closed) await once(socket, 'close');
  };

  const before = listening();
  sender.send(post(origin), before.sink).abort();

  const waiting = listening();
  const sending = sender.send(post(origin, { path: '/silent' }), waiting.sink);
  while (seen.length < 1) await new Promise(setImmediate);
  sending.abort();
  await closing();

  const { promise: headCame, resolve: onHead } = Promise.withResolvers<void>();
  const inHead = listening({
    head() {
      inHeadSending.abort();
      onHead();
    },
  });
  const inHeadSending: Sending = sender.send(post(origin), inHead.sink);
  await headCame;
  await closing();

  for (const path of ['/half', '/whole']) {
    const { promise: dataCame, resolve: onData } = Promise.withResolvers<void>();
    const inData = listening({
      data() {
        inDataSending.abort();
        onData();
        return false;
      },
    });
    const inDataSending: Sending = sender.send(post(origin, { path }), inData.sink);
    await dataCame;
    await closing();
    assert.deepEqual(inData.heard, ['head 200', path === '/half' ? 'data half' : 'data ok']);
  }
  assert.deepEqual([before.heard, waiting.heard, inHead.heard], [[], [], ['head 200']]);
});

test('a sink that fails is told so, and harms nobody else', async (t) => {
  const { origin } = await startServer(t, ({ socket }) => socket.write(ok));
  const sender = startSender(t);
  const broken = (): never => {
    throw new Error('out of order');
  };
  for (const more of [{ head: broken }, { data: broken }]) {
    const { sink, heard, over } = listening(more);
    sender.send(post(origin), sink);
    await over;
    assert.match(heard.at(-1) ?? '', /^fail/);
    assert.equal(await textOf(sender, post(origin)), 'ok');
  }
});

test('who has had an answer has no hold on the connection any more', async (t) => {
  const { origin, seen } = await startServer(t, ({ socket }, number) => {
    if (number === 0) socket.write(ok);
    else setImmediate(() => socket.write(ok));
  });
  const sender = startSender(t);
  const first = listening();
  const sending = sender.send(post(origin), first.sink);
  await first.over;
  const second = listening();
  sender.send(post(origin), second.sink);
  sending.pause();
  sending.abort();
  sending.resume();
  await second.over;
  assert.deepEqual(second.heard, ['head 200', 'data ok', 'end']);
  assert.equal(seen[1]?.connection, 0);
});

test('a listener that has left hears nothing, and can do nothing to who comes after it', async (t) => {
  const { origin } = await startServer(t, ({ socket }) => socket.write(ok));
  const transport = new Http1Transport();
  t.after(() => transport.close());
  const { promise: over, resolve: onOver } = Promise.withResolvers<void>();
  const ask = (leave: string): { readonly heard: string[]; readonly exchange: Exchange } => {
    const heard: string[] = [];
    const hear = (what: string): boolean => {
      heard.push(what);
      if (what === leave) exchange.abort();
      if (what === 'end') onOver();
      return true;
    };
    const exchange: Exchange = transport.start(post(origin), {
      connecting: () => undefined,
      connected: () => undefined,
      head: () => hear('head'),
      data: () => hear('data'),
      borrows: () => false,
      end: () => hear('end'),
      fail: () => hear('fail'),
    });
    return { heard, exchange };
  };
  const [atHead, atData, whole] = [ask('head'), ask('data'), ask('')];
  await over;
  while (atHead.heard.length < 1 || atData.heard.length < 2) await new Promise(setImmediate);
  const next = ask('');
  whole.exchange.pause();
  whole.exchange.abort();
  while (next.heard.length < 3) await new Promise(setImmediate);
  assert.deepEqual([atHead.heard, atData.heard], [['head'], ['head', 'data']]);
  assert.deepEqual(
    [whole.heard, next.heard],
    [
      ['head', 'data', 'end'],
      ['head', 'data', 'end'],
    ],
  );
});

test('a connection that is merely kept does not keep the process', async (t) => {
  const server = createServer().unref();
  const { origin } = await startServer(t, ({ socket }) => socket.unref().write(ok), server);
  const sockets = (): number => process.getActiveResourcesInfo().filter((each) => each === 'TCPSocketWrap').length;
  const sender = startSender(t);
  while (sockets() > 0) await new Promise(setImmediate);
  for (let i = 0; i < 2; i += 1) {
    assert.equal(await textOf(sender, post(origin)), 'ok');
    assert.equal(sockets(), 0);
  }
});

test('closing the sender ends everything', async (t) => {
  const { origin, seen } = await startServer(t, ({ socket, head }) => {
    if (!head.includes('/silent')) socket.write(ok);
  });
  const sender = createSender();
  await textOf(sender, post(origin));
  const failed = failureOf(sender, post(origin, { path: '/silent' }));
  while (seen.length < 2) await new Promise(setImmediate);
  await sender.close();
  assert.equal((await failed).kind, 'bad_upstream');
  assert.equal((await failureOf(sender, post(origin))).kind, 'bad_upstream');
});

// --- making connections

test('a server that is not there', async (t) => {
  const server = createServer();
  const origin = await listen(t, server);
  server.close();
  await once(server, 'close');
  const error = await failureOf(startSender(t), post(origin));
  assert.deepEqual([error.message, error.details.code], ['The provider refuses connections.', 'ECONNREFUSED']);
});

test('a connection that does not come about in time', async (t) => {
  const silent = createServer((socket) => {
    socket.on('error', () => undefined);
    t.after(() => socket.destroy());
  });
  const origin = (await listen(t, silent)).replace('http', 'https');
  const error = await failureOf(startSender(t), post(origin, { timeouts: { ...timeouts, connect: 1 } }));
  assert.deepEqual([error.kind, error.message], ['upstream_timeout', 'The provider could not be reached in time.']);
});

test('a server by its IPv6 address', async (t) => {
  const server = createServer((socket) => {
    socket.on('data', (data) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${/host: .*/.exec(data.toString())?.[0]}`));
  });
  server.on('error', () => undefined);
  server.listen(0, '::1');
  await Promise.race([once(server, 'listening'), once(server, 'close')]).catch(() => undefined);
  t.after(() => server.close());
  if (!server.listening) return t.skip('there is no IPv6 here');
  const { port } = server.address() as AddressInfo;
  assert.equal(await textOf(startSender(t), post(`http://[::1]:${port}`)), `host: [::1]:${port}`);
});

test('TLS: whom to trust, which name, which protocol, and sessions', async (t) => {
  const cert = readFileSync(new URL('fixtures/localhost.pem', import.meta.url), 'utf8');
  const key = readFileSync(new URL('fixtures/localhost-key.pem', import.meta.url), 'utf8');
  const handshakes: unknown[] = [];
  const server = createTlsServer({ cert, key, ALPNProtocols: ['h2', 'http/1.1'] });
  const { origin } = await startServer(
    t,
    ({ socket }) => {
      const { alpnProtocol, servername } = socket as TLSSocket;
      handshakes.push([alpnProtocol, servername, (socket as TLSSocket).isSessionReused()]);
      socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok');
    },
    server,
  );
  const { port } = new URL(origin);
  const named = `https://localhost:${port}`;

  const strange = await failureOf(startSender(t), post(named));
  assert.match(strange.message, /nobody whom this machine trusts/);
  assert.equal(strange.details.code, 'DEPTH_ZERO_SELF_SIGNED_CERT');

  setDefaultCACertificates([cert]);
  const sender = startSender(t);
  assert.match((await failureOf(sender, post(`https://127.0.0.1:${port}`))).message, /belongs to another host/);
  for (let i = 0; i < 2; i += 1) {
    assert.equal(await textOf(sender, post(named, { body: Buffer.alloc(200_000) })), 'ok');
  }
  assert.deepEqual(handshakes, [
    ['http/1.1', 'localhost', false],
    ['http/1.1', 'localhost', true],
  ]);

  const plain = createServer((socket) => socket.on('error', () => undefined).end(ok));
  const wrong = (await listen(t, plain)).replace('http', 'https');
  assert.match((await failureOf(sender, post(wrong))).message, /does not speak TLS/);
});

test('while many calls are under way requests leave at the end of the turn, whole and each on its own way', async (t) => {
  const server = await startServer(t, ({ socket }) => socket.write(ok));
  const turn = new Turn();
  for (let i = 0; i < 10; i++) turn.enter();
  const sender = createSender({ turn });
  t.after(() => sender.close());
  const bodies = Array.from({ length: 12 }, (_, i) => [Buffer.alloc(i * 10_000, 65 + i), Buffer.from(`end of ${i}`)]);
  const ask = (body: readonly Buffer[]): Promise<string> => textOf(sender, post(server.origin, { body }));
  for (let round = 0; round < 2; round++) {
    assert.deepEqual(
      await Promise.all(bodies.map(ask)),
      bodies.map(() => 'ok'),
    );
  }
  const sent = bodies.map((body) => Buffer.concat(body).toString('latin1')).toSorted();
  for (const seen of [server.seen.slice(0, 12), server.seen.slice(12)]) {
    assert.deepEqual(seen.map(({ body }) => body.toString('latin1')).toSorted(), sent);
  }
  // What is taken back before the turn is over was never sent.
  const { sink, heard } = listening();
  sender.send(post(server.origin, { path: '/taken-back' }), sink).abort();
  assert.equal(await ask([Buffer.from('{}')]), 'ok');
  assert.deepEqual(heard, []);
  assert.ok(!server.seen.some(({ head }) => head.includes('/taken-back')));
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createNetServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Turn } from '../../upstream/turn.ts';
import type { ClientReply } from '../client-reply.ts';
import { HttpReply } from '../http-reply.ts';
import { type ClientRequest, NodeRequest } from '../request.ts';
import { Http1Connection } from './connection.ts';
import { Http1Reception } from './reception.ts';

type Accept = (request: ClientRequest, reply: ClientReply) => void;

interface Stage {
  readonly server: Server;
  readonly reception: Http1Reception;
  readonly port: number;
}

/** A server that answers by `accept`, whoever has read the request. */
async function stage(t: TestContext, accept: Accept): Promise<Stage> {
  const server = createServer((request, response) =>
    accept(new NodeRequest(request), new HttpReply(response, new Turn())),
  );
  const reception = new Http1Reception(server, new Turn(), 1000, accept);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    reception.closeAll();
    server.closeAllConnections();
    server.close();
  });
  return { server, reception, port: (server.address() as AddressInfo).port };
}

/** Says what it was sent, after a turn, so that what else has come is there before the answer. */
const echo: Accept = (request, reply) => {
  void request
    .gather(1e9)
    .then(async (body) => {
      await turn();
      const told = Buffer.from(`${request.method} ${request.url} ${body.whole().toString()}`);
      reply.head(200, { 'content-length': told.length });
      reply.end(told);
    })
    .catch(() => undefined);
};

interface Wire {
  readonly socket: Socket;
  heard: string;
  closed: boolean;
  failed: boolean;
  until(text: string | RegExp): Promise<void>;
  end(): Promise<void>;
}

function dial(t: TestContext, port: number): Wire {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  t.after(() => socket.destroy());
  let changed = Promise.withResolvers<void>();
  const change = (): void => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const wire: Wire = {
    socket,
    heard: '',
    closed: false,
    failed: false,
    until: async (text) => {
      while (wire.heard.search(text) < 0) {
        assert.ok(!wire.closed, `closed after ${wire.heard}`);
        await changed.promise;
      }
    },
    end: async () => {
      while (!wire.closed) await changed.promise;
    },
  };
  socket.on('data', (piece) => {
    wire.heard += piece.toString();
    change();
  });
  socket.on('error', () => {
    wire.failed = true;
  });
  socket.on('close', () => {
    wire.closed = true;
    change();
  });
  return wire;
}

function post(path: string, body: string, ...fields: readonly string[]): string {
  const own = fields.map((field) => `${field}\r\n`).join('');
  return `POST ${path} HTTP/1.1\r\nhost: x\r\n${own}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const chunked = 'POST /chunked HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
const bodies = (heard: string): string[] =>
  [...heard.matchAll(/\r\n\r\n([^\r]*?)(?=HTTP\/1|$)/g)].map(([, body = '']) => body);
const inTime = { timeout: 20_000 };

test('one connection carries one plain request after the other', inTime, async (t) => {
  const { reception, port } = await stage(t, echo);
  const wire = dial(t, port);
  for (const path of ['/1', '/2', '/3']) {
    wire.socket.write(post(path, `body of ${path}`));
    await wire.until(`POST ${path} body of ${path}`);
  }
  wire.socket.write('GET /4 HTTP/1.1\r\nhost: x\r\n\r\n');
  await wire.until('GET /4');
  assert.equal(reception.handedOver, 0);
});

test('a request may come in any pieces behind its head', inTime, async (t) => {
  const { reception, port } = await stage(t, echo);
  const wire = dial(t, port);
  const body = 'x'.repeat(3000);
  const text = post('/', body);
  const head = text.length - body.length;
  wire.socket.write(text.slice(0, head));
  for (let at = head; at < text.length; at += 700) {
    await turn();
    wire.socket.write(text.slice(at, at + 700));
  }
  await wire.until(new RegExp(`POST / ${body}`));
  assert.equal(reception.handedOver, 0);
});

test('requests that are sent ahead are answered in their order', inTime, async (t) => {
  const { port } = await stage(t, echo);
  const wire = dial(t, port);
  const third = post('/3', 'three');
  wire.socket.write(post('/1', 'one') + post('/2', 'two') + third.slice(0, 20));
  await turn();
  wire.socket.write(third.slice(20) + chunked);
  await wire.until('POST /chunked abc');
  assert.deepEqual(bodies(wire.heard), ['POST /1 one', 'POST /2 two', 'POST /3 three', 'POST /chunked abc']);
});

test('what comes just when an answer is over stands behind what was sent ahead', inTime, async (t) => {
  const heard: string[] = [];
  const { server, port } = await stage(t, (request, reply) => {
    heard.push(request.url);
    reply.head(200, { 'content-length': 0 });
    reply.end();
    if (request.url === '/1') socket?.emit('data', Buffer.from(post('/3', '')));
  });
  let socket: Socket | undefined;
  server.on('connection', (one) => {
    socket = one;
  });
  const wire = dial(t, port);
  wire.socket.write(post('/1', '') + post('/2', ''));
  while (heard.length < 3) await turn();
  assert.deepEqual(heard, ['/1', '/2', '/3']);
});

test('a great deal that is sent ahead waits at the client', inTime, async (t) => {
  const { port } = await stage(t, echo);
  const wire = dial(t, port);
  const bulk = 'y'.repeat(300_000);
  for (let i = 0; i < 20; i++) wire.socket.write(post(`/${i}`, bulk));
  await wire.until('POST /19 y+');
  assert.deepEqual(
    bodies(wire.heard.replaceAll(/y+/g, 'y')).slice(0, 19),
    Array.from({ length: 19 }, (_, i) => `POST /${i} y`),
  );
});

for (const [what, text, answer] of [
  ['a body in chunks', chunked, 'POST /chunked abc'],
  ['a method that is seldom used', 'PUT /x HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nhi', 'PUT /x hi'],
  ['a head in pieces', ['POST /cut HTTP/1.1\r\nho', 'st: x\r\ncontent-length: 2\r\n\r\nhi'], 'POST /cut hi'],
  ['a field twice', 'GET /twice HTTP/1.1\r\nhost: x\r\nx-a: 1\r\nx-a: 2\r\n\r\n', 'GET /twice'],
  ['no HTTP', 'what is this?\r\n\r\n', 'HTTP/1.1 400'],
] as const) {
  test(`${what} is node:http's to read, at first and later`, inTime, async (t) => {
    const { server, reception, port } = await stage(t, echo);
    server.on('clientError', (_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    for (const [handed, before] of [
      [1, ''],
      [2, post('/before', 'it')],
    ] as const) {
      const wire = dial(t, port);
      wire.socket.write(before);
      if (before !== '') await wire.until('POST /before it');
      for (const piece of typeof text === 'string' ? [text] : text) {
        wire.socket.write(piece);
        while (reception.handedOver < handed) await turn();
      }
      await wire.until(answer);
      if (answer.startsWith('HTTP')) continue;
      wire.socket.write(post('/after', 'it'));
      await wire.until('POST /after it');
    }
  });
}

test('what comes behind a request that is answered is looked at when the answer is over', inTime, async (t) => {
  const replies: ClientReply[] = [];
  const { server, port } = await stage(t, (_, reply) => {
    replies.push(reply);
    reply.head(200, {});
    reply.write(Buffer.from('begun'));
  });
  server.on('clientError', (_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const wire = dial(t, port);
  wire.socket.write(post('/', 'one'));
  await wire.until('begun');
  wire.socket.write('what is this?\r\n\r\n');
  await turn();
  replies[0]?.end(Buffer.from('done'));
  await wire.end();
  assert.match(wire.heard, /begun\r\n4\r\ndone\r\n0\r\n\r\nHTTP\/1\.1 400/);
});

test('a client that leaves is told of once, whether it waits for an answer or has not said all', inTime, async (t) => {
  let gone = 0;
  let closed = 0;
  let broken = 0;
  const { port } = await stage(t, (request, reply) => {
    reply.attend({ isLast: false, closed: () => (closed += 1) });
    reply.onGone(() => (gone += 1));
    request.gather(1000).catch(() => (broken += 1));
    reply.head(200, {});
    reply.write(Buffer.from('begun'));
  });
  for (const body of ['whole', 'half']) {
    const wire = dial(t, port);
    const text = post('/', body);
    wire.socket.write(body === 'half' ? text.slice(0, -2) : text);
    await wire.until('begun');
    if (body === 'half') wire.socket.end();
    else wire.socket.destroy();
  }
  while (closed < 2) await turn();
  assert.deepEqual([gone, closed, broken], [2, 2, 1]);
});

test('who is refused while sending gets the whole refusal, and the connection ends', inTime, async (t) => {
  const { port } = await stage(t, (_, reply) => {
    reply.last();
    reply.head(413, { 'content-length': 3 });
    reply.end(Buffer.from('no!'));
  });
  const wire = dial(t, port);
  const bulk = Buffer.alloc(5_000_000, 'x');
  wire.socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${bulk.length}\r\n\r\n`);
  await wire.until('no!');
  assert.equal(wire.closed, false);
  wire.socket.write(bulk);
  await wire.end();
  assert.match(wire.heard, /^HTTP\/1\.1 413 .*\r\nconnection: close\r\n/s);
  assert.equal(wire.failed, false);
});

test('a request that takes too long to come is refused, and a connection without one closed', inTime, async (t) => {
  const { reception, port } = await stage(t, echo);
  reception.bodyTimeout = 100;
  reception.headTimeout = 100;
  const half = dial(t, port);
  half.socket.write(post('/', 'all of it').slice(0, -3));
  const silent = dial(t, port);
  await Promise.all([half.end(), silent.end()]);
  assert.match(half.heard, /^HTTP\/1\.1 408 /);
  assert.match(silent.heard, /^HTTP\/1\.1 408 /);
});

test(
  'who says nothing for too long after an answer, or goes on sending what is refused, is left',
  inTime,
  async (t) => {
    const server = createNetServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    for (const [length, before, after] of [
      [0, 74_000, 76_000],
      [10, 2000, 4000],
    ] as const) {
      const wire = dial(t, (server.address() as AddressInfo).port);
      const [socket] = (await once(server, 'connection')) as [Socket];
      let closed = 0;
      const connection = new Http1Connection(socket, {
        ...{ turn: new Turn(), headTimeout: 1e9, bodyTimeout: 1e9, patience: 1e9 },
        ...{ handOver: () => undefined, left: () => undefined },
        accept: (_, reply) => {
          reply.attend({ isLast: false, closed: () => (closed += 1) });
          reply.head(200, { 'content-length': 2 });
          reply.end(Buffer.from('ok'));
        },
      });
      wire.socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`);
      await wire.until('ok');
      assert.equal(closed, 1);
      connection.tick(performance.now() + before);
      assert.equal(socket.destroyed, false);
      connection.tick(performance.now() + after);
      await wire.end();
    }
  },
);

test('connections that nothing is asked of can be closed without the others', inTime, async (t) => {
  let answer: (() => void) | undefined;
  const { reception, port } = await stage(t, (_, reply) => {
    answer = () => {
      reply.head(200, { 'content-length': 2 });
      reply.end(Buffer.from('ok'));
    };
  });
  const idle = dial(t, port);
  const busy = dial(t, port);
  await once(idle.socket, 'connect');
  busy.socket.write(post('/', 'x'));
  while (answer === undefined) await turn();
  reception.closeIdle();
  await idle.end();
  answer();
  await busy.until('ok');
  assert.equal(busy.closed, false);
});

test('a handed over connection is not looked after any more', inTime, async (t) => {
  const { reception, port } = await stage(t, echo);
  const wire = dial(t, port);
  wire.socket.write(chunked);
  await wire.until('POST /chunked abc');
  reception.closeAll();
  wire.socket.write(post('/still', 'there'));
  await wire.until('POST /still there');
});

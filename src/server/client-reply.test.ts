import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Turn } from '../upstream/turn.ts';
import type { ClientReply } from './client-reply.ts';
import { HttpReply } from './http-reply.ts';
import { Http1Reception } from './http1/reception.ts';

interface Terms {
  readonly turn: Turn;
  readonly patience?: number;
}

type Answer = (reply: ClientReply) => void;

/** Who reads requests and writes replies: a server, and how to close its connections. */
type Way = (terms: Terms, answer: Answer) => { readonly server: Server; closeAll(): void };

const ways: { readonly [name: string]: Way } = {
  'node:http': ({ turn, patience }, answer) => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => answer(new HttpReply(response, turn, patience)));
    });
    return { server, closeAll: () => server.closeAllConnections() };
  },
  'a plain connection': ({ turn, patience = 1000 }, answer) => {
    const server = createServer((_, response) => response.destroy(new Error('it was handed over')));
    const reception = new Http1Reception(server, turn, patience, (request, reply) => {
      void request.gather().then(() => answer(reply));
    });
    return { server, closeAll: () => reception.closeAll() };
  },
};

/** A server's port, until the test is over. */
async function serve(
  t: TestContext,
  way: Way,
  terms: Terms,
  answer: Answer,
): Promise<{ server: Server; port: number }> {
  const { server, closeAll } = way(terms, answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    closeAll();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

/** A turn in which writing is put off. */
function busyTurn(): Turn {
  const turn = new Turn();
  for (let i = 0; i < 10; i++) turn.enter();
  return turn;
}

/** What clients get of replies that `answer` gives, in the form and in the order in which they come. */
async function answersOf(t: TestContext, way: Way, turn: Turn, answer: Answer): Promise<string[]> {
  const { port } = await serve(t, way, { turn }, answer);
  const ask = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x' })).text();
  const first = await Promise.all(Array.from({ length: 5 }, ask));
  return [...first, ...(await Promise.all(Array.from({ length: 5 }, ask)))];
}

const inTime = { timeout: 20_000 };

for (const [name, way] of Object.entries(ways)) {
  test(`a client that does not take the rest of its answer is given up by ${name}`, inTime, async (t) => {
    let gone = false;
    const { server, port } = await serve(t, way, { turn: new Turn(), patience: 100 }, (reply) => {
      reply.onGone(() => {
        gone = true;
      });
      reply.head(200, {});
      reply.write(Buffer.alloc(32 * 1024 * 1024));
      reply.end();
    });
    const client = connect(port, '127.0.0.1');
    t.after(() => client.destroy());
    client.pause();
    client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    const [socket] = (await once(server, 'connection')) as [Socket];
    await once(socket, 'close');
    assert.equal(gone, true);
  });

  for (const [when, turn] of [
    ['at once', new Turn()],
    ['at the end of the turn', busyTurn()],
  ] as const) {
    test(`whole answers arrive, written ${when} by ${name}`, async (t) => {
      for (const body of ['x'.repeat(5000), 'y'.repeat(200_000), '']) {
        const answers = await answersOf(t, way, turn, (reply) => {
          reply.head(200, { 'content-length': body.length });
          reply.end(Buffer.from(body));
          assert.ok(reply.headSent);
        });
        assert.deepEqual(answers, Array<string>(10).fill(body));
      }
    });

    test(`pieces of a stream keep their order, small and large, written ${when} by ${name}`, async (t) => {
      const pieces = ['a', 'b'.repeat(20_000), '', 'c', 'd'.repeat(70_000), 'e'];
      for (const last of ['e', 'f'.repeat(10_000), undefined]) {
        const answers = await answersOf(t, way, turn, (reply) => {
          reply.head(200, {});
          for (const piece of pieces.slice(0, 3)) reply.write(Buffer.from(piece));
          setImmediate(() => {
            for (const piece of pieces.slice(3)) reply.write(Buffer.from(piece));
            setImmediate(() => reply.end(last === undefined ? undefined : Buffer.from(last)));
          });
        });
        assert.deepEqual(answers, Array<string>(10).fill(pieces.join('') + (last ?? '')));
      }
    });
  }

  test(`what is put off to the end of a turn does not wait for the end of the answer by ${name}`, inTime, async (t) => {
    const replies: ClientReply[] = [];
    const { port } = await serve(t, way, { turn: busyTurn() }, (reply) => {
      replies.push(reply);
      reply.head(200, {});
      reply.write(Buffer.from('one'));
      setImmediate(() => reply.write(Buffer.from('two')));
    });
    const { body } = await fetch(`http://127.0.0.1:${port}/`);
    assert.ok(body !== null);
    let text = '';
    for await (const piece of body.pipeThrough(new TextDecoderStream())) {
      text += piece;
      if (text === 'onetwo') replies[0]?.end();
    }
    assert.equal(text, 'onetwo');
  });

  test(`a head says what it is given, and no more lines than that, by ${name}`, async (t) => {
    const { port } = await serve(t, way, { turn: new Turn() }, (reply) => {
      assert.throws(() => reply.head(200, { 'x-route': 'a\r\nset-cookie: b' }), TypeError);
      assert.throws(() => reply.head(200, { 'x-route': 'a\u2713' }), TypeError);
      assert.equal(reply.headSent, false);
      reply.head(529, { 'x-route': 'caf\u00e9', 'content-length': 2, 'retry-after': 3 });
      reply.end(Buffer.from('ok'));
    });
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    const { date = '', ...headers } = Object.fromEntries(answer.headers);
    assert.equal(answer.status, 529);
    assert.ok(Math.abs(Date.parse(date) - Date.now()) < 60_000, date);
    assert.deepEqual(headers, {
      'x-route': 'caf\u00e9',
      'content-length': '2',
      'retry-after': '3',
      connection: 'keep-alive',
      ...(name === 'node:http' ? { 'keep-alive': 'timeout=5' } : { 'keep-alive': 'timeout=75' }),
    });
    assert.equal(await answer.text(), 'ok');
  });

  test(
    `an answer without a body is over with its head, and nothing follows an answer, by ${name}`,
    inTime,
    async (t) => {
      const { port } = await serve(t, way, { turn: busyTurn() }, (reply) => {
        reply.head(asked === 'DELETE' ? 204 : 200, asked === 'GET' ? { 'content-length': 5 } : {});
        reply.end(asked === 'DELETE' ? undefined : Buffer.from('hello'));
        reply.end();
        reply.write(Buffer.from('and more'));
      });
      const client = connect(port, '127.0.0.1');
      t.after(() => client.destroy());
      let asked = '';
      let heard = '';
      client.on('data', (piece) => {
        heard += piece.toString();
      });
      const heads: string[] = [];
      for (asked of ['HEAD', 'DELETE', 'GET']) {
        heard = '';
        client.write(`${asked} / HTTP/1.1\r\nhost: x\r\n\r\n`);
        while (!heard.includes('\r\n\r\n') || (asked === 'GET' && !heard.endsWith('hello'))) await once(client, 'data');
        heads.push(heard.replace(/\r\n.*?\r\n\r\n/s, ' '));
      }
      assert.deepEqual(heads, ['HTTP/1.1 200 OK ', 'HTTP/1.1 204 No Content ', 'HTTP/1.1 200 OK hello']);
    },
  );

  test(`the last answer of a connection ends it by ${name}`, inTime, async (t) => {
    const { port } = await serve(t, way, { turn: busyTurn() }, (reply) => {
      reply.last();
      reply.head(200, { 'content-length': 100_000 });
      reply.end(Buffer.alloc(100_000, 'z'));
    });
    const client = connect(port, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    let got = '';
    for await (const piece of client) got += String(piece);
    assert.match(got, /\r\nconnection: close\r\n/i);
    assert.equal(got.split('\r\n\r\n')[1]?.length, 100_000);
  });
}

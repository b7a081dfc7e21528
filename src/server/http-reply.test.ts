import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { Turn } from '../upstream/turn.ts';
import { HttpReply } from './http-reply.ts';

test('a client that does not take the rest of its answer is given up', { timeout: 20_000 }, async (t) => {
  let gone = false;
  const server = createServer((_request, response) => {
    const reply = new HttpReply(response, new Turn(), undefined, 100);
    reply.onGone(() => {
      gone = true;
    });
    reply.head(200, {});
    reply.write(Buffer.alloc(32 * 1024 * 1024));
    reply.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  t.after(() => client.destroy());
  client.pause();
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  const [socket] = (await once(server, 'connection')) as [Socket];
  await once(socket, 'close');
  assert.equal(gone, true);
});

/** A turn in which writing is put off. */
function busyTurn(): Turn {
  const turn = new Turn();
  for (let i = 0; i < 10; i++) turn.enter();
  return turn;
}

/** What clients get of replies that `answer` gives, in the form and in the order in which they come. */
async function answersOf(turn: Turn, answer: (reply: HttpReply) => void, connections: number): Promise<string[]> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(new HttpReply(response, turn)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  try {
    const ask = async (): Promise<string> => (await fetch(url, { method: 'POST', body: 'x' })).text();
    const first = await Promise.all(Array.from({ length: connections }, ask));
    return [...first, ...(await Promise.all(Array.from({ length: connections }, ask)))];
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

for (const [name, turn] of [
  ['at once', new Turn()],
  ['at the end of the turn', busyTurn()],
] as const) {
  test(`whole answers arrive, written ${name}`, async () => {
    const body = Buffer.from('x'.repeat(5000));
    const answers = await answersOf(
      turn,
      (reply) => {
        reply.head(200, { 'content-length': body.length });
        reply.end(body);
        assert.ok(reply.headSent);
      },
      5,
    );
    assert.deepEqual(
      answers,
      Array.from({ length: 10 }, () => body.toString()),
    );
  });

  test(`pieces of a stream keep their order, small and large, written ${name}`, async () => {
    const pieces = ['a', 'b'.repeat(20_000), '', 'c', 'd'.repeat(70_000), 'e'];
    const answers = await answersOf(
      turn,
      (reply) => {
        reply.head(200, {});
        for (const piece of pieces.slice(0, 3)) reply.write(Buffer.from(piece));
        setImmediate(() => {
          for (const piece of pieces.slice(3, 5)) reply.write(Buffer.from(piece));
          setImmediate(() => reply.end(Buffer.from(pieces[5] as string)));
        });
      },
      5,
    );
    assert.deepEqual(
      answers,
      Array.from({ length: 10 }, () => pieces.join('')),
    );
  });
}

test('what is put off to the end of a turn does not wait for the end of the answer', { timeout: 20_000 }, async (t) => {
  const turn = busyTurn();
  const replies: HttpReply[] = [];
  const server = createServer((_request, response) => {
    const reply = new HttpReply(response, turn);
    replies.push(reply);
    reply.head(200, {});
    reply.write(Buffer.from('one'));
    setImmediate(() => reply.write(Buffer.from('two')));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { body } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  assert.ok(body !== null);
  let text = '';
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text === 'onetwo') replies[0]?.end();
  }
  assert.equal(text, 'onetwo');
});

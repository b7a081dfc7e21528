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

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createSender, type UpstreamRequest } from './send.ts';
import { sendWhole } from './whole.ts';

const timeouts = { connect: 0, firstByte: 0, idle: 0, total: 0 };

async function listen(t: TestContext, server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function setEnvironment(t: TestContext, values: { readonly [name: string]: string }): void {
  const before = { ...process.env };
  t.after(() => {
    process.env = before;
  });
  process.env = { ...before, ...values };
}

test('a sender that knows proxies goes through them, but for whom they are not', async (t) => {
  const server = createServer((request, response) => {
    response.write(`${request.url} ${request.headers['content-length']} `);
    request.pipe(response);
  });
  const origin = await listen(t, server);
  const asked: string[] = [];
  const proxy = createServer((request, response) => {
    asked.push(request.url ?? '');
    request.resume().on('end', () => response.end('by proxy'));
  });
  const url = await listen(t, proxy);
  setEnvironment(t, { http_proxy: url, HTTP_PROXY: url, no_proxy: '127.0.0.1', NO_PROXY: '127.0.0.1' });
  const sender = createSender({ proxied: true });
  t.after(() => sender.close());
  const request: UpstreamRequest = { method: 'POST', origin, path: '/a', headers: {}, timeouts };
  const bodies = [Buffer.from('whole'), [Buffer.from('in '), Buffer.from('pieces')]];

  const direct = await Promise.all(bodies.map((body) => sendWhole(sender, { ...request, body })));
  assert.deepEqual(
    direct.map(({ body }) => body.toString()),
    ['/a 5 whole', '/a 9 in pieces'],
  );
  assert.deepEqual(asked, []);

  const through = await sendWhole(sender, { ...request, origin: 'http://provider.test', body: Buffer.from('x') });
  assert.equal(through.body.toString(), 'by proxy');
  assert.deepEqual(asked, ['http://provider.test/a']);
});

test('what a proxied sender cannot do is told as any failure is', async (t) => {
  setEnvironment(t, { http_proxy: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' });
  const sender = createSender({ proxied: true });
  t.after(() => sender.close());
  const request: UpstreamRequest = { method: 'GET', origin: 'http://provider.test', path: '/', headers: {}, timeouts };
  await assert.rejects(sendWhole(sender, { ...request, headers: { 'a b': 'c' } }), /broke before it answered/);
  const aborted = sender.send(request, {
    head: () => assert.fail('an answer'),
    data: () => assert.fail('an answer'),
    end: () => assert.fail('an answer'),
    fail: () => assert.fail('nobody listens'),
  });
  aborted.abort();
  await sender.close();
});

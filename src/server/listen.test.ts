import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { GatewayError } from '../canon/error.ts';
import { listen } from './listen.ts';

async function listening(t: TestContext, host: string, port = 0): Promise<AddressInfo> {
  const server = createServer((socket) => socket.end('here'));
  t.after(() => server.close());
  await listen(server, { host, port });
  return server.address() as AddressInfo;
}

for (const host of ['127.0.0.1', '0.0.0.0', 'localhost', '::1']) {
  test(`a server accepts connections at ${host}`, async (t) => {
    const { port } = await listening(t, host).catch((error: unknown) => {
      if (host !== '::1') throw error;
      t.skip('this machine has no IPv6');
      return { port: 0 };
    });
    if (port === 0) return;
    const socket = connect(port, host === '0.0.0.0' ? '127.0.0.1' : host);
    const [said] = (await once(socket, 'data')) as [Buffer];
    assert.equal(String(said), 'here');
  });
}

for (const host of ['127.0.0.1', 'localhost']) {
  test(`a port of ${host} that is taken is told as such`, async (t) => {
    const { port } = await listening(t, host);
    await assert.rejects(listening(t, host, port), (error: unknown) => {
      assert.ok(error instanceof GatewayError);
      assert.equal(error.kind, 'conflict');
      assert.match(
        error.message,
        new RegExp(`^Port ${port} is taken\\. Stop what runs there, or choose another with --port\\.$`),
      );
      return true;
    });
  });
}

test('an address of another machine is told as such', async (t) => {
  await assert.rejects(listening(t, '192.0.2.1'), (error: unknown) => {
    assert.ok(error instanceof GatewayError);
    assert.equal(error.kind, 'permission');
    assert.match(
      error.message,
      /^Cannot listen on 192\.0\.2\.1:0 \(EADDRNOTAVAIL\)\. Choose another --host or --port\.$/,
    );
    return true;
  });
});

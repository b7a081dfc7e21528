import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { pick, type Random, randomFrom, some } from '../../upstream/http1/chance.ts';
import { readRequestHead } from './request-head.ts';

/** What a server has understood. */
interface Understood {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly length: number;
}

const lines = [
  ...Array<string>(6).fill('POST /v1/messages?beta=true HTTP/1.1'),
  'GET / HTTP/1.1',
  'HEAD / HTTP/1.1',
  'DELETE /v1/files/a%20b HTTP/1.1',
  'POST http://host/v1/messages HTTP/1.1',
  'POST /v1/messages HTTP/1.0',
  'POST /v1/messages HTTP/1.1 ',
  'POST  /v1/messages HTTP/1.1',
  'post /v1/messages HTTP/1.1',
  'POST /v1\tmessages HTTP/1.1',
  'POST /caf\xe9 HTTP/1.1',
  'POST /a#b HTTP/1.1',
  'CONNECT host:80 HTTP/1.1',
  'OPTIONS * HTTP/1.1',
];
const fields = [
  'content-type: application/json',
  'Content-Type:text/plain',
  'X-Thing:   padded \t ',
  'x-thing: again',
  'empty:',
  'latin: caf\xe9',
  'x-api-key: sk-1',
  'cookie: a=1; b=2',
  'connection: keep-alive',
  'Connection: Close',
  'connection: keep-alive, te',
  'te: trailers',
  'constructor: odd',
  '__proto__: odd',
  'content-length: 7',
  'Content-Length: 07',
  'content-length: +7',
  'content-length: 7, 7',
  'content-length : 7',
  'content-length:\v7',
  'transfer-encoding: chunked',
  'Transfer-Encoding: identity',
  'expect: 100-continue',
  'upgrade: h2c',
  ' folded: on',
  '\tfolded too',
  'bad name: x',
  'bad\x01: x',
  'value: \x01',
  'no colon',
  ': no name',
  'host: again',
];

/** The head of a request, as a client, or nobody, would write it. */
function request(random: Random): string {
  const own = some(random, 5, () => `${pick(random, fields)}\r\n`);
  const head = `${pick(random, lines)}\r\nhost: x\r\ncontent-length: 5\r\n${own}\r\n`;
  return random() < 0.3 ? damaged(random, head) : head;
}

function damaged(random: Random, text: string): string {
  const at = Math.floor(random() * text.length);
  const by = pick(random, ['', '\r', '\n', '\r\n', '\0', ' ', ':', '\x80', 'A', text.slice(at, at + 20)]);
  const left = at + Math.floor(random() * 3);
  return text.slice(0, at) + by + text.slice(left);
}

/** What node:http says to the same bytes. */
async function understoodByNode(heads: ReadonlyMap<Buffer, number>): Promise<(Understood | undefined)[]> {
  let heard: Understood | undefined;
  const server = createServer({ maxHeaderSize: 64 * 1024 }, (incoming, response) => {
    let length = 0;
    incoming.on('data', (bytes: Buffer) => {
      length += bytes.length;
    });
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      heard = { method, url, headers, length };
      response.setHeader('connection', 'close').end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const all: (Understood | undefined)[] = [];
  for (const [head, length] of heads) {
    heard = undefined;
    const socket = connect(port, '127.0.0.1');
    socket.resume().on('error', () => undefined);
    socket.write(Buffer.concat([head, Buffer.alloc(length, 'b')]));
    await once(socket, 'close');
    all.push(heard);
  }
  server.close();
  return all;
}

test('what is taken for a plain request is the same to node:http, in every word', { timeout: 60_000 }, async () => {
  const random = randomFrom(7);
  const plain = new Map<Buffer, number>();
  const mine: Understood[] = [];
  const tried = 20_000;
  for (let i = 0; i < tried; i++) {
    const bytes = Buffer.from(request(random), 'latin1');
    const head = readRequestHead(bytes);
    if (head === undefined) continue;
    const { method, url, headers, length, end } = head;
    // Damage may end the head before its time; what stands behind it is the body's.
    plain.set(bytes.subarray(0, end), length);
    mine.push({ method, url, headers, length });
  }
  assert.ok(mine.length > tried / 20 && mine.length < tried / 2, `${mine.length} were plain`);
  const theirs = await understoodByNode(plain);
  for (const [i, understood] of mine.entries()) {
    assert.deepEqual(theirs[i], understood, [...plain.keys()][i]?.toString('latin1') ?? '');
  }
});

const usual = 'POST /v1/messages HTTP/1.1\r\nhost: x\r\n';

for (const [what, head] of Object.entries({
  'no host': 'POST / HTTP/1.1\r\n\r\n',
  'a field twice': `${usual}x-a: 1\r\nX-A: 2\r\n\r\n`,
  'two lengths': `${usual}content-length: 1\r\ncontent-length: 1\r\n\r\n`,
  'a length and chunks': `${usual}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`,
  'a length that is no number': `${usual}content-length: 1x\r\n\r\n`,
  'a folded field': `${usual}x-a: 1\r\n x-b: 2\r\n\r\n`,
  'a space before the colon': `${usual}content-length : 5\r\n\r\n`,
  'a bare line feed': `${usual}x-a: 1\nx-b: 2\r\n\r\n`,
  'a bare carriage return': `${usual}x-a: 1\rx-b: 2\r\n\r\n`,
  'a body where there is none': 'GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n',
  'a connection of another sort': `${usual}connection: close, te\r\n\r\n`,
  'an upgrade': `${usual}connection: upgrade\r\nupgrade: websocket\r\n\r\n`,
  'a wish to be told to go on': `${usual}expect: 100-continue\r\n\r\n`,
  'another version': 'POST / HTTP/1.0\r\nhost: x\r\n\r\n',
  'a name that every object has': `${usual}__proto__: x\r\n\r\n`,
  'too many fields': `${usual}${Array.from({ length: 400 }, (_, i) => `x-${i}: 1\r\n`).join('')}\r\n`,
  'too large a head': `${usual}x-a: ${'x'.repeat(20_000)}\r\n\r\n`,
  'half a head': `${usual}x-a: 1\r\n`,
})) {
  test(`what may mean something else to somebody else is not plain: ${what}`, () => {
    assert.equal(readRequestHead(Buffer.from(head, 'latin1')), undefined);
  });
}

test('a large head is read like a small one', () => {
  for (const size of [10, 2030, 2040, 2045, 2046, 2047, 2048, 2100, 9000]) {
    const head = `${usual}content-length: 3\r\nx-a: ${'x'.repeat(size)}\r\n\r\n`;
    const read = readRequestHead(Buffer.from(`${head}abc`));
    assert.deepEqual([read?.headers['x-a']?.length, read?.end, read?.length], [size, head.length, 3]);
  }
});

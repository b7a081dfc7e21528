import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { clientKey, until } from './gateway-process.ts';
import { errorOf, outcomeOf } from './heard.ts';
import {
  clients,
  type Heard,
  type Language,
  maxBody,
  pairs,
  pathOf,
  type Station,
  startStation,
} from './weather-station.ts';

const authorization = `Bearer ${clientKey}`;

describe('what clients send', () => {
  let station: Station;
  before(async () => {
    station = await startStation();
  });
  after(() => station.close());

  const post = (client: Language, body: Buffer | string, headers = {}): Promise<Heard> =>
    station.post(pathOf[client], body, { authorization, ...headers });
  const refused = (client: Language, heard: Heard, status: number, wording: RegExp): void => {
    assert.equal(heard.status, status, heard.text.slice(0, 300));
    assert.match(errorOf(client, heard).message, wording);
  };

  for (const client of clients) {
    test(`${client}: bodies that are no JSON object`, async () => {
      for (const body of ['', '{', '{"model":', 'nonsense', '{"a":1}}', '{"model":"x\u0000"}']) {
        refused(client, await post(client, body), 400, /JSON/);
      }
      for (const body of ['[]', 'null', '7', '"text"', 'true'])
        refused(client, await post(client, body), 400, /object/);
    });

    test(`${client}: invalid UTF-8`, async () => {
      const { body } = station.prepare({ client, upstream: 'anthropic', stream: false });
      const at = body.indexOf('case-');
      refused(
        client,
        await post(client, Buffer.concat([body.subarray(0, at), Buffer.from([0xc3, 0x28]), body.subarray(at)])),
        400,
        /UTF-8/,
      );
    });

    test(`${client}: a model that nobody serves, and none`, async () => {
      const unknown = await post(
        client,
        JSON.stringify({ model: 'no-such-model', max_tokens: 5, messages: [{ role: 'user', content: 'Hi' }] }),
      );
      refused(client, unknown, 404, /no-such-model/);
      assert.equal(unknown.headers['x-should-retry'], 'false');
      refused(client, await post(client, JSON.stringify({ max_tokens: 5, messages: [] })), 400, /model/);
      refused(client, await post(client, JSON.stringify({ model: 7, max_tokens: 5, messages: [] })), 400, /model/);
    });

    test(`${client}: a wrong key and none`, async () => {
      const { body } = station.prepare({ client, upstream: 'anthropic', stream: false });
      const before = station.simulator.received;
      for (const headers of [
        { authorization: 'Bearer wrong' },
        { authorization: '', 'x-api-key': 'wrong' },
        { authorization: '' },
      ]) {
        const heard = await post(client, body, headers);
        refused(client, heard, 401, /key/i);
        assert.equal(heard.headers['x-should-retry'], 'false');
        if (client === 'anthropic') assert.equal(errorOf(client, heard).type, 'authentication_error');
      }
      assert.equal(station.simulator.received, before, 'a call without a key reached the upstream');
      const either = await post(client, body, { authorization: 'Bearer wrong', 'x-api-key': clientKey });
      assert.equal(either.status, 200, 'one right key of two is enough');
    });

    test(`${client}: a body that is too large, announced, unannounced and compressed`, async () => {
      const announced = await floodWith(station, client, { 'content-length': 100 * 1024 * 1024 });
      assert.match(announced.answer, /^HTTP\/1\.1 413 /);
      const unannounced = await floodWith(station, client, { 'transfer-encoding': 'chunked' });
      assert.match(unannounced.answer, /^HTTP\/1\.1 413 /);
      for (const { sent } of [announced, unannounced]) assert.ok(sent < 40 * 1024 * 1024, `${sent} bytes were taken`);
      const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024, 32));
      refused(client, await post(client, bomb, { 'content-encoding': 'gzip' }), 413, /larger/);
    });

    test(`${client}: compressed bodies, and broken ones`, async () => {
      const { body } = station.prepare({ client, upstream: 'openai-chat', stream: false, step: { parts: ['Read.'] } });
      const fine = await post(client, gzipSync(body), { 'content-encoding': 'gzip' });
      assert.equal(outcomeOf(client, fine).text, 'Read.');
      refused(client, await post(client, body, { 'content-encoding': 'gzip' }), 400, /gzip/);
      refused(client, await post(client, body, { 'content-encoding': 'rot13' }), 400, /rot13/);
    });

    test(`${client}: a client that leaves in the middle of its request`, async () => {
      const socket = await socketTo(station);
      const head = `POST ${pathOf[client]} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-length: 5000\r\n\r\n`;
      socket.write(`${head}{"model":"x","mess`);
      await until('the gateway has the head', () => socket.bytesWritten > 100);
      socket.destroy();
      assert.equal((await station.get('/health')).status, 200);
    });
  }

  for (const { client, upstream } of pairs) {
    const model = `simulated-${upstream}/some-model`;
    const good = { model, max_tokens: 50, messages: [{ role: 'user', content: 'Hi' }] };

    test(`${client} to ${upstream}: members of wrong types`, async () => {
      const wrong: readonly object[] = [
        { messages: 'Hi' },
        { messages: {} },
        { messages: undefined },
        { messages: [] },
        { messages: ['Hi'] },
        { messages: [null] },
        { messages: [{ role: 'user', content: 7 }] },
        { messages: [{ role: 'user', content: [7] }] },
        { messages: [{ role: 'user', content: [{ type: 'text', text: 5 }] }] },
        { messages: [{ role: 7, content: 'Hi' }] },
        { messages: [{ content: 'Hi' }] },
        { tools: { name: 'x' } },
        { tools: ['x'] },
        { tools: [{ name: 5 }] },
        { max_tokens: 'many' },
      ];
      for (const [index, members] of wrong.entries()) {
        const heard = await post(client, JSON.stringify({ ...good, ...members }));
        assert.equal(
          heard.status,
          400,
          `case ${index}, ${JSON.stringify(members)}: ${heard.status} ${heard.text.slice(0, 300)}`,
        );
        errorOf(client, heard);
      }
    });

    test(`${client} to ${upstream}: ten thousand messages`, async () => {
      const messages = Array.from({ length: 9_999 }, (_, index) => ({
        role: index % 2 === 0 ? 'user' : 'assistant',
        content: `message ${index}`,
      }));
      const heard = await post(client, JSON.stringify({ ...good, messages }));
      assert.equal(heard.status, 200, heard.text.slice(0, 300));
      const sent = station.simulator.requests.at(-1)?.json?.['messages'];
      assert.equal(Array.isArray(sent) ? sent.length : 0, 9_999);
    });

    test(`${client} to ${upstream}: nesting without end`, async () => {
      const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
      const text = JSON.stringify({ ...good, metadata: { user_id: 'DEEP' } }).replace('"DEEP"', deep);
      const heard = await post(client, text);
      assert.ok(heard.status === 200 || heard.status === 400, `${heard.status} ${heard.text.slice(0, 300)}`);
      const odd = JSON.stringify({ ...good, ['__proto__x']: 1 }).replace('__proto__x', '__proto__');
      assert.ok([200, 400].includes((await post(client, odd)).status));
    });
  }

  test('paths and methods that are not served', async () => {
    const nowhere = await station.post('/v1/nowhere', '{}', { authorization });
    assert.equal(nowhere.status, 404);
    assert.equal((await station.get('/v1/messages', { authorization })).status, 405);
    assert.equal((await station.get('/v1/models', {})).status, 401);
  });

  test('bytes that are no HTTP', async () => {
    const socket = await socketTo(station);
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    socket.write('\u0016\u0003\u0001 hello?\r\n\r\n');
    await until('an answer', () => answer !== '');
    assert.match(answer, /^HTTP\/1\.1 400 /);
    socket.destroy();
  });
});

function socketTo({ gateway }: Station): Promise<ReturnType<typeof connect>> {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Pours bytes into a request until it is answered; tells how many were taken, and the answer. */
async function floodWith(
  station: Station,
  client: Language,
  headers: Readonly<Record<string, string | number>>,
): Promise<{ readonly sent: number; readonly answer: string }> {
  const socket = await socketTo(station);
  socket.on('error', () => {});
  const lines = Object.entries({ host: 'x', authorization, 'content-type': 'application/json', ...headers });
  let answer = '';
  let over = false;
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1');
  });
  socket.on('close', () => {
    over = true;
  });
  socket.write(
    `POST ${pathOf[client]} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  );
  const piece = Buffer.alloc(64 * 1024, 97);
  const chunked = headers['transfer-encoding'] === 'chunked';
  const framed = chunked ? Buffer.concat([Buffer.from('10000\r\n'), piece, Buffer.from('\r\n')]) : piece;
  const pour = (): void => {
    while (!over && socket.writable && socket.bytesWritten < 100 * 1024 * 1024) {
      if (!socket.write(framed)) return;
    }
  };
  socket.on('drain', pour);
  pour();
  await until('the answer', () => answer.includes('\r\n\r\n'));
  const sent = socket.bytesWritten;
  assert.ok(maxBody < 100 * 1024 * 1024);
  socket.destroy();
  return { sent, answer };
}

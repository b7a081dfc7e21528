import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { beginStream, messageEnd, messageStart, startRaw } from './raw-upstream.ts';
import { anthropicHeaders, message, type Rig, startRig, until } from './rig.ts';

const body = JSON.stringify(message('hi', { stream: true }));

/** A gateway whose provider begins to answer, and ends when it is told to. */
async function rigInMidStream(t: TestContext, server: object): Promise<{ rig: Rig; end(): void }> {
  let end = (): void => undefined;
  const url = await startRaw(t, (response) => {
    beginStream(response, messageStart);
    end = () => response.end(messageEnd);
  });
  const rig = await startRig(t, {
    server: { port: 0, ...server },
    providers: { a: { speaks: 'anthropic', base_url: url, api_key: 'sk-secret' } },
    models: { '*': { to: 'a/*' } },
  });
  return { rig, end: () => end() };
}

test('a gateway that stops waits for its calls, and for no connection that is merely kept open', {
  timeout: 20_000,
}, async (t) => {
  const { rig, end } = await rigInMidStream(t, { shutdown_grace: '1h' });
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const headers = { 'content-type': 'application/json', ...anthropicHeaders };
  const sent = request(`${rig.url}/v1/messages`, { method: 'POST', agent, headers });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const stopped = rig.stop();
  end();
  let text = '';
  for await (const piece of answer) text += String(piece);
  assert.match(text, /message_stop/);
  await stopped;
});

for (const [way, request] of [
  ['plain', `content-length: ${body.length}\r\n\r\n${body}`],
  ['in chunks', `transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
]) {
  test(`bytes that are no HTTP do not get an answer in the middle of another, to a request ${way}`, async (t) => {
    const { rig, end } = await rigInMidStream(t, { shutdown_grace: '0s' });
    const { port, hostname } = new URL(rig.url);
    const socket = connect(Number(port), hostname);
    t.after(() => socket.destroy());
    let got = '';
    let closed = false;
    socket.on('data', (piece) => {
      got += piece.toString();
    });
    socket.on('close', () => {
      closed = true;
    });
    socket.on('error', () => undefined);
    socket.write(`POST /v1/messages HTTP/1.1\r\nhost: x\r\nanthropic-version: 2023-06-01\r\n${request}`);
    await until(() => got.includes('message_start'));
    socket.write('what is this?\r\n\r\n');
    // Where they are not looked at before the answer is over.
    if (way === 'plain') end();
    await until(() => closed);
    const [, first = '', second = '400', ...more] = got.split('HTTP/1.1 ');
    assert.equal(first.includes('message_stop'), way === 'plain', got);
    assert.deepEqual([second.slice(0, 3), more], ['400', []]);
  });
}

test('who is turned away at the door is told of, too', async (t) => {
  const rig = await startRig(t, {
    auth: { keys: ['sk-right-key'] },
    server: { port: 0, max_body: '1kb', shutdown_grace: '0s' },
    providers: { s: { kind: 'simulator' } },
  });
  const wrong = await rig.post('/v1/messages', message('hi'), { 'x-api-key': 'sk-wrong-key' });
  assert.equal(wrong.status, 401);
  const large = await rig.post('/v1/messages', message('x'.repeat(2000)), { 'x-api-key': 'sk-right-key' });
  assert.equal(large.status, 413);
  await until(() => rig.records.length === 2);
  assert.deepEqual(
    rig.records.map(({ status, error }) => [status, error]),
    [
      [401, 'authentication'],
      [413, 'too_large'],
    ],
  );
  assert.doesNotMatch(JSON.stringify(rig.records), /wrong-key|right-key/);
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  beginStream,
  messageEnd,
  messageStart,
  type RawAnswer,
  sendJson,
  startRaw,
  wholeMessage,
} from './raw-upstream.ts';
import { anthropicHeaders, message, type Rig, startRig, until } from './rig.ts';

/** A gateway before one provider that is tried under two names. */
async function rigBefore(t: TestContext, answer: RawAnswer): Promise<Rig> {
  const provider = { speaks: 'anthropic', base_url: await startRaw(t, answer), api_key: 'sk-secret' };
  return startRig(t, { providers: { a: provider, b: provider }, models: { '*': { to: ['a/*', 'b/*'] } } });
}

/** The provider takes it; our own reader, which is needed as soon as the answer cannot pass as it is, does not. */
const unreadable = { model: 'claude-x', stream: true, messages: [{ role: 'user', content: 'hi' }] };

test('a request that only the provider understands cannot bring the gateway down in mid-stream', async (t) => {
  let goOn = (): void => undefined;
  const rig = await rigBefore(t, (response) => {
    beginStream(response, messageStart);
    goOn = () => response.write('event: odd\ndata: nonsense\n\n');
  });
  const answer = await rig.post('/v1/messages', unreadable, anthropicHeaders);
  assert.equal(answer.status, 200);
  goOn();
  await assert.rejects(answer.text(), 'a broken answer must not look like a whole one');
  await until(() => rig.records.length === 1);
  assert.equal(rig.records[0]?.error, 'invalid_request');
  assert.equal((await rig.get('/health')).status, 200);
});

test('nor leave its client without an answer', { timeout: 10_000 }, async (t) => {
  const rig = await rigBefore(t, (response) => sendJson(response, 200, wholeMessage));
  const answer = await rig.post('/v1/messages', unreadable, anthropicHeaders);
  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /max_tokens/);
});

test('a failure that another target made good is none', async (t) => {
  const error = { type: 'error', error: { type: 'overloaded_error', message: 'busy' } };
  let calls = 0;
  const rig = await rigBefore(t, (response) => {
    calls += 1;
    if (calls > 1) beginStream(response, messageStart, messageEnd);
    else beginStream(response, `event: error\ndata: ${JSON.stringify(error)}\n\n`);
    response.end();
  });
  const answer = await rig.post('/v1/messages', message('hi', { stream: true }), anthropicHeaders);
  assert.match(await answer.text(), /message_stop/);
  await until(() => rig.records.length === 1);
  assert.equal(rig.records[0]?.provider, 'b');
  assert.equal(rig.records[0]?.error, undefined);
  assert.equal(rig.records[0]?.usage.output, 2);
});

test('a connection that breaks after the end has broken nothing', async (t) => {
  const rig = await rigBefore(t, (response) => {
    beginStream(response, messageStart, messageEnd);
    setImmediate(() => response.destroy());
  });
  const answer = await rig.post('/v1/messages', message('hi', { stream: true }), anthropicHeaders);
  const text = await answer.text();
  assert.match(text, /message_stop/);
  assert.doesNotMatch(text, /event: error/);
  await until(() => rig.records.length === 1);
  assert.equal(rig.records[0]?.error, undefined);
});

test('a credential that cannot be had leaves the next target its chance', async (t) => {
  const host = await startRaw(t, (response) => sendJson(response, 500, { error: 'no tokens today' }));
  const other = await startRaw(t, (response) => sendJson(response, 200, wholeMessage));
  const rig = await startRig(t, {
    providers: {
      bricks: { kind: 'databricks', host, client_id: 'id-1', client_secret: 'secret-1' },
      a: { speaks: 'anthropic', base_url: other, api_key: 'sk-secret' },
    },
    models: { '*': { to: ['bricks/databricks-claude', 'a/*'] } },
  });
  const answer = await rig.post('/v1/messages', message('hi'), anthropicHeaders);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('x-dragoman-route') ?? '', /^a\//);
});

test('a prompt to be counted that names its model twice is the fault of whoever sent it', async (t) => {
  const rig = await rigBefore(t, (response) => sendJson(response, 404, {}));
  const body = '{"model":"x","model":"y","messages":[{"role":"user","content":"hi"}]}';
  for (const path of ['/v1/messages', '/v1/messages/count_tokens']) {
    const answer = await rig.post(path, body, anthropicHeaders);
    assert.equal(answer.status, 400, path);
    assert.match(await answer.text(), /stands twice/);
  }
});

test('a provider that does not close after the end does not keep the client waiting', {
  timeout: 30_000,
}, async (t) => {
  let closed = false;
  const rig = await rigBefore(t, (response) => {
    beginStream(response, messageStart, messageEnd);
    response.on('close', () => {
      closed = true;
    });
  });
  for (const path of ['/v1/messages', '/v1/chat/completions']) {
    closed = false;
    const answer = await rig.post(path, message('hi', { stream: true }), anthropicHeaders);
    const text = await answer.text();
    assert.match(text, path === '/v1/messages' ? /message_stop/ : /\[DONE\]/);
    assert.doesNotMatch(text, /error/);
    await until(() => closed);
  }
});

test('a redirection is the fault of the address, not of the request, and is not followed', async (t) => {
  for (const speaks of ['anthropic', 'openai-chat']) {
    const url = await startRaw(t, (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
    const rig = await startRig(t, {
      providers: { a: { speaks, base_url: url, api_key: 'sk-secret' } },
      models: { '*': { to: 'a/*' } },
    });
    const answer = await rig.post('/v1/messages', message('hi'), anthropicHeaders);
    assert.ok(answer.status >= 500, `${speaks}: ${answer.status}`);
    assert.equal(answer.headers.get('location'), null);
  }
});

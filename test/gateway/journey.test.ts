import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sendJson, startRaw, wholeMessage } from './raw-upstream.ts';
import { anthropicHeaders, message, startRig, until } from './rig.ts';

const refusal = (type: string): object => ({ type: 'error', error: { type, message: 'Not now.' } });
const provider = (base_url: string): object => ({ speaks: 'anthropic', base_url, api_key: 'k' });

test('a call is tried again after a while, and not before its provider wants it', async (t) => {
  const asked: number[] = [];
  const url = await startRaw(t, (response) => {
    asked.push(performance.now());
    if (asked.length > 1) return sendJson(response, 200, wholeMessage);
    response.setHeader('retry-after-ms', '300');
    sendJson(response, 529, refusal('overloaded_error'));
  });
  const rig = await startRig(t, {
    providers: { one: provider(url) },
    models: { 'claude-test': 'one/m' },
    retries: { most: 1, base: '1ms' },
  });
  const response = await rig.post('/v1/messages', message('Hello'), anthropicHeaders);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('x-dragoman-failed'), 'one/m overloaded');
  assert.equal(asked.length, 2);
  assert.ok((asked[1] ?? 0) - (asked[0] ?? 0) >= 300, 'it was asked again too early');
  await until(() => rig.records.length === 1);
  const [record] = rig.records;
  const { at = Number.NaN, ms } = record?.failures?.[0] ?? { ms: Number.NaN };
  assert.ok(at >= 0 && ms >= 0 && at + ms <= (record?.ms ?? 0) + 1, `sent after ${at} ms, failed after ${ms} more`);
});

test('a client that leaves while another try is waited for is told of as gone, and nobody is asked again', async (t) => {
  let asked = 0;
  const url = await startRaw(t, (response) => {
    asked += 1;
    response.setHeader('retry-after', '9');
    sendJson(response, 529, refusal('overloaded_error'));
  });
  const rig = await startRig(t, {
    providers: { one: provider(url) },
    models: { 'claude-test': 'one/m' },
    retries: { most: 3 },
  });
  const leaving = new AbortController();
  const call = fetch(`${rig.url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...anthropicHeaders },
    body: JSON.stringify(message('Hello')),
    signal: leaving.signal,
  });
  await until(() => asked === 1);
  leaving.abort();
  await assert.rejects(call);
  await until(() => rig.records.length === 1);
  assert.equal(rig.records[0]?.error, 'client_gone');
  assert.equal(asked, 1);
});

test('all calls together may cause only so many retries', async (t) => {
  let asked = 0;
  const url = await startRaw(t, (response) => {
    asked += 1;
    sendJson(response, 500, refusal('api_error'));
  });
  const rig = await startRig(t, {
    providers: { one: provider(url) },
    models: { 'claude-test': 'one/m' },
    retries: { most: 3, base: '1ms', max: '1ms', share: 0, least: 2 },
    breaker: { failures: 100 },
  });
  const tries: number[] = [];
  for (let i = 0; i < 2; i++) {
    const before = asked;
    assert.equal((await rig.post('/v1/messages', message('Hello'), anthropicHeaders)).status, 500);
    tries.push(asked - before);
  }
  assert.deepEqual(tries, [3, 1]);
});

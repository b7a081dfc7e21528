import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginStream, messageStart, sendJson, startRaw } from './raw-upstream.ts';
import { anthropicHeaders, chat, message, startRig, until } from './rig.ts';

const json = { 'content-type': 'application/json' };

test('what a client has used that leaves in the middle is counted', async (t) => {
  const url = await startRaw(t, (response) => beginStream(response, messageStart));
  const rig = await startRig(t, {
    providers: { a: { speaks: 'anthropic', base_url: url, api_key: 'sk-secret' } },
    models: { '*': { to: 'a/*' } },
  });
  const leave = new AbortController();
  const answer = await fetch(`${rig.url}/v1/messages`, {
    method: 'POST',
    headers: { ...json, ...anthropicHeaders },
    body: JSON.stringify(message('hi', { stream: true })),
    signal: leave.signal,
  });
  await answer.body?.getReader().read();
  leave.abort();
  await until(() => rig.records.length === 1);
  assert.equal(rig.records[0]?.error, 'client_gone');
  assert.equal(rig.records[0]?.carriage, 'passed');
  assert.equal(rig.records[0]?.usage.input, 7);
});

test('a client that leaves before the answer has proved nothing of the provider', async (t) => {
  const asked: string[] = [];
  const leave = new AbortController();
  const url = await startRaw(t, (response, body) => {
    asked.push((JSON.parse(body) as { model: string }).model);
    // The second call stays without an answer: it is the one under the other name.
    if (asked.length === 2) leave.abort();
    else sendJson(response, 404, { error: { message: 'not a valid model ID', code: 404 } });
  });
  const rig = await startRig(t, {
    providers: { r: { kind: 'openrouter', base_url: `${url}/api/v1`, api_key: 'sk-secret' } },
    models: { '*': { to: 'r/*' } },
  });
  const body = chat('hi', { model: 'anthropic/claude-opus-4-8' });
  await assert.rejects(
    fetch(`${rig.url}/v1/chat/completions`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify(body),
      signal: leave.signal,
    }),
  );
  await until(() => rig.records.length === 1);
  assert.deepEqual(rig.records[0]?.healed, []);
  await rig.post('/v1/chat/completions', body);
  assert.equal(asked[2], 'anthropic/claude-opus-4-8');
});

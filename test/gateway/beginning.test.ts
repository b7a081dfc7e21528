import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageEnd, messageStart, type RawAnswer, sendJson, startRaw } from './raw-upstream.ts';
import { anthropicHeaders, chat, message, startRig } from './rig.ts';

const page = '<!DOCTYPE html>\n<html>\n\n<body>Bad gateway</body>\n\n</html>\n\n';
const refusal = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';

for (const [speaks, path, body] of [
  ['anthropic', '/v1/messages', message('hi', { stream: true })],
  ['openai-chat', '/v1/chat/completions', chat('hi', { stream: true })],
] as const) {
  test(`${speaks}: a web page that calls itself a stream is an error, not an answer`, async (t) => {
    const url = await startRaw(t, (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(page);
    });
    const rig = await startRig(t, { providers: { p: { speaks, base_url: url } }, models: { '*': { to: 'p/*' } } });
    const answer = await rig.post(path, body, anthropicHeaders);
    assert.equal(answer.status, 502);
    assert.doesNotMatch(await answer.text(), /DOCTYPE|<body>/);
  });
}

test('an error behind comments still becomes a status', async (t) => {
  const url = await startRaw(t, (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': one moment\n\n');
    setImmediate(() => response.end(refusal));
  });
  const rig = await startRig(t, {
    providers: { p: { speaks: 'anthropic', base_url: url } },
    models: { '*': { to: 'p/*' } },
  });
  const answer = await rig.post('/v1/messages', message('hi', { stream: true }), anthropicHeaders);
  assert.equal(answer.status, 529);
});

test('comments before an answer leave with it, untouched; a stream needs no content type', async (t) => {
  const stream = `: one moment\n\n${messageStart}${messageEnd}`;
  const url = await startRaw(t, (response) => {
    response.writeHead(200);
    response.end(stream);
  });
  const rig = await startRig(t, {
    providers: { p: { speaks: 'anthropic', base_url: url } },
    models: { '*': { to: 'p/*' } },
  });
  const answer = await rig.post('/v1/messages', message('hi', { stream: true }), anthropicHeaders);
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), stream);
});

test('a field that was taken out in vain is given again in the next call', async (t) => {
  const fields: boolean[] = [];
  const answer: RawAnswer = (response, body) => {
    const asked = JSON.parse(body) as { metadata?: unknown };
    fields.push(asked.metadata !== undefined);
    const what = asked.metadata === undefined ? 'something else is wrong' : 'metadata: Extra inputs are not permitted';
    sendJson(response, 400, { type: 'error', error: { type: 'invalid_request_error', message: what } });
  };
  const url = await startRaw(t, answer);
  const rig = await startRig(t, {
    providers: { p: { speaks: 'anthropic', base_url: url } },
    models: { '*': { to: 'p/*' } },
  });
  for (let i = 0; i < 2; i++) {
    assert.equal((await rig.post('/v1/messages', message('hi', { metadata: {} }), anthropicHeaders)).status, 400);
  }
  assert.deepEqual(fields, [true, false, true, false]);
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type RawAnswer, sendJson, startRaw, wholeMessage } from './raw-upstream.ts';
import { anthropicHeaders, message, type Rig, startRig, until } from './rig.ts';

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } };

const well: RawAnswer = (response) => sendJson(response, 200, wholeMessage);
const error = (kind: string, text: string): object => ({ type: 'error', error: { type: kind, message: text } });

async function provider(t: TestContext, answer: RawAnswer, more: object = {}): Promise<object> {
  return { speaks: 'anthropic', base_url: await startRaw(t, answer), api_key: 'k', ...more };
}

/** Who answered each of some calls. */
async function answeredBy(
  rig: Rig,
  count: number,
  body: object,
  session: (i: number) => string | undefined,
): Promise<string[]> {
  const before = rig.records.length;
  for (let i = 0; i < count; i++) {
    const name = session(i);
    const headers = name === undefined ? {} : { 'x-claude-code-session-id': name };
    const answer = await rig.post('/v1/messages', body, { ...anthropicHeaders, ...headers });
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
  }
  await until(() => rig.records.length === before + count);
  return rig.records.slice(before).map((record) => record.provider ?? '');
}

test('several keys share the calls, and one that is refused costs none of them', async (t) => {
  const shown: (string | undefined)[] = [];
  const keyed = await provider(
    t,
    (response, body) => {
      const key = response.req.headers['x-api-key'];
      shown.push(String(key));
      if (key === 'k2') sendJson(response, 401, error('authentication_error', 'invalid x-api-key'));
      else well(response, body);
    },
    { api_key: ['k1', 'k2', 'k3'] },
  );
  const rig = await startRig(t, { providers: { p: keyed }, models: { '*': 'p/*' } });
  const names = await answeredBy(rig, 40, message('hi'), (i) => `session-${i}`);
  assert.deepEqual(new Set(names), new Set(['p', 'p#3']));
  const refused = shown.filter((key) => key === 'k2').length;
  assert.ok(refused > 0 && refused < 10, `a key that is refused is left alone after a while: ${refused} calls`);
  const routes = new Set(rig.records.map(({ failures }) => failures?.[0]?.provider));
  assert.deepEqual(routes, new Set([undefined, 'p#2']));
});

test('a session stays with its target, sessions are spread by weight', async (t) => {
  const providers = { a: await provider(t, well), b: await provider(t, well) };
  const models = {
    m: [
      { target: 'a/x', weight: 3 },
      { target: 'b/x', weight: 1 },
    ],
  };
  const rig = await startRig(t, { providers, models });
  const asked = message('hi', { model: 'm' });
  const names = await answeredBy(rig, 60, asked, (i) => `session-${i % 20}`);
  for (let i = 20; i < 60; i++) assert.equal(names[i], names[i - 20]);
  const first = names.slice(0, 20).filter((name) => name === 'a').length;
  assert.ok(first >= 9 && first < 20, String(first));
  const unnamed = await answeredBy(rig, 3, message('a conversation of its own', { model: 'm' }), () => undefined);
  assert.equal(new Set(unnamed).size, 1, 'a conversation is known by its beginning');
});

test('a call with a picture goes to who can see, any other call to the first', async (t) => {
  const providers = { blind: await provider(t, well, { quirks: { images: false } }), seeing: await provider(t, well) };
  const rig = await startRig(t, { providers, models: { '*': ['blind/*', 'seeing/*'] } });
  const seen = message('what is this?', { messages: [{ role: 'user', content: [picture] }] });
  assert.deepEqual(await answeredBy(rig, 1, seen, () => undefined), ['seeing']);
  assert.deepEqual(await answeredBy(rig, 1, message('hi'), () => undefined), ['blind']);
});

test('what a target refuses goes elsewhere at once, and is not sent to it again', async (t) => {
  let asked = 0;
  const toolless = await provider(t, (response, body) => {
    if (!body.includes('"tools"')) return well(response, body);
    asked += 1;
    sendJson(response, 400, error('invalid_request_error', 'm does not support tools'));
  });
  const providers = { toolless, able: await provider(t, well) };
  const rig = await startRig(t, { providers, models: { '*': ['toolless/*', 'able/*'] } });
  const tools = [{ name: 'f', input_schema: { type: 'object' } }];
  assert.deepEqual(await answeredBy(rig, 3, message('hi', { tools }), () => undefined), ['able', 'able', 'able']);
  assert.equal(asked, 1);
  assert.deepEqual(await answeredBy(rig, 1, message('hi'), () => undefined), ['toolless']);
});

test('conditions keep calls away from a target', async (t) => {
  const providers = { small: await provider(t, well), large: await provider(t, well) };
  const models = { m: [{ target: 'small/x', when: { max_input: 1000 } }, 'large/x'] };
  const rig = await startRig(t, { providers, models });
  assert.deepEqual(await answeredBy(rig, 1, message('hi', { model: 'm' }), () => undefined), ['small']);
  assert.deepEqual(await answeredBy(rig, 1, message('long '.repeat(1000), { model: 'm' }), () => undefined), ['large']);
});

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type Simulator, startSimulator } from '../index.ts';
import { type JsonObject, objectOf } from '../json.ts';
import { eventsIn, refusalOf } from '../probe.ts';

const KEY = 'ya29.token';
const BASE = '/projects/p/locations/us-east5/publishers/anthropic/models';
const BODY: JsonObject = {
  anthropic_version: 'vertex-2023-10-16',
  max_tokens: 500,
  messages: [{ role: 'user', content: 'hi' }],
};

let simulator: Simulator;
before(async () => {
  simulator = await startSimulator({ requireKey: KEY });
});
after(() => simulator.close());
beforeEach(() => simulator.play({ steps: [{ parts: [{ think: 'hm' }, 'hello'], usage: { input: 5, output: 7 } }] }));

function post(path: string, body: JsonObject, key = KEY): Promise<Response> {
  return fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'anthropic-beta': 'a-2026-01-01' },
    body: JSON.stringify(body),
  });
}

describe('Claude by Vertex', () => {
  for (const prefix of ['', '/v1']) {
    test(`answers whole, at "${prefix}"`, async () => {
      const answer = objectOf(await (await post(`${prefix}${BASE}/claude-x@20260101:rawPredict`, BODY)).json());
      assert.deepEqual([answer.type, answer.model], ['message', 'claude-x@20260101']);
    });
  }

  test('streams as Anthropic does, of a model with a colon in its name', async () => {
    const answer = await post(`/v1${BASE}/claude-x:1:streamRawPredict`, { ...BODY, stream: true });
    assert.equal(answer.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    const events = eventsIn(await answer.text());
    assert.equal(objectOf(objectOf(JSON.parse(events[0]?.data ?? '')).message).model, 'claude-x:1');
    assert.equal(events.at(-1)?.event, 'message_stop');
  });

  test('counts tokens of the model that the body names', async () => {
    const { max_tokens: _most, ...counted } = BODY;
    const answer = await post(`/v1${BASE}/count-tokens:rawPredict`, { ...counted, model: 'claude-x' });
    assert.ok(Number(objectOf(await answer.json()).input_tokens) > 0);
  });

  test('its door speaks Google’s words, its model Anthropic’s', async () => {
    const refused = await post(`/v1${BASE}/claude-x:rawPredict`, BODY, 'no');
    assert.equal(refused.status, 401);
    assert.equal(objectOf(objectOf(await refused.json()).error).status, 'UNAUTHENTICATED');
    simulator.play({ steps: [{ faults: [{ kind: 'status', status: 429 }] }] });
    const limited = objectOf(await (await post(`/v1${BASE}/claude-x:rawPredict`, BODY)).json());
    assert.deepEqual(limited.error, {
      code: 429,
      message: 'Resource exhausted. Please try again later.',
      status: 'RESOURCE_EXHAUSTED',
    });
    const wrong = objectOf(await (await post(`/v1${BASE}/claude-x:rawPredict`, { ...BODY, foo: 1 })).json());
    assert.deepEqual(wrong.error, { type: 'invalid_request_error', message: 'foo: Extra inputs are not permitted' });
  });

  const refused: readonly (readonly [string, JsonObject, RegExp])[] = [
    ['no version', { ...BODY, anthropic_version: undefined }, /anthropic_version: Field required/],
    ['the version of another cloud', { ...BODY, anthropic_version: 'bedrock-2023-05-31' }, /is not a valid version/],
    ['a model in the body', { ...BODY, model: 'm' }, /^model: Extra inputs are not permitted/],
    ['what Anthropic refuses', { ...BODY, messages: [] }, /at least one message is required/],
  ];
  for (const [name, body, message] of refused) {
    test(`it refuses ${name}`, () => assert.match(refusalOf('vertex-anthropic', body)?.message ?? '', message));
  }

  test('it takes the newest version, with its rules', () => {
    const newest = { ...BODY, anthropic_version: '2026-10-21' };
    assert.equal(refusalOf('vertex-anthropic', newest), undefined);
    assert.match(refusalOf('vertex-anthropic', { ...newest, temperature: 1 })?.message ?? '', /^temperature: Extra/);
  });
});

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type Simulator, startSimulator } from '../index.ts';
import { type JsonObject, listOf, objectOf } from '../json.ts';
import { encodeEvent } from './event-stream.ts';

let simulator: Simulator;
before(async () => {
  simulator = await startSimulator();
});
after(() => simulator.close());
beforeEach(() => simulator.play({}));

const HI = { messages: [{ role: 'user', content: [{ text: 'hi' }] }] };
const CLAUDE = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };

function post(path: string, body: JsonObject): Promise<Response> {
  return fetch(`${simulator.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
}

async function bytesOf(answer: Response): Promise<Buffer> {
  return Buffer.from(await answer.arrayBuffer());
}

describe('Bedrock over HTTP', () => {
  test('a stream has the content type of its framing', async () => {
    const answer = await post('/model/anthropic.claude-x/converse-stream', HI);
    assert.equal(answer.headers.get('content-type'), 'application/vnd.amazon.eventstream');
    assert.ok(answer.headers.get('x-amzn-requestid'));
    const bytes = await bytesOf(answer);
    assert.equal(bytes.readUInt32BE(0) < bytes.length, true);
  });

  test('a model has its name from the path, however it is written', async () => {
    simulator.play({
      steps: [{ when: { model: 'arn:aws:bedrock:x:1:profile/a.claude-b:0' }, times: 'always', parts: ['me'] }],
    });
    const name = 'arn:aws:bedrock:x:1:profile/a.claude-b:0';
    for (const model of [name, encodeURIComponent(name)]) {
      const answer = objectOf(await (await post(`/model/${model}/converse`, HI)).json());
      assert.deepEqual(objectOf(objectOf(answer.output).message).content, [{ text: 'me' }]);
    }
  });

  test('an error has its kind in a header', async () => {
    const answer = await post('/model/anthropic.claude-x/converse', { ...HI, foo: 1 });
    assert.equal(answer.status, 400);
    assert.equal(answer.headers.get('x-amzn-errortype'), 'ValidationException');
    assert.deepEqual(Object.keys(objectOf(await answer.json())), ['message']);
  });

  test('the lists of models and profiles', async () => {
    simulator.play({ models: ['us.anthropic.claude-opus-5-5'] });
    const models = objectOf(await (await fetch(`${simulator.url}/foundation-models`)).json());
    assert.equal(objectOf(listOf(models.modelSummaries)[0]).modelId, 'us.anthropic.claude-opus-5-5');
    const url = `${simulator.url}/inference-profiles`;
    const profiles = objectOf(await (await fetch(`${url}?type=SYSTEM_DEFINED`)).json());
    const [profile] = listOf(profiles.inferenceProfileSummaries).map(objectOf);
    assert.deepEqual([profile?.inferenceProfileId, profile?.type], ['us.anthropic.claude-opus-5-5', 'SYSTEM_DEFINED']);
    const own = objectOf(await (await fetch(`${url}?type=APPLICATION`)).json());
    assert.deepEqual(own, { inferenceProfileSummaries: [] });
    assert.equal((await fetch(`${url}/us.anthropic.claude-opus-5-5`)).status, 200);
    const headers = { authorization: 'AWS4-HMAC-SHA256 x', 'anthropic-version': '2023-06-01' };
    const signed = objectOf(await (await fetch(`${url}?type=SYSTEM_DEFINED`, { headers })).json());
    assert.deepEqual(signed, profiles);
    const missing = await fetch(`${url}/other`);
    assert.deepEqual([missing.status, missing.headers.get('x-amzn-errortype')], [404, 'ResourceNotFoundException']);
  });

  test('a malformed event is framed well', async () => {
    simulator.play({ steps: [{ parts: ['hello'], faults: [{ kind: 'malformed', at: { event: 1 } }] }] });
    const bytes = await bytesOf(await post('/model/anthropic.claude-x/converse-stream', HI));
    const broken = encodeEvent('contentBlockDelta', '{"contentBlockIndex":0,"delta":{"te');
    assert.equal(bytes.indexOf(broken), bytes.readUInt32BE(0));
  });

  test('a stream may break off in the middle of a frame', async () => {
    simulator.play({
      steps: [{ parts: ['hello'], slice: 5, faults: [{ kind: 'cut', at: { byte: 77 }, how: 'end' }] }],
    });
    const bytes = await bytesOf(await post('/model/anthropic.claude-x/converse-stream', HI));
    assert.equal(bytes.length, 77);
  });

  test('a constant answer is the same in both of its languages', async () => {
    simulator.play({ constant: { parts: ['always'] } });
    assert.match((await bytesOf(await post('/model/m/converse-stream', HI))).toString('latin1'), /always/);
    assert.match(await (await post('/model/m/invoke', CLAUDE)).text(), /always/);
  });
});

test('what Bedrock does not do is told in its words', async () => {
  const answer = await post('/model/anthropic.claude-x/sing', HI);
  assert.deepEqual([answer.status, answer.headers.get('x-amzn-errortype')], [404, 'ResourceNotFoundException']);
});

describe('InvokeModel over HTTP', () => {
  test('a chunk holds one event, an exception ends the stream', async () => {
    const fault = { kind: 'error', at: { event: 2 }, status: 503, message: 'gone' } as const;
    simulator.play({ steps: [{ parts: ['hello'], faults: [fault] }] });
    const answer = await post('/model/anthropic.claude-x/invoke-with-response-stream', CLAUDE);
    const text = (await bytesOf(answer)).toString('latin1');
    const [first = ''] = /"bytes":"[^"]+"/.exec(text) ?? [];
    const event = objectOf(JSON.parse(Buffer.from(first.slice(9, -1), 'base64').toString()));
    assert.deepEqual([event.type, objectOf(event.message).model], ['message_start', 'anthropic.claude-x']);
    assert.match(text, /serviceUnavailableException.*\{"message":"gone"\}/s);
    assert.equal(text.match(/"bytes"/g)?.length, 2);
  });

  test('a whole answer is Anthropic’s', async () => {
    const answer = objectOf(await (await post('/model/anthropic.claude-x/invoke', CLAUDE)).json());
    assert.deepEqual([answer.type, answer.role], ['message', 'assistant']);
  });
});

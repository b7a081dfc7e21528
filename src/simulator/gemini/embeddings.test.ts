import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApiError, GoogleGenAI } from '@google/genai';
import { type Simulator, startSimulator } from '../index.ts';

let simulator: Simulator;
before(async () => {
  simulator = await startSimulator();
});
after(() => simulator.close());

function api(): GoogleGenAI {
  return new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: simulator.url } });
}

function vertex(): GoogleGenAI {
  return new GoogleGenAI({ vertexai: true, apiKey: 'k', httpOptions: { baseUrl: simulator.url } });
}

test("Google's client reads vectors of both services", async () => {
  const config = { outputDimensionality: 4, taskType: 'RETRIEVAL_QUERY' };
  const batch = await api().models.embedContent({ model: 'gemini-embedding-001', contents: ['a', 'b'], config });
  const predicted = await vertex().models.embedContent({ model: 'text-embedding-005', contents: ['a', 'b'], config });
  const newer = await vertex().models.embedContent({ model: 'gemini-embedding-2', contents: 'a', config });
  const values = [batch, predicted, newer].map(({ embeddings }) => embeddings?.map((each) => each.values));
  assert.deepEqual(values[0], values[1]);
  assert.deepEqual(values[2], values[0]?.slice(0, 1));
  assert.deepEqual(
    values[0]?.map((each) => each?.length),
    [4, 4],
  );
  assert.equal(predicted.embeddings?.[0]?.statistics?.tokenCount, 1);
  const plain = await api().models.embedContent({ model: 'm', contents: 'a', config: { outputDimensionality: 4 } });
  assert.notDeepEqual(plain.embeddings?.[0]?.values, values[0]?.[0]);
});

test('what Google refuses is refused', async () => {
  const part = { parts: [{ text: 'a' }] };
  const ask = async (path: string, body: object): Promise<string> => {
    const answer = await fetch(simulator.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-goog-api-key': 'k' },
      body: JSON.stringify(body),
    });
    return `${answer.status} ${await answer.text()}`;
  };
  const batch = '/v1beta/models/m:batchEmbedContents';
  assert.match(await ask(batch, { requests: [] }), /^400/);
  assert.match(await ask(batch, { requests: [{ model: 'models/x', content: part }] }), /^400/);
  assert.match(await ask(batch, { requests: [{ model: 'models/m', content: { parts: [{ text: '' }] } }] }), /^400/);
  assert.match(await ask('/v1beta/models/m:embedContent', { content: part, odd: 1 }), /^400 .*odd/s);
  assert.match(await ask('/v1beta/models/m:embedContent', { content: part, embedContentConfig: {} }), /^400/);
  const predict = '/v1/publishers/google/models/gemini-embedding-001:predict';
  assert.match(await ask(predict, { instances: [{ content: 'a' }, { content: 'b' }] }), /^400 .*at most 1/s);
  assert.match(await ask('/v1beta/models/m:predict', { instances: [] }), /^404/);
  const asked = api().models.embedContent({ model: 'm', contents: 'a', config: { taskType: 'ODD' } });
  await assert.rejects(asked, ApiError);
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import type { CreateEmbeddingResponse } from 'openai/resources/embeddings';
import type { RecordedRequest, Simulator } from '../../src/simulator/index.ts';
import { sendJson, startRaw } from './raw-upstream.ts';
import { type Rig, startRig, startUpstream, until } from './rig.ts';

/** A gateway before one simulated service for each language that has embeddings. */
async function everybody(t: TestContext, more: object = {}): Promise<{ rig: Rig; upstream: Simulator }> {
  const upstream = await startUpstream(t, { allow: ['output_dimension'] });
  const { url } = upstream;
  const rig = await startRig(t, {
    providers: {
      openai: { speaks: 'openai-chat', base_url: `${url}/v1` },
      mistral: { kind: 'mistral', api_key: 'k', base_url: `${url}/v1` },
      gemini: { kind: 'gemini', api_key: 'k', base_url: url },
      cohere: { kind: 'cohere', api_key: 'k', base_url: url },
      vertex: { kind: 'vertex', project: 'p', location: 'l', access_token: 't', base_url: url },
      bedrock: { kind: 'bedrock', region: 'us-east-1', api_key: 'k', base_url: url },
    },
    ...more,
  });
  return { rig, upstream };
}

function openai(rig: Rig): OpenAI {
  return new OpenAI({ apiKey: 'none', baseURL: `${rig.url}/v1`, maxRetries: 0 });
}

function google(rig: Rig): GoogleGenAI {
  return new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: rig.url } });
}

function lengthsOf(answer: CreateEmbeddingResponse): number[] {
  return answer.data.map(({ embedding }) => embedding.length);
}

/** The last request as its path and its body. */
function last({ requests }: Simulator): RecordedRequest {
  const request = requests.at(-1);
  assert.ok(request);
  return request;
}

const targets = [
  ['openai', 'text-embedding-3-small', '/v1/embeddings'],
  ['mistral', 'mistral-embed', '/v1/embeddings'],
  ['gemini', 'gemini-embedding-001', '/v1beta/models/gemini-embedding-001:batchEmbedContents'],
  ['cohere', 'embed-v4.0', '/v2/embed'],
  ['vertex', 'text-embedding-005', '/v1/projects/p/locations/l/publishers/google/models/text-embedding-005:predict'],
  [
    'vertex',
    'gemini-embedding-2-preview',
    '/v1/projects/p/locations/l/publishers/google/models/gemini-embedding-2-preview:embedContent',
  ],
  ['bedrock', 'amazon.titan-embed-text-v2:0', '/model/amazon.titan-embed-text-v2%3A0/invoke'],
  ['bedrock', 'cohere.embed-v4:0', '/model/cohere.embed-v4%3A0/invoke'],
] as const;

for (const [provider, model, path] of targets) {
  test(`OpenAI's client gets vectors from ${provider}/${model}, in either encoding`, async (t) => {
    const { rig, upstream } = await everybody(t);
    const input = ['sunny day at the beach', 'rainy day in the city'];
    const plain = await openai(rig).embeddings.create({
      model: `${provider}/${model}`,
      input,
      encoding_format: 'float',
    });
    assert.equal(last(upstream).path, path);
    // Without a word of it the client asks for base64 and reads that.
    const packed = await openai(rig).embeddings.create({ model: `${provider}/${model}`, input });
    assert.deepEqual(lengthsOf(plain), [8, 8]);
    assert.deepEqual(
      plain.data.map(({ index }) => index),
      [0, 1],
    );
    assert.notDeepEqual(plain.data[0]?.embedding, plain.data[1]?.embedding);
    for (const i of [0, 1]) {
      const [a = [], b = []] = [plain.data[i]?.embedding, packed.data[i]?.embedding];
      assert.deepEqual(b, a.map(Math.fround));
    }
    assert.equal(plain.object, 'list');
    assert.equal(rig.records.at(-1)?.status, 200);
    assert.equal(rig.records.at(-1)?.operation, 'embeddings');
    if (provider !== 'gemini' && model !== 'cohere.embed-v4:0') {
      assert.ok(plain.usage.prompt_tokens > 0);
      assert.equal(rig.records.at(-1)?.usage.input, plain.usage.prompt_tokens);
    }
  });

  test(`OpenAI's client chooses the length of vectors from ${provider}/${model}`, async (t) => {
    const { rig } = await everybody(t);
    const answer = await openai(rig).embeddings.create({ model: `${provider}/${model}`, input: 'one', dimensions: 5 });
    assert.deepEqual(lengthsOf(answer), [5]);
    assert.deepEqual(rig.records.at(-1)?.losses, []);
  });

  test(`Google's client gets vectors from ${provider}/${model}`, async (t) => {
    const { rig } = await everybody(t, { models: { 'the-model': `${provider}/${model}` } });
    const answer = await google(rig).models.embedContent({
      model: 'the-model',
      contents: ['one', 'two', 'three'],
      config: { outputDimensionality: 4 },
    });
    const lengths = answer.embeddings?.map(({ values }) => values?.length);
    assert.deepEqual(lengths, [4, 4, 4]);
    const single = await rig.post('/v1beta/models/the-model:embedContent', { content: { parts: [{ text: 'one' }] } });
    const { embedding } = (await single.json()) as { embedding: { values: number[] } };
    assert.equal(embedding.values.length, 8);
  });
}

test('a vertex client asks in its own form', async (t) => {
  const { rig, upstream } = await everybody(t, { models: { m: 'vertex/text-embedding-005', c: 'cohere/embed-v4.0' } });
  const body = {
    instances: [{ content: 'one', task_type: 'RETRIEVAL_QUERY' }],
    parameters: { outputDimensionality: 3 },
  };
  const path = (model: string): string => `/v1/projects/x/locations/y/publishers/google/models/${model}:predict`;
  const same = await rig.post(path('m'), body);
  const other = await rig.post(path('c'), body);
  for (const answer of [same, other]) {
    const { predictions } = (await answer.json()) as { predictions: { embeddings: { values: number[] } }[] };
    assert.deepEqual(
      predictions.map(({ embeddings }) => embeddings.values.length),
      [3],
    );
  }
  assert.equal(same.headers.get('x-dragoman-carriage'), 'passed');
  assert.equal(other.headers.get('x-dragoman-carriage'), 'translated');
  assert.equal(last(upstream).json?.input_type, 'search_query');
});

test("Vertex AI's form of one text is not the Gemini API's", async (t) => {
  const models = { v: 'vertex/gemini-embedding-2', g: 'gemini/gemini-embedding-001' };
  const { rig, upstream } = await everybody(t, { models });
  const body = { content: { parts: [{ text: 'one' }] }, embedContentConfig: { outputDimensionality: 3 } };
  const path = (model: string): string => `/v1/projects/x/locations/y/publishers/google/models/${model}:embedContent`;
  for (const [model, carriage] of [
    ['v', 'passed'],
    ['g', 'translated'],
  ] as const) {
    const answer = await rig.post(path(model), body);
    assert.equal(answer.headers.get('x-dragoman-carriage'), carriage);
    const { embedding } = (await answer.json()) as { embedding: { values: number[] } };
    assert.equal(embedding.values.length, 3);
  }
  assert.match(last(upstream).path, /:batchEmbedContents$/);
});

test('bytes pass between speakers of the same language, with the name of the model', async (t) => {
  const { rig, upstream } = await everybody(t, { models: { mine: 'openai/theirs' } });
  const answer = await rig.post('/v1/embeddings', '{ "input": "one",\n "model":"mine", "user": "u" }');
  assert.equal(answer.headers.get('x-dragoman-carriage'), 'passed');
  assert.equal(answer.headers.get('x-dragoman-route'), 'openai/theirs');
  assert.equal(last(upstream).body.toString(), '{ "input": "one",\n "model":"theirs", "user": "u" }');
});

test('a batch names the model of the provider in each of its requests', async (t) => {
  const { rig, upstream } = await everybody(t, { models: { mine: 'gemini/theirs' } });
  await google(rig).models.embedContent({ model: 'mine', contents: ['one', 'two'] });
  const { requests } = last(upstream).json as { requests: { model: string }[] };
  assert.deepEqual(
    requests.map(({ model }) => model),
    ['models/theirs', 'models/theirs'],
  );
  assert.equal(rig.records.at(-1)?.carriage, 'amended');
});

test('fields go by the names that the provider has, and what it refuses is left out', async (t) => {
  const { rig, upstream } = await everybody(t);
  const answer = await rig.post('/v1/embeddings', {
    model: 'mistral/mistral-embed',
    input: 'one',
    dimensions: 6,
    user: 'u',
  });
  assert.deepEqual(last(upstream).json, { model: 'mistral-embed', input: 'one', output_dimension: 6 });
  assert.equal(answer.headers.get('x-dragoman-loss'), 'dropped user (the provider refuses it)');
});

test('tokens become text where none are taken', async (t) => {
  const { rig, upstream } = await everybody(t);
  // "hello world" and "tokens" in the vocabulary of OpenAI's embeddings.
  const input = [[15339, 1917], [31666]];
  const answer = await openai(rig).embeddings.create({ model: 'cohere/embed-v4.0', input });
  assert.deepEqual(last(upstream).json?.texts, ['hello world', 'tokens']);
  assert.deepEqual(lengthsOf(answer), [8, 8]);
  assert.match(rig.records.at(-1)?.losses[0]?.why ?? '', /takes no tokens/);
  const foreign = openai(rig).embeddings.create({ model: 'cohere/embed-v4.0', input: [5, 999_999] });
  await assert.rejects(foreign, OpenAI.BadRequestError);
  await openai(rig).embeddings.create({ model: 'openai/text-embedding-3-small', input });
  assert.deepEqual(last(upstream).json?.input, input);
});

test('a wish that is too large for one call takes several, and the order holds', async (t) => {
  const { rig, upstream } = await everybody(t);
  const input = Array.from({ length: 205 }, (_, i) => `text ${i}`);
  for (const [model, calls] of [
    ['gemini/gemini-embedding-001', 3],
    ['cohere/embed-v4.0', 3],
    ['bedrock/amazon.titan-embed-text-v1', 205],
    ['vertex/gemini-embedding-001', 205],
  ] as const) {
    const before = upstream.received;
    const { data } = await openai(rig).embeddings.create({ model, input, encoding_format: 'float' });
    assert.equal(upstream.received - before, calls);
    const alone = await openai(rig).embeddings.create({ model, input: 'text 204', encoding_format: 'float' });
    assert.equal(data.length, 205);
    assert.deepEqual(data[204]?.embedding, alone.data[0]?.embedding);
    assert.notDeepEqual(data[203]?.embedding, alone.data[0]?.embedding);
  }
});

test('texts for different tasks are asked for apart where a call has one task', async (t) => {
  const { rig, upstream } = await everybody(t, { models: { m: 'cohere/embed-v4.0' } });
  const content = (text: string): object => ({ parts: [{ text }] });
  const answer = await rig.post('/v1beta/models/m:batchEmbedContents', {
    requests: [
      { model: 'models/m', content: content('a'), taskType: 'RETRIEVAL_QUERY' },
      { model: 'models/m', content: content('b'), taskType: 'RETRIEVAL_DOCUMENT', title: 't' },
      { model: 'models/m', content: content('c'), taskType: 'RETRIEVAL_QUERY' },
    ],
  });
  assert.equal(answer.status, 200);
  const asked = upstream.requests.map(({ json }) => `${String(json?.input_type)} ${String(json?.texts)}`);
  assert.deepEqual(asked.toSorted(), ['search_document b', 'search_query a,c']);
  assert.equal(answer.headers.get('x-dragoman-loss'), 'dropped title (Cohere has no word for it)');
});

test('what a provider refuses by name is left out, and remembered; the length of vectors is not', async (t) => {
  const upstream = await startUpstream(t, {
    scenario: { refuse: { fields: ['encoding_format', 'dimensions'] } },
  });
  const rig = await startRig(t, { providers: { odd: { speaks: 'openai-chat', base_url: `${upstream.url}/v1` } } });
  const client = openai(rig);
  for (const [received, healed] of [
    [2, 1],
    [3, 0],
  ] as const) {
    // The client asks for base64, and gets it though the provider will not hear of it.
    const { data } = await client.embeddings.create({ model: 'm', input: 'a' });
    assert.equal(data[0]?.embedding.length, 8);
    assert.equal(upstream.received, received);
    assert.equal(rig.records.at(-1)?.healed.length, healed);
    assert.equal(rig.records.at(-1)?.losses[0]?.path, 'encoding_format');
  }
  await assert.rejects(client.embeddings.create({ model: 'm', input: 'a', dimensions: 3 }), OpenAI.BadRequestError);
  assert.equal(upstream.received, 4);
});

test('a strict model refuses what would be lost', async (t) => {
  const { rig, upstream } = await everybody(t, { models: { m: { to: 'cohere/embed-v4.0', strict: true } } });
  const answer = await rig.post('/v1/embeddings', { model: 'm', input: 'one', user: 'u' });
  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /Strict mode refuses.*user/);
  assert.equal(upstream.received, 0);
});

test("a provider's numbers become base64 for a client that asked for it, and the other way round", async (t) => {
  const answers = [
    { embedding: [0.5, -2], index: 0, object: 'embedding' },
    { embedding: Buffer.from(Float32Array.from([0.5, -2]).buffer).toString('base64'), index: 0, object: 'embedding' },
  ];
  const url = await startRaw(t, (response, body) => {
    const data = [body.includes('"base64"') ? answers[0] : answers[1]];
    sendJson(response, 200, { object: 'list', data, model: 'm', usage: { prompt_tokens: 1, total_tokens: 1 }, odd: 1 });
  });
  const rig = await startRig(t, { providers: { odd: { speaks: 'openai-chat', base_url: url } } });
  const ask = async (format: string): Promise<unknown> => {
    const answer = await rig.post('/v1/embeddings', { model: 'm', input: 'x', encoding_format: format });
    return answer.json();
  };
  const whole = { object: 'list', model: 'm', usage: { prompt_tokens: 1, total_tokens: 1 }, odd: 1 };
  assert.deepEqual(await ask('base64'), { ...whole, data: [answers[1]] });
  assert.deepEqual(await ask('float'), { ...whole, data: [answers[0]] });
});

test('whoever has no embeddings says so, and who has them', async (t) => {
  const upstream = await startUpstream(t);
  const rig = await startRig(t, {
    providers: {
      claude: { kind: 'anthropic', api_key: 'k', base_url: upstream.url },
      co: { kind: 'cohere', api_key: 'k', base_url: upstream.url },
    },
  });
  const client = openai(rig);
  await assert.rejects(client.embeddings.create({ model: 'claude/claude-x', input: 'a' }), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.code, 'unknown_url');
    assert.match(error.message, /The provider "claude" does not offer embeddings\. Of the providers here "co" do\./);
    return true;
  });
  // What no rule decides goes to who has them.
  await client.embeddings.create({ model: 'embed-v4.0', input: 'a' });
  assert.equal(rig.records.at(-1)?.provider, 'co');
  assert.equal(upstream.received, 1);
});

test('a server that nobody knows is asked, and what it says is explained', async (t) => {
  const url = await startRaw(t, (response) => sendJson(response, 404, { detail: 'Not Found' }));
  const rig = await startRig(t, { providers: { house: { speaks: 'openai-chat', base_url: url } } });
  const answer = await rig.post('/v1/embeddings', { model: 'm', input: 'a' });
  assert.equal(answer.status, 404);
  const { error } = (await answer.json()) as { error: { message: string } };
  assert.match(
    error.message,
    /"house" does not offer embeddings: it answers "Not Found"\. None .* Services that do: OpenAI, .*\./,
  );
});

test('a model that is not there is not taken for embeddings that are not there', async (t) => {
  const url = await startRaw(t, (response) => {
    sendJson(response, 404, { error: { message: 'The model `m` does not exist', type: 't', code: 'model_not_found' } });
  });
  const rig = await startRig(t, { providers: { house: { speaks: 'openai-chat', base_url: url } } });
  const answer = await rig.post('/v1/embeddings', { model: 'm', input: 'a' });
  assert.equal(answer.status, 404);
  assert.match(await answer.text(), /"code":"model_not_found"/);
});

test('the next target is asked where the first fails', async (t) => {
  const upstream = await startUpstream(t);
  const url = await startRaw(t, (response) => sendJson(response, 503, { error: { message: 'busy' } }));
  const rig = await startRig(t, {
    providers: {
      first: { speaks: 'openai-chat', base_url: url },
      second: { kind: 'gemini', api_key: 'k', base_url: upstream.url },
    },
    models: { m: ['first/a', 'second/b'] },
  });
  const answer = await openai(rig).embeddings.create({ model: 'm', input: 'a' });
  assert.deepEqual(lengthsOf(answer), [8]);
  assert.equal(rig.records.at(-1)?.tries, 2);
  assert.equal(rig.records.at(-1)?.provider, 'second');
});

test('errors come in the words of the client', async (t) => {
  const { rig } = await everybody(t);
  const failures = [
    ['/v1/embeddings', { model: 'openai/m' }, 'input'],
    ['/v1/embeddings', { model: 'cohere/m', input: [] }, 'input'],
    ['/v1/embeddings', { model: 'cohere/m', input: [['a']] }, 'input[0]'],
    ['/v1/embeddings', { model: 'cohere/m', input: 'a', encoding_format: 'int8' }, 'encoding_format'],
    ['/v1/embeddings', { input: 'a' }, 'model'],
  ] as const;
  for (const [path, body, param] of failures) {
    const answer = await rig.post(path, body);
    const { error } = (await answer.json()) as { error: { param: string; type: string } };
    assert.equal(answer.status, 400);
    assert.equal(error.param, param);
    assert.equal(error.type, 'invalid_request_error');
  }
  const google = await rig.post('/v1beta/models/cohere%2Fembed-v4.0:embedContent', {
    content: { parts: [{ inlineData: { mimeType: 'image/png', data: 'aaaa' } }] },
  });
  assert.equal(google.status, 400);
  const { error } = (await google.json()) as { error: { status: string; message: string } };
  assert.equal(error.status, 'INVALID_ARGUMENT');
  assert.match(error.message, /content\.parts\[0\].*only text/);
});

test("a provider's own refusal passes to a client of its language", async (t) => {
  const upstream = await startUpstream(t, { requireKey: 'right' });
  const rig = await startRig(t, {
    providers: {
      openai: { speaks: 'openai-chat', base_url: `${upstream.url}/v1`, api_key: 'wrong-key-of-mine' },
      co: { kind: 'cohere', base_url: upstream.url, api_key: 'wrong-key-of-mine' },
    },
  });
  const client = openai(rig);
  for (const model of ['openai/m', 'co/m']) {
    await assert.rejects(client.embeddings.create({ model, input: 'a' }), OpenAI.AuthenticationError);
  }
});

test('a client that leaves ends the calls', async (t) => {
  const upstream = await startUpstream(t, {
    scenario: { steps: [{ when: { operation: 'embed' }, times: 'always', faults: [{ kind: 'never' }] }] },
  });
  const rig = await startRig(t, {
    providers: { bedrock: { kind: 'bedrock', region: 'us-east-1', api_key: 'k', base_url: upstream.url } },
  });
  const leaving = new AbortController();
  const input = Array.from({ length: 9 }, (_, i) => `text ${i}`);
  const asked = openai(rig).embeddings.create(
    { model: 'bedrock/amazon.titan-embed-text-v2:0', input },
    { signal: leaving.signal },
  );
  const ended = assert.rejects(asked);
  await until(() => upstream.openStreams === 4);
  leaving.abort();
  await ended;
  await until(() => upstream.openStreams === 0 && rig.records.length === 1);
  assert.equal(upstream.received, 4);
  assert.equal(rig.records.at(-1)?.error, 'client_gone');
});

test('answers that are none are errors', async (t) => {
  const answers: unknown[] = [
    { object: 'list', data: [] },
    '<html>',
    { data: [{ embedding: [1] }, { embedding: [2] }] },
  ];
  const url = await startRaw(t, (response) => {
    const answer = answers.shift();
    if (typeof answer === 'string') response.writeHead(200, { 'content-type': 'text/html' }).end(answer);
    else sendJson(response, 200, answer);
  });
  const rig = await startRig(t, {
    providers: { odd: { speaks: 'openai-chat', base_url: url } },
    models: { m: 'odd/m' },
  });
  for (const path of ['/v1/embeddings', '/v1/embeddings']) {
    assert.equal((await rig.post(path, { model: 'm', input: 'a' })).status, 502);
  }
  const answer = await rig.post('/v1beta/models/m:embedContent', { content: { parts: [{ text: 'a' }] } });
  assert.equal(answer.status, 502);
  assert.match(await answer.text(), /2 embeddings for 1 inputs/);
});

test('the gateway wants its key for embeddings, too', async (t) => {
  const upstream = await startUpstream(t);
  const rig = await startRig(t, {
    auth: { keys: ['let-me-in'] },
    providers: { openai: { speaks: 'openai-chat', base_url: `${upstream.url}/v1` } },
  });
  const body = { model: 'm', input: 'a' };
  assert.equal((await rig.post('/v1/embeddings', body)).status, 401);
  assert.equal((await rig.post('/v1/embeddings', body, { authorization: 'Bearer let-me-in' })).status, 200);
  assert.equal((await rig.get('/v1/embeddings', { authorization: 'Bearer let-me-in' })).status, 405);
});

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { type Simulator, startSimulator } from '../index.ts';

let simulator: Simulator;
before(async () => {
  simulator = await startSimulator({ requireKey: 'sk-test' });
});
after(() => simulator.close());
beforeEach(() => simulator.play({}));

const client = (apiKey = 'sk-test') => new OpenAI({ apiKey, baseURL: `${simulator.url}/v1`, maxRetries: 0 });

/** The 400 that a call ends with, as code and message. */
async function refusal(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
  } catch (error) {
    assert.ok(error instanceof OpenAI.APIError, String(error));
    return `${error.status} ${String(error.code)} ${error.message}`;
  }
  return assert.fail('it was not refused');
}

describe('embeddings', () => {
  test('are the same for the same text, in either encoding and of any length', async () => {
    const input = ['one', 'two'];
    const plain = await client().embeddings.create({ model: 'm', input, encoding_format: 'float' });
    const packed = await client().embeddings.create({ model: 'm', input });
    assert.deepEqual(packed.data, plain.data);
    assert.notDeepEqual(plain.data[0]?.embedding, plain.data[1]?.embedding);
    const short = await client().embeddings.create({ model: 'm', input: [1, 2, 3], dimensions: 3 });
    assert.equal(short.data[0]?.embedding.length, 3);
    assert.equal(short.data.length, 1);
  });

  test('are refused as OpenAI refuses', async () => {
    const create = (body: object): Promise<string> =>
      refusal(client().embeddings.create({ model: 'm', input: 'a', ...body }));
    assert.match(await create({ input: undefined }), /400 missing_required_parameter .*'input'/);
    assert.match(await create({ input: [] }), /\$\.input/);
    assert.match(await create({ encoding_format: 'hex' }), /invalid_value/);
    assert.match(await create({ output_dimension: 3 }), /Unrecognized request argument supplied: output_dimension/);
    assert.match(await refusal(client('wrong').embeddings.create({ model: 'm', input: 'a' })), /^401/);
  });

  test('can be made to fail', async () => {
    simulator.play({ steps: [{ when: { operation: 'embed' }, faults: [{ kind: 'status', status: 429 }] }] });
    assert.match(await refusal(client().embeddings.create({ model: 'm', input: 'a' })), /^429/);
    await client().embeddings.create({ model: 'm', input: 'a' });
  });
});

test('files are kept, shown and deleted', async () => {
  const bytes = Buffer.from([0, 255, 13, 10, 45, 45]);
  const file = await client().files.create({ file: await toFile(bytes, 'a.bin'), purpose: 'batch' });
  assert.deepEqual([file.bytes, file.filename, file.purpose], [6, 'a.bin', 'batch']);
  const content = await client().files.content(file.id);
  assert.deepEqual(Buffer.from(await content.arrayBuffer()), bytes);
  await client().files.delete(file.id);
  assert.match(await refusal(client().files.retrieve(file.id)), /^404 .*No such File object/);
  assert.deepEqual((await client().files.list()).data, []);
  const form = fetch(`${simulator.url}/v1/files`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-test', 'content-type': 'multipart/form-data; boundary=x' },
    body: 'no form',
  });
  assert.equal((await form).status, 400);
});

test('everything else answers as its clients read it', async () => {
  const { results } = await client().moderations.create({ input: ['kill', 'kiss'] });
  assert.deepEqual(
    results.map(({ flagged }) => flagged),
    [true, false],
  );
  const file = await toFile(Buffer.from('sound'), 'a.mp3');
  assert.equal((await client().audio.transcriptions.create({ model: 'm', file })).text, 'a.mp3: 5 bytes heard by m.');
  const image = await client().images.generate({ model: 'gpt-image-1', prompt: 'p' });
  assert.ok((image.data?.[0]?.b64_json ?? '').length > 0);
  const old = fetch(`${simulator.url}/v1/images/generations`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-test', 'content-type': 'application/json' },
    body: '{"model":"gpt-image-1","prompt":"p","response_format":"url"}',
  });
  assert.match(await (await old).text(), /unknown_parameter/);
  assert.match(
    await refusal(client().audio.speech.create({ model: 'm', input: 'a', voice: 'v', response_format: 'x' as 'mp3' })),
    /invalid_value/,
  );
  const speech = await client().audio.speech.create({ model: 'm', input: 'a', voice: 'v', response_format: 'wav' });
  assert.equal(speech.headers.get('content-type'), 'audio/wav');
  const completion = await client().completions.create({ model: 'm', prompt: 'Once' });
  assert.equal(completion.choices[0]?.text, ' Once');
});

test('there is nothing where there is nothing', async () => {
  for (const path of ['/v1/images/odd', '/v1/files/x/odd', '/v1/audio/speech']) {
    const answer = await fetch(simulator.url + path, { headers: { authorization: 'Bearer sk-test' } });
    assert.equal(answer.status, 404, path);
  }
});

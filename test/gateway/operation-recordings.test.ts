// Real answers of real providers to what is no answer in a conversation, where they lie beside the repository.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { absent, recordedFile } from '../laws/recording.ts';
import { startRaw } from './raw-upstream.ts';
import { type Rig, startRig } from './rig.ts';

/** A gateway before a provider that gives this answer to everything. */
async function before(
  t: TestContext,
  provider: (url: string) => object,
  answer: { readonly status?: number; readonly type?: string; readonly body: string },
): Promise<{ rig: Rig; client: OpenAI }> {
  const url = await startRaw(t, (response) => {
    response.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'application/json' }).end(answer.body);
  });
  const rig = await startRig(t, { providers: { it: provider(url) } });
  return { rig, client: new OpenAI({ apiKey: 'none', baseURL: `${rig.url}/v1`, maxRetries: 0 }) };
}

const openai = (url: string): object => ({ kind: 'openai', api_key: 'k', base_url: `${url}/v1` });
const file = await toFile(Buffer.from('sound'), 'galileo.mp3');

describe('recorded answers besides conversations', { skip: absent }, () => {
  const vectors = [
    ['openai-other/openai-embedding.json', openai, 'text-embedding-3-small', 12, 0.0057293195],
    [
      'gemini/google-vertex-embedding.json',
      (url: string): object => ({ kind: 'vertex', project: 'p', location: 'l', access_token: 't', base_url: url }),
      'text-embedding-005',
      11,
      -0.017999587580561638,
    ],
    [
      'cohere/cohere-embedding.json',
      (url: string): object => ({ kind: 'cohere', api_key: 'k', base_url: url }),
      'embed-v4.0',
      10,
      0.03302002,
    ],
  ] as const;
  for (const [name, provider, model, tokens, first] of vectors) {
    test(`${name} reaches OpenAI's and Google's clients`, async (t) => {
      const { rig, client } = await before(t, provider, { body: recordedFile(name) });
      const input = ['sunny day at the beach', 'rainy day in the city'];
      for (const encoding of ['float', undefined] as const) {
        const answer = await client.embeddings.create({
          model,
          input,
          ...(encoding !== undefined && { encoding_format: encoding }),
        });
        assert.equal(answer.data.length, 2);
        const member = answer.data[0]?.embedding[0];
        assert.equal(member, encoding === 'float' ? first : Math.fround(first));
        assert.equal(answer.usage.prompt_tokens, tokens);
        assert.equal(rig.records.at(-1)?.usage.input, tokens);
      }
      const requests = input.map((text) => ({ model: `models/${model}`, content: { parts: [{ text }] } }));
      const google = await rig.post(`/v1beta/models/${model}:batchEmbedContents`, { requests });
      const { embeddings } = (await google.json()) as { embeddings: { values: number[] }[] };
      assert.equal(embeddings.length, 2);
      assert.equal(embeddings[0]?.values[0], first);
    });
  }

  for (const name of ['openai-other/openai-image.json', 'openai-other/openai-image-edit.json']) {
    test(`${name} passes as it is`, async (t) => {
      const body = recordedFile(name);
      const { rig } = await before(t, openai, { body });
      const answer = await rig.post('/v1/images/generations', { model: 'gpt-image-1', prompt: 'an otter' });
      assert.equal(await answer.text(), body);
    });
  }

  test('a refused picture is an error of its kind', async (t) => {
    const body = recordedFile('openai-other/gpt-image-response-format-error.json');
    const { client } = await before(t, openai, { status: 400, body });
    await assert.rejects(client.images.generate({ model: 'gpt-image-1', prompt: 'an otter' }), (error) => {
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.equal(error.code, 'unknown_parameter');
      assert.equal(error.param, 'response_format');
      return true;
    });
  });

  test('what was heard reaches the client, and what it cost the log', async (t) => {
    const verbose = await before(t, openai, { body: recordedFile('openai-other/openai-transcription.json') });
    const heard = await verbose.client.audio.transcriptions.create({
      model: 'whisper-1',
      file,
      response_format: 'verbose_json',
    });
    assert.equal(heard.words?.length, 5);
    assert.equal(heard.duration, 36.709999084472656);
    const mistral = await before(t, (url) => ({ kind: 'mistral', api_key: 'k', base_url: `${url}/v1` }), {
      body: recordedFile('mistral/mistral-transcription.json'),
    });
    const other = await mistral.client.audio.transcriptions.create({ model: 'voxtral-mini-latest', file });
    assert.match(other.text, /^Galileo was/);
    assert.equal(mistral.rig.records[0]?.usage.input, 13);
    assert.equal(mistral.rig.records[0]?.usage.output, 151);
    const { headers, body } = JSON.parse(recordedFile('openai-chat/groq-transcription-text.json')) as {
      headers: { 'content-type': string };
      body: string;
    };
    const groq = await before(t, (url) => ({ kind: 'groq', api_key: 'k', base_url: `${url}/v1` }), {
      type: headers['content-type'],
      body,
    });
    const asked = { model: 'whisper-large-v3', file, response_format: 'text' } as const;
    assert.equal(await groq.client.audio.transcriptions.create(asked), body);
  });
});

// Anthropic's language as Bedrock's InvokeModel and Vertex' rawPredict carry it, from clients.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { messagesIn } from '../../conformance/event-stream.ts';
import { startRig, startUpstream } from './rig.ts';

const messages = [{ role: 'user', content: '[[text:Hello from afar]]' }];
const model = 'us.anthropic.claude-opus-5-5-v1:0';

async function started(t: Parameters<typeof startRig>[0], speaks: 'anthropic' | 'openai-chat' = 'anthropic') {
  const upstream = await startUpstream(t, { scenario: { strict: true } });
  const base = speaks === 'anthropic' ? upstream.url : `${upstream.url}/v1`;
  const rig = await startRig(t, {
    auth: { keys: ['sk-client'] },
    providers: { p: { speaks, base_url: base, api_key: 'sk-provider' } },
    models: { '*': { to: 'p/the-model' } },
  });
  return { upstream, rig };
}

describe('InvokeModel', () => {
  const body = {
    anthropic_version: 'bedrock-2023-05-31',
    anthropic_beta: ['effort-2025-11-24'],
    max_tokens: 100,
    messages,
  };
  const path = `/model/${encodeURIComponent(model)}/invoke`;
  const bearer = { authorization: 'Bearer sk-client' };

  test('whole: model and betas find their places', async (t) => {
    const { upstream, rig } = await started(t);
    const answer = await rig.post(path, body, { ...bearer, 'anthropic-beta': 'effort-2025-11-24' });
    assert.equal(answer.status, 200);
    assert.equal(((await answer.json()) as { content: { text: string }[] }).content[0]?.text, 'Hello from afar');
    const [sent] = upstream.requests;
    assert.equal(sent?.json?.['model'], 'the-model');
    assert.equal(sent?.json?.['anthropic_version'], undefined);
    assert.equal(sent?.headers['anthropic-beta'], 'effort-2025-11-24');
  });

  for (const speaks of ['anthropic', 'openai-chat'] as const) {
    test(`streamed from ${speaks}: frames of Amazon, each with an event of Anthropic's`, async (t) => {
      const { rig } = await started(t, speaks);
      const answer = await rig.post(`${path}-with-response-stream`, body, bearer);
      assert.equal(answer.headers.get('content-type'), 'application/vnd.amazon.eventstream');
      const events = messagesIn(Buffer.from(await answer.arrayBuffer())).map(({ type, value }) => {
        assert.equal(type, 'chunk');
        const { bytes } = value as { bytes: string };
        return JSON.parse(Buffer.from(bytes, 'base64').toString()) as { type: string; delta?: { text?: string } };
      });
      assert.equal(events[0]?.type, 'message_start');
      assert.equal(events.at(-1)?.type, 'message_stop');
      assert.equal(events.map(({ delta }) => delta?.text ?? '').join(''), 'Hello from afar');
    });
  }

  test('counting', async (t) => {
    const { rig } = await started(t);
    const inner = Buffer.from(JSON.stringify(body)).toString('base64');
    const answer = await rig.post(
      `/model/${encodeURIComponent(model)}/count-tokens`,
      { input: { invokeModel: { body: inner } } },
      bearer,
    );
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    assert.ok((JSON.parse(text) as { inputTokens: number }).inputTokens > 0, text);
  });

  test('errors are Amazon’s', async (t) => {
    const { rig } = await started(t);
    const wrong = await rig.post(path, { ...body, messages: 5 }, bearer);
    assert.equal(wrong.status, 400);
    assert.equal(wrong.headers.get('x-amzn-errortype'), 'ValidationException');
    assert.match(((await wrong.json()) as { message: string }).message, /messages/);
    const stranger = await rig.post(path, body, { authorization: 'Bearer who' });
    assert.equal(stranger.status, 401);
    assert.equal(stranger.headers.get('x-amzn-errortype'), 'UnrecognizedClientException');
  });

  test('a client that signs shows its key as the id of its access key', async (t) => {
    const { rig } = await started(t);
    const signed = (id: string) => ({
      authorization: `AWS4-HMAC-SHA256 Credential=${id}/20261121/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=00`,
    });
    assert.equal((await rig.post(path, body, signed('sk-client'))).status, 200);
    assert.equal((await rig.post(path, body, signed('AKIAOTHER'))).status, 401);
  });
});

describe('rawPredict', () => {
  const base = '/v1/projects/p/locations/global/publishers/anthropic/models';
  const body = { anthropic_version: 'vertex-2023-10-16', max_tokens: 100, messages };
  const bearer = { authorization: 'Bearer sk-client' };

  test('whole and streamed, with and without a version in the path', async (t) => {
    const { upstream, rig } = await started(t);
    const whole = await rig.post(`${base}/claude-opus-5-5@20260901:rawPredict`, body, bearer);
    assert.equal(whole.status, 200, await whole.text());
    const streamed = await rig.post(
      `${base.replace('/v1', '')}/claude-opus-5-5:streamRawPredict`,
      { ...body, stream: true },
      bearer,
    );
    assert.match(await streamed.text(), /event: message_stop/);
    assert.deepEqual(
      upstream.requests.map(({ json }) => [json?.['model'], json?.['stream'] ?? false, json?.['anthropic_version']]),
      [
        ['the-model', false, undefined],
        ['the-model', true, undefined],
      ],
    );
  });

  test('counting, for the model in the body', async (t) => {
    const { rig } = await started(t);
    const { max_tokens: _, ...prompt } = body;
    const answer = await rig.post(`${base}/count-tokens:rawPredict`, { ...prompt, model: 'claude-opus-5-5' }, bearer);
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    assert.ok((JSON.parse(text) as { input_tokens: number }).input_tokens > 0);
  });
});

// PDFs for providers that take none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pdf } from '../e2e/media.ts';
import { anthropicHeaders, message, startRig, startUpstream } from './rig.ts';

const data = pdf('Forty-two is the answer.').toString('base64');
const document = { type: 'document', title: 'Book', source: { type: 'base64', media_type: 'application/pdf', data } };

test('a PDF is told as its text, in a tool result, too, and the receipt says so', async (t) => {
  const upstream = await startUpstream(t, { scenario: { strict: true } });
  const rig = await startRig(t, {
    providers: {
      p: { speaks: 'openai-chat', base_url: `${upstream.url}/v1`, api_key: 'sk-p', quirks: { files: false } },
    },
    models: { '*': { to: 'p/*' } },
  });
  const messages = [
    { role: 'user', content: [document, { type: 'text', text: 'Read it.' }] },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'read', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [document] }] },
  ];
  const tools = [{ name: 'read', input_schema: { type: 'object' } }];
  for (let time = 0; time < 2; time += 1) {
    const answer = await rig.post('/v1/messages', message('', { messages, tools }), anthropicHeaders);
    assert.equal(answer.status, 200, await answer.text());
    assert.match(answer.headers.get('x-dragoman-loss') ?? '', /the PDF is told as its text, 1 page/);
  }
  const [first, second] = upstream.requests.map(({ body }) => body.toString());
  assert.equal(first?.split('Forty-two is the answer.').length, 3);
  assert.ok(!first?.includes(data.slice(0, 60)));
  assert.equal(second, first, 'the prefix keeps its bytes');
});

test('a provider that takes PDFs gets the PDF', async (t) => {
  const upstream = await startUpstream(t);
  const rig = await startRig(t, {
    providers: { p: { speaks: 'openai-chat', base_url: `${upstream.url}/v1`, api_key: 'sk-p' } },
    models: { '*': { to: 'p/*' } },
  });
  const messages = [{ role: 'user', content: [document] }];
  const answer = await rig.post('/v1/messages', message('', { messages }), anthropicHeaders);
  assert.equal(answer.status, 200, await answer.text());
  assert.ok(upstream.requests[0]?.body.includes(data));
});

test('what is no base64, and what is another picture than it says', async (t) => {
  const upstream = await startUpstream(t);
  const rig = await startRig(t, {
    providers: { p: { speaks: 'openai-chat', base_url: `${upstream.url}/v1`, api_key: 'sk-p' } },
    models: { '*': { to: 'p/*' } },
  });
  const image = (mediaType: string, bytes: string) => ({
    role: 'user',
    content: [{ type: 'image', source: { type: 'base64', media_type: mediaType, data: bytes } }],
  });
  const broken = await rig.post(
    '/v1/messages',
    message('', { messages: [image('image/png', '???')] }),
    anthropicHeaders,
  );
  assert.equal(broken.status, 400);
  assert.match(await broken.text(), /turns\[0\]\.content\[0\].*not valid base64/);
  const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex').toString('base64');
  const wrong = await rig.post('/v1/messages', message('', { messages: [image('image/png', jpeg)] }), anthropicHeaders);
  assert.equal(wrong.status, 200, await wrong.text());
  assert.ok(upstream.requests[0]?.body.includes('data:image/jpeg;base64,'));
});

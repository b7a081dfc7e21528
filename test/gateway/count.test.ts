// Counting a prompt's tokens: whoever asks, whoever counts.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sendJson, startRaw } from './raw-upstream.ts';
import { anthropicHeaders, message, startRig, startUpstream, until } from './rig.ts';

interface Asking {
  readonly path: string;
  readonly body: object;
  readonly headers?: Record<string, string>;
  readonly count: (answer: { [name: string]: unknown }) => unknown;
}

const text = 'How many tokens are these, would you say?';
const asking: { readonly [language: string]: Asking } = {
  anthropic: {
    path: '/v1/messages/count_tokens',
    headers: { 'anthropic-version': '2023-06-01' },
    body: { model: 'm', messages: [{ role: 'user', content: text }], system: 'Count.' },
    count: ({ input_tokens: tokens }) => tokens,
  },
  'openai-responses': {
    path: '/v1/responses/input_tokens',
    body: { model: 'm', input: text, instructions: 'Count.' },
    count: ({ input_tokens: tokens }) => tokens,
  },
  gemini: {
    path: '/v1beta/models/m:countTokens',
    body: { contents: [{ role: 'user', parts: [{ text }] }] },
    count: ({ totalTokens }) => totalTokens,
  },
  'bedrock-converse': {
    path: '/model/m/count-tokens',
    body: { input: { converse: { messages: [{ role: 'user', content: [{ text }] }], system: [{ text: 'Count.' }] } } },
    count: ({ inputTokens }) => inputTokens,
  },
};

/** Providers, whether they count themselves. */
const providers: readonly (readonly [speaks: string, base: string, counts: boolean, model: string])[] = [
  ['anthropic', '', true, 'claude-x'],
  ['openai-responses', '/v1', true, 'gpt-5.5'],
  ['gemini', '', true, 'gemini-3-pro'],
  ['bedrock-converse', '', true, 'us.anthropic.claude-x'],
  ['openai-chat', '/v1', false, 'gpt-x'],
  ['cohere', '', false, 'command-a'],
];

for (const [client, { path, body, headers = {}, count }] of Object.entries(asking)) {
  describe(`a ${client} client`, () => {
    for (const [speaks, base, counts, model] of providers) {
      test(`learns what ${speaks} ${counts ? 'counts' : 'would count, roughly'}`, async (t) => {
        const upstream = await startUpstream(t, { scenario: { strict: true } });
        const rig = await startRig(t, {
          providers: { p: { speaks, base_url: upstream.url + base, api_key: 'sk-p' } },
          models: { '*': { to: `p/${model}` } },
        });
        const answer = await rig.post(path, body, headers);
        const said = await answer.text();
        assert.equal(answer.status, 200, said);
        const tokens = count(JSON.parse(said) as { [name: string]: unknown });
        assert.ok(typeof tokens === 'number' && tokens >= 5 && tokens < 60, said);
        const estimate = answer.headers.get('x-dragoman-estimate');
        if (counts) assert.equal(estimate, null);
        else assert.match(estimate ?? '', /^tokens=\d+; error=\d+%; samples=0$/);
        assert.equal(upstream.requests.length, counts ? 1 : 0);
      });
    }
  });
}

describe('a provider whose counter does not answer', () => {
  const prompt = { model: 'claude-test', messages: [{ role: 'user', content: 'How many words are these?' }] };
  const provider = (url: string): object => ({ speaks: 'anthropic', base_url: url, api_key: 'k' });
  const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Not now.' } };

  test('is counted for by the next one', async (t) => {
    const broken = await startRaw(t, (response) => sendJson(response, 529, overloaded));
    const well = await startUpstream(t);
    const rig = await startRig(t, {
      providers: { one: provider(broken), two: provider(well.url) },
      models: { 'claude-test': ['one/m', 'two/m'] },
    });
    const response = await rig.post('/v1/messages/count_tokens', prompt, anthropicHeaders);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('x-dragoman-estimate'), null);
    assert.equal(response.headers.get('x-dragoman-route'), 'two/m');
    assert.equal(response.headers.get('x-dragoman-failed'), 'one/m overloaded');
  });

  test('is guessed for where there is no other', async (t) => {
    const broken = await startRaw(t, (response) => sendJson(response, 529, overloaded));
    const rig = await startRig(t, { providers: { one: provider(broken) }, models: { 'claude-test': 'one/m' } });
    const response = await rig.post('/v1/messages/count_tokens', prompt, anthropicHeaders);
    assert.equal(response.status, 200, await response.clone().text());
    assert.match(response.headers.get('x-dragoman-estimate') ?? '', /^tokens=\d+;/);
    assert.equal(response.headers.get('x-dragoman-failed'), 'one/m overloaded');
  });

  test('is not asked before another one while it rests', async (t) => {
    let asked = 0;
    const broken = await startRaw(t, (response) => {
      asked += 1;
      response.setHeader('retry-after', '30');
      sendJson(response, 529, overloaded);
    });
    const well = await startUpstream(t);
    const rig = await startRig(t, {
      providers: { one: provider(broken), two: provider(well.url) },
      models: { 'claude-test': ['one/m', 'two/m'] },
    });
    assert.equal((await rig.post('/v1/messages', message('Hello'), anthropicHeaders)).status, 200);
    const response = await rig.post('/v1/messages/count_tokens', prompt, anthropicHeaders);
    assert.equal(response.headers.get('x-dragoman-route'), 'two/m');
    assert.equal(asked, 1);
  });

  test('says itself what is wrong with the request', async (t) => {
    const refusing = await startRaw(t, (response) =>
      sendJson(response, 400, {
        type: 'error',
        error: { type: 'invalid_request_error', message: 'messages: too odd for sk-that-is-secret' },
      }),
    );
    const well = await startUpstream(t);
    const rig = await startRig(t, {
      providers: { one: { ...provider(refusing), api_key: 'sk-that-is-secret' }, two: provider(well.url) },
      models: { 'claude-test': ['one/m', 'two/m'] },
    });
    const response = await rig.post('/v1/messages/count_tokens', prompt, anthropicHeaders);
    assert.equal(response.status, 400);
    const told = await response.text();
    assert.match(told, /messages: too odd/);
    assert.doesNotMatch(told, /secret/, 'a provider repeats the key');
    assert.equal(well.requests.length, 0);
  });

  test('is let go of with a client that leaves, and no other is asked', async (t) => {
    let asked = 0;
    const silent = await startRaw(t, () => {
      asked += 1;
    });
    const well = await startUpstream(t);
    const rig = await startRig(t, {
      providers: { one: provider(silent), two: provider(well.url) },
      models: { 'claude-test': ['one/m', 'two/m'] },
    });
    const leaving = new AbortController();
    const call = fetch(`${rig.url}/v1/messages/count_tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...anthropicHeaders },
      body: JSON.stringify(prompt),
      signal: leaving.signal,
    });
    await until(() => asked === 1);
    leaving.abort();
    await assert.rejects(call);
    await until(() => rig.records.length === 1);
    assert.equal(rig.records[0]?.error, 'client_gone');
    assert.equal(well.requests.length, 0);
  });
});

// Counting a prompt's tokens: whoever asks, whoever counts.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startRig, startUpstream } from './rig.ts';

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

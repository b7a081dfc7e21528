// Reasoning over two turns: each provider gets its own proofs back through every client's language, and nobody else's.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Flavor, Scenario } from '../../src/simulator/index.ts';
import { rawClients, say } from './raw-clients.ts';
import { startRig, startUpstream } from './rig.ts';

const sealMark = 'dragomanSEAL';

/** A provider as the configuration has it, for a strict simulator at `url`. */
interface Provider {
  readonly name: string;
  /** A name that its models have. */
  readonly model: string;
  readonly settings: (url: string) => object;
  /** What kind of server the simulator has to be. */
  readonly flavor?: Flavor;
}

const key = 'sk-provider-key';
const providers: readonly Provider[] = [
  {
    name: 'anthropic',
    model: 'claude-sonnet-5-5',
    settings: (url) => ({ speaks: 'anthropic', base_url: url, api_key: key }),
  },
  {
    name: 'openai-chat',
    model: 'deepseek-v4',
    flavor: 'compatible',
    settings: (url) => ({
      speaks: 'openai-chat',
      base_url: `${url}/v1`,
      api_key: key,
      quirks: { reasoning: 'reasoning_content' },
    }),
  },
  {
    name: 'openrouter',
    model: 'anthropic/claude-sonnet-5.5',
    flavor: 'openrouter',
    settings: (url) => ({
      speaks: 'openai-chat',
      base_url: `${url}/v1`,
      api_key: key,
      quirks: { reasoning: 'reasoning_details', reasoning_request: 'reasoning' },
    }),
  },
  {
    name: 'openai-responses',
    model: 'gpt-5.5',
    settings: (url) => ({ speaks: 'openai-responses', base_url: `${url}/v1`, api_key: key }),
  },
  {
    name: 'gemini',
    model: 'gemini-3-pro',
    settings: (url) => ({ speaks: 'gemini', base_url: url, api_key: key }),
  },
  {
    name: 'bedrock-converse',
    model: 'us.anthropic.claude-sonnet-5-5-v1:0',
    settings: (url) => ({ speaks: 'bedrock-converse', base_url: url, api_key: key }),
  },
  {
    name: 'cohere',
    model: 'command-a-reasoning',
    settings: (url) => ({ speaks: 'cohere', base_url: url, api_key: key }),
  },
];

const scenarioFor = ({ flavor = 'openai' }: Provider): Scenario => ({
  strict: true,
  flavor,
  steps: [
    {
      when: { hasToolResult: false },
      times: 'always',
      parts: [
        { think: 'I have to look at both.' },
        { tool: 'look', input: { what: 'sky' } },
        { tool: 'look', input: { what: 'sea' } },
      ],
    },
    { when: { hasToolResult: true }, times: 'always', parts: [{ think: 'Blue it is.' }, 'Both are blue.'] },
  ],
});

for (const client of rawClients) {
  describe(`a ${client.name} client`, () => {
    for (const provider of providers) {
      test(`gives ${provider.name} back what it wants to see again`, async (t) => {
        const upstream = await startUpstream(t, { scenario: scenarioFor(provider) });
        const rig = await startRig(t, {
          providers: { p: provider.settings(upstream.url) },
          models: { 'some-*': { to: `p/${provider.model}` } },
        });
        const asked = client.ask('some-model', 'What colours?');
        const first = await say(rig, client, 'some-model', asked);
        assert.deepEqual(
          client.calls(first).map(({ name, input }) => ({ name, input })),
          [
            { name: 'look', input: { what: 'sky' } },
            { name: 'look', input: { what: 'sea' } },
          ],
        );
        const second = client.goOn(asked, first, 'blue');
        const answer = await say(rig, client, 'some-model', second);
        assert.equal(client.text(answer), 'Both are blue.');
        assert.equal(upstream.requests.length, 2, 'the provider took it at once');
        const sent = upstream.requests.map(({ body }) => body.toString()).join('\n');
        assert.ok(!sent.includes(sealMark), 'no envelope reaches a provider');
      });
    }

    for (const [i, from] of providers.entries()) {
      const to = providers[(i + 1) % providers.length] as Provider;
      test(`moves from ${from.name} to ${to.name} in the middle of a tool call`, async (t) => {
        const one = await startUpstream(t, { scenario: scenarioFor(from) });
        const other = await startUpstream(t, { scenario: scenarioFor(to) });
        const rig = await startRig(t, {
          providers: { p: from.settings(one.url), q: to.settings(other.url) },
          models: { first: { to: `p/${from.model}` }, second: { to: `q/${to.model}` } },
        });
        const asked = client.ask('first', 'What colours?');
        const first = await say(rig, client, 'first', asked);
        const body = client.goOn(asked, first, 'blue');
        const answer = await say(rig, client, 'second', 'model' in body ? { ...body, model: 'second' } : body);
        assert.equal(client.text(answer), 'Both are blue.');
        assert.ok(!other.requests.some(({ body: sent }) => sent.includes(sealMark)), 'no envelope reaches a provider');
      });
    }
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anthropicHeaders, chat, message, startRig, startUpstream } from './rig.ts';

/** What is said to OpenRouter in the configuration. */
const preferences = {
  provider: { order: ['anthropic'], allow_fallbacks: false },
  transforms: ['middle-out'],
  min_p: 0.1,
  top_a: 0.2,
  repetition_penalty: 1.1,
};

test('OpenRouter gets its preferences, its form of reasoning and cache marks, and is asked for the cost', async (t) => {
  const upstream = await startUpstream(t, {
    flavor: 'openrouter',
    scenario: {
      steps: [{ times: 'always', parts: ['hi'], usage: { input: 5, output: 2, cacheRead: 3, extra: { cost: 0.25 } } }],
    },
  });
  const rig = await startRig(t, {
    providers: {
      router: { kind: 'openrouter', base_url: `${upstream.url}/v1`, api_key: 'sk-or-secret', body: preferences },
    },
    models: { '*': { to: 'router/*' } },
  });
  const system = [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }];
  const asked = message('hi', { model: 'anthropic/claude-opus-4.8', system, output_config: { effort: 'high' } });
  const answer = await rig.post('/v1/messages', asked, anthropicHeaders);
  assert.equal(answer.status, 200, await answer.clone().text());
  const sent = JSON.parse(upstream.requests[0]?.body.toString() ?? '') as {
    messages: unknown[];
    [field: string]: unknown;
  };
  for (const [field, value] of Object.entries(preferences)) assert.deepEqual(sent[field], value, field);
  assert.deepEqual(sent['usage'], { include: true });
  assert.deepEqual(sent['reasoning'], { effort: 'high' });
  assert.deepEqual(sent.messages[0], { role: 'system', content: system });
  const { usage } = (await answer.json()) as { usage: { [count: string]: number } };
  assert.deepEqual([usage['input_tokens'], usage['cache_read_input_tokens'], usage['output_tokens']], [5, 3, 2]);
  assert.equal(rig.records[0]?.usage.cost, 0.25);
});

test('what a client says itself goes before the preferences', async (t) => {
  const upstream = await startUpstream(t, { flavor: 'openrouter' });
  const rig = await startRig(t, {
    providers: {
      router: { kind: 'openrouter', base_url: `${upstream.url}/v1`, api_key: 'sk-or-secret', body: preferences },
    },
    models: { '*': { to: 'router/*' } },
  });
  const answer = await rig.post('/v1/chat/completions', chat('hi', { min_p: 0.5 }));
  assert.equal(answer.headers.get('x-dragoman-carriage'), 'amended');
  const sent = JSON.parse(upstream.requests[0]?.body.toString() ?? '') as { [field: string]: unknown };
  assert.equal(sent['min_p'], 0.5);
  assert.equal(sent['top_a'], 0.2);
  assert.equal(sent['usage'], undefined);
});

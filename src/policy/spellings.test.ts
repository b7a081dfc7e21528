import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spellingsOf } from './spellings.ts';

test('a model is known under its bare name too, the fullest name first', () => {
  const bare: { readonly [model: string]: string } = {
    'claude-opus-4-5-20251101': 'claude-opus-4-5',
    'anthropic/claude-opus-4.5': 'claude-opus-4.5',
    'us.anthropic.claude-opus-4-5-20251101-v1:0': 'claude-opus-4-5',
    'global.anthropic.claude-opus-4-6-v1': 'claude-opus-4-6',
    'arn:aws:bedrock:us-east-1:1234:inference-profile/us.anthropic.claude-sonnet-5-v1:0': 'claude-sonnet-5',
    'claude-sonnet-4-5@20250929': 'claude-sonnet-4-5',
    'claude-opus-5@default': 'claude-opus-5',
    'Claude-Opus-5[1m]': 'claude-opus-5',
    'databricks-gpt-5-1': 'gpt-5.1',
    'publishers/google/models/gemini-2.5-pro': 'gemini-2.5-pro',
    'accounts/fireworks/models/deepseek-v3p1': 'deepseek-v3p1',
    'openai/gpt-4o-2024-08-06:nitro': 'gpt-4o',
    'meta.llama3-3-70b-instruct-v1:0': 'llama3-3-70b-instruct',
    'gpt-4.1': 'gpt-4.1',
    'deepseek-v3': 'deepseek-v3',
  };
  for (const [model, name] of Object.entries(bare)) {
    const names = spellingsOf(model);
    assert.equal(names[0], model.toLowerCase());
    assert.ok(names.includes(name), `${model}: ${names.join(', ')}`);
  }
});

test('what makes another model of it is not left out', () => {
  assert.deepEqual(spellingsOf('meta-llama/llama-3.3-70b:free'), [
    'meta-llama/llama-3.3-70b:free',
    'llama-3.3-70b:free',
  ]);
  assert.ok(!spellingsOf('gpt-5-mini').includes('gpt-5'));
  assert.ok(!spellingsOf('deepseek-v3').includes('deepseek'));
});

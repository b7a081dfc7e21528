import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConfig } from '../config/load.ts';
import { buildProviders } from '../providers/build.ts';
import type { Operation } from '../providers/operation.ts';
import { knownKinds } from '../providers/table.ts';
import { ModelRouter } from './models.ts';

function router(config: object): ModelRouter {
  const read = readConfig({ file: 'dragoman.yaml', text: JSON.stringify(config) }, { env: {}, kinds: knownKinds });
  const ask = (): Promise<never> => Promise.reject(new Error('no token is fetched here'));
  return new ModelRouter(read, buildProviders(read, { ask, simulatorUrl: 'http://127.0.0.1:4999' }));
}

function plan(models: ModelRouter, operation: Operation, name?: string): string[] {
  return models.planOperation(operation, name).map(({ provider, model }) => `${provider}/${model}`);
}

const claude = { kind: 'anthropic', api_key: 'k' };
const openai = { kind: 'openai', api_key: 'k' };
const gemini = { kind: 'gemini', api_key: 'k' };
const cohere = { kind: 'cohere', api_key: 'k' };
const groq = { kind: 'groq', api_key: 'k' };
const house = { speaks: 'openai-chat', base_url: 'http://127.0.0.1:8000/v1' };

describe('a model that only the defaults decide', () => {
  const models = router({ providers: { claude, groq, openai, gemini, cohere } });
  for (const [operation, name, expected] of [
    ['embeddings', 'text-embedding-3-small', 'openai/text-embedding-3-small'],
    ['embeddings', 'gemini-embedding-001', 'gemini/gemini-embedding-001'],
    ['embeddings', 'text-embedding-005', 'gemini/text-embedding-005'],
    ['embeddings', 'embed-v4.0', 'openai/embed-v4.0'],
    ['rerank', 'rerank-v3.5', 'cohere/rerank-v3.5'],
    ['audio.transcriptions', 'whisper-1', 'openai/whisper-1'],
    ['audio.transcriptions', 'whisper-large-v3', 'groq/whisper-large-v3'],
    ['moderations', 'omni-moderation-latest', 'openai/omni-moderation-latest'],
    ['images.generations', 'dall-e-3', 'openai/dall-e-3'],
  ] as const) {
    test(`${name} goes to ${expected} for ${operation}`, () => {
      assert.deepEqual(plan(models, operation, name), [expected]);
    });
  }

  test('stays with a default provider of which nothing is known', () => {
    const mixed = router({ providers: { house, openai }, default_provider: 'house' });
    assert.deepEqual(plan(mixed, 'embeddings', 'bge-m3'), ['house/bge-m3']);
    // One that is known to have none is left out, as long as somebody else has some.
    const known = router({ providers: { groq, openai }, default_provider: 'groq' });
    assert.deepEqual(plan(known, 'embeddings', 'bge-m3'), ['openai/bge-m3']);
    const alone = router({ providers: { groq }, default_provider: 'groq' });
    assert.deepEqual(plan(alone, 'embeddings', 'bge-m3'), ['groq/bge-m3']);
  });
});

test('what somebody has decided is so', () => {
  const models = router({ providers: { claude, openai }, models: { m: 'claude/x', 'e*': ['claude/*', 'openai/*'] } });
  assert.deepEqual(plan(models, 'embeddings', 'm'), ['claude/x']);
  assert.deepEqual(plan(models, 'embeddings', 'ears'), ['claude/ars', 'openai/ars']);
  const ruled = router({ providers: { openai, claude }, default_provider: 'openai', models: { m: 'claude/x' } });
  assert.deepEqual(plan(ruled, 'embeddings', 'm'), ['claude/x']);
  const free = router({ providers: { claude, openai } });
  assert.deepEqual(plan(free, 'embeddings', 'claude/x'), ['claude/x']);
});

test('without a model the default provider has it, if it offers such a thing', () => {
  assert.deepEqual(plan(router({ providers: { claude, groq, openai } }), 'files'), ['groq/']);
  assert.deepEqual(plan(router({ providers: { claude, groq, openai }, default_provider: 'openai' }), 'files'), [
    'openai/',
  ]);
  assert.deepEqual(plan(router({ providers: { claude, groq, openai } }), 'moderations'), ['openai/']);
  // Who is known to have it goes before who may have it, and nobody is asked who is known to have none.
  assert.deepEqual(plan(router({ providers: { house, openai } }), 'files'), ['openai/']);
  assert.deepEqual(plan(router({ providers: { claude, house } }), 'files'), ['house/']);
  assert.deepEqual(plan(router({ providers: { claude, cohere } }), 'files'), []);
});

test('a name that leads nowhere is told as for a conversation', () => {
  const models = router({ providers: { openai }, models: { m: 'openai/x' } });
  assert.throws(() => plan(models, 'embeddings', 'other'), /There is no model "other" here/);
  assert.throws(() => plan(models, 'embeddings', ''), /must not be empty/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../config/load.ts';
import { buildProviders } from './build.ts';
import { type Operation, operations } from './operation.ts';
import type { DoorWish, Provider } from './provider.ts';
import { kinds, knownKinds } from './table.ts';

function one(settings: object): Provider {
  const written = { file: '/somewhere/dragoman.yaml', text: JSON.stringify({ providers: { p: settings } }) };
  const config = readConfig(written, { env: {}, kinds: knownKinds });
  const ask = (): Promise<never> => Promise.reject(new Error('nothing is asked here'));
  const provider = buildProviders(config, { ask, simulatorUrl: 'http://127.0.0.1:4999' }).get('p');
  assert.ok(provider);
  return provider;
}

/** Language, address and form of a way. */
function way(provider: Provider, operation: Operation, wish: DoorWish = {}, rest = ''): string | undefined {
  const door = provider.door(operation, wish);
  if (door === undefined) return undefined;
  return [door.speaks, door.origin + door.path(rest), door.form].filter((word) => word !== undefined).join(' ');
}

const at = (path: string): string => `openai-chat http://h${path}`;

test("OpenAI's kind have everything below one address, whichever of the two languages is spoken", () => {
  for (const speaks of ['openai-chat', 'openai-responses']) {
    const provider = one({ speaks, base_url: 'http://h/v1' });
    assert.equal(way(provider, 'embeddings', { model: 'm' }), at('/v1/embeddings'));
    assert.equal(way(provider, 'audio.speech', { model: 'm' }), at('/v1/audio/speech'));
    assert.equal(way(provider, 'files', {}, '/f-1/content'), at('/v1/files/f-1/content'));
    assert.equal(provider.offers, undefined);
  }
  const openai = one({ kind: 'openai', api_key: 'k' });
  assert.equal(way(openai, 'images.edits'), 'openai-chat https://api.openai.com/v1/images/edits');
  assert.ok(openai.offers?.includes('batches'));
});

test('a query of the address stays behind the path', () => {
  const provider = one({ speaks: 'openai-chat', base_url: 'http://h/v1?a=b' });
  assert.equal(way(provider, 'files', {}, '/x'), at('/v1/files/x?a=b'));
});

test('whoever speaks another language has what that language has', () => {
  const anthropic = one({ speaks: 'anthropic', base_url: 'http://h' });
  for (const operation of operations) assert.equal(way(anthropic, operation, { model: 'm' }), undefined);
  const cohere = one({ kind: 'cohere', api_key: 'k' });
  assert.equal(way(cohere, 'embeddings', { model: 'm' }), 'cohere https://api.cohere.com/v2/embed');
  assert.equal(way(cohere, 'rerank', { model: 'm' }), 'cohere https://api.cohere.com/v2/rerank');
  assert.equal(way(cohere, 'files'), undefined);
  const bedrock = one({ kind: 'bedrock', region: 'eu-central-1', api_key: 'k' });
  assert.equal(
    way(bedrock, 'embeddings', { model: 'cohere.embed-v4:0' }),
    'bedrock-converse https://bedrock-runtime.eu-central-1.amazonaws.com/model/cohere.embed-v4%3A0/invoke',
  );
  assert.equal(way(bedrock, 'embeddings'), undefined);
});

test('a compatible service that is spoken to in another language is asked for nothing else', () => {
  const provider = one({ kind: 'deepseek', api_key: 'k', speaks: 'anthropic' });
  assert.equal(way(provider, 'completions', { model: 'm' }), undefined);
});

test("Google's client gets its own form where there is one, everybody else the one for many", () => {
  const gemini = one({ kind: 'gemini', api_key: 'k' });
  const models = 'gemini https://generativelanguage.googleapis.com/v1beta/models/m';
  assert.equal(way(gemini, 'embeddings', { model: 'm' }), `${models}:batchEmbedContents batchEmbedContents`);
  assert.equal(way(gemini, 'embeddings', { model: 'm', form: 'embedContent' }), `${models}:embedContent embedContent`);
  assert.equal(
    way(gemini, 'embeddings', { model: 'm', form: 'predict' }),
    `${models}:batchEmbedContents batchEmbedContents`,
  );
});

test('Vertex AI has a method for each generation of models', () => {
  const place = { kind: 'vertex', base_url: 'http://h' };
  const named = one({ ...place, project: 'p', location: 'l', access_token: 't' });
  const models = 'gemini http://h/v1/projects/p/locations/l/publishers/google/models';
  for (const model of ['gemini-embedding-001', 'text-embedding-005', 'text-multilingual-embedding-002']) {
    assert.equal(way(named, 'embeddings', { model }), `${models}/${model}:predict predict`);
  }
  const newer = 'gemini-embedding-2-preview';
  assert.equal(way(named, 'embeddings', { model: newer }), `${models}/${newer}:embedContent vertex.embedContent`);
  const express = one({ ...place, api_key: 'k' });
  assert.equal(
    way(express, 'embeddings', { model: newer }),
    `gemini http://h/v1/publishers/google/models/${newer}:embedContent vertex.embedContent`,
  );
  assert.equal(way(named, 'files'), undefined);
});

test('Azure has deployments with a version, and one address without', () => {
  const azure = { kind: 'azure', base_url: 'http://h', api_key: 'k' };
  const versioned = one({ ...azure, api_version: 'v' });
  assert.equal(
    way(versioned, 'embeddings', { model: 'my model' }),
    at('/openai/deployments/my%20model/embeddings?api-version=v'),
  );
  assert.equal(way(versioned, 'files', {}, '/f'), at('/openai/files/f?api-version=v'));
  // A deployment has to be named.
  assert.equal(way(versioned, 'images.edits'), undefined);
  assert.equal(way(versioned, 'moderations', { model: 'm' }), undefined);
  const plain = one(azure);
  assert.equal(way(plain, 'embeddings', { model: 'm' }), at('/openai/v1/embeddings'));
  assert.equal(way(plain, 'fine_tuning', {}, '/jobs'), at('/openai/v1/fine_tuning/jobs'));
});

test('Databricks embeds where its models are', () => {
  const databricks = one({ kind: 'databricks', host: 'http://h', api_key: 'k' });
  assert.equal(way(databricks, 'embeddings', { model: 'bge' }), at('/serving-endpoints/bge/invocations'));
  assert.equal(way(databricks, 'files'), undefined);
});

test('quirks of a service hold for its other operations', () => {
  const mistral = one({ kind: 'mistral', api_key: 'k' });
  assert.equal(mistral.door('embeddings', { model: 'mistral-embed' })?.quirks.dimensions, 'output_dimension');
});

test('what the table promises has a way', () => {
  const settings = {
    api_key: 'k',
    host: 'http://h',
    account: 'a',
    project: 'p',
    region: 'us-east-1',
    base_url: 'http://h',
  };
  for (const { kind, offers = [] } of kinds.values()) {
    const fields = Object.entries(settings).filter(([name]) => name !== 'host' || kind === 'databricks');
    if (offers.length === 0) continue;
    const provider = one({ kind, ...Object.fromEntries(fields) });
    for (const operation of offers) assert.ok(provider.door(operation, { model: 'm' }), `${kind} ${operation}`);
  }
});

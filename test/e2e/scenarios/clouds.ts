import assert from 'node:assert/strict';
import { type GatewayConfig, providerKey } from '../../gateway-process.ts';
import type { Mode } from '../claude-code/session.ts';
import type { Choice, Scenario } from '../scenario.ts';
import type { Stage, WorldOptions } from '../stage.ts';
import { toolSession } from './tools.ts';

const readAlike: Choice = {
  languages: ['anthropic', 'openai-chat', 'bedrock-converse'],
  because: 'the gateway reads one and the same Messages request, however it was carried',
};
const carried: Choice = { languages: ['anthropic'], because: "it is Anthropic's language that is carried" };

/** Claude Code where it believes to be speaking to Amazon or Google, and where the gateway speaks to them. */
export const clouds: readonly Scenario[] = [
  cloudMode('bedrock', readAlike),
  cloudMode('bedrock, signed', { languages: ['anthropic'], because: 'all but the key is told without a signature' }),
  cloudMode('vertex', readAlike),
  { name: 'to Bedrock', client: 'claude-code', over: carried, play: (stage) => throughBedrock(stage) },
  { name: 'to Bedrock, signed', client: 'claude-code', over: carried, play: throughSignedBedrock },
  { name: 'to Vertex', client: 'claude-code', over: carried, play: throughVertex },
];

function cloudMode(mode: Mode, over: Choice): Scenario {
  return { name: `mode ${mode}`, client: 'claude-code', over, play: (stage) => toolSession(stage, { mode }) };
}

const inBedrock = 'us.anthropic.claude-opus-5-5';

async function throughBedrock(stage: Stage, world: WorldOptions = {}): Promise<void> {
  const service = (url: string): GatewayConfig => ({
    kind: 'bedrock',
    region: 'us-east-1',
    base_url: url,
    ...(world.aws === undefined
      ? { api_key: providerKey }
      : { access_key_id: world.aws.accessKeyId, secret_access_key: world.aws.secretAccessKey }),
  });
  const models = { 'claude-*': { to: `up/${inBedrock}` } };
  const calls = await toolSession(stage, { world: { service, models, ...world } });
  for (const { request, body, model } of calls) {
    assert.equal(request.path, `/model/${encodeURIComponent(inBedrock)}/invoke-with-response-stream`);
    assert.equal(model, inBedrock);
    assert.equal(body['anthropic_version'], 'bedrock-2023-05-31');
    assert.ok(Array.isArray(body['anthropic_beta']), 'the betas are lost');
    assert.ok(request.body.includes('"cache_control"'), 'the marks of the cache are lost');
  }
}

function throughSignedBedrock(stage: Stage): Promise<void> {
  const aws = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: providerKey, region: 'us-east-1' };
  return throughBedrock(stage, { aws });
}

async function throughVertex(stage: Stage): Promise<void> {
  const service = (url: string): GatewayConfig => ({
    kind: 'vertex',
    project: 'my-project',
    location: 'us-east5',
    base_url: url,
    access_token: providerKey,
  });
  const models = { 'claude-*': { to: 'up/claude-opus-5-5' } };
  const calls = await toolSession(stage, { world: { service, models } });
  for (const { request, body } of calls) {
    const place = '/v1/projects/my-project/locations/us-east5/publishers/anthropic/models';
    assert.equal(request.path, `${place}/claude-opus-5-5:streamRawPredict`);
    assert.equal(body['anthropic_version'], 'vertex-2023-10-16');
    assert.match(String(request.headers['anthropic-beta']), /interleaved-thinking/, 'the betas are lost');
    assert.ok(request.body.includes('"cache_control"'), 'the marks of the cache are lost');
  }
}

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { inspect } from 'node:util';
import { startCredentialService } from '../../test/credential-service.ts';
import type { DialectName } from '../canon/content.ts';
import type { Environment } from '../config/document.ts';
import { readConfig } from '../config/load.ts';
import { ConfigError } from '../config/problem.ts';
import { signatureProblem } from '../simulator/bedrock/sigv4.ts';
import { askThrough } from '../upstream/ask.ts';
import { createSender } from '../upstream/send.ts';
import { Pieces } from '../wire/pieces.ts';
import { buildProviders } from './build.ts';
import type { Machine } from './machine.ts';
import type { Provider, WireCall } from './provider.ts';
import { knownKinds } from './table.ts';

const sender = createSender({});
after(() => sender.close());

const bare: Machine = { home: '/home/me', variable: () => undefined, readText: () => undefined };

function withFiles(files: { [path: string]: string }): Machine {
  return { ...bare, readText: (path) => files[path] };
}

function build(text: string | undefined, env: Environment = {}, machine = bare): ReadonlyMap<string, Provider> {
  const written = text === undefined ? undefined : { file: '/somewhere/dragoman.yaml', text };
  const config = readConfig(written, { env, kinds: knownKinds });
  return buildProviders(config, { ask: askThrough(sender), machine, simulatorUrl: 'http://127.0.0.1:4999' });
}

function one(settings: object, env: Environment = {}, machine = bare): Provider {
  const provider = build(JSON.stringify({ providers: { p: settings } }), env, machine).get('p');
  assert.ok(provider);
  return provider;
}

/** Language and address of each way, for calls that are streamed and for those that are not where they differ. */
function ways(provider: Provider, model: string, client?: DialectName): string[] {
  return provider.routes(model, client).map((route) => {
    const [whole, stream] = [route.path(model, false), route.path(model, true)];
    return `${route.speaks} ${route.origin}${whole}${whole === stream ? '' : ` ${stream}`}`;
  });
}

function complaint(settings: object, env: Environment = {}, machine = bare): string {
  try {
    one(settings, env, machine);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return assert.fail('there was nothing to complain of');
}

describe('OpenAI', () => {
  const openai = one({ kind: 'openai', api_key: 'k' });
  const at = 'https://api.openai.com/v1';
  const [responses, chat] = [`openai-responses ${at}/responses`, `openai-chat ${at}/chat/completions`];

  for (const [client, expected] of [
    ['openai-chat', [chat, responses]],
    ['openai-responses', [responses, chat]],
    ['anthropic', [responses, chat]],
    [undefined, [responses, chat]],
  ] as const) {
    test(`is spoken to by ${client ?? 'anybody'} in ${expected[0].split(' ')[0]}`, () => {
      assert.deepEqual(ways(openai, 'gpt-5.6', client), expected);
    });
  }

  for (const model of [
    'o1-pro',
    'o3-pro-2025-06-10',
    'gpt-5-pro',
    'gpt-5.2-pro',
    'gpt-5-codex',
    'codex-mini-latest',
    'o3-deep-research',
    'computer-use-preview',
  ]) {
    test(`${model} by Responses alone`, () => assert.deepEqual(ways(openai, model, 'openai-chat'), [responses]));
  }

  for (const model of [
    'gpt-3.5-turbo',
    'gpt-4',
    'gpt-4-turbo',
    'gpt-4o-audio-preview',
    'gpt-audio-mini',
    'gpt-4o-search-preview',
  ]) {
    test(`${model} by chat alone`, () => assert.deepEqual(ways(openai, model, 'openai-responses'), [chat]));
  }

  test('in the one language that is asked for', () => {
    const asked = one({ kind: 'openai', api_key: 'k', speaks: 'openai-chat' });
    assert.deepEqual(ways(asked, 'gpt-5-codex', 'openai-responses'), [chat]);
  });

  test('a way that is not there is tried last from then on, by every client', () => {
    const elsewhere = one({ kind: 'openai', api_key: 'k', base_url: 'http://127.0.0.1:9/v1' });
    const [, second] = elsewhere.routes('m', 'anthropic');
    assert.equal(second?.speaks, 'openai-chat');
    elsewhere.prefer('m', second, 'anthropic');
    for (const client of ['anthropic', 'openai-responses', 'openai-chat'] as const) {
      assert.deepEqual(
        elsewhere.routes('m', client).map(({ speaks }) => speaks),
        ['openai-chat', 'openai-responses'],
      );
    }
    assert.equal(elsewhere.routes('n', 'anthropic')[0]?.speaks, 'openai-responses');
  });

  test("a client's own language that answered first says nothing of the other", () => {
    const provider = one({ kind: 'openai', api_key: 'k' });
    const [first] = provider.routes('m', 'openai-chat');
    assert.ok(first);
    provider.prefer('m', first, 'openai-chat');
    assert.equal(provider.routes('m', 'anthropic')[0]?.speaks, 'openai-responses');
  });

  test('each language has the quirks of its own', () => {
    const quirks = (model: string, speaks: DialectName) =>
      openai.routes(model).find((route) => route.speaks === speaks)?.quirks;
    assert.equal(quirks('gpt-4o', 'openai-chat')?.max_tokens, 'max_completion_tokens');
    assert.equal(quirks('gpt-4o', 'openai-responses')?.max_tokens, undefined);
    for (const speaks of ['openai-chat', 'openai-responses'] as const) {
      assert.equal(quirks('gpt-4o', speaks)?.reasoning_request, 'none');
      assert.equal(quirks('gpt-5.6-sol', speaks)?.reasoning_request, 'reasoning_effort');
      assert.deepEqual(quirks('gpt-5.6-sol', speaks)?.efforts, ['none', 'low', 'medium', 'high', 'xhigh', 'max']);
      assert.deepEqual(quirks('gpt-5-mini', speaks)?.efforts, ['minimal', 'low', 'medium', 'high']);
      assert.deepEqual(quirks('o3', speaks)?.efforts, ['low', 'medium', 'high']);
    }
    assert.ok(quirks('o3', 'openai-chat')?.refuses?.includes('stop'));
    assert.deepEqual(quirks('o3', 'openai-responses')?.refuses, ['temperature', 'top_p', 'top_logprobs']);
  });

  test('tokens are counted by Responses', () => {
    assert.deepEqual(
      openai.routes('m').map(({ countPath }) => countPath),
      ['/v1/responses/input_tokens', undefined],
    );
  });
});

describe('Gemini', () => {
  const gemini = one({ kind: 'gemini', api_key: 'k' });

  test('has model and manner in its paths', () => {
    assert.deepEqual(ways(gemini, 'gemini-2.5-pro'), [
      'gemini https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent /v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse',
    ]);
    assert.equal(gemini.routes('g')[0]?.countPath, '/v1beta/models/g:countTokens');
    assert.equal(gemini.modelName('models/gemini-2.5-pro'), 'gemini-2.5-pro');
  });

  test('shows its key in a header of its own', async () => {
    assert.deepEqual(await gemini.authorize(), { 'x-goog-api-key': 'k' });
  });

  test('is what its key selects, by its own language', () => {
    const providers = build(undefined, { GEMINI_API_KEY: 'k' });
    assert.deepEqual([...providers.keys()], ['gemini']);
    assert.equal(build(undefined, { PROXY_BACKEND: 'GEMINI_OPENAI', GEMINI_API_KEY: 'k' }).has('gemini-openai'), true);
  });

  test('may be elsewhere, whatever stands at the end of the address', () => {
    for (const end of ['', '/', '/v1beta', '/v1']) {
      const there = one({ kind: 'gemini', api_key: 'k', base_url: `http://h:1/g${end}` });
      assert.equal(there.routes('m')[0]?.path('m', false), '/g/v1beta/models/m:generateContent');
    }
    const asked = one({ kind: 'gemini', api_key: 'k', base_url: 'http://h:1?x=1' });
    assert.equal(asked.routes('m')[0]?.path('m', true), '/v1beta/models/m:streamGenerateContent?alt=sse&x=1');
  });
});

test('Cohere is spoken to in its own language', async () => {
  const cohere = one({ kind: 'cohere', api_key: 'k' });
  assert.deepEqual(ways(cohere, 'command-a-03-2025'), ['cohere https://api.cohere.com/v2/chat']);
  assert.deepEqual(await cohere.authorize(), { authorization: 'Bearer k' });
  assert.deepEqual([...build(undefined, { COHERE_API_KEY: 'k' }).keys()], ['cohere']);
  assert.equal(cohere.list.path, '/v1/models?page_size=1000&endpoint=chat');
  assert.equal(cohere.routes('command-a-03-2025')[0]?.quirks.reasoning_request, 'none');
  assert.equal(cohere.routes('command-a-reasoning-08-2025')[0]?.quirks.reasoning_request, undefined);
});

describe('Azure', () => {
  const host = 'https://ours.openai.azure.com';
  const azure = one({ kind: 'azure', account: 'ours', api_key: 'k' });

  test("OpenAI's models are at the one domain, Claude at the other", () => {
    assert.deepEqual(ways(azure, 'my-gpt'), [
      `openai-responses ${host}/openai/v1/responses`,
      `openai-chat ${host}/openai/v1/chat/completions`,
    ]);
    assert.equal(ways(azure, 'my-gpt', 'openai-chat')[0], `openai-chat ${host}/openai/v1/chat/completions`);
    assert.equal(
      ways(azure, 'claude-opus-4-5')[0],
      'anthropic https://ours.services.ai.azure.com/anthropic/v1/messages',
    );
  });

  test('with a version, models are at their deployments', () => {
    const classic = one({ kind: 'azure', account: 'ours', api_key: 'k', api_version: '2024-10-21' });
    assert.deepEqual(ways(classic, 'my gpt', 'anthropic'), [
      `openai-chat ${host}/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21`,
      `openai-responses ${host}/openai/responses?api-version=2024-10-21`,
    ]);
    assert.equal(classic.routes('my gpt')[1]?.countPath, undefined);
  });

  test('an address is taken as it is copied from wherever it stands', () => {
    for (const end of ['', '/', '/openai', '/openai/v1', '/openai/v1/', '/anthropic']) {
      const there = one({ kind: 'azure', api_key: 'k', base_url: `https://x.cognitiveservices.azure.com${end}` });
      assert.equal(ways(there, 'm')[0], 'openai-responses https://x.cognitiveservices.azure.com/openai/v1/responses');
    }
  });

  test('the environment gives name or address', () => {
    const found = build(undefined, { AZURE_OPENAI_ENDPOINT: 'https://x.openai.azure.com/', AZURE_OPENAI_API_KEY: 'k' });
    assert.equal(found.get('azure')?.baseUrl, 'https://x.openai.azure.com');
    const written = one(
      { kind: 'azure', account: 'ours', api_key: 'k' },
      { AZURE_OPENAI_ENDPOINT: 'https://x.openai.azure.com' },
    );
    assert.equal(written.baseUrl, host, 'what is written is not replaced');
    assert.match(
      complaint({ kind: 'azure', api_key: 'k' }),
      /providers\.p\.account: is missing: write it, or set AZURE_RESOURCE_NAME$/,
    );
  });

  test('a service principal gets a token, once, and again when it is refused', async (t) => {
    const entra = await startCredentialService(t);
    entra.answer = (_request, count) => ({
      body: { token_type: 'Bearer', expires_in: 3599, access_token: `t${count}` },
    });
    const provider = one({
      kind: 'azure',
      account: 'ours',
      tenant_id: 'tenant',
      client_id: 'id',
      client_secret: 'se:cret',
      token_url: `${entra.url}/tenant/oauth2/v2.0/token`,
      headers: { 'x-own': 'yes' },
    });
    const all = await Promise.all([provider.authorize(), provider.authorize()]);
    assert.deepEqual(all, [{ authorization: 'Bearer t1', 'x-own': 'yes' }, all[0]]);
    assert.equal(provider.authorize(), all[0], 'no promise and no new object');
    assert.equal(provider.refused(all[0] ?? {}), true);
    assert.deepEqual(await provider.authorize(), { authorization: 'Bearer t2', 'x-own': 'yes' });
    const [asked] = entra.arrived;
    assert.deepEqual([entra.arrived.length, asked?.path], [2, '/tenant/oauth2/v2.0/token']);
    assert.deepEqual(Object.fromEntries(new URLSearchParams(asked?.body)), {
      grant_type: 'client_credentials',
      scope: 'https://cognitiveservices.azure.com/.default',
      client_id: 'id',
      client_secret: 'se:cret',
    });
    assert.equal(asked?.headers.authorization, undefined);
  });

  for (const [settings, missing] of [
    [{}, 'write providers.p.api_key, or set AZURE_API_KEY'],
    [{ client_id: 'i', client_secret: 's' }, 'write providers.p.tenant_id, or set AZURE_TENANT_ID'],
    [{ client_id: 'i', tenant_id: 't' }, 'write providers.p.client_secret, or set AZURE_CLIENT_SECRET'],
    [{ client_secret: 's', tenant_id: 't' }, 'write providers.p.client_id, or set AZURE_CLIENT_ID'],
    [{ client_id: 'i', client_secret: 's', tenant_id: 't' }, undefined],
    [{ client_id: 'i', client_secret: 's', token_url: 'http://h' }, undefined],
  ] as const) {
    test(`missing: ${JSON.stringify(settings)}`, () => {
      assert.equal(one({ kind: 'azure', account: 'ours', ...settings }).missing, missing);
    });
  }

  test('a principal that is written goes before a key of the environment', async () => {
    const settings = {
      kind: 'azure',
      account: 'ours',
      client_id: 'i',
      client_secret: 's',
      tenant_id: 't',
      token_url: 'http://127.0.0.1:1',
    };
    const provider = one(settings, { AZURE_API_KEY: 'k' });
    await assert.rejects(async () => provider.authorize(), { kind: 'bad_upstream' });
  });
});

describe('Vertex AI', () => {
  const vertex = one({ kind: 'vertex', project: 'ours', location: 'europe-west1', access_token: 't' });
  const host = 'https://europe-west1-aiplatform.googleapis.com';
  const folder = '/v1/projects/ours/locations/europe-west1/publishers';

  test('Gemini is spoken to in its own language, Claude in its, wrapped, and others by chat', () => {
    assert.deepEqual(ways(vertex, 'gemini-2.5-pro'), [
      `gemini ${host}${folder}/google/models/gemini-2.5-pro:generateContent ${folder}/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse`,
    ]);
    const claude = `${folder}/anthropic/models/claude-opus-4-5%4020251101`;
    assert.deepEqual(ways(vertex, 'claude-opus-4-5@20251101'), [
      `anthropic ${host}${claude}:rawPredict ${claude}:streamRawPredict`,
    ]);
    assert.deepEqual(ways(vertex, 'meta/llama-4'), [
      `openai-chat ${host}/v1/projects/ours/locations/europe-west1/endpoints/openapi/chat/completions`,
    ]);
    const wrappings = ['gemini-2.5-pro', 'claude-x'].map((model) => vertex.routes(model)[0]?.wrapping?.errors);
    assert.deepEqual(wrappings, [undefined, 'gemini']);
  });

  test('Gemini has quirks there that it has not at home', () => {
    assert.deepEqual(vertex.routes('gemini-x')[0]?.quirks, { tool_ids: 'none', count_body: 'bare' });
    assert.deepEqual(vertex.routes('claude-x')[0]?.quirks, {});
    assert.equal(vertex.routes('google/gemini-3-pro')[0]?.quirks.reasoning, 'extra_content');
  });

  test('tokens are counted where each has its counter', () => {
    assert.equal(vertex.routes('claude-x')[0]?.countPath, `${folder}/anthropic/models/count-tokens:rawPredict`);
    assert.equal(vertex.routes('gemini-x')[0]?.countPath, `${folder}/google/models/gemini-x:countTokens`);
  });

  for (const [location, origin] of [
    [undefined, 'https://aiplatform.googleapis.com'],
    ['global', 'https://aiplatform.googleapis.com'],
    ['us', 'https://aiplatform.us.rep.googleapis.com'],
    ['eu', 'https://aiplatform.eu.rep.googleapis.com'],
    ['us-central1', 'https://us-central1-aiplatform.googleapis.com'],
  ] as const) {
    test(`is at ${origin} for ${location ?? 'no location'}`, () => {
      const there = one({
        kind: 'vertex',
        project: 'ours',
        access_token: 't',
        ...(location === undefined ? {} : { location }),
      });
      assert.equal(there.routes('m')[0]?.origin, origin);
      assert.ok(
        there
          .routes('m')[0]
          ?.path('m', false)
          .includes(`/locations/${location ?? 'global'}/`),
      );
    });
  }

  test("makers' names become Google's", () => {
    for (const [from, to] of [
      ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5@20250929'],
      ['claude-sonnet-4.5', 'claude-sonnet-4-5'],
      ['claude-opus-5-5', 'claude-opus-5-5'],
      ['publishers/google/models/gemini-2.5-pro', 'gemini-2.5-pro'],
      ['gemini-2.5-pro', 'gemini-2.5-pro'],
    ] as const) {
      assert.equal(vertex.modelName(from), to);
    }
  });

  test('a key tells the project by itself', async () => {
    const express = one({ kind: 'vertex', api_key: 'k' });
    assert.deepEqual(ways(express, 'gemini-x'), [
      'gemini https://aiplatform.googleapis.com/v1/publishers/google/models/gemini-x:generateContent /v1/publishers/google/models/gemini-x:streamGenerateContent?alt=sse',
    ]);
    assert.deepEqual(await express.authorize(), { 'x-goog-api-key': 'k' });
  });

  test('else the project is asked for, if the account does not tell it', () => {
    assert.match(
      complaint({ kind: 'vertex', access_token: 't' }),
      /providers\.p\.project: is missing: write it, or set GOOGLE_CLOUD_PROJECT$/,
    );
    const files = {
      '/robot.json': '{"type":"service_account","client_email":"e","private_key":"k","project_id":"theirs"}',
    };
    const provider = one({ kind: 'vertex', credentials_file: '/robot.json' }, {}, withFiles(files));
    assert.ok(provider.routes('m')[0]?.path('m', false).includes('/projects/theirs/'));
  });

  test('a token that is given is shown, and the project that is charged for a login', async () => {
    assert.deepEqual(await vertex.authorize(), { authorization: 'Bearer t' });
    const login =
      '{"type":"authorized_user","client_id":"i","client_secret":"s","refresh_token":"r","quota_project_id":"paying"}';
    const on = withFiles({ '/home/me/.config/gcloud/application_default_credentials.json': login });
    const provider = one({ kind: 'vertex', access_token: 't' }, {}, on);
    assert.deepEqual(await provider.authorize(), { authorization: 'Bearer t', 'x-goog-user-project': 'paying' });
    assert.ok(provider.routes('m')[0]?.path('m', false).includes('/projects/paying/'));
  });

  test('a login is renewed when its token is refused', async (t) => {
    const google = await startCredentialService(t);
    google.answer = (_request, count) => ({ body: { access_token: `t${count}`, expires_in: 3599 } });
    const credentials = '{"type":"authorized_user","client_id":"i","client_secret":"s","refresh_token":"r"}';
    const provider = one({ kind: 'vertex', project: 'ours', credentials, token_url: google.url });
    const [first, second] = await Promise.all([provider.authorize(), provider.authorize()]);
    assert.equal(first, second);
    assert.equal(google.arrived.length, 1, 'one flight at a time');
    provider.refused(first);
    assert.deepEqual(await provider.authorize(), { authorization: 'Bearer t2' });
  });

  test('is not taken to be wanted because something of Google is set', () => {
    const env = { GOOGLE_CLOUD_PROJECT: 'ours', GOOGLE_APPLICATION_CREDENTIALS: '/f' };
    assert.deepEqual([...build(undefined, env).keys()], ['simulator']);
    assert.equal(build(undefined, { ...env, PROXY_BACKEND: 'VERTEX' }).has('vertex'), true);
  });
});

describe('Bedrock', () => {
  const bedrock = one({ kind: 'bedrock', region: 'eu-west-1', api_key: 'k' });
  const host = 'https://bedrock-runtime.eu-west-1.amazonaws.com';
  const id = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
  const at = '/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0';
  const invoke = `anthropic ${host}${at}/invoke ${at}/invoke-with-response-stream`;
  const converse = `bedrock-converse ${host}${at}/converse ${at}/converse-stream`;

  test('Claude is invoked, and all others are conversed with', () => {
    assert.deepEqual(ways(bedrock, id), [invoke, converse]);
    assert.deepEqual(ways(bedrock, id, 'bedrock-converse'), [converse, invoke]);
    assert.deepEqual(ways(bedrock, 'amazon.nova-pro-v1:0', 'anthropic'), [
      `bedrock-converse ${host}/model/amazon.nova-pro-v1%3A0/converse /model/amazon.nova-pro-v1%3A0/converse-stream`,
    ]);
    const asked = one({ kind: 'bedrock', region: 'eu-west-1', api_key: 'k', speaks: 'bedrock-converse' });
    assert.ok(ways(asked, id).every((way) => way === converse));
  });

  test('models may be named by their ARN', () => {
    const arn = 'arn:aws:bedrock:eu-west-1:1:application-inference-profile/x';
    const path = bedrock.routes(arn)[0]?.path(arn, false);
    assert.equal(path, '/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Aapplication-inference-profile%2Fx/converse');
  });

  test('tokens are counted by the model behind the profile', () => {
    assert.deepEqual(
      bedrock.routes(id).map(({ countPath }) => countPath),
      Array(2).fill('/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/count-tokens'),
    );
  });

  for (const [region, group] of [
    ['us-east-1', 'us.'],
    ['eu-north-1', 'eu.'],
    ['us-gov-west-1', 'us-gov.'],
    ['ap-northeast-1', 'global.'],
    ['ca-central-1', 'global.'],
  ] as const) {
    test(`makers' names become those of the profiles around ${region}`, () => {
      const there = one({ kind: 'bedrock', region, api_key: 'k' });
      assert.equal(there.modelName('claude-opus-5-5'), `${group}anthropic.claude-opus-5-5`);
    });
  }

  for (const [from, to] of [
    ['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929-v1:0'],
    ['claude-sonnet-4.5', 'claude-sonnet-4-5-20250929-v1:0'],
    ['claude-haiku-4-5-20251001', 'claude-haiku-4-5-20251001-v1:0'],
    ['claude-opus-4-1', 'claude-opus-4-1-20250805-v1:0'],
    ['claude-sonnet-4', 'claude-sonnet-4-20250514-v1:0'],
    ['claude-opus-4-6', 'claude-opus-4-6-v1'],
    ['claude-sonnet-4-6', 'claude-sonnet-4-6'],
    ['claude-opus-5.5', 'claude-opus-5-5'],
    ['claude-3-7-sonnet-latest', 'claude-3-7-sonnet-20250219-v1:0'],
    ['claude-3.5-sonnet', 'claude-3-5-sonnet-20241022-v2:0'],
    ['claude-3-haiku-20240307', 'claude-3-haiku-20240307-v1:0'],
    ['claude-sonnet-6', 'claude-sonnet-6'],
  ] as const) {
    test(`${from} has a name of Amazon's`, () => {
      assert.equal(bedrock.modelName(from), `eu.anthropic.${to}`);
    });
  }

  test('the group of profiles can be chosen, and names of Amazon stay', () => {
    const name = (profile: string) =>
      one({ kind: 'bedrock', region: 'ap-northeast-1', api_key: 'k', inference_profile: profile }).modelName(
        'claude-opus-5-5',
      );
    assert.deepEqual([name('jp'), name('none')], ['jp.anthropic.claude-opus-5-5', 'anthropic.claude-opus-5-5']);
    assert.equal(bedrock.modelName(id), id);
    assert.equal(bedrock.modelName('amazon.nova-pro-v1:0'), 'amazon.nova-pro-v1:0');
  });

  test("models have the quirks of their makers, under every profile's name", () => {
    const quirks = (model: string) => bedrock.routes(model, 'bedrock-converse')[0]?.quirks;
    assert.equal(quirks('us.meta.llama3-3-70b-instruct-v1:0')?.forced_tools, false);
    assert.equal(quirks('us.meta.llama3-3-70b-instruct-v1:0')?.images, false);
    assert.equal(quirks('us.meta.llama3-2-90b-instruct-v1:0')?.images, true);
    for (const whole of [id, 'amazon.nova-pro-v1:0', 'mistral.mistral-large-2407-v1:0']) {
      assert.deepEqual(quirks(whole), {}, whole);
    }
  });

  test('the region is told by settings, environment, profile or address', () => {
    const origin = (settings: object, env: Environment = {}, machine = bare) =>
      one({ kind: 'bedrock', api_key: 'k', ...settings }, env, machine).routes('m')[0]?.origin;
    assert.equal(origin({ region: 'cn-north-1' }), 'https://bedrock-runtime.cn-north-1.amazonaws.com.cn');
    assert.equal(origin({}, { AWS_DEFAULT_REGION: 'us-west-2' }), 'https://bedrock-runtime.us-west-2.amazonaws.com');
    const files = withFiles({ '/home/me/.aws/config': '[profile x]\nregion = sa-east-1\n' });
    assert.equal(origin({ profile: 'x' }, {}, files), 'https://bedrock-runtime.sa-east-1.amazonaws.com');
    assert.match(
      complaint({ kind: 'bedrock', api_key: 'k' }),
      /providers\.p\.region: is missing: write it, or set AWS_REGION$/,
    );
  });

  test('models are listed at another host, or where everything else is', () => {
    assert.deepEqual(bedrock.list, {
      origin: 'https://bedrock.eu-west-1.amazonaws.com',
      path: '/inference-profiles?type=SYSTEM_DEFINED&maxResults=1000',
    });
    const own = one({ kind: 'bedrock', region: 'eu-west-1', api_key: 'k', base_url: 'http://h:1/aws' });
    assert.deepEqual(own.list, {
      origin: 'http://h:1',
      path: '/aws/inference-profiles?type=SYSTEM_DEFINED&maxResults=1000',
    });
    assert.deepEqual(own.probe, own.list);
  });

  const call: WireCall = {
    method: 'POST',
    origin: host,
    path: `${at}/invoke`,
    headers: { 'content-type': 'application/json' },
    body: Pieces.ofText('{}'),
  };

  test('a key is shown, and keys sign', async () => {
    assert.deepEqual(await bedrock.authorize(), { authorization: 'Bearer k' });
    const keys = { access_key_id: 'AK', secret_access_key: 'SECRET', session_token: 'TOKEN' };
    const signing = one({ kind: 'bedrock', region: 'eu-west-1', ...keys }, { AWS_BEARER_TOKEN_BEDROCK: 'k' });
    assert.equal(signing.missing, undefined);
    const own = await signing.authorize(call);
    const headers = { ...call.headers, ...own, host: new URL(host).host };
    const request = { method: 'POST', target: call.path, headers, body: Buffer.from('{}') };
    const account = { accessKeyId: 'AK', secretAccessKey: 'SECRET', sessionToken: 'TOKEN', region: 'eu-west-1' };
    assert.equal(signatureProblem(request, account, Date.now()), undefined);
    const shown = `${inspect(signing, { depth: 20, showHidden: true })}${JSON.stringify(signing)}`;
    assert.doesNotMatch(shown, /SECRET|TOKEN/);
  });

  test('a profile that is written goes before keys of the environment', async () => {
    const files = withFiles({ '/home/me/.aws/credentials': '[x]\naws_access_key_id=AKX\naws_secret_access_key=S' });
    const env = { AWS_ACCESS_KEY_ID: 'AKENV', AWS_SECRET_ACCESS_KEY: 'S', AWS_PROFILE: 'y' };
    const provider = one({ kind: 'bedrock', region: 'eu-west-1', profile: 'x' }, env, files);
    assert.match((await provider.authorize(call))['authorization'] ?? '', /Credential=AKX\//);
  });

  test('half a key is told', () => {
    assert.equal(
      one({ kind: 'bedrock', region: 'eu-west-1', access_key_id: 'AK' }).missing,
      'write providers.p.secret_access_key, or set AWS_SECRET_ACCESS_KEY',
    );
    assert.equal(
      one({ kind: 'bedrock', region: 'eu-west-1', api_key: '${MY_KEY}' }).missing,
      'providers.p.api_key takes MY_KEY, which is not set',
    );
  });

  test('is not taken to be wanted because something of Amazon is set', () => {
    const env = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AK', AWS_SECRET_ACCESS_KEY: 'S' };
    assert.deepEqual([...build(undefined, env).keys()], ['simulator']);
    assert.equal(build(undefined, { ...env, PROXY_BACKEND: 'BEDROCK' }).has('bedrock'), true);
    assert.equal(build(undefined, { AWS_REGION: 'eu-west-1', AWS_BEARER_TOKEN_BEDROCK: 'k' }).has('bedrock'), true);
  });
});

test('the words of PROXY_BACKEND choose the clouds', () => {
  const env = { AZURE_RESOURCE_NAME: 'a', GOOGLE_CLOUD_PROJECT: 'p', AWS_REGION: 'us-east-1' };
  for (const [word, kind] of [
    ['OPENAI', 'openai'],
    ['AZURE_OPENAI', 'azure'],
    ['GEMINI', 'gemini'],
    ['VERTEX', 'vertex'],
    ['BEDROCK', 'bedrock'],
    ['COHERE', 'cohere'],
    ['MISTRAL', 'mistral'],
  ] as const) {
    assert.deepEqual([...build(undefined, { ...env, PROXY_BACKEND: word }).keys()], [kind]);
  }
});

// Every client's calls to the clouds: addresses, identities and carriage together, as their doors see them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AwsAccount } from '../../src/simulator/index.ts';
import { startCredentialService } from '../credential-service.ts';
import { anthropicHeaders, chat, message, type Rig, startRig, startUpstream } from './rig.ts';

const said = '[[text:Hello from afar]]';
const account: AwsAccount = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'secret/with+signs',
  sessionToken: 'token==',
  region: 'eu-west-1',
};
const keys = {
  region: account.region,
  access_key_id: account.accessKeyId,
  secret_access_key: account.secretAccessKey,
  session_token: account.sessionToken,
};

async function behind(t: Parameters<typeof startRig>[0], provider: object, aws?: AwsAccount) {
  const upstream = await startUpstream(t, { scenario: { strict: true }, ...(aws === undefined ? {} : { aws }) });
  const rig = await startRig(t, { providers: { p: { base_url: upstream.url, ...provider } } });
  return { upstream, rig };
}

/** What the three sorts of clients read, whole and streamed. */
async function heard(rig: Rig, model: string): Promise<string[]> {
  const messages = await rig.post('/v1/messages', message(said, { model }), anthropicHeaders);
  const streamed = await rig.post('/v1/messages', message(said, { model, stream: true }), anthropicHeaders);
  const answered = await rig.post('/v1/chat/completions', chat(said, { model }));
  return Promise.all([messages, streamed, answered].map((answer) => answer.text()));
}

function assertHeard(answers: readonly string[]): void {
  for (const answer of answers) {
    const text = answer.includes('event: ')
      ? [...answer.matchAll(/"text":"([^"]*)"/g)].map(([, piece]) => piece).join('')
      : answer;
    assert.ok(text.includes('Hello from afar'), answer);
  }
}

describe('Bedrock', () => {
  for (const [model, paths] of [
    ['claude-opus-5-5', ['invoke', 'invoke-with-response-stream', 'invoke']],
    ['amazon.nova-pro-v1:0', ['converse', 'converse-stream', 'converse']],
  ] as const) {
    test(`${model} is called with signatures that its door believes`, async (t) => {
      const { upstream, rig } = await behind(t, { kind: 'bedrock', ...keys }, account);
      assertHeard(await heard(rig, model));
      const id = model.startsWith('claude') ? `eu.anthropic.${model}` : model;
      assert.deepEqual(
        upstream.requests.map(({ path }) => path),
        paths.map((end) => `/model/${encodeURIComponent(id)}/${end}`),
      );
    });
  }

  test('a wrong secret is told without it', async (t) => {
    const wrong = { ...keys, secret_access_key: 'another-secret' };
    const { rig } = await behind(t, { kind: 'bedrock', ...wrong }, account);
    const answer = await rig.post('/v1/messages', message('Hi', { model: 'claude-opus-5-5' }), anthropicHeaders);
    const text = await answer.text();
    assert.ok([401, 403].includes(answer.status), text);
    assert.ok(!text.includes('another-secret') && !text.includes('token=='), text);
  });

  test('Converse is chosen by its language', async (t) => {
    const { upstream, rig } = await behind(t, { kind: 'bedrock', speaks: 'bedrock-converse', ...keys }, account);
    assertHeard(await heard(rig, 'claude-opus-5-5'));
    assert.ok(upstream.requests.every(({ path }) => path.includes('/converse')));
  });

  test('tokens are counted and models listed with signatures, too', async (t) => {
    const { upstream, rig } = await behind(t, { kind: 'bedrock', ...keys }, account);
    const counted = await rig.post(
      '/v1/messages/count_tokens',
      message('Hi', { model: 'claude-opus-5-5' }),
      anthropicHeaders,
    );
    assert.equal(counted.status, 200);
    assert.equal(counted.headers.get('x-dragoman-estimate'), null, 'it is no estimate');
    assert.equal(upstream.requests.at(-1)?.path, '/model/anthropic.claude-opus-5-5/count-tokens');
    upstream.play({ models: ['eu.anthropic.claude-opus-5-5'] });
    const listed = (await (await rig.get('/v1/models', anthropicHeaders)).json()) as { data: { id: string }[] };
    assert.ok(
      listed.data.some(({ id }) => id === 'eu.anthropic.claude-opus-5-5'),
      JSON.stringify(listed),
    );
  });
});

describe('Vertex AI', () => {
  for (const model of ['claude-opus-5-5', 'gemini-2.5-pro']) {
    test(`${model} is called with a token that was fetched once`, async (t) => {
      const google = await startCredentialService(t);
      google.answer = () => ({ body: { access_token: 'ya29.fetched', expires_in: 3599 } });
      const login = { type: 'authorized_user', client_id: 'i', client_secret: 's', refresh_token: 'r' };
      const { upstream, rig } = await behind(t, {
        kind: 'vertex',
        project: 'ours',
        credentials: JSON.stringify(login),
        token_url: google.url,
      });
      assertHeard(await heard(rig, model));
      assert.equal(google.arrived.length, 1);
      assert.ok(upstream.requests.every(({ headers }) => headers['authorization'] === 'Bearer ya29.fetched'));
      const folder = `/v1/projects/ours/locations/global/publishers/${model.startsWith('claude') ? 'anthropic' : 'google'}/models/`;
      assert.ok(
        upstream.requests.every(({ path }) => path.startsWith(folder + model)),
        upstream.requests[0]?.path ?? '',
      );
    });
  }
});

describe('OpenAI and Azure', () => {
  for (const [kind, responses, completions] of [
    ['openai', '/responses', '/chat/completions'],
    ['azure', '/openai/v1/responses', '/openai/v1/chat/completions'],
  ] as const) {
    test(`${kind}: each client is answered in its own language, others by Responses`, async (t) => {
      const { upstream, rig } = await behind(t, { kind, api_key: 'k' });
      assertHeard(await heard(rig, 'gpt-test'));
      assert.deepEqual(
        upstream.requests.map(({ path }) => path),
        [responses, responses, completions],
      );
      assert.equal(rig.records.at(-1)?.carriage, 'passed');
    });
  }

  test('Azure, classic: a deployment is called at its own address', async (t) => {
    const { upstream, rig } = await behind(t, { kind: 'azure', api_key: 'k', api_version: '2024-10-21' });
    assertHeard(await heard(rig, 'my-gpt'));
    for (const { path } of upstream.requests) assert.match(path, /^\/openai\/deployments\/my-gpt\/chat\/completions/);
  });
});

for (const [kind, model] of [
  ['gemini', 'gemini-2.5-pro'],
  ['cohere', 'command-a-03-2025'],
] as const) {
  test(`${kind} answers every client`, async (t) => {
    const { rig } = await behind(t, { kind, api_key: 'k' });
    assertHeard(await heard(rig, model));
  });
}

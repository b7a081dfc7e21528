import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anthropicHeaders, message, startRig, startUpstream } from './rig.ts';

const missing = {
  kind: 'status',
  status: 404,
  body: { error_code: 'ENDPOINT_NOT_FOUND', message: 'No such path' },
} as const;

test('Claude goes by the native path, the newer route family first, the older when that is not there, and remembered', async (t) => {
  const upstream = await startUpstream(t, {
    flavor: 'databricks',
    oauth: { clientId: 'id-of-principal', clientSecret: 'secret-of-principal' },
    scenario: { steps: [{ when: { path: '/ai-gateway/' }, times: 'always', faults: [missing] }] },
  });
  const rig = await startRig(t, {
    providers: {
      dbx: {
        kind: 'databricks',
        host: upstream.url,
        client_id: 'id-of-principal',
        client_secret: 'secret-of-principal',
      },
    },
    models: { '*': { to: 'dbx/*' } },
  });
  const first = await rig.post(
    '/v1/messages',
    message('hi', { model: 'databricks-claude-sonnet-4-5' }),
    anthropicHeaders,
  );
  assert.equal(first.status, 200, await first.clone().text());
  assert.equal(first.headers.get('x-dragoman-carriage'), 'passed');
  const second = await rig.post(
    '/v1/messages',
    message('hi', { model: 'databricks-claude-sonnet-4-5' }),
    anthropicHeaders,
  );
  assert.equal(second.status, 200);
  const paths = upstream.requests.filter(({ path }) => path.includes('messages')).map(({ path }) => path);
  assert.deepEqual(paths, [
    '/ai-gateway/anthropic/v1/messages',
    '/serving-endpoints/anthropic/v1/messages',
    '/serving-endpoints/anthropic/v1/messages',
  ]);
  assert.equal(upstream.tokenCalls, 1);

  upstream.expireTokens();
  const third = await rig.post(
    '/v1/messages',
    message('hi', { model: 'databricks-claude-sonnet-4-5' }),
    anthropicHeaders,
  );
  assert.equal(third.status, 200, 'a token that was revoked is fetched anew');
  assert.equal(upstream.tokenCalls, 2);

  const other = await rig.post('/v1/messages', message('hi', { model: 'databricks-llama-4' }), anthropicHeaders);
  assert.equal(other.status, 200, await other.clone().text());
  assert.equal(other.headers.get('x-dragoman-carriage'), 'translated');
  assert.match(upstream.requests.at(-1)?.path ?? '', /^\/serving-endpoints\/chat\/completions$/);
});

test('a wrong secret is told without being shown', async (t) => {
  const upstream = await startUpstream(t, {
    flavor: 'databricks',
    oauth: { clientId: 'id-of-principal', clientSecret: 'right' },
  });
  const rig = await startRig(t, {
    providers: {
      dbx: {
        kind: 'databricks',
        host: upstream.url,
        client_id: 'id-of-principal',
        client_secret: 'wrong-secret-value',
      },
    },
    models: { '*': { to: 'dbx/*' } },
  });
  const answer = await rig.post('/v1/messages', message('hi'), anthropicHeaders);
  assert.equal(answer.status, 401);
  assert.equal(answer.headers.get('x-should-retry'), 'false');
  assert.doesNotMatch(await answer.text(), /wrong-secret-value/);
});

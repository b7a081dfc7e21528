import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Simulator, startSimulator } from './index.ts';
import { type JsonObject, objectOf, textOf } from './json.ts';
import { post } from './probe.ts';

let simulator: Simulator;
before(async () => {
  simulator = await startSimulator({ oauth: { clientId: 'me', clientSecret: 's3cret:/%', expiresIn: 60 } });
});
after(() => simulator.close());

const BASIC = `Basic ${Buffer.from(`me:${encodeURIComponent('s3cret:/%')}`).toString('base64')}`;

async function token(
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: JsonObject }> {
  const response = await fetch(`${simulator.url}/oidc/v1/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: objectOf(await response.json()) };
}

const call = (bearer: string): Promise<Response> =>
  post(
    `${simulator.url}/serving-endpoints/m/invocations`,
    { messages: [{ role: 'user', content: 'hi' }] },
    { authorization: `Bearer ${bearer}` },
  );

test('a token opens the door until it is ended', async () => {
  const calls = simulator.tokenCalls;
  const { status, body } = await token(
    { grant_type: 'client_credentials', scope: 'all-apis' },
    { authorization: BASIC },
  );
  assert.deepEqual([status, body.token_type, body.expires_in, body.scope], [200, 'Bearer', 60, 'all-apis']);
  const key = textOf(body.access_token);
  assert.equal((await call(key)).status, 200);
  simulator.expireTokens();
  const refused = await call(key);
  assert.deepEqual(
    [refused.status, await refused.json()],
    [403, { error_code: 403, message: 'Invalid access token.' }],
  );
  assert.equal(simulator.tokenCalls, calls + 1);
});

test('credentials may stand in the form', async () => {
  const { status } = await token({ grant_type: 'client_credentials', client_id: 'me', client_secret: 's3cret:/%' });
  assert.equal(status, 200);
});

test('wrong credentials and other grants are refused', async () => {
  const wrong = await token({ grant_type: 'client_credentials', client_id: 'me', client_secret: 'x' });
  assert.deepEqual([wrong.status, wrong.body.error], [401, 'invalid_client']);
  const grant = await token({ grant_type: 'password' }, { authorization: BASIC });
  assert.deepEqual([grant.status, grant.body.error], [400, 'unsupported_grant_type']);
});

test('a token ends by itself', async () => {
  const brief = await startSimulator({ oauth: { clientId: 'a', clientSecret: 'b', expiresIn: 0 } });
  const form = { grant_type: 'client_credentials', client_id: 'a', client_secret: 'b' };
  const given = await fetch(`${brief.url}/oidc/accounts/1/v1/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  const key = textOf(objectOf(await given.json()).access_token);
  assert.notEqual(key, '');
  const refused = await post(`${brief.url}/v1/chat/completions`, {}, { authorization: `Bearer ${key}` });
  assert.equal(refused.status, 401);
  await brief.close();
});

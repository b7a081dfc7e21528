import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import { type CredentialService, startCredentialService } from '../../../test/credential-service.ts';
import { GatewayError } from '../../canon/error.ts';
import type { JsonObject } from '../../canon/json.ts';
import { Secret } from '../../config/secret.ts';
import { askThrough } from '../../upstream/ask.ts';
import { createSender } from '../../upstream/send.ts';
import type { Question } from '../ask.ts';
import type { Machine } from '../machine.ts';
import { fetchGoogleToken, type GoogleSources } from './token.ts';

const sender = createSender({});
const ask = askThrough(sender);
after(() => sender.close());

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const now = Date.UTC(2026, 0, 2, 3, 4, 5);

function machine(files: { [path: string]: string } = {}, variables: { [name: string]: string } = {}): Machine {
  return { home: '/home/me', variable: (name) => variables[name], readText: (path) => files[path] };
}

function sources(more: Partial<GoogleSources>): GoogleSources {
  return { provider: 'p', machine: machine(), ask, now: () => now, ...more };
}

function serviceAccount(url: string, more: object = {}): string {
  return JSON.stringify({
    type: 'service_account',
    client_email: 'robot@ours.iam.gserviceaccount.com',
    private_key: pem,
    private_key_id: 'key-7',
    token_uri: `${url}/token`,
    project_id: 'ours',
    ...more,
  });
}

/** What a token says, when its signature is right. */
function verified(token: string): { header: JsonObject; claims: JsonObject } {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const good = verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url'));
  assert.ok(good, 'the signature is not right');
  const parsed = (part: string): JsonObject => JSON.parse(Buffer.from(part, 'base64url').toString()) as JsonObject;
  return { header: parsed(header), claims: parsed(claims) };
}

const given = { body: { access_token: 'ya29.x', expires_in: 3599, token_type: 'Bearer' } };

async function service(t: Parameters<typeof startCredentialService>[0]): Promise<CredentialService> {
  const started = await startCredentialService(t);
  started.answer = () => given;
  return started;
}

async function complaint(fetching: () => Promise<unknown>): Promise<string> {
  const error: unknown = await fetching().then(
    () => assert.fail('there was a token'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof GatewayError, inspect(error));
  assert.equal(error.kind, 'authentication');
  assert.doesNotMatch(inspect(error, { depth: 9 }), /PRIVATE|refresh-secret|client-secret/);
  return error.message;
}

test('a service account signs that it is itself, for an hour', async (t) => {
  const to = await service(t);
  const on = machine({ '/keys/robot.json': serviceAccount(to.url) });
  const token = await fetchGoogleToken(sources({ machine: on, credentialsFile: '/keys/robot.json' }));
  assert.deepEqual(token, { token: 'ya29.x', life: 3_599_000 });
  const [asked] = to.arrived;
  assert.deepEqual([asked?.method, asked?.path], ['POST', '/token']);
  assert.equal(asked?.headers['content-type'], 'application/x-www-form-urlencoded');
  const form = new URLSearchParams(asked?.body);
  assert.equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
  const { header, claims } = verified(form.get('assertion') ?? '');
  assert.deepEqual(header, { alg: 'RS256', typ: 'JWT', kid: 'key-7' });
  assert.deepEqual(claims, {
    iss: 'robot@ours.iam.gserviceaccount.com',
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    aud: `${to.url}/token`,
    iat: now / 1000,
    exp: now / 1000 + 3600,
  });
});

test('an account may be written down itself, and its tokens be fetched elsewhere', async (t) => {
  const to = await service(t);
  const credentials = new Secret(serviceAccount('https://oauth2.googleapis.com'));
  await fetchGoogleToken(sources({ credentials, tokenUrl: `${to.url}/other` }));
  assert.equal(to.arrived[0]?.path, '/other');
  const { claims } = verified(new URLSearchParams(to.arrived[0]?.body).get('assertion') ?? '');
  assert.equal(claims['aud'], 'https://oauth2.googleapis.com/token');
});

const login = JSON.stringify({
  type: 'authorized_user',
  client_id: 'client',
  client_secret: 'client-secret',
  refresh_token: 'refresh-secret',
});

for (const [name, path, variables] of [
  ['on Unix', '/home/me/.config/gcloud/application_default_credentials.json', {}],
  ['where CLOUDSDK_CONFIG says', '/cfg/application_default_credentials.json', { CLOUDSDK_CONFIG: '/cfg' }],
] as const) {
  test(`the login of gcloud is found ${name} and used`, async (t) => {
    const to = await service(t);
    await fetchGoogleToken(sources({ machine: machine({ [path]: login }, variables), tokenUrl: to.url }));
    assert.deepEqual(Object.fromEntries(new URLSearchParams(to.arrived[0]?.body)), {
      grant_type: 'refresh_token',
      client_id: 'client',
      client_secret: 'client-secret',
      refresh_token: 'refresh-secret',
    });
  });
}

test('a login that has ended is told with what to do', async (t) => {
  const to = await service(t);
  to.answer = () => ({ status: 400, body: { error: 'invalid_grant', error_description: 'refresh-secret expired' } });
  const on = machine({ '/login.json': login });
  assert.equal(
    await complaint(() => fetchGoogleToken(sources({ machine: on, credentialsFile: '/login.json', tokenUrl: to.url }))),
    'The token service of the provider "p" refuses the login of /login.json: run gcloud auth application-default login again (invalid_grant).',
  );
});

test("Google's own machines are asked for theirs, past every proxy", async (t) => {
  const to = await service(t);
  const questions: Question[] = [];
  const on = machine({}, { GCE_METADATA_HOST: new URL(to.url).host });
  const token = await fetchGoogleToken(
    sources({
      machine: on,
      ask: (question) => {
        questions.push(question);
        return ask(question);
      },
    }),
  );
  assert.deepEqual(token, { token: 'ya29.x', life: 3_599_000 });
  const [asked] = to.arrived;
  assert.deepEqual(
    [asked?.method, asked?.path, asked?.headers['metadata-flavor'], questions[0]?.nearby],
    ['GET', '/computeMetadata/v1/instance/service-accounts/default/token', 'Google', true],
  );
});

test('where nothing is to be found it is told what to set', async () => {
  const urls: string[] = [];
  const nobody = sources({
    ask: ({ url }) => {
      urls.push(url.origin);
      return Promise.reject(new Error('nobody is there'));
    },
  });
  assert.equal(
    await complaint(() => fetchGoogleToken(nobody)),
    'The provider "p" has no Google credentials: set GOOGLE_APPLICATION_CREDENTIALS to the file of a service account, or run gcloud auth application-default login, or write credentials_file.',
  );
  assert.deepEqual(urls, ['http://metadata.google.internal']);
});

for (const [name, text, expected] of [
  ['no file', undefined, 'cannot be read'],
  ['no JSON', 'PRIVATE', 'is not JSON'],
  [
    'another sort',
    '{"type":"external_account"}',
    'holds external_account; Dragoman knows service_account and authorized_user',
  ],
  ['no type', '{"key":"PRIVATE"}', 'holds another type; Dragoman knows service_account and authorized_user'],
  ['half an account', '{"type":"service_account","private_key":"PRIVATE"}', 'has no client_email and private_key'],
  ['half a login', '{"type":"authorized_user"}', 'has no client_id, client_secret and refresh_token'],
] as const) {
  test(`a credential file with ${name} is told without what it holds`, async () => {
    const on = machine(text === undefined ? {} : { '/f.json': text });
    assert.equal(
      await complaint(async () => fetchGoogleToken(sources({ machine: on, credentialsFile: '/f.json' }))),
      `The provider "p" has no Google credentials: /f.json ${expected}.`,
    );
  });
}

test('a key that is none is told without it', async () => {
  const broken = new Secret(serviceAccount('http://x', { private_key: '-----BEGIN PRIVATE KEY-----\nabc' }));
  assert.equal(
    await complaint(async () => fetchGoogleToken(sources({ credentials: broken }))),
    'The provider "p" has no Google credentials: the private_key in credentials is not a key.',
  );
});

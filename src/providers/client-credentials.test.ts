import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { inspect } from 'node:util';
import { GatewayError } from '../canon/error.ts';
import { readConfig } from '../config/load.ts';
import { Secret } from '../config/secret.ts';
import { askThrough } from '../upstream/ask.ts';
import { createSender } from '../upstream/send.ts';
import { buildProviders } from './build.ts';
import { fetchClientToken } from './client-credentials.ts';
import { knownKinds } from './table.ts';
import { TokenCredential } from './token-service.ts';

/** A token service that answers as it is told and keeps what it was asked. */
interface TokenService {
  readonly url: string;
  readonly asked: { readonly path: string; readonly authorization: string; readonly body: string }[];
  answer: (response: ServerResponse, count: number) => void;
}

const sender = createSender({});
const ask = askThrough(sender);
after(() => sender.close());

let server: Server | undefined;

afterEach(async () => {
  const running = server;
  server = undefined;
  if (running === undefined) return;
  running.closeAllConnections();
  running.close();
  await once(running, 'close');
});

async function tokenService(): Promise<TokenService> {
  const service: TokenService & { url: string } = {
    url: '',
    asked: [],
    answer: (response, count) =>
      json(response, 200, { access_token: `token-${count}`, token_type: 'Bearer', expires_in: 3600 }),
  };
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      service.asked.push({ path: request.url ?? '', authorization: request.headers.authorization ?? '', body });
      service.answer(response, service.asked.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return service;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function credentials(service: TokenService, now?: () => number): TokenCredential {
  const options = {
    provider: 'p',
    tokenUrl: new URL('/oidc/v1/token', service.url),
    ask,
    clientId: new Secret('the-id'),
    clientSecret: new Secret('the-secret'),
    scope: 'all-apis',
    secretIn: 'header',
  } as const;
  return new TokenCredential(() => fetchClientToken(options), { 'x-own': 'yes' }, now);
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!condition()) {
    assert.ok(Date.now() < end, 'it never happened');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a provider with a client id and secret fetches its token where Databricks has it', async () => {
  const service = await tokenService();
  const text = JSON.stringify({
    providers: { p: { kind: 'databricks', host: service.url, client_id: 'the-id', client_secret: 'the-secret' } },
  });
  const config = readConfig({ file: 'dragoman.yaml', text }, { env: {}, kinds: knownKinds });
  const provider = buildProviders(config, { ask }).get('p');
  assert.deepEqual(await provider?.authorize(), { authorization: 'Bearer token-1' });
  const [asked] = service.asked;
  assert.equal(asked?.path, '/oidc/v1/token');
  assert.equal(asked?.authorization, `Basic ${Buffer.from('the-id:the-secret').toString('base64')}`);
  assert.equal(asked?.body, 'grant_type=client_credentials&scope=all-apis');
});

test('however many wait, the token is fetched once, and then costs no promise', async () => {
  const service = await tokenService();
  const credential = credentials(service);
  const all = await Promise.all(Array.from({ length: 50 }, async () => credential.authorize()));
  assert.equal(service.asked.length, 1);
  assert.ok(all.every((headers) => headers === all[0]));
  const now = credential.authorize();
  assert.ok(!(now instanceof Promise));
  assert.deepEqual(now, { 'x-own': 'yes', authorization: 'Bearer token-1' });
});

test('it is renewed before it expires, while the old one is still used', async () => {
  const service = await tokenService();
  let time = 1_000_000;
  const credential = credentials(service, () => time);
  await credential.authorize();
  time += 3600_000 * 0.79;
  assert.ok(!(credential.authorize() instanceof Promise));
  assert.equal(service.asked.length, 1, 'too early');
  time += 3600_000 * 0.02;
  assert.deepEqual(await credential.authorize(), { 'x-own': 'yes', authorization: 'Bearer token-1' });
  await until(() => (credential.authorize() as { authorization?: string }).authorization === 'Bearer token-2');
  assert.equal(service.asked.length, 2, 'renewed once');
});

test('a renewal that fails is tried again later; the old token serves until it expires', async () => {
  const service = await tokenService();
  let time = 1_000_000;
  const credential = credentials(service, () => time);
  await credential.authorize();
  service.answer = (response) => json(response, 503, {});
  time += 3600_000 * 0.9;
  assert.ok(!(credential.authorize() instanceof Promise));
  await until(() => service.asked.length === 2);
  // The failure has been digested when a call after the pause asks anew.
  await until(() => {
    time += 10_001;
    assert.ok(!(credential.authorize() instanceof Promise));
    return service.asked.length === 3;
  });
  time += 3600_000;
  await assert.rejects(async () => credential.authorize(), { kind: 'bad_upstream' });
});

test('an expired token is not used', async () => {
  const service = await tokenService();
  let time = 1_000_000;
  const credential = credentials(service, () => time);
  await credential.authorize();
  time += 3600_000 - 20_000;
  const pending = credential.authorize();
  assert.ok(pending instanceof Promise, 'it might expire on its way');
  assert.equal((await pending)['authorization'], 'Bearer token-2');
});

test('a token that lives shorter than the margin is used all the same', async () => {
  const service = await tokenService();
  service.answer = (response, count) => json(response, 200, { access_token: `token-${count}`, expires_in: 20 });
  const credential = credentials(service);
  await credential.authorize();
  assert.ok(!(credential.authorize() instanceof Promise));
});

test('a token that was refused is given up, one that was fetched since is not', async () => {
  const service = await tokenService();
  const credential = credentials(service);
  const first = await credential.authorize();
  assert.equal(credential.refused(first), true);
  const second = await credential.authorize();
  assert.equal(second['authorization'], 'Bearer token-2');
  assert.equal(credential.refused(first), true);
  assert.equal(await credential.authorize(), second);
});

test('a refusal names the provider and the code, and neither id nor secret nor what the service says', async () => {
  const service = await tokenService();
  service.answer = (response) =>
    json(response, 401, { error: 'invalid_client', error_description: 'the-id the-secret is wrong' });
  await assert.rejects(
    async () => credentials(service).authorize(),
    (error) => {
      assert.ok(error instanceof GatewayError);
      assert.equal(error.kind, 'authentication');
      assert.equal(error.details.shouldRetry, false);
      assert.equal(
        error.message,
        'The token service of the provider "p" refuses its client id and secret (invalid_client).',
      );
      assert.ok(!/the-id|the-secret/.test(inspect(error, { depth: 20 })));
      return true;
    },
  );
});

test('a code that is no code is not repeated', async () => {
  const service = await tokenService();
  service.answer = (response) => json(response, 400, { error: 'Basic dGhlLXNlY3JldA==' });
  await assert.rejects(async () => credentials(service).authorize(), /refuses its client id and secret \(status 400\)/);
});

for (const [name, answer] of [
  ['a page instead of a token', (response: ServerResponse) => response.end('<html>the-secret</html>')],
  ['an empty token', (response: ServerResponse) => json(response, 200, { access_token: 5 })],
] as const) {
  test(`${name} is a refusal, and the next call tries again`, async () => {
    const service = await tokenService();
    const usual = service.answer;
    service.answer = answer;
    const credential = credentials(service);
    await assert.rejects(async () => credential.authorize(), { kind: 'authentication' });
    service.answer = usual;
    assert.equal((await credential.authorize())['authorization'], 'Bearer token-2');
  });
}

test('an answer without end is cut off, and a connection that breaks is told as such', async () => {
  const service = await tokenService();
  service.answer = (response) => {
    response.writeHead(200);
    response.write('x'.repeat(200_000));
  };
  await assert.rejects(async () => credentials(service).authorize(), { kind: 'bad_upstream' });
  service.answer = (response) => response.destroy();
  await assert.rejects(
    async () => credentials(service).authorize(),
    (error) => {
      assert.ok(error instanceof GatewayError && error.kind === 'bad_upstream');
      assert.ok(!error.message.includes(service.url), 'no internal address for clients');
      return true;
    },
  );
});

test('who hangs up stops waiting, and does not take the token from the others', async () => {
  const service = await tokenService();
  let release: (() => void) | undefined;
  const usual = service.answer;
  service.answer = (response, count) => {
    release = () => usual(response, count);
  };
  const credential = credentials(service);
  const caller = new AbortController();
  const gone = Promise.resolve(credential.authorize(undefined, caller.signal));
  const stays = Promise.resolve(credential.authorize());
  await until(() => release !== undefined);
  caller.abort();
  await assert.rejects(gone, { name: 'AbortError' });
  release?.();
  assert.equal((await stays)['authorization'], 'Bearer token-1');
  assert.equal(service.asked.length, 1);
});

test('nobody who prints it sees the secret or the token', async () => {
  const service = await tokenService();
  const credential = credentials(service);
  await credential.authorize();
  const shown = `${inspect(credential, { depth: 20, showHidden: true })}${JSON.stringify(credential)}`;
  assert.ok(!/the-secret|the-id|token-1/.test(shown), shown);
});

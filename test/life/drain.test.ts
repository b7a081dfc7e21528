import assert from 'node:assert/strict';
import { Agent, type IncomingMessage, request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { until } from '../gateway-process.ts';
import { limit, start } from './gateway.ts';
import { call, provider, startUpstream } from './upstream.ts';

const skip = process.platform === 'win32';

interface Probe {
  readonly status: number;
  readonly text: string;
}

async function probe(url: string, path: string): Promise<Probe> {
  const answer = await fetch(url + path, { headers: { connection: 'close' } });
  return { status: answer.status, text: await answer.text() };
}

/** A small call on a connection of this agent. */
function ask(url: string, agent: Agent): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = request(`${url}/v1/messages`, { method: 'POST', agent }, (answer) => {
    answer.resume().on('end', () => resolve(answer));
  });
  sent.on('error', reject);
  sent.end('{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}');
  return promise;
}

function keepAlive(t: TestContext): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  return agent;
}

for (const workers of [1, 2]) {
  const who = workers === 1 ? 'a process' : 'several processes';

  test(`${who}: stops being ready first, then takes leave of each connection; a second signal ends at once`, {
    skip,
  }, async (t) => {
    const one = await startUpstream(t, 'one');
    const server = { workers, drain_delay: '1h', shutdown_grace: '1h' };
    const { url, ...gateway } = await start(t, {
      server,
      providers: { p: provider(one) },
      models: { '*': { to: 'p/*' } },
    });
    assert.deepEqual(await probe(url, '/readyz'), { status: 200, text: '{"status":"ready"}' });
    assert.deepEqual(await probe(url, '/livez'), { status: 200, text: '{"status":"alive"}' });
    const stream = await call(url, { stream: true });
    const agent = keepAlive(t);
    assert.equal((await ask(url, agent)).headers.connection, 'keep-alive');
    gateway.signal('SIGTERM');
    // With several, each of them has heard it when as many as there are say so one after the other.
    let row = 0;
    await until(
      'nobody is ready any more',
      async () => {
        const { status, text } = await probe(url, '/readyz');
        row = status === 503 && text === '{"status":"not ready","reason":"draining"}' ? row + 1 : 0;
        return row === 2 * workers;
      },
      limit,
    );
    assert.equal((await probe(url, '/livez')).status, 200);
    const last = await ask(url, agent);
    assert.equal(last.statusCode, 200);
    assert.equal(last.headers.connection, 'close');
    assert.equal(gateway.isRunning(), true);
    gateway.signal('SIGTERM');
    assert.equal(await gateway.ended, 143);
    await assert.rejects(stream.text());
  });

  test(`${who}: gives a stream its time, and takes nothing new`, { skip }, async (t) => {
    const one = await startUpstream(t, 'one');
    const server = { workers, drain_delay: '10ms', shutdown_grace: '1h' };
    const { url, ...gateway } = await start(t, {
      server,
      providers: { p: provider(one) },
      models: { '*': { to: 'p/*' } },
    });
    const stream = await call(url, { stream: true });
    gateway.signal('SIGTERM');
    await until(
      'no connection is taken',
      () =>
        probe(url, '/livez').then(
          () => false,
          () => true,
        ),
      limit,
    );
    assert.equal(gateway.isRunning(), true);
    one.finish();
    assert.match(await stream.text(), /message_stop/);
    assert.equal(await gateway.ended, 0);
  });

  test(`${who}: cuts what does not end in its time, and lets nobody take it for whole`, { skip }, async (t) => {
    const one = await startUpstream(t, 'one');
    const server = { workers, shutdown_grace: '200ms' };
    const { url, ...gateway } = await start(t, {
      server,
      providers: { p: provider(one) },
      models: { '*': { to: 'p/*' } },
    });
    const stream = await call(url, { stream: true });
    gateway.signal('SIGTERM');
    await assert.rejects(stream.text());
    assert.equal(await gateway.ended, 0);
  });
}

test('probes tell details to whom wants them, and names only to whom may know them', async (t) => {
  const one = await startUpstream(t, 'one');
  const { url, ...gateway } = await start(t, {
    auth: { keys: ['sk-client'] },
    providers: { well: provider(one), ill: { kind: 'anthropic', api_key: '${' + 'NOT_SET}' } },
  });
  interface Told {
    readonly status: string;
    readonly memory: { readonly over: boolean; readonly limit_bytes: number };
    readonly providers?: { readonly [name: string]: string };
  }
  const told = async (headers: Record<string, string>): Promise<Told> => {
    const answer = await fetch(`${url}/readyz?verbose`, { headers });
    assert.equal(answer.status, 200);
    return (await answer.json()) as Told;
  };
  const stranger = await told({});
  assert.equal(stranger.status, 'ready');
  assert.equal(stranger.memory.over, false);
  assert.ok(stranger.memory.limit_bytes > 64 * 1024 * 1024);
  assert.equal(stranger.providers, undefined);
  const { providers } = await told({ 'x-api-key': 'sk-client' });
  assert.equal(providers?.['well'], 'ok');
  assert.match(providers?.['ill'] ?? '', /takes NOT_SET, which is not set/);
  assert.equal((await fetch(`${url}/livez`, { method: 'HEAD' })).status, 200);
  assert.equal((await fetch(`${url}/livez`, { method: 'POST' })).status, 405);
  await call(url, { model: 'well/m' }, { 'x-api-key': 'sk-client' });
  await until('the call is logged', () => gateway.lines('messages').length === 1, limit);
  assert.doesNotMatch(gateway.output(), /livez|readyz/);
});

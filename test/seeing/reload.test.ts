import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { clientKey, type GatewayConfig, until } from '../gateway-process.ts';
import { limit, type Started, start } from '../life/gateway.ts';
import { call, provider, startUpstream } from '../life/upstream.ts';
import { startCollector } from './collector.ts';
import { readExposition, type ToldMetrics } from './exposition-reader.ts';

const models = { '*': { to: 'p/*' } };

async function scraped(url: string): Promise<ToldMetrics> {
  const answer = await fetch(`${url}/metrics`);
  assert.equal(answer.status, 200);
  return readExposition(await answer.text());
}

/** A gateway, with what it was started with. */
async function counted(t: TestContext, more: GatewayConfig): Promise<{ gateway: Started; config: GatewayConfig }> {
  const config = { providers: { p: provider(await startUpstream(t, 'one')) }, models, ...more };
  return { gateway: await start(t, config), config };
}

for (const workers of [1, 2]) {
  test(`what was counted stays under another configuration, and that is counted, too, with ${workers} workers`, async (t) => {
    const { gateway, config } = await counted(t, { server: { workers } });
    await (await call(gateway.url)).text();
    const other = await startUpstream(t, 'other');
    gateway.write({ ...config, providers: { p: provider(other), q: provider(other) } });
    await gateway.logged('Configuration 2 serves');
    await (await call(gateway.url)).text();
    gateway.write({ ...config, providers: { p: { kind: 'nosuchkind' } } });
    await gateway.logged('cannot be used');
    const { value } = await scraped(gateway.url);
    assert.equal(value('dragoman_requests_total', { provider: 'p', status: '200' }), 2);
    assert.equal(value('dragoman_config_reloads_total', { outcome: 'applied' }), 1);
    assert.equal(value('dragoman_config_reloads_total', { outcome: 'refused' }), 1);
  });
}

test('who may read the metrics changes at once; whether there are any does not', async (t) => {
  const { gateway, config } = await counted(t, { auth: { keys: [clientKey] } });
  const status = async (): Promise<number> => (await fetch(`${gateway.url}/metrics`)).status;
  assert.equal(await status(), 401);
  gateway.write({ ...config, metrics: { open: true } });
  await gateway.logged('Configuration 2 serves: changed metrics.open.');
  assert.equal(await status(), 200);
  gateway.write({ ...config, metrics: { enabled: false } });
  await gateway.logged('Left as it is until the next start: metrics.enabled.');
  assert.equal(await status(), 401);
});

test('traces go where the newest configuration says, each once, with the places of its providers', async (t) => {
  const [first, second] = [await startCollector(t), await startCollector(t)];
  const { gateway, config } = await counted(t, { tracing: { endpoint: first.url } });
  await (await call(gateway.url)).text();
  const other = await startUpstream(t, 'other');
  const next = { p: provider(other), q: provider(other) };
  gateway.write({ ...config, providers: next, models: { '*': { to: 'q/*' } }, tracing: { endpoint: second.url } });
  await gateway.logged('Configuration 2 serves');
  await (await call(gateway.url)).text();
  await until('the first collector has what waited', () => first.spans.length > 0, limit);
  gateway.write({ ...config, providers: next, tracing: {} });
  await gateway.logged('Configuration 3 serves');
  await until('the second collector has what waited', () => second.spans.length > 0, limit);
  await (await call(gateway.url)).text();
  let sent: number | undefined;
  await until(
    'all that was sent is counted',
    async () => {
      sent = (await scraped(gateway.url)).value('dragoman_spans_total', { outcome: 'sent' });
      return sent === 4;
    },
    limit,
  );
  await gateway.stop();
  assert.equal(first.spans.length, 2);
  assert.equal(second.spans.length, 2);
  const [, attempt] = second.spans;
  assert.equal(attempt?.attributes['dragoman.provider'], 'q');
  assert.equal(attempt?.attributes['server.address'], '127.0.0.1');
});

test('the circuit of a provider that is gone is in no state', async (t) => {
  const { gateway, config } = await counted(t, {
    providers: { p: { speaks: 'anthropic', base_url: 'http://127.0.0.1:9', api_key: 'k' } },
    breaker: { failures: 1 },
    retries: { most: 0 },
  });
  await (await call(gateway.url)).text();
  const open = { scope: 'provider:p', state: 'open' };
  assert.equal((await scraped(gateway.url)).value('dragoman_circuit_state', open), 1);
  gateway.write({ ...config, providers: { q: 'simulator' }, models: { '*': { to: 'q/*' } } });
  await gateway.logged('Configuration 2 serves');
  const { value } = await scraped(gateway.url);
  assert.equal(value('dragoman_circuit_state', open), undefined);
  assert.equal(value('dragoman_circuit_changes_total', { scope: 'provider:p', to: 'open' }), 1);
});

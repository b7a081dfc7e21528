import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { sendJson, startRaw, wholeMessage } from '../gateway/raw-upstream.ts';
import { type GatewayConfig, type GatewayProcess, startGateway, until } from '../gateway-process.ts';
import { startCollector } from './collector.ts';
import { readExposition } from './exposition-reader.ts';

const providers = { pretend: 'simulator', chat: { kind: 'simulator', speaks: 'openai-chat' } };
const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

async function started(
  t: TestContext,
  config: GatewayConfig,
  env: { readonly [name: string]: string } = {},
): Promise<GatewayProcess> {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-traces-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const gateway = await startGateway(folder, { providers, default_provider: 'pretend', ...config }, env);
  t.after(() => gateway.stop());
  return gateway;
}

async function say(url: string, body: object = {}, headers: { readonly [name: string]: string } = {}): Promise<number> {
  const messages = [{ role: 'user', content: 'the secret of the prompt' }];
  const answer = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'claude-opus-4-5', max_tokens: 20, messages, ...body }),
  });
  await answer.text();
  return answer.status;
}

test('a collector receives a span for each call and each try, and nothing of what was said', async (t) => {
  const collector = await startCollector(t);
  const { url, stop } = await started(t, {
    retries: { base: '1ms' },
    tracing: {
      endpoint: collector.url,
      headers: { 'x-key': 'sk-collector-1' },
      attributes: { 'deployment.environment.name': 'test' },
    },
  });
  assert.equal(await say(url, { stream: true }, { traceparent: parent, 'x-claude-code-session-id': 'session-1' }), 200);
  assert.equal(await say(url, { model: 'chat/gpt-5', top_k: 3 }), 200);
  const refused = { messages: [{ role: 'user', content: '[[status:529]]' }] };
  const status = await say(url, refused);
  await stop();
  const calls = collector.spans.filter(({ kind }) => kind === 2);
  assert.deepEqual(
    calls.map(({ name }) => name),
    ['chat claude-opus-4-5', 'chat chat/gpt-5', 'chat claude-opus-4-5'],
  );
  const [streamed, translated, failed] = calls;
  assert.equal(streamed?.traceId, '0af7651916cd43dd8448eb211c80319c');
  assert.equal(streamed?.parentSpanId, 'b7ad6b7169203331');
  assert.equal(streamed?.attributes['gen_ai.conversation.id'], 'session-1');
  assert.equal(streamed?.attributes['dragoman.carriage'], 'passed');
  assert.ok((streamed?.attributes['gen_ai.usage.output_tokens'] as number) > 0);
  assert.deepEqual(
    streamed?.events.map(({ name }) => name),
    ['dragoman.first_token'],
  );
  assert.equal(translated?.attributes['dragoman.provider.language'], 'openai-chat');
  assert.match(String(translated?.attributes['dragoman.losses']), /dropped top_k/);
  assert.equal(failed?.attributes['error.type'], 'overloaded');
  assert.equal(failed?.attributes['http.response.status_code'], status);
  assert.deepEqual(failed?.status, { code: 2 });
  for (const call of calls) {
    const tries = collector.spans.filter(({ parentSpanId }) => parentSpanId === call.spanId);
    assert.ok(call === failed ? tries.length > 1 : tries.length === 1, `${tries.length}`);
    for (const attempt of tries) {
      assert.equal(attempt.traceId, call.traceId);
      assert.equal(attempt.kind, 3);
      assert.equal(attempt.attributes['server.address'], '127.0.0.1');
      assert.equal(attempt.attributes['error.type'], call.attributes['error.type']);
    }
    const age = Date.now() * 1e6 - Number(call.endTimeUnixNano);
    assert.ok(age >= 0 && age < 60e9 && Number(call.startTimeUnixNano) < Number(call.endTimeUnixNano));
  }
  assert.equal(collector.resources[0]?.['service.name'], 'dragoman');
  assert.equal(collector.resources[0]?.['deployment.environment.name'], 'test');
  assert.equal(collector.headers[0]?.['x-key'], 'sk-collector-1');
  assert.doesNotMatch(collector.bodies.join(''), /secret of the prompt|sk-collector/);
});

test("OpenTelemetry's own variables are understood", async (t) => {
  const collector = await startCollector(t);
  const { url, stop, output } = await started(
    t,
    {},
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=sk%20collector,other=2',
      OTEL_SERVICE_NAME: 'mine',
    },
  );
  assert.equal(await say(url), 200);
  await stop();
  assert.equal(collector.spans.length, 2);
  assert.equal(collector.resources[0]?.['service.name'], 'mine');
  assert.equal(collector.headers[0]?.['x-key'], 'sk collector');
  assert.doesNotMatch(output(), /sk collector/);
});

test('providers are told of the trace where that is configured, and only there', async (t) => {
  const heard: (string | undefined)[][] = [];
  const provider = await startRaw(t, (response) => {
    const { traceparent, tracestate } = response.req.headers;
    heard.push([traceparent, tracestate].map((value) => (typeof value === 'string' ? value : undefined)));
    sendJson(response, 200, wholeMessage);
  });
  const collector = await startCollector(t);
  const raw = { providers: { raw: { speaks: 'anthropic', base_url: provider } }, default_provider: 'raw' };
  const client = { traceparent: parent, tracestate: 'vendor=1' };
  const quiet = await started(t, { ...raw, tracing: { endpoint: collector.url } });
  assert.equal(await say(quiet.url, {}, client), 200);
  await quiet.stop();
  const telling = await started(t, { ...raw, tracing: { endpoint: collector.url, propagate: true } });
  assert.equal(await say(telling.url, {}, client), 200);
  assert.equal(await say(telling.url), 200);
  await telling.stop();
  const passing = await started(t, { ...raw, tracing: { propagate: true } });
  assert.equal(await say(passing.url, {}, client), 200);
  assert.equal(await say(passing.url), 200);
  const [, inTrace, alone] = collector.spans.filter(({ kind }) => kind === 2);
  assert.equal(inTrace?.parentSpanId, 'b7ad6b7169203331');
  assert.deepEqual(heard, [
    [undefined, undefined],
    [`00-${inTrace?.traceId}-${inTrace?.spanId}-01`, 'vendor=1'],
    [`00-${alone?.traceId}-${alone?.spanId}-01`, undefined],
    [parent, 'vendor=1'],
    [undefined, undefined],
  ]);
});

test('a collector that is busy gets the same once more, a moment later', async (t) => {
  const collector = await startCollector(t, [503, 429]);
  const { url, output } = await started(t, { tracing: { endpoint: `${collector.url}/v1/traces` } });
  assert.equal(await say(url), 200);
  await until('the spans arrive', () => collector.spans.length === 2, 20_000);
  assert.equal(output().match(/Traces do not arrive/g)?.length, 1);
  const metrics = readExposition(await (await fetch(`${url}/metrics`)).text());
  assert.equal(metrics.value('dragoman_spans_total', { outcome: 'sent' }), 2);
});

test('a collector that is dead, or never answers, harms nobody', async (t) => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const sockets = new Set<{ destroy(): void }>();
  silent.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  for (const endpoint of ['http://127.0.0.1:1', `http://127.0.0.1:${port}`]) {
    const { url, stop, output } = await started(t, { tracing: { endpoint, timeout: 100 } });
    for (let n = 0; n < 70; n++) assert.equal(await say(url), 200);
    await until('it is told', () => output().includes('Traces do not arrive'));
    assert.equal(output().match(/Traces do not arrive/g)?.length, 1);
    assert.equal(await say(url), 200);
    assert.equal(await stop(), 0);
  }
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { beginStream, messageStart, sendJson, startRaw } from '../gateway/raw-upstream.ts';
import { clientKey, type GatewayConfig, type GatewayProcess, startGateway } from '../gateway-process.ts';
import { readExposition, type ToldMetrics } from './exposition-reader.ts';

/** A block of text of which more would have to come. */
const halfText = [
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Half an ans' } },
]
  .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  .join('');

const providers = { pretend: 'simulator', chat: { kind: 'simulator', speaks: 'openai-chat' } };

async function started(t: TestContext, config: GatewayConfig): Promise<GatewayProcess> {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-metrics-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const gateway = await startGateway(folder, { providers, ...config });
  t.after(() => gateway.stop());
  return gateway;
}

function post(url: string, body: object, headers: { readonly [name: string]: string } = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

async function scraped(url: string): Promise<ToldMetrics> {
  const answer = await fetch(`${url}/metrics`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  return readExposition(await answer.text());
}

const messages = [{ role: 'user', content: 'the secret of the prompt' }];

test('real calls are counted: whole, streamed, translated, refused', async (t) => {
  const models = { 'claude-*': 'pretend/claude-*', 'gpt-*': 'chat/gpt-*' };
  const { url } = await started(t, { models, prices: { 'claude-*': { input: 3, output: 15 } } });
  const claude = { model: 'claude-opus-4-5', max_tokens: 20, messages };
  assert.equal((await post(`${url}/v1/messages`, claude)).status, 200);
  const streamed = await post(`${url}/v1/messages`, { ...claude, stream: true });
  assert.match(await streamed.text(), /message_stop/);
  assert.equal((await post(`${url}/v1/messages`, { ...claude, model: 'gpt-5', top_k: 3 })).status, 200);
  assert.equal((await post(`${url}/v1/chat/completions`, { model: 'claude-opus-4-5', messages })).status, 200);
  assert.equal((await post(`${url}/v1/messages`, { ...claude, model: 'unheard-of' })).status, 404);
  const refused = { ...claude, messages: [{ role: 'user', content: '[[status:529]]' }] };
  const { status } = await post(`${url}/v1/messages`, refused);
  const { value, families } = await scraped(url);
  const asked = { operation: 'messages', provider: 'pretend', model: 'claude-opus-4-5', client: 'anthropic' };
  assert.equal(value('dragoman_requests_total', { ...asked, status: '200', error: '' }), 2);
  assert.equal(value('dragoman_requests_total', { ...asked, status: String(status), error: 'overloaded' }), 1);
  const completion = { client: 'openai-chat', operation: 'chat.completions', provider: 'pretend' };
  assert.equal(value('dragoman_requests_total', completion), 1);
  assert.equal(value('dragoman_requests_total', { provider: '', model: '', error: 'not_found' }), 1);
  assert.equal(value('dragoman_requests_total'), 6);
  assert.equal(value('dragoman_request_duration_seconds_count', { outcome: 'ok' }), 4);
  assert.equal(value('dragoman_time_to_first_token_seconds_count'), 1);
  assert.equal(value('dragoman_losses_total', { client: 'anthropic', spoken: 'openai-chat', what: 'dropped' }), 1);
  assert.ok((value('dragoman_tokens_total', { provider: 'pretend', type: 'output' }) ?? 0) > 0);
  assert.ok((value('dragoman_cost_dollars_total', { model: 'claude-opus-4-5' }) ?? 0) > 0);
  assert.equal(value('dragoman_carried_total', { carriage: 'translated' }), 2);
  assert.equal(value('dragoman_open_calls'), 0);
  assert.ok((value('dragoman_open_connections') ?? 0) >= 1);
  assert.equal(value('dragoman_processes'), 1);
  const open = await fetch(`${url}/metrics`, { headers: { accept: 'application/openmetrics-text; version=1.0.0' } });
  const again = readExposition(await open.text(), 'openmetrics');
  assert.equal(again.value('dragoman_requests_total'), 6);
  assert.doesNotMatch(JSON.stringify([...families]), /secret of the prompt/);
});

test('providers that fail are told of: tries, seams, circuits', async (t) => {
  let cut = false;
  const bad = await startRaw(t, (response) => {
    if (cut) {
      beginStream(response, messageStart, halfText);
      setImmediate(() => response.destroy());
    } else sendJson(response, 529, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
  });
  const { url } = await started(t, {
    providers: { bad: { speaks: 'anthropic', base_url: bad }, pretend: 'simulator' },
    models: { m: { to: ['bad/m', 'pretend/m'], strategy: 'ordered', on_cut: 'continue' } },
    retries: { base: '1ms' },
  });
  const body = { model: 'm', max_tokens: 50, stream: true, messages };
  cut = true;
  assert.match(await (await post(`${url}/v1/messages`, body)).text(), /message_stop/);
  cut = false;
  for (let n = 0; n < 30; n++) assert.equal((await post(`${url}/v1/messages`, body)).status, 200);
  const { value } = await scraped(url);
  assert.equal(value('dragoman_seams_total', { from: 'bad', to: 'pretend' }), 1);
  assert.ok((value('dragoman_failed_tries_total', { provider: 'bad', model: 'm', error: 'overloaded' }) ?? 0) > 0);
  assert.equal(value('dragoman_requests_total', { provider: 'pretend', status: '200', error: '' }), 31);
  assert.ok((value('dragoman_circuit_state', { state: 'open' }) ?? 0) > 0);
  assert.ok((value('dragoman_circuit_changes_total', { to: 'open' }) ?? 0) > 0);
});

test('where there are keys a key is needed, unless the metrics are open', async (t) => {
  const { url } = await started(t, { auth: { keys: [clientKey] } });
  const without = await fetch(`${url}/metrics`);
  assert.equal(without.status, 401);
  assert.doesNotMatch(await without.text(), /dragoman_/);
  assert.equal((await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer wrong' } })).status, 401);
  const withKey = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${clientKey}` } });
  assert.equal(withKey.status, 200);
  assert.doesNotMatch(await withKey.text(), new RegExp(clientKey));
  assert.equal((await post(`${url}/metrics`, {}, { authorization: `Bearer ${clientKey}` })).status, 405);
  const open = await started(t, { auth: { keys: [clientKey] }, metrics: { open: true } });
  assert.equal((await fetch(`${open.url}/metrics`)).status, 200);
  assert.equal((await post(`${open.url}/v1/messages`, { model: 'm', max_tokens: 1, messages })).status, 401);
});

test('they can be turned off', async (t) => {
  const { url } = await started(t, { metrics: { enabled: false } });
  assert.equal((await fetch(`${url}/metrics`)).status, 404);
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { readExposition, type ToldMetrics } from '../../test/seeing/exposition-reader.ts';
import { type CallRecord, publishCall } from './call.ts';
import { publishCircuitChange } from './circuit-change.ts';
import { expositionOf } from './exposition.ts';
import { Family, gauge, lasting, merged } from './metric.ts';
import { Metrics, type StandingCircuit } from './metrics.ts';
import { publishReload } from './reload.ts';

const good: CallRecord = {
  id: 'req_1',
  client: 'anthropic',
  operation: 'messages',
  model: 'big',
  stream: true,
  provider: 'p',
  upstreamModel: 'm',
  carriage: 'translated',
  spoken: 'openai-chat',
  tries: 1,
  status: 200,
  usage: { input: 5, cacheRead: 100, cacheWrite: 20, output: 7, reasoning: 3 },
  cost: 0.25,
  losses: [],
  mends: [],
  healed: [],
  requestBytes: 1000,
  ms: 3000,
  firstByteMs: 400,
};

function started(t: TestContext): Metrics {
  const metrics = new Metrics({ version: '1.2.3' });
  t.after(metrics.start());
  return metrics;
}

async function told(metrics: Metrics): Promise<ToldMetrics> {
  return readExposition(expositionOf(await metrics.snapshot()).text);
}

test('a call is counted with its tokens, its cost, its times and its bytes', async (t) => {
  const metrics = started(t);
  publishCall(good);
  publishCall({ ...good, ms: 200_000, firstByteMs: 70_000 });
  const { value, families } = await told(metrics);
  const labels = { client: 'anthropic', operation: 'messages', provider: 'p', model: 'm', status: '200', error: '' };
  assert.equal(value('dragoman_requests_total', labels), 2);
  const model = { provider: 'p', model: 'm' };
  for (const [type, count] of Object.entries({ input: 10, cache_read: 200, cache_write: 40, output: 14 })) {
    assert.equal(value('dragoman_tokens_total', { ...model, type }), count);
  }
  assert.equal(value('dragoman_reasoning_tokens_total', model), 6);
  assert.equal(value('dragoman_cost_dollars_total', model), 0.5);
  assert.equal(value('dragoman_unpriced_requests_total'), undefined);
  assert.equal(value('dragoman_request_bytes_total', { client: 'anthropic' }), 2000);
  assert.equal(value('dragoman_carried_total', { client: 'anthropic', provider: 'p', carriage: 'translated' }), 2);
  const duration = { operation: 'messages', ...model, outcome: 'ok' };
  assert.equal(value('dragoman_request_duration_seconds_sum', duration), 203);
  assert.equal(value('dragoman_request_duration_seconds_bucket', { ...duration, le: '2.5' }), 0);
  assert.equal(value('dragoman_request_duration_seconds_bucket', { ...duration, le: '5' }), 1);
  assert.equal(value('dragoman_request_duration_seconds_bucket', { ...duration, le: '300' }), 2);
  assert.equal(value('dragoman_time_to_first_token_seconds_bucket', { ...model, le: '0.5' }), 1);
  assert.equal(value('dragoman_time_to_first_token_seconds_bucket', { ...model, le: '60' }), 1);
  assert.equal(value('dragoman_time_to_first_token_seconds_count', model), 2);
  assert.equal(families.get('dragoman_tokens_total')?.type, 'counter');
});

test('what went wrong in a call is counted by what it was', async (t) => {
  const metrics = started(t);
  const failure = { provider: 'q', model: 'n', error: 'overloaded', status: 529, ms: 10 };
  publishCall({
    ...good,
    tries: 3,
    failures: [failure, failure],
    seams: [{ block: 0, at: 10, from: 'q/n', to: 'p/m', why: 'bad_upstream' }],
    cacheMiss: { at: 'messages[3].content[0]', by: 'client', tokens: 500, cost: 0.1 },
    mends: ['end_missing', 'end_missing'],
    losses: [
      { what: 'dropped', path: 'top_k', why: 'x' },
      { what: 'moved', path: 'a', why: 'x' },
    ],
    healed: ['dropped x: why'],
  });
  const { provider: _, upstreamModel: __, carriage: ___, ...refused } = good;
  publishCall({ ...refused, usage: {}, status: 401, error: 'authentication' });
  publishCall({ ...good, error: 'client_gone', usage: { output: 1 }, cost: undefined as never });
  const { value } = await told(metrics);
  const model = { provider: 'p', model: 'm' };
  assert.equal(value('dragoman_retries_total', model), 2);
  assert.equal(value('dragoman_failed_tries_total', { provider: 'q', model: 'n', error: 'overloaded' }), 2);
  assert.equal(value('dragoman_seams_total', { from: 'q', to: 'p', error: 'bad_upstream' }), 1);
  const miss = { ...model, by: 'client' };
  assert.equal(value('dragoman_cache_misses_total', { ...miss, at: 'messages' }), 1);
  assert.equal(value('dragoman_cache_miss_tokens_total', miss), 500);
  assert.equal(value('dragoman_cache_miss_cost_dollars_total', miss), 0.1);
  assert.equal(value('dragoman_mends_total', { ...model, mend: 'end_missing' }), 2);
  assert.equal(value('dragoman_losses_total', { client: 'anthropic', spoken: 'openai-chat', what: 'dropped' }), 1);
  assert.equal(value('dragoman_healed_total', model), 1);
  assert.equal(
    value('dragoman_requests_total', { provider: '', model: '', status: '401', error: 'authentication' }),
    1,
  );
  assert.equal(value('dragoman_request_duration_seconds_count', { provider: '', outcome: 'error' }), 1);
  assert.equal(value('dragoman_request_duration_seconds_count', { ...model, outcome: 'gone' }), 1);
  assert.equal(value('dragoman_unpriced_requests_total', model), 1);
});

test('the states of circuits and the reloads of the configuration are told', async (t) => {
  const metrics = started(t);
  publishCircuitChange({ scope: 'provider:p', from: 'closed', to: 'open', why: 'overloaded', at: 1 });
  publishCircuitChange({ scope: 'provider:p', from: 'open', to: 'half_open', why: 'overloaded', at: 2 });
  for (const ok of [true, false, false]) publishReload({ ok, at: 1, generation: 2 });
  const { value } = await told(metrics);
  const scope = 'provider:p';
  assert.equal(value('dragoman_circuit_state', { scope, state: 'half_open' }), 1);
  assert.equal(value('dragoman_circuit_state', { scope, state: 'open' }), 0);
  assert.equal(value('dragoman_circuit_state', { scope, state: 'closed' }), 0);
  assert.equal(value('dragoman_circuit_changes_total', { scope, to: 'open' }), 1);
  assert.equal(value('dragoman_config_reloads_total', { outcome: 'applied' }), 1);
  assert.equal(value('dragoman_config_reloads_total', { outcome: 'refused' }), 2);
});

test('a circuit that began anew, or is gone, with its configuration has no state of before', async (t) => {
  const metrics = started(t);
  const opened = { from: 'closed', to: 'open', why: 'overloaded', at: 1 } as const;
  for (const name of ['anew', 'gone', 'same']) publishCircuitChange({ ...opened, scope: `provider:${name}` });
  const standing: StandingCircuit[] = [
    { scope: 'provider:anew', state: 'closed' },
    { scope: 'provider:same', state: 'open' },
    { scope: 'provider:never-changed', state: 'closed' },
  ];
  metrics.watch({ calls: () => 0, connections: () => Promise.resolve(0), circuits: () => standing });
  const { value, families } = await told(metrics);
  const states = families.get('dragoman_circuit_state')?.samples.filter((sample) => sample.value === 1) ?? [];
  assert.deepEqual(
    states.map(({ labels }) => labels),
    [
      { scope: 'provider:anew', state: 'closed' },
      { scope: 'provider:same', state: 'open' },
    ],
  );
  assert.equal(value('dragoman_circuit_state', { scope: 'provider:gone' }), undefined);
  assert.equal(value('dragoman_circuit_changes_total', { to: 'open' }), 3);
});

test('a process tells of itself', async (t) => {
  const metrics = started(t);
  metrics.watch({ calls: () => 3, connections: () => Promise.resolve(4), circuits: () => [] });
  const { value } = await told(metrics);
  assert.equal(value('dragoman_open_calls'), 3);
  assert.equal(value('dragoman_open_connections'), 4);
  assert.equal(value('dragoman_build_info', { version: '1.2.3', node: process.versions.node }), 1);
  assert.ok((value('process_resident_memory_bytes') ?? 0) > 1e6);
  const startedAt = value('process_start_time_seconds') ?? 0;
  assert.ok(Math.abs(startedAt - (Date.now() / 1000 - process.uptime())) < 60);
  assert.notEqual(value('dragoman_event_loop_delay_seconds_count'), undefined);
});

test('made-up names of models share one label, and do not drive out those that answer', async (t) => {
  const metrics = started(t);
  for (let i = 0; i < 3000; i++) {
    publishCall({ ...good, upstreamModel: `made-up-${i}`, status: 404, error: 'not_found', usage: {} });
  }
  for (let i = 0; i < 3000; i++) publishCall({ ...good, upstreamModel: `real-${i}` });
  const { value, families } = await told(metrics);
  const requests = families.get('dragoman_requests_total')?.samples ?? [];
  assert.ok(requests.length < 1000, `${requests.length}`);
  assert.equal(
    requests.reduce((sum, sample) => sum + sample.value, 0),
    6000,
  );
  assert.equal(value('dragoman_requests_total', { model: 'real-7' }), 1);
  assert.equal(value('dragoman_requests_total', { model: 'real-399' }), 1);
  assert.ok((value('dragoman_requests_total', { model: 'other', status: '404' }) ?? 0) > 2900);
  assert.ok((value('dragoman_requests_total', { model: 'other', status: '200' }) ?? 0) > 2500);
});

test('failures of a model whose name was one too many are counted under it once it has answered', async (t) => {
  const metrics = started(t);
  const failed: CallRecord = { ...good, status: 503, error: 'unavailable', usage: {} };
  for (let i = 0; i < 60; i++) publishCall({ ...failed, upstreamModel: `made-up-${i}` });
  publishCall({ ...failed, upstreamModel: 'late' });
  publishCall({ ...good, upstreamModel: 'late' });
  publishCall({ ...failed, upstreamModel: 'late' });
  const { value } = await told(metrics);
  assert.equal(value('dragoman_requests_total', { model: 'late', status: '503' }), 1);
  assert.equal(value('dragoman_requests_total', { model: 'other', status: '503' }), 11);
});

test('a metric has a bounded number of rows, whatever comes', () => {
  const family = new Family({ name: 'a_total', help: 'A.', type: 'counter', labels: ['x', 'y'] }, 10);
  for (let i = 0; i < 100; i++) family.add(1, `${i}`, 'same');
  const { value, families } = readExposition(expositionOf([family.snapshot()]).text);
  assert.equal(families.get('a_total')?.samples.length, 11);
  assert.equal(value('a_total', { x: 'other', y: 'other' }), 90);
});

test('names of models may have anything in them', async (t) => {
  const metrics = started(t);
  const names = ['a"b', 'a\\b', 'a\nb', 'a\\nb', 'a,b="c"}', 'ü 模型', 'a\ud800', 'a\0b'];
  for (const upstreamModel of names) publishCall({ ...good, upstreamModel });
  const { value } = await told(metrics);
  for (const model of names) {
    assert.equal(
      value('dragoman_requests_total', { model: model.toWellFormed().replaceAll('\0', '\ufffd') }),
      1,
      JSON.stringify(model),
    );
  }
});

test('who prefers OpenMetrics gets that', async (t) => {
  const metrics = started(t);
  publishCall(good);
  const snapshot = await metrics.snapshot();
  const prometheus =
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.2';
  const { contentType, text } = expositionOf(snapshot, prometheus);
  assert.equal(contentType, 'application/openmetrics-text; version=1.0.0; charset=utf-8');
  const { families, value } = readExposition(text, 'openmetrics');
  assert.equal(families.get('dragoman_requests')?.type, 'counter');
  assert.equal(value('dragoman_requests_total', { model: 'm' }), 1);
  for (const accept of [
    '',
    '*/*',
    'text/plain',
    'text/plain, application/openmetrics-text;q=0.1',
    'application/openmetrics-text;q=0',
  ]) {
    assert.equal(expositionOf(snapshot, accept).contentType, 'text/plain; version=0.0.4; charset=utf-8');
  }
});

test('several processes tell sums, or the earliest, or just one', () => {
  const counter = (value: number) => {
    const family = new Family({ name: 'a_total', help: 'A.', type: 'counter', labels: ['x'] });
    family.add(value, 'x');
    if (value > 1) family.add(1, 'y');
    return family.snapshot();
  };
  const all = merged([
    [
      counter(1),
      gauge('g', 'G.', 5),
      gauge('s', 'S.', 30, { merge: 'min' }),
      gauge('i', 'I.', 1, { merge: 'max' }, { v: '1' }),
    ],
    [
      counter(2),
      gauge('g', 'G.', 6),
      gauge('s', 'S.', 20, { merge: 'min' }),
      gauge('i', 'I.', 1, { merge: 'max' }, { v: '1' }),
    ],
  ]);
  const { value } = readExposition(expositionOf(all).text);
  assert.equal(value('a_total', { x: 'x' }), 3);
  assert.equal(value('a_total', { x: 'y' }), 1);
  assert.equal(value('g'), 11);
  assert.equal(value('s'), 20);
  assert.equal(value('i', { v: '1' }), 1);
  assert.deepEqual(
    lasting(all).map(({ name }) => name),
    ['a_total'],
  );
});

test('a call only leaves its record; after the end nothing is counted', async (t) => {
  const metrics = new Metrics({ version: '1' });
  const stop = metrics.start();
  t.after(stop);
  publishCall(good);
  stop();
  publishCall(good);
  const { value } = await told(metrics);
  assert.equal(value('dragoman_requests_total'), 1);
});

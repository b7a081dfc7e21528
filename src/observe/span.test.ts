import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallRecord } from './call.ts';
import { semanticName } from './genai-names.ts';
import type { Span } from './otlp.ts';
import { type SpanOptions, spansOf } from './span.ts';

const endedAt = 1_800_000_000_000;

const record: CallRecord = {
  id: 'req_1',
  client: 'anthropic',
  operation: 'messages',
  model: 'big',
  stream: true,
  session: 'session-1',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'vendor=1',
  provider: 'p',
  upstreamModel: 'm',
  carriage: 'translated',
  spoken: 'openai-chat',
  responseModel: 'm-2026',
  finish: 'end',
  tries: 2,
  failures: [{ provider: 'q', model: 'n', error: 'overloaded', status: 529, ms: 100, at: 50 }],
  seams: [{ block: 1, at: 20, from: 'q/n', to: 'p/m', why: 'bad_upstream', ms: 700 }],
  cacheMiss: { at: 'messages[3]', by: 'client', tokens: 500, cost: 0.5 },
  status: 200,
  usage: { input: 5, cacheRead: 100, cacheWrite: 20, output: 7, reasoning: 3 },
  cost: 0.25,
  losses: [{ what: 'dropped', path: 'top_k', why: 'x' }],
  mends: ['end_missing'],
  healed: ['dropped x: why'],
  requestBytes: 1000,
  ms: 1000.5,
  firstByteMs: 400,
};

const options: SpanOptions = {
  share: 1,
  facts: (name) => (name === 'p' ? { system: 'openai', address: 'api.example.com', port: 443 } : undefined),
};

function told(list: Span['attributes']): { readonly [key: string]: unknown } {
  return Object.fromEntries(
    list.map(({ key, value }) => [key, 'arrayValue' in value ? value.arrayValue.values : Object.values(value)[0]]),
  );
}

test('a call is a span in the trace of the client, with what was asked and answered', () => {
  const [own] = spansOf({ record, endedAt }, options);
  assert.ok(own !== undefined);
  assert.equal(own.traceId, '0af7651916cd43dd8448eb211c80319c');
  assert.equal(own.parentSpanId, 'b7ad6b7169203331');
  assert.equal(own.traceState, 'vendor=1');
  assert.match(own.spanId, /^[0-9a-f]{16}$/);
  assert.notEqual(own.spanId, own.parentSpanId);
  assert.equal(own.name, 'chat big');
  assert.equal(own.kind, 2);
  assert.equal(own.startTimeUnixNano, '1799999998999500000');
  assert.equal(own.endTimeUnixNano, '1800000000000000000');
  assert.deepEqual(own.status, {});
  assert.deepEqual(told(own.attributes), {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'big',
    'gen_ai.request.stream': true,
    'gen_ai.response.model': 'm-2026',
    'gen_ai.response.finish_reasons': [{ stringValue: 'end' }],
    'gen_ai.response.time_to_first_chunk': 0.4,
    'gen_ai.conversation.id': 'session-1',
    'gen_ai.usage.input_tokens': '125',
    'gen_ai.usage.output_tokens': '7',
    'gen_ai.usage.cache_read.input_tokens': '100',
    'gen_ai.usage.cache_creation.input_tokens': '20',
    'gen_ai.usage.reasoning.output_tokens': '3',
    'gen_ai.provider.name': 'openai',
    'http.response.status_code': '200',
    'dragoman.request.id': 'req_1',
    'dragoman.operation': 'messages',
    'dragoman.client.language': 'anthropic',
    'dragoman.provider': 'p',
    'dragoman.provider.model': 'm',
    'dragoman.provider.language': 'openai-chat',
    'dragoman.carriage': 'translated',
    'dragoman.tries': '2',
    'dragoman.cost': 0.25,
    'dragoman.losses': [{ stringValue: 'dropped top_k' }],
    'dragoman.mends': [{ stringValue: 'end_missing' }],
    'dragoman.healed': '1',
  });
  assert.deepEqual(
    own.events.map(({ name, timeUnixNano }) => [name, timeUnixNano]),
    [
      ['dragoman.cache_miss', '1799999998999500000'],
      ['dragoman.first_token', '1799999999399500000'],
      ['dragoman.seam', '1799999999699500000'],
    ],
  );
  assert.deepEqual(told(own.events[2]?.attributes ?? []), {
    'dragoman.seam.block': '1',
    'dragoman.seam.at': '20',
    'dragoman.seam.from': 'q/n',
    'dragoman.seam.to': 'p/m',
    'error.type': 'bad_upstream',
  });
});

test('each try is a span of its own, those that failed with their error', () => {
  const [own, first, second, ...more] = spansOf({ record, endedAt }, options);
  assert.ok(own !== undefined && first !== undefined && second !== undefined);
  assert.deepEqual(more, []);
  for (const attempt of [first, second]) {
    assert.equal(attempt.traceId, own.traceId);
    assert.equal(attempt.parentSpanId, own.spanId);
    assert.equal(attempt.kind, 3);
  }
  assert.notEqual(first.spanId, second.spanId);
  assert.equal(first.name, 'chat n');
  assert.equal(first.startTimeUnixNano, '1799999999049500000');
  assert.equal(first.endTimeUnixNano, '1799999999149500000');
  assert.deepEqual(first.status, { code: 2 });
  assert.deepEqual(told(first.attributes), {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'q',
    'gen_ai.request.model': 'n',
    'http.response.status_code': '529',
    'error.type': 'overloaded',
    'dragoman.provider': 'q',
  });
  assert.equal(second.startTimeUnixNano, first.endTimeUnixNano);
  assert.equal(second.endTimeUnixNano, own.endTimeUnixNano);
  assert.deepEqual(second.status, {});
  const {
    'server.address': address,
    'server.port': port,
    'gen_ai.usage.input_tokens': tokens,
  } = told(second.attributes);
  // Tokens stand in one place, so that nobody adds them up twice.
  assert.deepEqual([address, port, tokens], ['api.example.com', '443', undefined]);
});

test('a call that failed says how, and nothing of what was said in it', () => {
  const failed: CallRecord = {
    ...record,
    error: 'invalid_request',
    errorMessage: 'the secret of the prompt is too long',
    cause: new Error('the secret of the prompt'),
    healed: ['dropped x: the secret of the prompt'],
    status: 400,
  };
  const spans = spansOf({ record: failed, endedAt }, options);
  assert.deepEqual(spans[0]?.status, { code: 2 });
  assert.equal(told(spans[0]?.attributes ?? [])['error.type'], 'invalid_request');
  assert.equal(told(spans[2]?.attributes ?? [])['error.type'], 'invalid_request');
  assert.doesNotMatch(JSON.stringify(spans), /secret of the prompt/);
  const [gone] = spansOf({ record: { ...record, error: 'client_gone' }, endedAt }, options);
  assert.deepEqual(gone?.status, {});
  assert.equal(told(gone?.attributes ?? [])['dragoman.client.gone'], true);
});

test('a call that never got to a provider has one span', () => {
  const { provider: _, upstreamModel: __, failures: ___, seams: ____, ...refused } = record;
  const spans = spansOf({ record: { ...refused, tries: 0, model: '', usage: {} }, endedAt }, options);
  assert.deepEqual(
    spans.map(({ name }) => name),
    ['chat'],
  );
});

test('the client decides what is kept, and the lot where it says nothing', () => {
  const unkept = { ...record, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00' };
  assert.equal(spansOf({ record: unkept, endedAt }, options).length, 0);
  assert.equal(spansOf({ record, endedAt }, { ...options, share: 0 }).length, 3);
  const { traceparent: _, ...alone } = record;
  assert.equal(spansOf({ record: alone, endedAt }, { ...options, share: 0 }).length, 0);
  const spans = spansOf({ record: alone, endedAt }, options);
  assert.match(spans[0]?.traceId ?? '', /^[0-9a-f]{32}$/);
  assert.equal(spans[0]?.parentSpanId, undefined);
  assert.equal(spans[0]?.traceState, undefined);
  for (const traceparent of [
    '',
    'nonsense',
    '00-00000000000000000000000000000000-b7ad6b7169203331-01',
    '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
    'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01',
  ]) {
    assert.equal(spansOf({ record: { ...record, traceparent }, endedAt }, options)[0]?.parentSpanId, undefined);
  }
});

test('services have the names that OpenTelemetry gives them', () => {
  assert.equal(semanticName({ kind: 'bedrock', name: 'mine' }), 'aws.bedrock');
  assert.equal(semanticName({ kind: 'anthropic', name: 'mine' }), 'anthropic');
  assert.equal(semanticName({ name: 'mine' }), 'mine');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from './load.ts';

function tracing(env: { readonly [name: string]: string }) {
  const { endpoint, headers, ...rest } = readConfig(undefined, {
    env: { ...env, PROXY_BACKEND: 'simulator' },
    kinds: [{ kind: 'simulator', variables: {}, enough: [] }],
  }).tracing;
  const revealed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]));
  return { endpoint, headers: revealed, ...rest };
}

test('without variables there are no traces', () => {
  assert.deepEqual(tracing({}), {
    endpoint: undefined,
    headers: {},
    sample: 1,
    propagate: false,
    service: 'dragoman',
    attributes: {},
    timeout: 10_000,
  });
});

test('what is said of traces goes before what is said of everything', () => {
  const all = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/',
    OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20a%3Db, x-2 = two,nothing',
    OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=house,deployment.environment.name=prod',
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
  };
  assert.deepEqual(tracing(all), {
    endpoint: 'http://collector:4318/v1/traces',
    headers: { authorization: 'Bearer a=b', 'x-2': 'two' },
    sample: 0.25,
    propagate: false,
    service: 'house',
    attributes: { 'deployment.environment.name': 'prod' },
    timeout: 2000,
  });
  const own = tracing({
    ...all,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://other/spans',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'k=v',
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '3000',
    OTEL_SERVICE_NAME: 'mine',
  });
  assert.equal(own.endpoint, 'https://other/spans');
  assert.deepEqual(own.headers, { k: 'v' });
  assert.equal(own.timeout, 3000);
  assert.equal(own.service, 'mine');
});

test('what is meant for others, or makes no sense, keeps nobody from starting', () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
  for (const env of [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:word@collector' },
    { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    { ...endpoint, OTEL_TRACES_EXPORTER: 'none' },
    { ...endpoint, OTEL_SDK_DISABLED: 'true' },
  ]) {
    assert.equal(tracing(env).endpoint, undefined);
  }
  const odd = tracing({
    ...endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: 'a b=1,c=%0A,d=%zz',
    OTEL_EXPORTER_OTLP_TIMEOUT: 'soon',
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '7',
  });
  assert.deepEqual(odd.headers, { d: '%zz' });
  assert.equal(odd.timeout, 10_000);
  assert.equal(odd.sample, 1);
  assert.equal(tracing({ ...endpoint, OTEL_TRACES_SAMPLER: 'always_off' }).sample, 0);
});

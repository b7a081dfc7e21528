import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErrorKind, errorKinds, GatewayError } from '../canon/error.ts';
import { judge } from './verdict.ts';

const kinds = Object.keys(errorKinds) as ErrorKind[];

function blamed(blame: string): string[] {
  return kinds.filter((kind) => judge(new GatewayError(kind, '')).blame === blame);
}

test('each kind has somebody to blame', () => {
  assert.deepEqual(blamed('client'), [
    'invalid_request',
    'context_overflow',
    'content_policy',
    'too_large',
    'not_supported',
  ]);
  assert.deepEqual(blamed('key'), ['authentication', 'billing', 'permission', 'rate_limit']);
  assert.deepEqual(blamed('nobody'), ['not_found', 'conflict']);
  assert.deepEqual(blamed('model'), [
    'timeout',
    'internal',
    'bad_upstream',
    'unavailable',
    'upstream_timeout',
    'overloaded',
  ]);
});

test('what the same target may do better in a while, and what only another one may', () => {
  const verdicts = kinds.map((kind) => ({ kind, ...judge(new GatewayError(kind, '')) }));
  const again = verdicts.filter((verdict) => verdict.again).map(({ kind }) => kind);
  const nowhere = verdicts.filter((verdict) => !verdict.elsewhere).map(({ kind }) => kind);
  assert.deepEqual(again, [
    'timeout',
    'conflict',
    'rate_limit',
    'internal',
    'bad_upstream',
    'unavailable',
    'upstream_timeout',
    'overloaded',
  ]);
  assert.deepEqual(nowhere, ['invalid_request', 'content_policy']);
});

test('the provider has the last word on trying again', () => {
  assert.equal(judge(new GatewayError('rate_limit', '', { shouldRetry: false })).again, false);
  assert.equal(judge(new GatewayError('invalid_request', '', { shouldRetry: true })).again, true);
});

test('the time it wants to be left alone is milliseconds', () => {
  assert.equal(judge(new GatewayError('overloaded', '', { retryAfter: 1.5 })).restMs, 1500);
  assert.equal('restMs' in judge(new GatewayError('overloaded', '')), false);
});

test('a connection that does not come about is the fault of the address, silence that of the model', () => {
  const unreached = judge(new GatewayError('bad_upstream', '', { place: 'connection' }));
  assert.deepEqual([unreached.blame, unreached.again], ['provider', true]);
  const silent = judge(new GatewayError('upstream_timeout', '', { place: 'silence' }));
  assert.deepEqual([silent.blame, silent.again], ['model', false]);
});

test("a fault of the gateway's own is nobody's at the provider", () => {
  const own = judge(new GatewayError('internal', 'The gateway failed.', { cause: new Error('why') }));
  assert.deepEqual([own.blame, own.again, own.elsewhere], ['nobody', false, true]);
  assert.equal(judge(new GatewayError('overloaded', '', { place: 'gateway' })).blame, 'nobody');
});

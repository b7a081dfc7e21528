import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CallRecord, publishCall } from './call.ts';
import { type Log, logCalls } from './log.ts';

test('an error that repeats the whole request is written in part, and no part of a secret with it', () => {
  const written: string[] = [];
  const take = (fields: object, text: string): void => {
    written.push(JSON.stringify(fields) + text);
  };
  const stop = logCalls({ info: take, warn: take, error: take } as unknown as Log, (text) =>
    text.replaceAll('sk-secret', '[redacted]'),
  );
  const record: CallRecord = {
    id: 'req_1',
    client: 'anthropic',
    operation: 'messages',
    model: 'm',
    stream: false,
    tries: 1,
    status: 400,
    error: 'invalid_request',
    errorMessage: 'sk-secret '.repeat(100_000),
    usage: {},
    losses: [],
    mends: [],
    healed: [],
    requestBytes: 1,
    ms: 1,
  };
  publishCall(record);
  stop();
  publishCall(record);
  assert.equal(written.length, 1);
  assert.ok((written[0]?.length ?? 0) < 10_000, `${written[0]?.length}`);
  assert.doesNotMatch(written[0] ?? '', /sk-s/);
});

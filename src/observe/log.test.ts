import assert from 'node:assert/strict';
import { test } from 'node:test';
import pino from 'pino';
import { type CallRecord, publishCall } from './call.ts';
import { type Log, logCalls } from './log.ts';

test('an error that repeats the whole request is written in part, and no part of a secret with it', () => {
  const written: string[] = [];
  const take = (fields: object, text: string): void => {
    written.push(JSON.stringify(fields) + text);
  };
  const log = { warn: take, error: take } as unknown as Log;
  const stop = logCalls({ log, write: (line) => written.push(String(line)) }, (text) =>
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

test('a lost cache that somebody can do something about is a warning, once in a while', () => {
  const lines: { level: number; msg: string }[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as { level: number; msg: string });
  const log = pino({ base: null }, { write });
  const stop = logCalls({ log, write: (line) => write(String(line)) }, (text) => text);
  const record: CallRecord = {
    id: 'req_1',
    client: 'anthropic',
    operation: 'messages',
    model: 'm',
    stream: false,
    session: 's',
    tries: 1,
    status: 200,
    cacheMiss: { at: 'tools[1]', how: 'added', by: 'client', tokens: 3000 },
    usage: {},
    losses: [],
    mends: [],
    healed: [],
    requestBytes: 1,
    ms: 1,
  };
  publishCall(record);
  publishCall(record);
  stop();
  assert.deepEqual(
    lines.map(({ level }) => level),
    [40, 30],
  );
  for (const { msg } of lines) assert.match(msg, /cache lost at tools\[1\] \(added by client\), 3,000 tokens/);
});

test('the line of a call is the one that the log itself would write', async () => {
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line: string) => lines.push(line) });
  const stop = logCalls({ log, write: (line) => lines.push(String(line)) }, (text) => text);
  const record: CallRecord = {
    id: 'req_1',
    client: 'anthropic',
    operation: 'messages',
    model: 'm "x"',
    stream: true,
    session: 's',
    provider: 'p',
    upstreamModel: 'u',
    carriage: 'passed',
    spoken: 'anthropic',
    tries: 2,
    failures: [{ provider: 'q', model: 'n', error: 'overloaded', status: 529, ms: 12 }],
    seams: [{ block: 1, at: 5, from: 'q/n', to: 'p/u', why: 'bad_upstream' }],
    status: 200,
    usage: { input: 5, output: 2, cacheRead: 4 },
    cost: 0.5,
    losses: [],
    mends: ['end_missing', 'end_missing'],
    healed: [],
    requestBytes: 1,
    ms: 1.4,
    firstByteMs: 0.6,
    cacheMiss: { at: 'expired', by: 'provider', tokens: 2000 },
  };
  publishCall(record);
  log.info(
    { call: { ...record, ms: 1, firstByteMs: 1 } },
    '200 messages m "x" > p/u passed, 1 ms, 9 in (4 cached), 2 out, $0.5000, cache lost (expired), 2,000 tokens, after q overloaded, gone on with after a break, mended end_missing',
  );
  publishCall({ ...record, error: 'overloaded', status: 503, cause: new Error('why') });
  publishCall({ ...record, error: 'client_gone', errorMessage: 'what came before', status: 0 });
  log.level = 'warn';
  publishCall(record);
  stop();
  const [ours, theirs, error, gone, ...more] = lines.map((line) => {
    const { time, ...rest } = JSON.parse(line) as { time: number; level?: number };
    assert.ok(time > 1e12);
    return rest;
  });
  assert.deepEqual(ours, theirs);
  assert.equal(error?.level, 50);
  assert.equal(gone?.level, 30);
  assert.match(JSON.stringify(gone), /"errorMessage":"what came before"/);
  assert.deepEqual(more, []);
  assert.ok(lines.every((line) => line.endsWith('\n')));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Call } from './call.ts';
import type { AnswerSink, UpstreamRequest } from './sending.ts';
import { Ticker } from './ticker.ts';
import type { Exchange, Listener } from './transport.ts';

const timeouts = { connect: 1000, firstByte: 5000, idle: 2000, total: 60_000 };
const request: UpstreamRequest = { method: 'GET', origin: 'http://x.test', path: '/', headers: {}, timeouts };

/** A call over a transport that does nothing, and all that is done to both of them. */
function startCall(
  takes = true,
  sink?: AnswerSink,
): { call: Call; listener: Listener; ticker: Ticker; heard: string[]; done: string[] } {
  const heard: string[] = [];
  const done: string[] = [];
  let listener: Listener | undefined;
  const exchange: Exchange = {
    abort: () => done.push('abort'),
    pause: () => done.push('pause'),
    resume: () => done.push('resume'),
  };
  const transport = {
    start(_: UpstreamRequest, given: Listener) {
      listener = given;
      return exchange;
    },
    close: () => Promise.resolve(),
  };
  const ticker = new Ticker(1_000_000);
  const telling: AnswerSink = {
    head: (status) => heard.push(`head ${status}`),
    data(chunk) {
      heard.push(`data ${Buffer.from(chunk).toString()}`);
      return takes;
    },
    end: () => heard.push('end'),
    fail: (error) => heard.push(`${error.kind}: ${error.message}`),
  };
  const call = new Call(transport, ticker, request, sink ?? telling);
  return { call, listener: listener as Listener, ticker, heard, done };
}

const begun = performance.now();
const after = (milliseconds: number): number => begun + milliseconds;

test('an answer ends a call, whatever comes afterwards', () => {
  const { call, listener, ticker, heard, done } = startCall();
  listener.head(200, {});
  assert.equal(listener.data(Buffer.from('x')), true);
  assert.equal(ticker.size, 1);
  listener.end();
  listener.fail(new Error('late'));
  call.abort();
  call.resume();
  assert.deepEqual([heard, done, ticker.size], [['head 200', 'data x', 'end'], [], 0]);
});

test('what is unpacked is not lent, since that takes until later', () => {
  const borrowing = {
    head: () => undefined,
    data: () => true,
    borrows: () => true,
    end: () => undefined,
    fail: assert.fail,
  };
  for (const [headers, isLent] of [
    [{}, true],
    [{ 'content-encoding': 'gzip' }, false],
  ] as const) {
    const { listener } = startCall(true, borrowing);
    listener.head(200, headers);
    assert.equal(listener.borrows(), isLent);
  }
  const { listener } = startCall();
  listener.head(200, {});
  assert.equal(listener.borrows(), false);
});

test('making a connection has a time of its own, also the second time', () => {
  const { call, listener, heard, done } = startCall();
  call.tick(after(1500));
  listener.connecting();
  call.tick(after(900));
  listener.connected();
  call.tick(after(1500));
  assert.deepEqual(heard, []);
  listener.connecting();
  call.tick(after(2500));
  assert.deepEqual([heard, done], [['upstream_timeout: The provider could not be reached in time.'], ['abort']]);
});

test('the answer has a time to begin, to go on, and to end', () => {
  const silent = startCall();
  silent.call.tick(after(4500));
  assert.deepEqual(silent.heard, []);
  silent.call.tick(after(6000));
  assert.match(silent.heard[0] ?? '', /did not begin to answer within 5000 ms/);

  const stalled = startCall();
  stalled.listener.head(200, {});
  for (const now of [4000, 5900]) stalled.call.tick(after(now));
  stalled.listener.data(Buffer.from('x'));
  for (const now of [6100, 8000]) stalled.call.tick(after(now));
  assert.equal(stalled.heard.length, 2);
  stalled.call.tick(after(8200));
  assert.match(stalled.heard[2] ?? '', /fell silent for 2000 ms/);

  const endless = startCall();
  endless.listener.head(200, {});
  for (let now = 1000; now <= 61_000; now += 1000) {
    endless.listener.data(Buffer.from('x'));
    endless.call.tick(after(now));
  }
  assert.match(endless.heard.at(-1) ?? '', /longer than 60000 ms in all/);
  for (const { done, ticker } of [silent, stalled, endless]) assert.deepEqual([done, ticker.size], [['abort'], 0]);
});

test('who has asked for a pause is not told that it is silent', () => {
  const { call, listener, heard, done } = startCall(false);
  listener.head(200, {});
  assert.equal(listener.data(Buffer.from('x')), false);
  for (const now of [1000, 20_000]) call.tick(after(now));
  call.resume();
  for (const now of [20_100, 22_000]) call.tick(after(now));
  assert.deepEqual([heard, done], [['head 200', 'data x'], ['resume']]);
  call.tick(after(22_200));
  assert.match(heard[2] ?? '', /silent/);
});

test('a pause before the answer holds once there is one', () => {
  const { call, listener, done } = startCall();
  call.pause();
  assert.deepEqual(done, []);
  listener.head(200, {});
  assert.deepEqual(done, ['pause']);
});

test('what cannot begin fails after its owner knows of it', async () => {
  const heard: string[] = [];
  const unable = {
    start: () => {
      throw new Error('no way');
    },
    close: () => Promise.resolve(),
  };
  const { promise, resolve } = Promise.withResolvers<void>();
  const ticker = new Ticker(1_000_000);
  new Call(unable, ticker, request, {
    head: () => undefined,
    data: () => true,
    end: () => undefined,
    fail(error) {
      heard.push(error.message);
      resolve();
    },
  });
  assert.deepEqual(heard, []);
  await promise;
  assert.deepEqual([heard, ticker.size], [['The connection to the provider broke before it answered.'], 0]);
});

test('a compressed answer that is none', async () => {
  const { listener, heard, ticker, done } = startCall();
  listener.head(200, { 'content-encoding': 'gzip' });
  listener.data(Buffer.from('nonsense'));
  while (ticker.size > 0) await new Promise(setImmediate);
  assert.deepEqual([heard, done], [['head 200', "bad_upstream: The provider's answer is not valid gzip."], ['abort']]);
});

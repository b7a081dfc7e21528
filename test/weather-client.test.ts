import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Step } from '../src/simulator/index.ts';
import { clientKey, until } from './gateway-process.ts';
import { outcomeOf } from './heard.ts';
import {
  type Asked,
  type Language,
  type Pair,
  pairs,
  pingInterval,
  type Station,
  startStation,
} from './weather-station.ts';

const authorization = `Bearer ${clientKey}`;
const mebibyte = 1024 * 1024;
const letter = 'x'.charCodeAt(0);

describe('what clients do while they are answered', () => {
  let station: Station;
  before(async () => {
    station = await startStation();
  });
  after(() => station.close());

  for (const pair of pairs) {
    const where = `${pair.client} to ${pair.upstream}`;

    test(`${where}: hanging up in the middle of a stream`, async () => {
      const step: Step = { parts: ['word '.repeat(5000)], pace: 20 };
      const socket = await open(station, { ...pair, stream: true, step });
      await until('the stream is on', () => socket.heard.includes('word'));
      assert.equal(station.simulator.openStreams, 1);
      socket.hangUp();
      await until('the call to the upstream ends', () => station.simulator.openStreams === 0, 1000);
      assert.equal(station.simulator.requests.at(-1)?.state, 'aborted-by-client');
    });

    test(`${where}: hanging up before anything came`, async () => {
      for (const stream of [true, false]) {
        const socket = await open(station, { ...pair, stream, step: { faults: [{ kind: 'never' }] } });
        await until('the upstream is asked', () => station.simulator.openStreams === 1);
        socket.hangUp();
        await until('the call to the upstream ends', () => station.simulator.openStreams === 0, 1000);
      }
    });
  }

  test('reading slowly', async () => {
    const before = await residentBytes(station);
    await Promise.all(pairs.map((pair) => readSlowly(station, pair, before)));
  });

  test('signs of life, and only while there is life', async () => {
    await Promise.all(pairs.map((pair) => listenToSilence(station, pair)));
  });

  test('eighty clients that leave at once', async () => {
    const step: Step = { parts: ['word '.repeat(5000)], pace: 20 };
    const clients = await Promise.all(
      Array.from({ length: 80 }, (_, number) => open(station, { ...(pairs[number % 4] as Pair), stream: true, step })),
    );
    await until('all streams are on', () => clients.every(({ heard }) => heard.includes('word')), 10_000);
    assert.equal(station.simulator.openStreams, 80);
    for (const client of clients) client.hangUp();
    await until('the calls to the upstream end', () => station.simulator.openStreams === 0, 2000);
    const report = await station.get('/health/detailed', { authorization });
    assert.equal((JSON.parse(report.text) as { calls_open?: unknown }).calls_open, 0);
  });
});

/** A stream that is silent for a while, and one that is not. */
async function listenToSilence(station: Station, pair: Pair): Promise<void> {
  const pause = 4 * pingInterval;
  const lively: Step = { parts: ['Long silence.'], chunk: 4, pace: 5 };
  const silent: Step = { ...lively, faults: [{ kind: 'stall', at: { event: 4 }, ms: pause }] };
  const without = outcomeOf(pair.client, await station.ask({ ...pair, stream: true, step: lively }));
  const outcome = outcomeOf(pair.client, await station.ask({ ...pair, stream: true, step: silent }));
  assert.equal(outcome.kind, 'whole');
  assert.equal(outcome.text, 'Long silence.');
  const signs = outcome.pings - without.pings;
  assert.ok(signs >= 2 && signs <= 5, `${signs} signs of life in ${pause} ms`);
  const dying: Step = { ...lively, faults: [{ kind: 'cut', at: { event: 5 } }] };
  const dead = outcomeOf(pair.client, await station.ask({ ...pair, stream: true, step: dying }));
  assert.equal(dead.kind, 'error', 'the end of the upstream was hidden');
}

/** A client that is its own socket. */
interface OpenCall {
  readonly heard: string;
  readonly socket: Socket;
  hangUp(): void;
}

function open(station: Station, asked: Asked, reading = true): Promise<OpenCall> {
  const { hostname, port } = new URL(station.gateway.url);
  const { path, body } = station.prepare(asked);
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(Number(port), hostname, () => {
      const lines = [
        'content-type: application/json',
        'anthropic-version: 2023-06-01',
        `content-length: ${body.length}`,
      ];
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n${lines.join('\r\n')}\r\n\r\n`,
      );
      socket.write(body);
      resolve({
        socket,
        get heard() {
          return heard;
        },
        hangUp: () => socket.destroy(),
      });
    });
    if (reading) {
      socket.on('data', (chunk: Buffer) => {
        heard = (heard + chunk.toString('latin1')).slice(-100_000);
      });
    }
    socket.once('error', reject);
  });
}

/** The upstream would give far more than the buffers on the way hold; a client that does not read must stop it. */
async function readSlowly(station: Station, pair: Pair, before: number): Promise<void> {
  const flood = startFlood(pair.upstream, 64 * mebibyte);
  const call = await open(
    station,
    { ...pair, stream: true, road: 'raw', raw: (_, response) => flood.into(response) },
    false,
  );
  call.socket.pause();
  let seen = -1;
  await until(
    'the upstream is stopped',
    async () => {
      const still = flood.taken() > 0 && flood.taken() === seen;
      seen = flood.taken();
      await new Promise((resolve) => {
        setTimeout(resolve, 250);
      });
      return still;
    },
    15_000,
  );
  const taken = flood.taken();
  assert.ok(taken < 40 * mebibyte, `${taken} bytes were taken from the upstream for a client that does not read`);
  const grown = (await residentBytes(station)) - before;
  assert.ok(grown < 160 * mebibyte, `the gateway grew by ${grown} bytes`);
  let letters = 0;
  let end = '';
  call.socket.on('data', (chunk: Buffer) => {
    for (const byte of chunk) if (byte === letter) letters += 1;
    end = (end + chunk.toString('latin1')).slice(-2000);
  });
  call.socket.resume();
  const last = pair.client === 'anthropic' ? 'message_stop' : '[DONE]';
  await until('the whole answer', () => end.includes(last), 30_000);
  assert.ok(letters >= flood.letters(), `only ${letters} of ${flood.letters()} letters came`);
  call.hangUp();
}

async function residentBytes(station: Station): Promise<number> {
  const { text } = await station.get('/health/detailed', { authorization });
  return (JSON.parse(text) as { memory: { resident_bytes: number } }).memory.resident_bytes;
}

/** A stream that is given as fast as it is taken; what it says is one letter, again and again. */
interface Flood {
  into(response: ServerResponse): void;
  /** Bytes that were taken so far. */
  taken(): number;
  letters(): number;
}

/** A flood of so many bytes. */
function startFlood(language: Language, size: number): Flood {
  const piece = 'x'.repeat(32 * 1024);
  const [head, frame, tail] = language === 'anthropic' ? anthropicFrames(piece) : chatFrames(piece);
  let sent = 0;
  return {
    taken: () => sent,
    letters: () => (sent / frame.length) * piece.length,
    into: (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(head);
      const pour = (): void => {
        while (sent < size) {
          sent += frame.length;
          if (!response.write(frame)) return;
        }
        response.off('drain', pour);
        response.end(tail);
      };
      response.on('drain', pour);
      pour();
    },
  };
}

type Frames = readonly [head: string, frame: string, tail: string];

function anthropicFrames(piece: string): Frames {
  const frame = (type: string, more: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
  const usage = { input_tokens: 1, output_tokens: 1 };
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  const start =
    frame('message_start', { message }) +
    frame('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
  const end =
    frame('content_block_stop', { index: 0 }) +
    frame('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage }) +
    frame('message_stop', {});
  return [start, frame('content_block_delta', { index: 0, delta: { type: 'text_delta', text: piece } }), end];
}

function chatFrames(piece: string): Frames {
  const frame = (delta: object, reason: string | null): string => {
    const choices = [{ index: 0, delta, finish_reason: reason }];
    return `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`;
  };
  return [
    frame({ role: 'assistant', content: '' }, null),
    frame({ content: piece }, null),
    `${frame({}, 'stop')}data: [DONE]\n\n`,
  ];
}

import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Fault, Step } from '../src/simulator/index.ts';
import { providerKey } from './gateway-process.ts';
import { errorOf, outcomeOf } from './heard.ts';
import { type Heard, type Language, type Pair, pairs, type Station, startStation } from './weather-station.ts';

const text = 'Grüße “aus” dem ☃ Schnee.';
const input = { city: 'Köln', note: 'a "quoted" word' };
const tools: Readonly<Record<Language, unknown>> = {
  anthropic: [{ name: 'look', input_schema: { type: 'object', properties: { city: { type: 'string' } } } }],
  'openai-chat': [
    {
      type: 'function',
      function: { name: 'look', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
    },
  ],
};

describe('what upstreams do', () => {
  let station: Station;
  /** Another client, whose calls must not suffer from any of this. */
  let neighbour: { stop(): Promise<number> };
  before(async () => {
    station = await startStation();
    neighbour = startNeighbour(station);
  });
  after(async () => {
    try {
      assert.ok((await neighbour.stop()) > 0, 'the neighbour was never answered');
    } finally {
      await station.close();
    }
  });

  for (const pair of pairs) {
    const { client, upstream } = pair;
    const where = `${client} to ${upstream}`;
    const ask = (stream: boolean, step: Step, more = {}): Promise<Heard> =>
      station.ask({ ...pair, stream, step, more });
    /** Plays a fault, whole and streamed. */
    const faulty = async (fault: Fault, check: (heard: Heard, stream: boolean) => void): Promise<void> => {
      for (const stream of [false, true])
        check(await ask(stream, { parts: [text], chunk: 4, faults: [fault] }), stream);
    };

    test(`${where}: statuses`, async () => {
      const statuses = [400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503, 504];
      for (const status of statuses) {
        await faulty({ kind: 'status', status, message: `Trouble ${status}.` }, (heard) => {
          const busy = status === 503 || status === 529;
          assert.ok(
            heard.status === status || (busy && [503, 529].includes(heard.status)),
            `${status} became ${heard.status}`,
          );
          assert.match(errorOf(client, heard).message, /Trouble/);
          if (status === 401 || status === 403) assert.equal(heard.headers['x-should-retry'], 'false');
        });
      }
    });

    test(`${where}: a refusal that quotes the key`, async () => {
      const message = `Incorrect API key provided: ${providerKey}. You can find your key elsewhere.`;
      await faulty({ kind: 'status', status: 401, message }, (heard) => {
        assert.equal(heard.status, 401);
        assert.ok(!heard.text.includes(providerKey), 'the client was told the key of the provider');
      });
    });

    test(`${where}: retry-after`, async () => {
      await faulty({ kind: 'status', status: 429, message: 'Slow.', headers: { 'retry-after': '11' } }, (heard) => {
        assert.equal(heard.headers['retry-after'], '11');
      });
    });

    test(`${where}: a prompt that is too long, in the upstream's words`, async () => {
      await faulty({ kind: 'overflow', window: 8192 }, (heard) => {
        assert.equal(heard.status, 400);
        const { message } = errorOf(client, heard);
        if (client === 'anthropic') assert.match(message, /^prompt is too long: \d+ tokens > 8192 maximum$/);
        else assert.match(message, /maximum context length is 8192 tokens/);
      });
    });

    test(`${where}: nobody there, and a reset before the answer`, async () => {
      const refused = await station.ask({ ...pair, stream: true, road: 'refused' });
      assert.equal(refused.status, 502);
      assert.ok(!refused.text.includes('127.0.0.1'), 'an address was told');
      errorOf(client, refused);
      await faulty({ kind: 'reset' }, (heard) => {
        assert.equal(heard.status, 502);
        errorOf(client, heard);
      });
    });

    test(`${where}: cut at every 97th byte`, async () => {
      for (const stream of [false, true]) await cutEverywhere(pair, stream);
    });

    async function cutEverywhere({ client, upstream }: Pair, stream: boolean): Promise<void> {
      const step: Step = { parts: [text, { tool: 'look', input, id: 'call_1' }], chunk: 6, id: 'answer-1' };
      const more = { tools: tools[client] };
      const good = outcomeOf(client, await ask(stream, step, more));
      assert.equal(good.kind, 'whole');
      assert.equal(good.text, text);
      assert.deepEqual(JSON.parse(good.calls[0] ?? ''), input);
      const check = (heard: Heard, told: string): boolean => {
        const outcome = outcomeOf(client, heard);
        if (outcome.kind !== 'whole') {
          assert.equal(outcome.kind, 'error', `${told}: the client was not told why`);
          return false;
        }
        // Everything that matters had come; only empty words were cut off.
        assert.equal(outcome.text, text, `${told}: half a text was taken for a whole one`);
        const inputs = outcome.calls.map((call) => JSON.parse(call) as unknown);
        assert.deepEqual(inputs, [input], `${told}: half a call was taken for a whole one`);
        assert.equal(outcome.stop, good.stop, told);
        return true;
      };
      for (const places of stream ? ['byte', 'event'] : ['byte']) {
        const stride = places === 'byte' ? 97 : 1;
        let [number, isWhole] = [0, false];
        for (; !isWhole && number < 60; number += 1) {
          const at = places === 'byte' ? { byte: number * stride } : { event: number };
          // Where an event ends, an end in good order is the hardest to see through.
          const how = (['end', 'close', 'reset'] as const)[places === 'byte' ? number % 3 : 0] ?? 'end';
          const heard = await ask(stream, { ...step, faults: [{ kind: 'cut', at, how }] }, more);
          isWhole = check(heard, `cut by ${how} at ${places} ${number * stride}`);
        }
        assert.ok(number > 4, `${upstream}: only ${number} of the cuts broke the answer`);
      }
    }

    test(`${where}: error events and malformed frames`, async () => {
      const error: Fault = { kind: 'error', at: { event: 6 }, type: 'overloaded_error', message: 'Overloaded' };
      const paced = { parts: [text], chunk: 4, pace: 10 };
      assert.match(errorOf(client, await ask(true, { ...paced, faults: [error] })).message, /overloaded/i);
      errorOf(client, await ask(true, { ...paced, faults: [{ kind: 'malformed', at: { event: 6 } }] }));
      errorOf(client, await ask(true, { ...paced, faults: [{ kind: 'malformed', at: { event: 0 } }] }));
    });

    test(`${where}: bytes that mean nothing`, async () => {
      const noise = Buffer.from(Array.from({ length: 4000 }, (_, index) => (index * 7919) % 256));
      const types = { json: 'application/json', sse: 'text/event-stream', page: 'text/html', none: undefined };
      for (const stream of [false, true]) {
        for (const type of Object.values(types)) {
          for (const body of [
            noise,
            Buffer.from('<html><title>Bad Gateway</title></html>'),
            Buffer.alloc(0),
            Buffer.from('{}'),
            Buffer.from('data: {"a":\n\n'),
          ]) {
            const heard = await raw(pair, stream, (response) => {
              response.writeHead(200, type === undefined ? {} : { 'content-type': type }).end(body);
            });
            const told = `${String(type)} ${body.toString('latin1').slice(0, 20)} stream=${stream}: ${heard.status} ${heard.text.slice(0, 200)}`;
            assert.equal(heard.status, 502, told);
            errorOf(client, heard);
          }
        }
      }
    });

    test(`${where}: an error page`, async () => {
      for (const stream of [false, true]) {
        const page =
          '<!doctype html><html><head><title>502 Bad Gateway</title></head><body>nginx at 10.1.2.3</body></html>';
        const heard = await raw(pair, stream, (response) =>
          response.writeHead(502, { 'content-type': 'text/html' }).end(page),
        );
        assert.equal(heard.status, 502);
        const { message } = errorOf(client, heard);
        assert.ok(!message.includes('<') && !message.includes('10.1.2.3'), message);
      }
    });

    test(`${where}: a good status with an error inside`, async () => {
      const errors: Readonly<Record<Language, object>> = {
        anthropic: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
        'openai-chat': { error: { message: 'Overloaded', type: 'server_error', code: 'overloaded' } },
      };
      const body = JSON.stringify(errors[upstream]);
      for (const stream of [false, true]) {
        const whole = await raw(pair, stream, (response) =>
          response.writeHead(200, { 'content-type': 'application/json' }).end(body),
        );
        assert.ok([503, 529].includes(whole.status), `${whole.status} ${whole.text}`);
        assert.match(errorOf(client, whole).message, /overloaded/i);
      }
      const frame = upstream === 'anthropic' ? `event: error\ndata: ${body}\n\n` : `data: ${body}\n\n`;
      const streamed = await raw(pair, true, (response) =>
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(frame),
      );
      assert.ok([503, 529].includes(streamed.status), `${streamed.status} ${streamed.text}`);
      assert.match(errorOf(client, streamed).message, /overloaded/i);
    });

    test(`${where}: compressed answers`, async () => {
      for (const stream of [false, true]) {
        const outcome = outcomeOf(client, await ask(stream, { parts: [text], chunk: 3, gzip: true }));
        assert.equal(outcome.kind, 'whole');
        assert.equal(outcome.text, text);
      }
      const said = {
        error: { message: 'Squeezed.', type: 'invalid_request_error' },
        type: 'error',
        request_id: 'req_1',
      };
      const error = JSON.stringify(said);
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip', 'request-id': 'req_1' };
      const refused = await raw(pair, false, (response) => response.writeHead(400, headers).end(gzipSync(error)));
      assert.match(errorOf(client, refused).message, /Squeezed/);
      const broken = await raw(pair, false, (response) => response.writeHead(200, headers).end('not gzip'));
      assert.equal(broken.status, 502);
      errorOf(client, broken);
    });

    test(`${where}: a stream where none was asked for, and the reverse`, async () => {
      const step: Step = { parts: [text], chunk: 5 };
      const streamed = await ask(true, step);
      const whole = await ask(false, step);
      if (client === 'openai-chat')
        assert.ok(streamed.text.endsWith('data: [DONE]\n\n'), 'the mark at the end is missing');
      assert.equal(outcomeOf(client, streamed).text, outcomeOf(client, whole).text);
      const upstreamTexts = await textsOf(upstream, step);
      const unasked = await raw(pair, false, (response) =>
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(upstreamTexts.stream),
      );
      assert.equal(outcomeOf(client, unasked).text, text);
      const denied = await raw(pair, true, (response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(upstreamTexts.whole),
      );
      const outcome = outcomeOf(client, denied);
      assert.equal(outcome.kind, 'whole');
      assert.equal(outcome.text, text);
      assert.match(String(denied.headers['content-type']), /event-stream/);
    });
  }

  test('half of a call where only whole ones can be said', async () => {
    for (const stream of [false, true]) {
      const step: Step = { parts: [text, { tool: 'look', rawInput: '{"city": "K', id: 'call_1' }], stop: 'tool' };
      const more = { tools: tools.anthropic };
      const heard = await station.ask({ client: 'anthropic', upstream: 'openai-chat', stream, step, more });
      errorOf('anthropic', heard);
    }
  });

  test('no answer, and silence in the middle of one', async () => {
    await Promise.all(pairs.flatMap((pair) => [true, false].map((stream) => waitInVain(pair, stream))));
  });

  async function waitInVain(pair: Pair, stream: boolean): Promise<void> {
    const never = await station.ask({ ...pair, stream, road: 'impatient', step: { faults: [{ kind: 'never' }] } });
    assert.equal(never.status, 504);
    errorOf(pair.client, never);
    const stall: Fault = { kind: 'stall', at: stream ? { event: 6 } : { byte: 90 } };
    const step: Step = { parts: [text], chunk: 4, pace: 5, faults: [stall] };
    const stalled = await station.ask({ ...pair, stream, road: 'impatient', step });
    assert.equal(stalled.status, stream ? 200 : 504);
    assert.match(errorOf(pair.client, stalled).message, /silent/);
  }

  function raw(pair: Pair, stream: boolean, answer: (response: ServerResponse) => unknown): Promise<Heard> {
    return station.ask({ ...pair, stream, road: 'raw', raw: (_, response) => void answer(response) });
  }

  /** An answer of the simulator as it leaves it, in a language. */
  async function textsOf(language: Language, step: Step): Promise<{ readonly stream: string; readonly whole: string }> {
    const texts = await Promise.all(
      [true, false].map(async (stream) => {
        const { path, body } = station.prepare({ client: language, upstream: language, stream, step });
        const headers = {
          authorization: `Bearer ${providerKey}`,
          'anthropic-version': '2023-06-01',
          'content-type': 'application/json',
        };
        const answer = await fetch(station.simulator.url + path, { method: 'POST', headers, body });
        return answer.text();
      }),
    );
    return { stream: texts[0] ?? '', whole: texts[1] ?? '' };
  }
});

/** Calls that are all in order, one after the other, until told to stop; tells how many there were. */
function startNeighbour(station: Station): { stop(): Promise<number> } {
  let going = true;
  let number = 0;
  const work = async (): Promise<void> => {
    while (going) {
      const pair = pairs[number % pairs.length] as Pair;
      const heard = await station.ask({
        ...pair,
        stream: number % 2 === 0,
        step: { parts: [text], chunk: 5, pace: 2 },
      });
      const outcome = outcomeOf(pair.client, heard);
      assert.equal(outcome.kind, 'whole', `a good call was harmed: ${heard.status} ${heard.text.slice(0, 200)}`);
      assert.equal(outcome.text, text);
      number += 1;
    }
  };
  const worked = work();
  worked.catch(() => {});
  return {
    stop: async () => {
      going = false;
      await worked;
      return number;
    },
  };
}

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Simulator, startSimulator } from './index.ts';
import { type JsonObject, objectOf } from './json.ts';
import { eventsIn, jsonIn, post, until } from './probe.ts';
import type { Fault, Step } from './scenario.ts';

const CHAT = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'hi' }] };
const MESSAGES = { ...CHAT, model: 'claude-x', max_tokens: 500 };
const STREAM = { ...MESSAGES, stream: true };

let simulator: Simulator;
before(async () => {
  simulator = await startSimulator();
});
after(() => simulator.close());
beforeEach(() => {
  simulator.play({});
  simulator.forget();
});

const ask = (path: string, body: JsonObject, headers?: Record<string, string>): Promise<Response> =>
  post(`${simulator.url}${path}`, body, headers);
const last = () => simulator.requests.at(-1)!;

/** Reads as far as the connection carries; true when it broke off. */
async function readAll(response: Response): Promise<{ text: string; broke: boolean }> {
  let text = '';
  try {
    for await (const bytes of response.body!) text += Buffer.from(bytes as Uint8Array).toString('latin1');
    return { text, broke: false };
  } catch {
    return { text, broke: true };
  }
}

describe('paths', () => {
  for (const prefix of ['', '/anthropic', '/serving-endpoints/anthropic', '/ai-gateway/anthropic']) {
    test(`Messages under "${prefix}"`, async () => {
      const response = await ask(`${prefix}/v1/messages?beta=true`, MESSAGES);
      assert.equal(objectOf(await response.json()).type, 'message');
      assert.match(response.headers.get('request-id') ?? '', /^req_/);
    });
  }

  for (const path of [
    '/v1/chat/completions',
    '/chat/completions',
    '/api/v1/chat/completions',
    '/serving-endpoints/m/invocations',
  ]) {
    test(`chat under ${path}`, async () => {
      assert.equal(objectOf(await (await ask(path, CHAT)).json()).object, 'chat.completion');
    });
  }

  test('tokens are counted as the answer will count them', async () => {
    const counted = objectOf(await (await ask('/v1/messages/count_tokens', CHAT)).json());
    const answered = objectOf(await (await ask('/v1/messages', MESSAGES)).json());
    assert.ok(Number(counted.input_tokens) > 0);
    assert.equal(counted.input_tokens, objectOf(answered.usage).input_tokens);
  });

  test('unknown paths are answered in the language of the client', async () => {
    const anthropic = await ask('/v1/nothing', {});
    assert.deepEqual(
      [anthropic.status, objectOf(objectOf(await anthropic.json()).error).type],
      [404, 'not_found_error'],
    );
    const chat = await fetch(`${simulator.url}/v1/nothing`);
    assert.equal(chat.status, 404);
    assert.equal(typeof objectOf(objectOf(await chat.json()).error).message, 'string');
  });

  test('models in both shapes', async () => {
    simulator.play({ models: ['a', 'b', 'c'] });
    const get = async (path: string, headers: Record<string, string> = {}): Promise<JsonObject> =>
      objectOf(await (await fetch(`${simulator.url}${path}`, { headers })).json());
    const anthropic = { 'anthropic-version': '2023-06-01' };
    const page = await get('/v1/models?limit=2', anthropic);
    assert.deepEqual([page.has_more, page.first_id, page.last_id], [true, 'a', 'b']);
    assert.deepEqual((await get('/v1/models?after_id=b', anthropic)).first_id, 'c');
    assert.deepEqual((await get('/v1/models?before_id=c&limit=1', anthropic)).first_id, 'b');
    assert.equal((await get('/v1/models/b', anthropic)).type, 'model');
    assert.equal((await get('/models')).object, 'list');
    assert.equal((await get('/v1/models/a')).object, 'model');
    assert.equal(objectOf((await get('/v1/models/x', anthropic)).error).type, 'not_found_error');
  });
});

describe('requests', () => {
  test('are remembered with their bodies and how they went', async () => {
    await (await ask('/v1/messages?beta=true', MESSAGES, { 'x-mark': '1' })).text();
    await until(() => last().state === 'done', 'the request is over');
    const { method, path, headers, json, body, status, startedAt, endedAt } = last();
    assert.deepEqual(
      [method, path, headers['x-mark'], json, status],
      ['POST', '/v1/messages?beta=true', '1', MESSAGES, 200],
    );
    assert.equal(body.toString(), JSON.stringify(MESSAGES));
    assert.ok(endedAt! >= startedAt);
    assert.equal(simulator.received, 1);
  });

  test('only so many are kept', async () => {
    const small = await startSimulator({ keep: 2 });
    for (const text of ['1', '2', '3'])
      await (await post(`${small.url}/v1/messages`, { ...MESSAGES, model: text })).text();
    assert.deepEqual(
      small.requests.map(({ json }) => json?.model),
      ['2', '3'],
    );
    assert.equal(small.received, 3);
    await small.close();
  });

  test('a client that hangs up is noticed', async () => {
    simulator.play({ steps: [{ parts: ['x'.repeat(1000)], pace: 20 }] });
    const abort = new AbortController();
    const response = await fetch(`${simulator.url}/v1/messages`, {
      method: 'POST',
      headers: { 'anthropic-version': '2023-06-01' },
      body: JSON.stringify(STREAM),
      signal: abort.signal,
    });
    await response.body!.getReader().read();
    assert.equal(simulator.openStreams, 1);
    abort.abort();
    await until(() => simulator.openStreams === 0, 'the stream is closed');
    assert.equal(last().state, 'aborted-by-client');
  });

  test('a body may be compressed', async () => {
    const response = await fetch(`${simulator.url}/v1/messages`, {
      method: 'POST',
      headers: { 'anthropic-version': '2023-06-01', 'content-encoding': 'gzip' },
      body: gzipSync(JSON.stringify(MESSAGES)),
    });
    assert.equal(response.status, 200);
    await response.text();
  });

  for (const [name, body] of [
    ['broken JSON', '{"model":'],
    ['no object', '[1]'],
    ['nothing', ''],
    ['no UTF-8', Buffer.from('{"model":"\xff"}', 'latin1')],
  ] as const) {
    test(`refused: ${name}`, async () => {
      for (const path of ['/v1/messages', '/v1/chat/completions']) {
        const response = await fetch(`${simulator.url}${path}`, { method: 'POST', body });
        assert.equal(response.status, 400);
        assert.equal(objectOf(objectOf(await response.json()).error).type, 'invalid_request_error');
      }
    });
  }

  test('refused: a body that is too large', async () => {
    const small = await startSimulator({ maxBody: 1000 });
    const response = await post(`${small.url}/v1/messages`, { ...MESSAGES, system: 'x'.repeat(100_000) });
    assert.equal(response.status, 413);
    assert.equal(objectOf(objectOf(await response.json()).error).type, 'request_too_large');
    await small.close();
  });

  test('a lenient simulator answers what a strict one refuses', async () => {
    const odd = { ...MESSAGES, foo: 1, messages: 'hello' };
    assert.equal((await ask('/v1/messages', odd)).status, 400);
    simulator.play({ strict: false });
    assert.equal((await ask('/v1/messages', odd)).status, 200);
  });

  test('what cannot be answered harms no other call', async () => {
    simulator.play({
      answer: () => {
        throw new Error('a mistake in the scenario');
      },
    });
    const failed = await ask('/v1/messages', MESSAGES);
    assert.equal(failed.status, 500);
    assert.match(await failed.text(), /a mistake in the scenario/);
    assert.equal((await fetch(`${simulator.url}/v1/models/%zz`)).status, 500);
    simulator.play({});
    assert.equal((await ask('/v1/messages', MESSAGES)).status, 200);
  });

  test('a refused request uses no step up', async () => {
    simulator.play({ steps: ['only'] });
    await (await ask('/v1/messages', { ...MESSAGES, foo: 1 })).text();
    assert.match(await (await ask('/v1/messages', MESSAGES)).text(), /"only"/);
  });
});

describe('keys', () => {
  test('only the right one is let in, in any of its headers', async () => {
    const locked = await startSimulator({ requireKey: 'right' });
    const status = async (path: string, body: JsonObject, headers: Record<string, string>): Promise<number> =>
      (await post(`${locked.url}${path}`, body, headers)).status;
    assert.equal(await status('/v1/messages', MESSAGES, { 'x-api-key': 'right' }), 200);
    assert.equal(await status('/v1/messages', MESSAGES, { authorization: 'Bearer right' }), 200);
    assert.equal(await status('/v1/chat/completions', CHAT, { authorization: 'Bearer right' }), 200);
    assert.equal(await status('/v1/chat/completions', CHAT, { authorization: 'Bearer wrong' }), 401);
    assert.equal(
      await status('/serving-endpoints/anthropic/v1/messages', MESSAGES, { authorization: 'Bearer x' }),
      403,
    );
    assert.equal((await fetch(`${locked.url}/v1/models`)).status, 401);
    assert.equal((await fetch(`${locked.url}/health`)).status, 200);
    const refused = await post(`${locked.url}/v1/messages`, MESSAGES, { 'x-api-key': 'wrong-key' });
    const text = await refused.text();
    assert.deepEqual(objectOf(JSON.parse(text)).error, { type: 'authentication_error', message: 'invalid x-api-key' });
    assert.equal(objectOf(JSON.parse(text)).request_id, refused.headers.get('request-id'));
    await locked.close();
  });
});

describe('faults', () => {
  const play = (...faults: Fault[]): void =>
    simulator.play({ steps: [{ parts: ['hello, this is a longer text'], chunk: 4, faults }] });

  test('an error status in the envelope of each language', async () => {
    const fault: Fault = { kind: 'status', status: 429, headers: { 'retry-after': '7' } };
    simulator.play({ steps: [{ faults: [fault], times: 'always' }] });
    const anthropic = await ask('/v1/messages', MESSAGES);
    assert.deepEqual([anthropic.status, anthropic.headers.get('retry-after')], [429, '7']);
    assert.equal(objectOf(objectOf(await anthropic.json()).error).type, 'rate_limit_error');
    const chat = await ask('/v1/chat/completions', CHAT);
    assert.deepEqual(objectOf(await chat.json()).error, {
      message: 'Rate limit reached. Please try again later.',
      type: 'rate_limit_exceeded',
      param: null,
      code: null,
    });
    const databricks = await ask('/serving-endpoints/m/invocations', CHAT);
    assert.equal(objectOf(await databricks.json()).error_code, 'REQUEST_LIMIT_EXCEEDED');
    simulator.play({ flavor: 'openrouter', steps: [{ faults: [fault] }] });
    assert.equal(objectOf(objectOf(await (await ask('/api/v1/chat/completions', CHAT)).json()).error).code, 429);
  });

  test('it fails twice and then succeeds', async () => {
    simulator.play({ steps: [{ faults: [{ kind: 'status', status: 529 }], times: 2 }, 'fine'] });
    const statuses: number[] = [];
    for (let round = 0; round < 3; round += 1) statuses.push((await ask('/v1/messages', MESSAGES)).status);
    assert.deepEqual(statuses, [529, 529, 200]);
  });

  test('a page of HTML, and an error inside a good answer', async () => {
    play({ kind: 'status', status: 502, body: '<html>Bad gateway</html>' });
    const page = await ask('/v1/messages', MESSAGES);
    assert.deepEqual([page.status, page.headers.get('content-type')], [502, 'text/html; charset=utf-8']);
    play({ kind: 'status', status: 200, body: { error: { message: 'x' } } });
    const hidden = await ask('/v1/chat/completions', CHAT);
    assert.deepEqual([hidden.status, await hidden.json()], [200, { error: { message: 'x' } }]);
  });

  test('a prompt that is too long, in the words of each language', async () => {
    simulator.play({ steps: [{ faults: [{ kind: 'overflow', window: 1000 }], times: 'always' }] });
    assert.match(await (await ask('/v1/messages', MESSAGES)).text(), /prompt is too long: 1001 tokens > 1000 maximum/);
    assert.match(await (await ask('/v1/chat/completions', CHAT)).text(), /context_length_exceeded/);
  });

  test('a connection that is reset before any header', async () => {
    play({ kind: 'reset' });
    await assert.rejects(ask('/v1/messages', MESSAGES));
    await until(() => last().state === 'cut', 'the request counts as cut');
  });

  test('no answer at all, until the client gives up', async () => {
    play({ kind: 'never' });
    const signal = AbortSignal.timeout(100);
    await assert.rejects(
      fetch(`${simulator.url}/v1/messages`, {
        method: 'POST',
        headers: { 'anthropic-version': '2023-06-01' },
        body: JSON.stringify(MESSAGES),
        signal,
      }),
    );
    await until(() => last().state === 'aborted-by-client', 'the client has gone');
    assert.equal(last().status, undefined);
  });

  test('headers that come late', async () => {
    play({ kind: 'late', ms: 60 });
    const began = performance.now();
    const response = await ask('/v1/messages', MESSAGES);
    assert.ok(performance.now() - began >= 55);
    assert.equal(response.status, 200);
  });

  test('a stream that is cut at a byte, closed or reset', async () => {
    for (const how of ['close', 'reset'] as const) {
      play({ kind: 'cut', at: { byte: 700 }, how });
      const { text, broke } = await readAll(await ask('/v1/messages', STREAM));
      assert.ok(broke);
      // A reset may throw away what the client has not read yet; a close may not.
      if (how === 'close') assert.equal(text.length, 700);
      await until(() => last().state === 'cut', 'the request counts as cut');
    }
  });

  test('a stream that ends after some events as if it were complete', async () => {
    play({ kind: 'cut', at: { event: 5 }, how: 'end' });
    const { text, broke } = await readAll(await ask('/v1/messages', STREAM));
    assert.deepEqual([broke, eventsIn(text).length], [false, 5]);
  });

  test('a whole answer that is cut', async () => {
    play({ kind: 'cut', at: { byte: 20 } });
    const { text, broke } = await readAll(await ask('/v1/messages', MESSAGES));
    assert.deepEqual([text.length, broke], [20, true]);
  });

  test('a stream that stalls for a while, and one that stalls for ever', async () => {
    play({ kind: 'stall', at: { event: 3 }, ms: 60 });
    const began = performance.now();
    assert.match((await readAll(await ask('/v1/messages', STREAM))).text, /message_stop/);
    assert.ok(performance.now() - began >= 55);
    play({ kind: 'stall', at: { event: 3 } });
    const reader = (await ask('/v1/messages', STREAM)).body!.getReader();
    await reader.read();
    assert.equal(simulator.openStreams, 1);
    await reader.cancel();
    await until(() => simulator.openStreams === 0, 'the stream is closed');
  });

  test('frames and bytes that are wrong', async () => {
    play({ kind: 'malformed', at: { event: 4 } });
    const malformed = eventsIn(await (await ask('/v1/messages', STREAM)).text());
    assert.throws(() => JSON.parse(malformed[4]!.data));
    play({ kind: 'bytes', at: { event: 4 }, bytes: '//79AA==', encoding: 'base64' });
    assert.ok(
      (await readAll(await ask('/v1/chat/completions', { ...CHAT, stream: true }))).text.includes('\xff\xfe\xfd\x00'),
    );
  });

  test('an error in the middle of a stream, in each language', async () => {
    play({ kind: 'error', at: { event: 4 } });
    const anthropic = eventsIn(await (await ask('/v1/messages', STREAM)).text());
    assert.deepEqual([anthropic.length, anthropic.at(-1)!.event], [5, 'error']);
    assert.deepEqual(objectOf(JSON.parse(anthropic.at(-1)!.data)).error, {
      type: 'overloaded_error',
      message: 'Overloaded',
    });
    play({ kind: 'error', at: { event: 4 }, message: 'broken' });
    const chat = jsonIn(await (await ask('/v1/chat/completions', { ...CHAT, stream: true })).text());
    assert.equal(objectOf(chat.at(-1)!.error).message, 'broken');
  });

  test('a count that is not supported', async () => {
    simulator.play({
      steps: [{ when: { operation: 'count' }, faults: [{ kind: 'status', status: 501 }], times: 'always' }],
    });
    assert.equal((await ask('/v1/messages/count_tokens', CHAT)).status, 501);
    assert.equal((await ask('/v1/messages', MESSAGES)).status, 200);
  });
});

describe('the manner of an answer', () => {
  const played = async (step: Step, body: JsonObject = STREAM): Promise<{ response: Response; text: string }> => {
    simulator.play({ steps: [step] });
    const response = await ask('/v1/messages', body);
    return { response, text: await response.text() };
  };

  test('a pace spreads the events over time', async () => {
    const began = performance.now();
    const { text } = await played({ parts: ['abc'], chunk: 1, pace: 10 });
    assert.ok(performance.now() - began >= 70);
    assert.equal(eventsIn(text).length, 9);
  });

  test('slices of a byte arrive whole', async () => {
    const { text } = await played({ parts: ['Grüße 😀'], slice: 1 });
    assert.ok(text.includes('Grüße 😀'));
  });

  test('gzip, streamed and whole, also cut', async () => {
    for (const body of [STREAM, MESSAGES]) {
      const { response, text } = await played({ parts: ['hello'], gzip: true }, body);
      assert.equal(response.headers.get('content-encoding'), 'gzip');
      assert.match(text, /hello/);
    }
  });

  test('headers of the step and of the scenario', async () => {
    simulator.play({
      manner: { headers: { 'x-a': '1' } },
      steps: [{ parts: ['x'] }, { parts: ['x'], headers: { 'x-b': '2' } }],
    });
    assert.equal((await ask('/v1/messages', MESSAGES)).headers.get('x-a'), '1');
    assert.equal((await ask('/v1/messages', MESSAGES)).headers.get('x-b'), '2');
  });

  test('a slow reader makes the simulator wait', async () => {
    simulator.play({ steps: [{ parts: ['x'.repeat(20_000_000)], chunk: 20_000 }] });
    const response = await ask('/v1/messages', STREAM);
    assert.equal(last().state, 'open');
    assert.equal(simulator.openStreams, 1);
    assert.ok((await response.text()).length > 20_000_000);
    await until(() => last().state === 'done', 'the request is over');
  });
});

describe('the constant answer', () => {
  test('answers every language without looking at the request', async () => {
    simulator.play({ constant: { parts: ['always this'], usage: { input: 3, output: 4 } } });
    assert.match(await (await ask('/v1/messages', { whatever: 1 })).text(), /"always this"/);
    assert.match(await (await ask('/v1/messages', { a: { stream: true } })).text(), /event: message_stop/);
    assert.match(await (await ask('/v1/chat/completions', { stream: true })).text(), /"prompt_tokens":3.*\[DONE\]/s);
    assert.equal(
      objectOf(await (await ask('/v1/chat/completions', { stream: false })).json()).object,
      'chat.completion',
    );
    assert.match(await (await ask('/v1/responses', { stream: true })).text(), /event: response\.completed/);
    const model = '/v1beta/models/m';
    assert.match(await (await ask(`${model}:streamGenerateContent?alt=sse`, {})).text(), /^data: .*"STOP"/s);
    assert.match(await (await ask(`${model}:generateContent`, { stream: true })).text(), /^\{"candidates"/);
  });
});

describe('the end', () => {
  test('closing ends every connection and frees the port', async () => {
    const other = await startSimulator({ scenario: { steps: [{ faults: [{ kind: 'never' }] }] } });
    const waiting = post(`${other.url}/v1/messages`, MESSAGES);
    const idle = connect(other.port, '127.0.0.1');
    await until(() => other.openStreams === 1, 'the request has come');
    const refused = assert.rejects(waiting);
    await other.close();
    await refused;
    assert.equal(other.requests[0]!.state, 'cut');
    idle.destroy();
    const again = await startSimulator({ port: other.port });
    assert.equal(again.port, other.port);
    await again.close();
  });

  test('a port that is taken is an error', async () => {
    await assert.rejects(startSimulator({ port: simulator.port }), /EADDRINUSE/);
  });
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Simulator, SimulatorOptions } from '../../src/simulator/index.ts';
import { anthropicHeaders, chat, message, type Rig, startRig, startUpstream, until } from './rig.ts';

interface Both {
  readonly rig: Rig;
  readonly native: Simulator;
  readonly chat: Simulator;
}

/** One gateway before an Anthropic-speaking and an OpenAI-speaking provider: `a/...` and `o/...`. */
async function both(
  t: TestContext,
  options: { native?: SimulatorOptions; chat?: SimulatorOptions; config?: object } = {},
): Promise<Both> {
  const native = await startUpstream(t, options.native);
  const chatSide = await startUpstream(t, options.chat);
  const rig = await startRig(t, {
    providers: {
      a: { speaks: 'anthropic', base_url: native.url, api_key: 'sk-secret-native' },
      o: { speaks: 'openai-chat', base_url: `${chatSide.url}/v1`, api_key: 'sk-secret-chat' },
    },
    models: { 'claude-*': { to: 'a/claude-*' }, 'gpt-*': { to: 'o/gpt-*' } },
    ...options.config,
  });
  return { rig, native, chat: chatSide };
}

test('the same language passes byte for byte, but for the name of the model', async (t) => {
  const { rig, native } = await both(t);
  const body =
    '{"max_tokens" : 50, "messages":[{"role":"user","content":"h\\u00e9 1.0"}],"model": "a/claude-x" , "metadata":{}}';
  const answer = await rig.post('/v1/messages?beta=true', body, {
    ...anthropicHeaders,
    'anthropic-beta': 'effort-2025-11-24',
  });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('x-dragoman-carriage'), 'passed');
  const sent = native.requests[0];
  assert.equal(sent?.body.toString(), body.replace('a/claude-x', 'claude-x'));
  assert.equal(sent?.path, '/v1/messages?beta=true');
  assert.equal(sent?.headers['anthropic-beta'], 'effort-2025-11-24');
  assert.equal(sent?.headers['x-api-key'], 'sk-secret-native');
  assert.equal(((await answer.json()) as { type: string }).type, 'message');
  assert.equal((await rig.post('/v1/messages', body)).status, 200, 'a header that the language demands is made up for');
});

for (const [client, model, path] of [
  ['messages', 'claude-test', '/v1/messages'],
  ['messages', 'gpt-test', '/v1/messages'],
  ['chat', 'claude-test', '/v1/chat/completions'],
  ['chat', 'gpt-test', '/v1/chat/completions'],
] as const) {
  test(`${client} to ${model}: whole and streamed, with usage`, async (t) => {
    const { rig } = await both(t);
    const prompt = '[[text:Hello from afar]]';
    const request = (more: object): object =>
      client === 'messages' ? message(prompt, { model, ...more }) : chat(prompt, { model, ...more });
    const whole = await rig.post(path, request({}), anthropicHeaders);
    assert.equal(whole.status, 200);
    assert.match(await whole.text(), /Hello from afar/);
    const streamed = await rig.post(path, request({ stream: true }), anthropicHeaders);
    assert.match(streamed.headers.get('content-type') ?? '', /^text\/event-stream/);
    const text = await streamed.text();
    assert.match(text, client === 'messages' ? /event: message_stop\n/ : /data: \[DONE\]\n/);
    await until(() => rig.records.length === 2);
    for (const record of rig.records) {
      assert.equal(record.status, 200);
      assert.equal(record.carriage, (client === 'messages') === (model === 'claude-test') ? 'passed' : 'translated');
      if (record.carriage === 'translated' || client === 'messages') {
        assert.ok((record.usage.input ?? 0) > 0 && (record.usage.output ?? 0) > 0, JSON.stringify(record.usage));
      }
    }
  });
}

test('a field that the provider refuses by name is taken out once, said, and remembered', async (t) => {
  const { rig, native } = await both(t, { native: { scenario: { refuse: { fields: ['context_management'] } } } });
  const body = message('hi', { context_management: { edits: [] } });
  const headers = { ...anthropicHeaders, 'anthropic-beta': 'context-management-2025-06-27,effort-2025-11-24' };
  const first = await rig.post('/v1/messages', body, headers);
  assert.equal(first.status, 200);
  assert.match(first.headers.get('x-dragoman-loss') ?? '', /dropped context_management/);
  assert.deepEqual(
    native.requests.map(({ body: sent }) => 'context_management' in (JSON.parse(sent.toString()) as object)),
    [true, false],
  );
  assert.equal(native.requests[1]?.headers['anthropic-beta'], 'effort-2025-11-24');
  const second = await rig.post('/v1/messages', body, headers);
  assert.equal(second.status, 200);
  assert.equal(native.requests.length, 3);
  assert.equal((await rig.post('/v1/messages', { ...body, model: 'claude-other' }, headers)).status, 200);
  assert.equal(native.requests.length, 5, 'what one model refuses, another may take');
});

test('strict mode refuses what would be lost, naming it, and sends nothing', async (t) => {
  const { rig, chat: upstream } = await both(t, { config: { strict: true } });
  const answer = await rig.post('/v1/messages', message('hi', { model: 'gpt-x', top_k: 5 }), anthropicHeaders);
  assert.equal(answer.status, 400);
  assert.match(((await answer.json()) as { error: { message: string } }).error.message, /top_k would be dropped/);
  assert.equal(upstream.requests.length, 0);
  assert.equal((await rig.post('/v1/messages', message('hi', { model: 'gpt-x' }), anthropicHeaders)).status, 200);
});

test("a provider's error in the client's language passes unmodified, without the keys it repeats", async (t) => {
  const error = {
    type: 'error',
    error: { type: 'authentication_error', message: 'bad key sk-secret-native', odd: 1 },
    request_id: 'req_up',
  };
  const { rig } = await both(t, {
    native: { scenario: { steps: [{ times: 'always', faults: [{ kind: 'status', status: 401, body: error }] }] } },
  });
  const answer = await rig.post('/v1/messages', message('hi'), anthropicHeaders);
  assert.equal(answer.status, 401);
  assert.equal(answer.headers.get('x-should-retry'), 'false');
  assert.deepEqual(await answer.json(), { ...error, error: { ...error.error, message: 'bad key [redacted]' } });
  const other = await rig.post('/v1/chat/completions', chat('hi', { model: 'claude-x' }));
  assert.equal(other.status, 401);
  assert.doesNotMatch(await other.text(), /sk-secret/);
});

test("an overflow in a provider's words becomes the wording that makes a client compact", async (t) => {
  const words =
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens. Please reduce the length of the messages.";
  const body = {
    error: { message: words, type: 'invalid_request_error', param: 'messages', code: 'context_length_exceeded' },
  };
  const { rig } = await both(t, {
    chat: { scenario: { steps: [{ times: 'always', faults: [{ kind: 'status', status: 400, body }] }] } },
  });
  const answer = await rig.post('/v1/messages', message('hi', { model: 'gpt-x' }), anthropicHeaders);
  assert.equal(answer.status, 400);
  assert.equal(
    ((await answer.json()) as { error: { message: string } }).error.message,
    'prompt is too long: 9000 tokens > 8192 maximum',
  );
});

test("an overflow in other words than the language's own is said anew, even between two speakers of it", async (t) => {
  const said = (message: string): object => ({ type: 'error', error: { type: 'invalid_request_error', message } });
  const foreign = said(
    "litellm.ContextWindowExceededError: This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
  );
  const { rig, native } = await both(t);
  const answer = async (body: object): Promise<string> => {
    native.play({ steps: [{ faults: [{ kind: 'status', status: 400, body: body as never }] }] });
    const told = (await (await rig.post('/v1/messages', message('hi'), anthropicHeaders)).json()) as {
      error: { message: string };
    };
    return told.error.message;
  };
  assert.equal(await answer(foreign), 'prompt is too long: 9000 tokens > 8192 maximum');
  assert.equal(await answer(said('Input is too long.')), 'Input is too long.');
});

test('an overflow without numbers gets some, so that the client can act on it', async (t) => {
  const body = { error: { message: 'the request exceeds the available context size', type: 'invalid_request_error' } };
  const { rig } = await both(t, {
    chat: { scenario: { steps: [{ times: 'always', faults: [{ kind: 'status', status: 400, body }] }] } },
    config: { models: { 'gpt-*': { to: 'o/gpt-*' } } },
  });
  const answer = await rig.post('/v1/messages', message('hi '.repeat(500), { model: 'gpt-x' }), anthropicHeaders);
  const { error } = (await answer.json()) as { error: { message: string } };
  const [, tokens, limit] = /^prompt is too long: (\d+) tokens > (\d+) maximum$/.exec(error.message) ?? [];
  assert.ok(Number(tokens) > Number(limit), error.message);
});

test('a provider that knows no model of that name is asked by the name its custom makes of it', async (t) => {
  const upstream = await startUpstream(t, {
    flavor: 'openrouter',
    scenario: { models: ['anthropic/claude-opus-4.8'] },
  });
  const rig = await startRig(t, {
    providers: { router: { kind: 'openrouter', base_url: `${upstream.url}/v1`, api_key: 'sk-or-secret' } },
    models: { 'claude-*': { to: 'router/anthropic/claude-*' } },
  });
  const names = (): unknown[] =>
    upstream.requests.map(({ body }) => (JSON.parse(body.toString()) as { model: string }).model);
  const first = await rig.post('/v1/messages', message('hi', { model: 'claude-opus-4-8' }), anthropicHeaders);
  assert.equal(first.status, 200, await first.clone().text());
  assert.deepEqual(names(), ['anthropic/claude-opus-4-8', 'anthropic/claude-opus-4.8']);
  await rig.post('/v1/messages', message('hi', { model: 'claude-opus-4-8' }), anthropicHeaders);
  assert.equal(names().length, 3, 'the name has been learnt');
  assert.equal((await rig.post('/v1/messages', message('hi', { model: 'claude-none' }), anthropicHeaders)).status, 404);
});

test('a stream that is not as it should be is mended in mid-flight, and counted', async (t) => {
  const { rig } = await both(t, {
    native: {
      scenario: { steps: [{ times: 'always', parts: ['one two three'], anthropic: { duplicateStart: true } }] },
    },
  });
  const text = await (await rig.post('/v1/messages', message('hi', { stream: true }), anthropicHeaders)).text();
  assert.equal(text.split('event: message_start').length - 1, 1);
  assert.match(text, /event: message_stop\n/);
  const detailed = (await (await rig.get('/health/detailed')).json()) as { providers: { a: { mends: object } } };
  assert.deepEqual(detailed.providers.a.mends, { start_repeated: 1 });
});

test('a stream that is cut never looks complete, at whatever byte', async (t) => {
  const { rig, native } = await both(t);
  const length = (
    await (await rig.post('/v1/messages', message('[[text:abc]]', { stream: true }), anthropicHeaders)).arrayBuffer()
  ).byteLength;
  for (let at = 40; at < length - 1; at += 61) {
    native.play({ steps: [{ parts: ['abc'], faults: [{ kind: 'cut', at: { byte: at }, how: 'end' }] }] });
    const answer = await rig.post('/v1/messages', message('hi', { stream: true }), anthropicHeaders);
    const text = await answer.text();
    if (text.includes('event: message_stop\n')) continue;
    if (answer.status === 200) assert.match(text, /\n\nevent: error\ndata: .*\n\n$/s, `cut at ${at}`);
    else assert.equal(answer.status, 502);
  }
});

test('a client that hangs up ends the call to the provider', async (t) => {
  const { rig, chat: upstream } = await both(t, {
    chat: { scenario: { steps: [{ times: 'always', parts: ['x'.repeat(5000)], chunk: 2, pace: 20 }] } },
  });
  const leave = new AbortController();
  const answer = await fetch(`${rig.url}/v1/messages`, {
    method: 'POST',
    headers: anthropicHeaders,
    body: JSON.stringify(message('hi', { model: 'gpt-x', stream: true })),
    signal: leave.signal,
  });
  await answer.body?.getReader().read();
  leave.abort();
  await until(() => upstream.openStreams === 0, 1500);
  await until(() => rig.records[0]?.error === 'client_gone');
});

test('tokens are counted by the provider, or estimated and said to be', async (t) => {
  const { rig } = await both(t);
  const counted = await rig.post(
    '/v1/messages/count_tokens',
    { model: 'claude-x', messages: [{ role: 'user', content: 'hello' }] },
    anthropicHeaders,
  );
  assert.equal(counted.status, 200);
  assert.equal(counted.headers.get('x-dragoman-estimate'), null);
  const estimated = await rig.post(
    '/v1/messages/count_tokens',
    { model: 'gpt-x', messages: [{ role: 'user', content: 'hello '.repeat(100) }] },
    anthropicHeaders,
  );
  assert.match(estimated.headers.get('x-dragoman-estimate') ?? '', /error=10%; samples=0/);
  assert.ok(((await estimated.json()) as { input_tokens: number }).input_tokens > 50);
});

test('models are listed in the shape of whoever asks', async (t) => {
  const { rig } = await both(t, { config: { models: { big: { to: 'o/gpt-big' }, 'claude-*': { to: 'a/claude-*' } } } });
  const anthropic = (await (await rig.get('/v1/models?limit=1000', anthropicHeaders)).json()) as {
    data: { id: string; type: string }[];
    has_more: boolean;
  };
  assert.equal(anthropic.has_more, false);
  assert.deepEqual(anthropic.data[0], { ...anthropic.data[0], id: 'big', type: 'model' });
  assert.ok(
    anthropic.data.some(({ id }) => id.startsWith('claude-')),
    JSON.stringify(anthropic),
  );
  const openai = (await (await rig.get('/v1/models')).json()) as {
    object: string;
    data: { id: string; object: string }[];
  };
  assert.equal(openai.object, 'list');
  assert.deepEqual(
    openai.data.map(({ id }) => id),
    anthropic.data.map(({ id }) => id),
  );
  assert.equal((await rig.get('/v1/models/big', anthropicHeaders)).status, 200);
  assert.equal((await rig.get('/v1/models/nothing', anthropicHeaders)).status, 404);
});

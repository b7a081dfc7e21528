import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import type { RecordedRequest, Simulator } from '../../src/simulator/index.ts';
import { sendJson, startRaw } from './raw-upstream.ts';
import { type Rig, startRig, startUpstream, until } from './rig.ts';

/** A gateway before a simulated OpenAI, and an Anthropic that has nothing of all this. */
async function started(t: TestContext, more: object = {}): Promise<{ rig: Rig; upstream: Simulator; client: OpenAI }> {
  const upstream = await startUpstream(t);
  const rig = await startRig(t, {
    providers: {
      claude: { kind: 'anthropic', api_key: 'k', base_url: upstream.url },
      openai: { kind: 'openai', api_key: 'sk-of-the-gateway', base_url: `${upstream.url}/v1` },
    },
    ...more,
  });
  return { rig, upstream, client: clientOf(rig) };
}

function clientOf(rig: Rig): OpenAI {
  return new OpenAI({ apiKey: 'none', baseURL: `${rig.url}/v1`, maxRetries: 0 });
}

function last({ requests }: Simulator): RecordedRequest {
  const request = requests.at(-1);
  assert.ok(request);
  return request;
}

/** Sends a form, for what the client's library thinks is out of use. */
function posted(rig: Rig, path: string, fields: Readonly<Record<string, string | File>>): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return fetch(rig.url + path, { method: 'POST', body: form });
}

const sound = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7 + (i >> 8)) % 256));

test('moderations, with a model and without', async (t) => {
  const { rig, upstream, client } = await started(t);
  const bad = await client.moderations.create({ input: 'violence' });
  assert.equal(bad.results[0]?.flagged, true);
  const good = await client.moderations.create({ model: 'omni-moderation-latest', input: ['a', 'b'] });
  assert.deepEqual(
    good.results.map(({ flagged }) => flagged),
    [false, false],
  );
  assert.equal(last(upstream).headers.authorization, 'Bearer sk-of-the-gateway');
  assert.deepEqual(
    rig.records.map(({ operation, provider, status, model }) => `${operation} ${provider} ${status} ${model}`),
    ['moderations openai 200 ', 'moderations openai 200 omni-moderation-latest'],
  );
});

test('a model goes by the name that the configuration gives it, in JSON and in forms', async (t) => {
  const { rig, upstream, client } = await started(t, {
    models: { voice: 'openai/tts-1', ear: 'openai/gpt-transcribe', '*': 'openai/*' },
  });
  await client.audio.speech.create({ model: 'voice', input: 'hi', voice: 'alloy' });
  assert.equal(last(upstream).json?.model, 'tts-1');
  const file = await toFile(sound, 'galileo.mp3', { type: 'audio/mpeg' });
  const heard = await client.audio.transcriptions.create({ model: 'ear', file, prompt: 'é' });
  assert.equal(heard.text, 'é galileo.mp3: 70000 bytes heard by gpt-transcribe.');
  assert.equal(rig.records.at(-1)?.model, 'ear');
  assert.equal(rig.records.at(-1)?.upstreamModel, 'gpt-transcribe');
  // All but the name is as it was sent.
  assert.ok(last(upstream).body.includes(sound));
});

test('speech comes as the bytes it is', async (t) => {
  const { rig, client } = await started(t);
  const answer = await client.audio.speech.create({ model: 'tts-1', input: 'hello', voice: 'alloy' });
  assert.equal(answer.headers.get('content-type'), 'audio/mpeg');
  assert.equal(answer.headers.get('content-length'), '40');
  const expected = [...Buffer.from('hello')].flatMap((byte) => Array.from({ length: 8 }, (_, i) => byte ^ (i * 31)));
  assert.deepEqual(
    [...Buffer.from(await answer.arrayBuffer())],
    expected.map((byte) => byte & 255),
  );
  const stream = await rig.post('/v1/audio/speech', { model: 'tts-1', input: 'x', voice: 'a', stream_format: 'sse' });
  assert.match(stream.headers.get('content-type') ?? '', /event-stream/);
  assert.match(await stream.text(), /speech\.audio\.done/);
  assert.equal(rig.records.at(-1)?.usage.output, 8);
});

test('transcriptions in every form', async (t) => {
  const { rig, client } = await started(t);
  const file = await toFile(sound, 'a.wav');
  const asked = { model: 'whisper-1', file } as const;
  const text = await client.audio.transcriptions.create({ ...asked, response_format: 'text' });
  assert.equal(text, 'a.wav: 70000 bytes heard by whisper-1.\n');
  const verbose = await client.audio.transcriptions.create({ ...asked, response_format: 'verbose_json' });
  assert.equal(verbose.duration, 1.5);
  const types: string[] = [];
  for await (const event of await client.audio.transcriptions.create({ ...asked, stream: true }))
    types.push(event.type);
  assert.deepEqual(types, ['transcript.text.delta', 'transcript.text.done']);
  assert.equal(rig.records.at(-1)?.stream, true);
  assert.equal(rig.records.at(-1)?.usage.input, 14);
  const translated = await posted(rig, '/v1/audio/translations', { model: 'whisper-1', file });
  assert.match(await translated.text(), /heard by whisper-1/);
});

test('images, made and changed', async (t) => {
  const { rig, client } = await started(t);
  const made = await client.images.generate({ model: 'gpt-image-1', prompt: 'an otter', n: 2 });
  assert.equal(made.data?.length, 2);
  assert.equal(rig.records.at(-1)?.usage.output, 272);
  const types: string[] = [];
  for await (const event of await client.images.generate({ model: 'gpt-image-1', prompt: 'x', stream: true })) {
    types.push(event.type);
  }
  assert.deepEqual(types, ['image_generation.partial_image', 'image_generation.completed']);
  const image = await toFile(sound, 'otter.png', { type: 'image/png' });
  const changed = await client.images.edit({ model: 'gpt-image-1', image: [image], prompt: 'a hat' });
  assert.equal(changed.data?.[0]?.b64_json, sound.toString('base64'));
  const other = await posted(rig, '/v1/images/variations', { image });
  assert.ok((await other.text()).includes(sound.toString('base64')));
});

test('completions of the older sort', async (t) => {
  const { rig, client } = await started(t);
  const whole = await client.completions.create({ model: 'davinci-002', prompt: 'Once' });
  assert.equal(whole.choices[0]?.text, ' Once');
  let text = '';
  for await (const chunk of await client.completions.create({ model: 'davinci-002', prompt: 'Twice', stream: true })) {
    text += chunk.choices[0]?.text ?? '';
  }
  assert.equal(text, ' Twice');
  assert.ok((rig.records.at(-1)?.usage.output ?? 0) > 0);
});

test('files come, are shown and go', async (t) => {
  const { rig, upstream, client } = await started(t);
  const file = await client.files.create({ file: await toFile(sound, 'train.jsonl'), purpose: 'fine-tune' });
  assert.equal(file.bytes, 70_000);
  const listed: string[] = [];
  for await (const each of client.files.list({ purpose: 'fine-tune', limit: 5 })) listed.push(each.id);
  assert.deepEqual(listed, [file.id]);
  assert.equal(upstream.requests.at(-1)?.path, '/v1/files?purpose=fine-tune&limit=5');
  assert.equal((await client.files.retrieve(file.id)).filename, 'train.jsonl');
  const content = await client.files.content(file.id);
  assert.ok(Buffer.from(await content.arrayBuffer()).equals(sound));
  assert.equal((await client.files.delete(file.id)).deleted, true);
  await assert.rejects(client.files.retrieve(file.id), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.match(error.message, /No such File object/);
    return true;
  });
  assert.deepEqual([...new Set(rig.records.map(({ operation }) => operation))], ['files']);
  assert.equal(rig.records.at(-1)?.error, 'not_found');
});

test('the client chooses the provider that has its file', async (t) => {
  const others = await startUpstream(t);
  const mine = await startUpstream(t);
  const rig = await startRig(t, {
    providers: {
      first: { speaks: 'openai-chat', base_url: `${others.url}/v1` },
      second: { kind: 'openai', api_key: 'k', base_url: `${mine.url}/v1` },
    },
  });
  const client = clientOf(rig);
  // One that is known to have files goes before one that may have.
  await client.files.list();
  await client.files.list({}, { query: { provider: 'first', after: 'x' } });
  await client.files.list({}, { headers: { 'x-dragoman-provider': 'first' } });
  assert.deepEqual([mine.received, others.received], [1, 2]);
  assert.equal(others.requests[0]?.path, '/v1/files?after=x');
  await client.moderations.create({ model: 'first/m', input: 'a' }, { headers: { 'x-dragoman-provider': 'first' } });
  assert.equal(others.requests[2]?.json?.model, 'm');
  await assert.rejects(client.files.list({}, { query: { provider: 'third' } }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.match(error.message, /There is no provider "third" here\. There are: first, second\./);
    return true;
  });
});

test('the key of the gateway does not leave with the query', async (t) => {
  const { rig, upstream } = await started(t, { auth: { keys: ['let-me-in'] } });
  assert.equal((await rig.get('/v1/files')).status, 401);
  assert.equal((await rig.get('/v1/files?key=let-me-in&limit=1')).status, 200);
  assert.equal(last(upstream).path, '/v1/files?limit=1');
  assert.equal(rig.records.length, 2);
});

test('whoever has no such thing says so, and who has it', async (t) => {
  const upstream = await startUpstream(t);
  const rig = await startRig(t, {
    providers: {
      claude: { kind: 'anthropic', api_key: 'k', base_url: upstream.url },
      groq: { kind: 'groq', api_key: 'k', base_url: `${upstream.url}/v1` },
    },
  });
  const client = clientOf(rig);
  const speech = { input: 'a', voice: 'v' } as const;
  await assert.rejects(client.audio.speech.create({ model: 'claude/m', ...speech }), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.match(error.message, /"claude" does not offer audio\.speech\. Of the providers here "groq" do\./);
    return true;
  });
  // Nothing but the defaults decides about this one: it goes to who can.
  await client.audio.speech.create({ model: 'playai-tts', ...speech });
  assert.equal(rig.records.at(-1)?.provider, 'groq');
  const missing = await rig.post('/v1/rerank', { query: 'q', documents: ['a'] });
  assert.equal(missing.status, 404);
  assert.match(await missing.text(), /No provider here offers rerank\..*Cohere/);
});

test('a server that nobody knows is asked, and its 404 is explained', async (t) => {
  const url = await startRaw(t, (response) => sendJson(response, 404, { error: { message: 'Unknown path' } }));
  const rig = await startRig(t, { providers: { house: { speaks: 'openai-chat', base_url: `${url}/v1` } } });
  const answer = await rig.post('/v1/images/generations', { model: 'm', prompt: 'p' });
  assert.equal(answer.status, 404);
  const { error } = (await answer.json()) as { error: { message: string; code: string } };
  assert.equal(error.code, 'unknown_url');
  assert.match(error.message, /"house" does not offer images\.generations: it answers "Unknown path".*OpenAI/);
  // Of a thing that has an id it may be the thing that is not there.
  const file = await rig.get('/v1/files/file-1');
  assert.equal(file.status, 404);
  assert.deepEqual(await file.json(), { error: { message: 'Unknown path' } });
});

test("Cohere's reranking", async (t) => {
  const upstream = await startUpstream(t);
  const rig = await startRig(t, {
    providers: { co: { kind: 'cohere', api_key: 'k', base_url: upstream.url } },
    models: { order: 'co/rerank-v3.5' },
  });
  for (const path of ['/v1/rerank', '/v2/rerank']) {
    const asked = { model: 'order', query: 'the sea', documents: ['a hill', 'the wide sea'], top_n: 1 };
    const answer = await rig.post(path, asked);
    const { results } = (await answer.json()) as { results: { index: number }[] };
    assert.deepEqual(
      results.map(({ index }) => index),
      [1],
    );
    assert.deepEqual(last(upstream).json, { ...asked, model: 'rerank-v3.5' });
    assert.equal(last(upstream).path, '/v2/rerank');
  }
  const refused = await rig.post('/v1/rerank', { model: 'order', query: '', documents: ['a'] });
  assert.equal(refused.status, 400);
  const { error } = (await refused.json()) as { error: { message: string; type: string } };
  assert.equal(error.type, 'invalid_request_error');
  assert.match(error.message, /query must not be empty/);
});

test("a provider's refusal passes in its own words, without secrets", async (t) => {
  const url = await startRaw(t, (response, body) => {
    sendJson(response, 400, { error: { message: `no: ${body} sk-of-the-gateway`, type: 't', param: 'p', code: 'c' } });
  });
  const rig = await startRig(t, {
    providers: { openai: { kind: 'openai', api_key: 'sk-of-the-gateway', base_url: `${url}/v1` } },
  });
  const answer = await rig.post('/v1/moderations', { input: 'x' });
  assert.equal(answer.status, 400);
  const { error } = (await answer.json()) as { error: { message: string; code: string } };
  assert.equal(error.code, 'c');
  assert.match(error.message, /^no: /);
  assert.doesNotMatch(error.message, /sk-of-the-gateway/);
});

test('a 404 of a provider that has such a thing is its own', async (t) => {
  const said = { error: { message: 'No such thing', type: 'invalid_request_error', param: null, code: null } };
  const url = await startRaw(t, (response) => sendJson(response, 404, said));
  const rig = await startRig(t, { providers: { openai: { kind: 'openai', api_key: 'k', base_url: `${url}/v1` } } });
  for (const path of ['/v1/completions', '/v1/embeddings']) {
    const answer = await rig.post(path, { model: 'm', input: 'x', prompt: 'x' });
    assert.equal(answer.status, 404);
    assert.deepEqual(await answer.json(), said);
  }
});

test('headers of the language go where it is spoken, and what the client accepts goes anywhere', async (t) => {
  const upstream = await startUpstream(t);
  const rig = await startRig(t, {
    providers: {
      openai: { kind: 'openai', api_key: 'k', base_url: `${upstream.url}/v1` },
      co: { kind: 'cohere', api_key: 'k', base_url: upstream.url },
    },
  });
  const headers = { accept: 'audio/mpeg', 'openai-beta': 'assistants=v2', 'x-odd': '1', cookie: 'c=1' };
  await rig.post('/v1/moderations', { input: 'x' }, headers);
  await rig.post('/v1/rerank', { model: 'co/m', query: 'q', documents: ['d'] }, headers);
  assert.deepEqual(
    upstream.requests.map(({ headers: sent }) => [sent.accept, sent['openai-beta'], sent['x-odd'], sent.cookie]),
    [
      ['audio/mpeg', 'assistants=v2', undefined, undefined],
      ['audio/mpeg', undefined, undefined, undefined],
    ],
  );
});

test('broken bodies are errors that say what is wrong', async (t) => {
  const { rig, upstream } = await started(t);
  const form = { 'content-type': 'multipart/form-data; boundary=b' };
  const cases = [
    ['/v1/moderations', '{"input":', {}, /not valid JSON/],
    ['/v1/audio/transcriptions', '--b\r\nhalf', form, /not a valid form/],
    ['/v1/audio/transcriptions', 'x', { 'content-type': 'multipart/form-data' }, /names no boundary/],
  ] as const;
  for (const [path, body, headers, message] of cases) {
    const answer = await rig.post(path, body, headers);
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), message);
  }
  assert.equal(upstream.received, 0);
});

test('paths that would lead elsewhere lead nowhere, and other services have files of their own', async (t) => {
  const { rig, upstream } = await started(t);
  const raw = async (path: string): Promise<string> => {
    const { port } = new URL(rig.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    let text = '';
    for await (const piece of socket) text += String(piece);
    return text;
  };
  for (const path of ['/v1/files/../models', '/v1/files/%2e%2e/models', '/v1/files/a%2fb', '/v1/moderations/x']) {
    assert.match(await raw(path), /^HTTP\/1\.1 404/);
  }
  assert.equal((await rig.get('/v1/files', { 'anthropic-version': '2023-06-01' })).status, 404);
  assert.equal((await rig.get('/v1/moderations')).status, 405);
  assert.equal(upstream.received, 0);
});

test('a body that is too large is refused before it is read', async (t) => {
  const { client, upstream } = await started(t, { server: { port: 0, max_body: '64kb' } });
  const file = await toFile(sound, 'a.mp3');
  await assert.rejects(client.audio.transcriptions.create({ model: 'whisper-1', file }), /413/);
  assert.equal(upstream.received, 0);
});

test('an answer that breaks off looks like one', async (t) => {
  const url = await startRaw(t, (response) => {
    response.writeHead(200, { 'content-type': 'audio/mpeg' });
    response.write('half of', () => response.destroy());
  });
  const rig = await startRig(t, { providers: { openai: { kind: 'openai', api_key: 'k', base_url: `${url}/v1` } } });
  const answer = await rig.post('/v1/audio/speech', { model: 'tts-1', input: 'a', voice: 'v' });
  assert.equal(answer.status, 200);
  await assert.rejects(answer.text());
  await until(() => rig.records.length === 1);
  assert.equal(rig.records[0]?.error, 'bad_upstream');
});

test('a provider that falls over before it answers leaves another its chance', async (t) => {
  const upstream = await startUpstream(t);
  const url = await startRaw(t, (response) => response.destroy());
  const rig = await startRig(t, {
    providers: {
      first: { speaks: 'openai-chat', base_url: `${url}/v1` },
      second: { speaks: 'openai-chat', base_url: `${upstream.url}/v1` },
    },
    models: { tts: ['first/a', 'second/b'] },
  });
  const answer = await rig.post('/v1/audio/speech', { model: 'tts', input: 'a', voice: 'v' });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('x-dragoman-route'), 'second/b');
  assert.equal(rig.records[0]?.tries, 2);
});

test('a client that reads slowly slows the provider, and one that leaves ends the call', async (t) => {
  const piece = Buffer.alloc(256 * 1024, 1);
  let sent = 0;
  let closed = false;
  const url = await startRaw(t, (response) => {
    response.writeHead(200, { 'content-type': 'audio/mpeg' });
    response.on('close', () => {
      closed = true;
    });
    const more = (): void => {
      if (closed) return;
      sent += piece.length;
      if (response.write(piece)) setImmediate(more);
      else response.once('drain', more);
    };
    more();
  });
  const rig = await startRig(t, { providers: { openai: { kind: 'openai', api_key: 'k', base_url: `${url}/v1` } } });
  const { port } = new URL(rig.url);
  const socket = connect(Number(port), '127.0.0.1');
  const body = '{"model":"tts-1","input":"a","voice":"v"}';
  socket.write(`POST /v1/audio/speech HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  await new Promise((resolve) => socket.once('readable', resolve));
  // Nobody reads: what is under way fills the buffers between, and then it stops.
  let before = -1;
  let quiet = 0;
  const still = (): boolean => {
    quiet = before === sent ? quiet + 1 : 0;
    before = sent;
    return quiet > 20;
  };
  await until(still, 20_000);
  assert.ok(sent < 64 * 1024 * 1024, `${sent} bytes were taken for a client that reads none`);
  socket.destroy();
  await until(() => closed && rig.records.length === 1);
  assert.equal(rig.records[0]?.error, 'client_gone');
});

test('a credential that has expired is renewed once', async (t) => {
  const upstream = await startUpstream(t, { oauth: { clientId: 'id', clientSecret: 'secret' } });
  const { url } = upstream;
  const token = { tenant_id: 't', client_id: 'id', client_secret: 'secret', token_url: `${url}/oidc/v1/token` };
  const rig = await startRig(t, { providers: { azure: { kind: 'azure', base_url: url, ...token } } });
  const asks = [
    (): Promise<Response> => rig.post('/v1/embeddings', { model: 'm', input: 'a' }),
    (): Promise<Response> => rig.get('/v1/files'),
  ];
  for (const ask of asks) {
    assert.equal((await ask()).status, 200);
    upstream.expireTokens();
    assert.equal((await ask()).status, 200);
  }
  assert.equal(upstream.tokenCalls, 3);
  assert.deepEqual(
    rig.records.map(({ tries }) => tries),
    [1, 2, 1, 2],
  );
  assert.equal(last(upstream).path, '/openai/v1/files');
});

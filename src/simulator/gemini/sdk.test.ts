import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ApiError, type Content, GoogleGenAI } from '@google/genai';
import { type Part, type Simulator, startSimulator } from '../index.ts';
import { listOf } from '../json.ts';
import { post } from '../probe.ts';

const KEY = 'AIza-test';
const PARTS: readonly Part[] = [
  { think: 'hm' },
  'hello 😀',
  { tool: 'Write', input: { path: 'a', lines: ['x', 'y'] } },
  { tool: 'Write', input: { path: 'b' } },
];
const tools = [{ functionDeclarations: [{ name: 'Write', parametersJsonSchema: { type: 'object' } }] }];
const config = { tools, thinkingConfig: { includeThoughts: true } };
const params = { model: 'gemini-3-pro', contents: 'hi', config };
const USER: Content = { role: 'user', parts: [{ text: 'hi' }] };
const response = { functionResponse: { name: 'Write', response: { output: 'ok' } } };

let simulator: Simulator;
before(async () => {
  simulator = await startSimulator({ requireKey: KEY });
});
after(() => simulator.close());
beforeEach(() => simulator.play({ steps: [{ parts: PARTS, chunk: 4, usage: { input: 5, output: 7 } }, 'done'] }));

const CLIENTS = [
  ['the Gemini API', () => new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: simulator.url } })],
  ['Vertex AI', () => new GoogleGenAI({ vertexai: true, apiKey: KEY, httpOptions: { baseUrl: simulator.url } })],
] as const;

for (const [service, client] of CLIENTS) {
  describe(`Google's SDK and ${service}`, () => {
    test('reads a whole answer', async () => {
      const answer = await client().models.generateContent(params);
      assert.equal(answer.text, 'hello 😀');
      assert.deepEqual(
        answer.functionCalls?.map(({ args }) => args),
        [{ path: 'a', lines: ['x', 'y'] }, { path: 'b' }],
      );
      assert.deepEqual([answer.usageMetadata?.promptTokenCount, answer.usageMetadata?.totalTokenCount], [5, 12]);
    });

    test('reads a stream to the same answer', async () => {
      const seen = { text: '', thoughts: '', calls: 0, total: 0, ends: '' };
      for await (const chunk of await client().models.generateContentStream(params)) {
        for (const part of chunk.candidates?.[0]?.content?.parts ?? []) {
          if (part.thought === true) seen.thoughts += part.text;
          else seen.text += part.text ?? '';
          if (part.functionCall !== undefined) seen.calls += 1;
        }
        seen.total = chunk.usageMetadata?.totalTokenCount ?? 0;
        seen.ends += chunk.candidates?.[0]?.finishReason ?? '';
      }
      assert.deepEqual(seen, { text: 'hello 😀', thoughts: 'hm', calls: 2, total: 12, ends: 'STOP' });
    });

    test('may send the answer back, signatures and all', async () => {
      const { candidates } = await client().models.generateContent(params);
      const back = candidates?.[0]?.content as Content;
      const contents = [USER, back, { role: 'user', parts: [response, response] }];
      assert.equal((await client().models.generateContent({ ...params, contents })).text, 'done');
      const bare = {
        role: 'model',
        parts: (back.parts ?? []).map(({ thoughtSignature: _signature, ...part }) => part),
      };
      const unsigned = client().models.generateContent({ ...params, contents: [USER, bare, ...contents.slice(2)] });
      await assert.rejects(unsigned, /missing a thought_signature/);
    });

    test('keeps a conversation of its own', async () => {
      const chat = client().chats.create({ model: 'gemini-3-pro', config });
      for await (const chunk of await chat.sendMessageStream({ message: 'hi' })) assert.ok(chunk);
      const last = await chat.sendMessage({ message: [response, response] });
      assert.equal(last.text, 'done');
    });

    test('counts tokens, and sees errors', async () => {
      simulator.play({});
      const counted = await client().models.countTokens({ model: 'gemini-3-pro', contents: 'hello' });
      const answered = await client().models.generateContent({ model: 'gemini-3-pro', contents: 'hello' });
      assert.equal(counted.totalTokens, answered.usageMetadata?.promptTokenCount);
      simulator.play({ steps: [{ faults: [{ kind: 'status', status: 503 }] }] });
      await assert.rejects(client().models.generateContent(params), (error: unknown) => {
        assert.ok(error instanceof ApiError);
        assert.equal(error.status, 503);
        assert.match(error.message, /"status":"UNAVAILABLE"/);
        return true;
      });
      simulator.play({
        steps: [{ parts: ['a long text'], chunk: 2, faults: [{ kind: 'error', at: { event: 2 }, status: 503 }] }],
      });
      const read = async (): Promise<void> => {
        for await (const chunk of await client().models.generateContentStream(params)) assert.ok(chunk);
      };
      await assert.rejects(read(), /UNAVAILABLE/);
    });
  });
}

describe("Google's language over HTTP", () => {
  const path = '/v1beta/models/gemini-3-pro:generateContent';
  const body = { contents: [{ parts: [{ text: 'hi' }] }] };
  const status = async (target: string, headers: Record<string, string> = {}): Promise<number> =>
    (await post(simulator.url + target, body, headers)).status;

  test('a key may stand in three places', async () => {
    assert.equal(await status(`${path}?key=${KEY}`), 200);
    assert.equal(await status(path, { 'x-goog-api-key': KEY }), 200);
    assert.equal(await status(path, { authorization: `Bearer ${KEY}` }), 200);
    assert.equal(await status(path), 403);
    assert.equal(await status(`${path}?key=no`), 400);
    assert.equal(await status(path, { authorization: 'Bearer no' }), 401);
  });

  test('the list of models, in pages', async () => {
    const ai = new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: simulator.url } });
    simulator.play({ models: ['a', 'b', 'c'] });
    const names: (string | undefined)[] = [];
    for await (const model of await ai.models.list({ config: { pageSize: 2 } })) names.push(model.name);
    assert.deepEqual(names, ['models/a', 'models/b', 'models/c']);
    assert.equal((await ai.models.get({ model: 'b' })).name, 'models/b');
    assert.equal((await fetch(`${simulator.url}/v1beta/models/x?key=${KEY}`)).status, 404);
  });

  test('a stream without alt=sse is an array, also when it is an error', async () => {
    const target = `${simulator.url}/v1beta/models/gemini-3-pro:streamGenerateContent`;
    simulator.play({ steps: ['hello', { faults: [{ kind: 'status', status: 429 }] }] });
    const good = await post(target, body, { 'x-goog-api-key': KEY });
    assert.equal(good.headers.get('content-type'), 'application/json; charset=UTF-8');
    assert.equal(listOf(await good.json()).length, 2);
    const bad = await post(target, body, { 'x-goog-api-key': KEY });
    assert.deepEqual([bad.status, listOf(await bad.json()).length], [429, 1]);
  });

  test('directives in the prompt hold here, too', async () => {
    simulator.play({});
    const ai = new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: simulator.url } });
    const contents = '[[tool:Write {"path":"x"}]][[then]][[text:written]]';
    const first = await ai.models.generateContent({ ...params, contents });
    assert.deepEqual(first.functionCalls, [{ name: 'Write', args: { path: 'x' } }]);
    const back = first.candidates?.[0]?.content as Content;
    const next = [{ role: 'user', parts: [{ text: contents }] }, back, { role: 'user', parts: [response] }];
    assert.equal((await ai.models.generateContent({ ...params, contents: next })).text, 'written');
  });
});

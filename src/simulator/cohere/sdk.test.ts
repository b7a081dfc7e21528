import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { CohereClient, CohereClientV2 } from 'cohere-ai';
import { type Part, type Simulator, startSimulator } from '../index.ts';

const KEY = 'co-test';
const PARTS: readonly Part[] = [
  { think: 'hm, let me see' },
  'I will write 😀',
  { tool: 'Write', input: { path: 'a', lines: ['x', 'y'] } },
];
const USER = { role: 'user' as const, content: 'hi' };
const TOOLS = [{ type: 'function' as const, function: { name: 'Write', parameters: { type: 'object' } } }];
const PARAMS = { model: 'command-x', messages: [USER], tools: TOOLS };

let simulator: Simulator;
before(async () => {
  simulator = await startSimulator({ requireKey: KEY });
});
after(() => simulator.close());
beforeEach(() => simulator.play({ steps: [{ parts: PARTS, chunk: 4, usage: { input: 5, output: 7 } }] }));

const client = (token = KEY) => new CohereClientV2({ token, environment: simulator.url, maxRetries: 0 });

describe('the Cohere SDK', () => {
  test('reads a whole answer', async () => {
    const { message, finishReason, usage } = await client().chat(PARAMS);
    assert.deepEqual(message.content, [{ type: 'thinking', thinking: 'hm, let me see' }]);
    assert.equal(message.toolPlan, 'I will write 😀');
    assert.deepEqual(JSON.parse(message.toolCalls?.[0]?.function?.arguments ?? ''), { path: 'a', lines: ['x', 'y'] });
    assert.deepEqual([finishReason, usage?.tokens?.inputTokens, usage?.tokens?.outputTokens], ['TOOL_CALL', 5, 7]);
  });

  test('reads a stream to the same answer', async () => {
    const said = { thinking: '', plan: '', name: '', args: '' };
    let end: string | undefined;
    for await (const event of await client().chatStream(PARAMS)) {
      if (event.type === 'content-delta') said.thinking += event.delta?.message?.content?.thinking ?? '';
      if (event.type === 'tool-plan-delta') said.plan += event.delta?.message?.toolPlan ?? '';
      if (event.type === 'tool-call-start') said.name = event.delta?.message?.toolCalls?.function?.name ?? '';
      if (event.type === 'tool-call-delta') said.args += event.delta?.message?.toolCalls?.function?.arguments ?? '';
      if (event.type === 'message-end') end = event.delta?.finishReason;
    }
    const args = '{"path":"a","lines":["x","y"]}';
    assert.deepEqual(said, { thinking: 'hm, let me see', plan: 'I will write 😀', name: 'Write', args });
    assert.equal(end, 'TOOL_CALL');
  });

  test('may send the answer back', async () => {
    const { message } = await client().chat(PARAMS);
    simulator.play({
      steps: [{ parts: [{ text: 'done', citations: [{ start: 0, end: 4, text: 'done', sources: [] }] }] }],
    });
    const { message: second } = await client().chat({
      ...PARAMS,
      messages: [
        USER,
        message,
        {
          role: 'tool',
          toolCallId: message.toolCalls?.[0]?.id ?? '',
          content: [{ type: 'document', document: { data: { ok: true } } }],
        },
      ],
    });
    assert.deepEqual(second.content, [{ type: 'text', text: 'done' }]);
    assert.deepEqual(second.citations?.[0]?.text, 'done');
  });

  test('sees errors', async () => {
    simulator.play({
      steps: [{ faults: [{ kind: 'status', status: 429 }] }, { faults: [{ kind: 'overflow', window: 9 }] }],
    });
    await assert.rejects(client().chat(PARAMS), { statusCode: 429 });
    await assert.rejects(client().chat(PARAMS), /too many tokens: size limit exceeded by/);
    await assert.rejects(client('no').chat(PARAMS), { statusCode: 401 });
    await assert.rejects(client().chat({ ...PARAMS, temperature: 2 }), /temperature must be between 0 and 1.0/);
  });

  test('sees what goes wrong in a stream', async () => {
    simulator.play({ steps: [{ parts: PARTS, faults: [{ kind: 'error', at: { event: 3 }, message: 'it broke' }] }] });
    const events = await Array.fromAsync(await client().chatStream(PARAMS));
    const last = events.at(-1);
    assert.deepEqual(last?.type === 'message-end' && last.delta, { error: 'it broke', finishReason: 'ERROR' });
  });

  test('gets vectors, a ranking and models', async () => {
    const { embeddings } = await client().embed({
      model: 'embed-x',
      inputType: 'search_document',
      texts: ['a', 'b'],
      embeddingTypes: ['float', 'int8', 'base64'],
    });
    assert.equal(embeddings.float?.length, 2);
    assert.notDeepEqual(embeddings.float?.[0], embeddings.float?.[1]);
    assert.ok(embeddings.int8?.[0]?.every((number) => Number.isInteger(number) && Math.abs(number) <= 128));
    const floats = new Float32Array(Uint8Array.from(Buffer.from(embeddings.base64?.[0] ?? '', 'base64')).buffer);
    assert.deepEqual([...floats], embeddings.float?.[0]);
    const documents = ['a dog', 'the capital of France', 'France'];
    const { results } = await client().rerank({ model: 'rerank-x', query: 'capital of France', documents, topN: 2 });
    assert.deepEqual(
      results.map(({ index }) => index),
      [1, 2],
    );
    const { models } = await new CohereClient({ token: KEY, environment: simulator.url }).models.list();
    assert.equal(models.length, 5);
  });
});

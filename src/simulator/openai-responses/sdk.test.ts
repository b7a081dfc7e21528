import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import OpenAI from 'openai';
import type { ResponseInputItem } from 'openai/resources/responses/responses';
import { type Part, type Simulator, startSimulator } from '../index.ts';

const KEY = 'sk-test';
const PARTS: readonly Part[] = [
  { think: 'hm' },
  'hello 😀',
  { tool: 'Write', id: 'call_1', input: { path: 'a', lines: ['x', 'y'] } },
];
const params = {
  model: 'gpt-5.5',
  input: 'hi',
  include: ['reasoning.encrypted_content' as const],
  reasoning: { summary: 'auto' as const },
};
const result = { type: 'function_call_output' as const, call_id: 'call_1', output: 'ok' };

let simulator: Simulator;
before(async () => {
  simulator = await startSimulator({ requireKey: KEY });
});
after(() => simulator.close());
beforeEach(() => simulator.play({ steps: [{ parts: PARTS, chunk: 4, usage: { input: 5, output: 7 } }, 'done'] }));

const client = (): OpenAI => new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: KEY, maxRetries: 0 });

describe('the OpenAI SDK and Responses', () => {
  test('reads a whole answer', async () => {
    const response = await client().responses.create(params);
    assert.deepEqual(
      [response.output_text, response.status, response.usage?.total_tokens],
      ['hello 😀', 'completed', 12],
    );
    assert.deepEqual(
      response.output.map(({ type }) => type),
      ['reasoning', 'message', 'function_call'],
    );
  });

  test('reads a stream to the same answer', async () => {
    const response = await client().responses.stream(params).finalResponse();
    const [thought, , call] = response.output;
    assert.equal(response.output_text, 'hello 😀');
    assert.deepEqual(thought?.type === 'reasoning' && thought.summary, [{ type: 'summary_text', text: 'hm' }]);
    assert.deepEqual(call?.type === 'function_call' && JSON.parse(call.arguments), { path: 'a', lines: ['x', 'y'] });
    assert.equal(response.usage?.output_tokens, 7);
  });

  test('puts the answer together from its events alone', async () => {
    let text = '';
    let call = '';
    for await (const event of await client().responses.create({ ...params, stream: true })) {
      if (event.type === 'response.output_text.delta') text += event.delta;
      if (event.type === 'response.function_call_arguments.delta') call += event.delta;
    }
    assert.deepEqual([text, JSON.parse(call)], ['hello 😀', { path: 'a', lines: ['x', 'y'] }]);
  });

  test('may send the answer back, thinking and all', async () => {
    const first = await client().responses.create({ ...params, store: false });
    const input = [{ role: 'user' as const, content: 'hi' }, ...first.output, result] as ResponseInputItem[];
    const second = await client().responses.create({ ...params, store: false, input });
    assert.equal(second.output_text, 'done');
  });

  test('may go on from the response before', async () => {
    const first = await client().responses.create(params);
    const second = await client().responses.create({ ...params, input: [result], previous_response_id: first.id });
    assert.equal(second.output_text, 'done');
    simulator.play({});
    const third = await client().responses.create({ ...params, input: 'what?', previous_response_id: second.id });
    assert.match(third.output_text, /You said: "what\?"/);
    const lost = client().responses.create({ ...params, previous_response_id: 'resp_lost' });
    await assert.rejects(lost, { status: 400, code: 'previous_response_not_found' });
  });

  test('may not send another thought in place of the one it got', async () => {
    const { output } = await client().responses.create(params);
    const forged = output.map((item) => (item.type === 'reasoning' ? { ...item, encrypted_content: 'gAAAAA' } : item));
    const input = [{ role: 'user' as const, content: 'hi' }, ...forged, result] as ResponseInputItem[];
    await assert.rejects(client().responses.create({ ...params, input }), {
      status: 400,
      code: 'invalid_encrypted_content',
    });
  });

  test('counts tokens as the answer will count them', async () => {
    simulator.play({});
    const counted = await client().responses.inputTokens.count({ model: 'gpt-5.5', input: 'hello' });
    const { usage } = await client().responses.create({ ...params, input: 'hello' });
    assert.deepEqual([counted.object, counted.input_tokens], ['response.input_tokens', usage?.input_tokens]);
  });

  test('sees errors, before a stream and inside it', async () => {
    simulator.play({ steps: [{ faults: [{ kind: 'status', status: 429, headers: { 'retry-after': '7' } }] }] });
    await assert.rejects(client().responses.create(params), (error: unknown) => {
      assert.ok(error instanceof OpenAI.RateLimitError);
      assert.equal(error.headers.get('retry-after'), '7');
      return true;
    });
    simulator.play({ steps: [{ parts: ['x'], faults: [{ kind: 'overflow' }] }] });
    await assert.rejects(client().responses.create(params), { code: 'context_length_exceeded' });
    simulator.play({ steps: [{ parts: ['x'], faults: [{ kind: 'error', at: { event: 4 }, message: 'broken' }] }] });
    const read = async (): Promise<void> => {
      for await (const event of await client().responses.create({ ...params, stream: true })) assert.ok(event);
    };
    await assert.rejects(read(), /broken/);
    const wrong = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'no', maxRetries: 0 });
    await assert.rejects(wrong.responses.create(params), { status: 401 });
  });

  test('reads structured output and custom tools', async () => {
    simulator.play({});
    const schema = {
      type: 'object',
      properties: { a: { type: 'integer' } },
      required: ['a'],
      additionalProperties: false,
    };
    const text = { format: { type: 'json_schema' as const, name: 'n', schema, strict: true } };
    assert.deepEqual(JSON.parse((await client().responses.create({ ...params, text })).output_text), { a: 0 });
    const tools = [{ type: 'custom' as const, name: 'patch' }];
    const { output } = await client().responses.create({
      ...params,
      tools,
      tool_choice: { type: 'custom', name: 'patch' },
    });
    assert.deepEqual(
      output.map((item) => item.type === 'custom_tool_call' && item.input),
      ['simulated'],
    );
  });

  test('finds it under other prefixes', async () => {
    for (const prefix of ['', '/openai/v1', '/api/v1']) {
      simulator.play({ steps: ['here'] });
      const there = new OpenAI({ baseURL: simulator.url + prefix, apiKey: KEY, maxRetries: 0 });
      assert.equal((await there.responses.create(params)).output_text, 'here');
    }
  });
});

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import AnthropicBefore from 'anthropic-sdk-0';
import OpenAI from 'openai';
import { type Part, type Simulator, startSimulator } from './index.ts';

const KEY = 'sk-test';
const PARTS: readonly Part[] = [
  { think: 'hm' },
  'hello 😀',
  { tool: 'Write', input: { path: 'a', lines: ['x', 'y'] } },
];
const USER = { role: 'user' as const, content: 'hi' };

let simulator: Simulator;
before(async () => {
  simulator = await startSimulator({ requireKey: KEY });
});
after(() => simulator.close());
beforeEach(() => simulator.play({ steps: [{ parts: PARTS, chunk: 4, usage: { input: 5, output: 7 } }] }));

const CLIENTS = [
  ['1.x', () => new Anthropic({ baseURL: simulator.url, apiKey: KEY, maxRetries: 0 })],
  ['0.x', () => new AnthropicBefore({ baseURL: simulator.url, apiKey: KEY, maxRetries: 0 }) as unknown as Anthropic],
] as const;

for (const [version, client] of CLIENTS) {
  describe(`the Anthropic SDK ${version}`, () => {
    const params = { model: 'claude-x', max_tokens: 500, messages: [USER] };

    test('reads a whole answer', async () => {
      const message = await client().messages.create(params);
      assert.deepEqual(
        message.content.map(({ type }) => type),
        ['thinking', 'text', 'tool_use'],
      );
      assert.deepEqual(
        [message.stop_reason, message.usage.input_tokens, message.usage.output_tokens],
        ['tool_use', 5, 7],
      );
    });

    test('reads a stream to the same answer', async () => {
      const message = await client().messages.stream(params).finalMessage();
      const [thinking, text, call] = message.content;
      assert.deepEqual(thinking?.type === 'thinking' && thinking.thinking, 'hm');
      assert.deepEqual(text?.type === 'text' && text.text, 'hello 😀');
      assert.deepEqual(call?.type === 'tool_use' && call.input, { path: 'a', lines: ['x', 'y'] });
      assert.equal(message.usage.output_tokens, 7);
    });

    test('may send the answer back, thinking and all', async () => {
      const first = await client().messages.create(params);
      const call = first.content.find((block) => block.type === 'tool_use');
      simulator.play({ steps: ['done'] });
      const second = await client().messages.create({
        ...params,
        messages: [
          USER,
          { role: 'assistant', content: first.content },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: call?.id ?? '', content: 'ok' }] },
        ],
        tools: [{ name: 'Write', input_schema: { type: 'object' } }],
      });
      assert.deepEqual(second.content[0]?.type === 'text' && second.content[0].text, 'done');
    });

    test('sees errors, counts and models', async () => {
      simulator.play({ steps: [{ faults: [{ kind: 'status', status: 429 }] }] });
      await assert.rejects(client().messages.create(params), { status: 429 });
      assert.ok((await client().messages.countTokens({ model: 'm', messages: [USER] })).input_tokens > 0);
      const ids: string[] = [];
      for await (const model of client().models.list({ limit: 2 })) ids.push(model.id);
      assert.equal(ids.length, 5);
    });
  });
}

describe('the OpenAI SDK', () => {
  const client = () => new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: KEY, maxRetries: 0 });
  const params = { model: 'gpt-4.1', messages: [USER] };

  test('reads a whole answer', async () => {
    const { choices, usage } = await client().chat.completions.create(params);
    const call = choices[0]?.message.tool_calls?.[0];
    assert.deepEqual([choices[0]?.message.content, choices[0]?.finish_reason], ['hello 😀', 'tool_calls']);
    assert.deepEqual(call?.type === 'function' && JSON.parse(call.function.arguments), {
      path: 'a',
      lines: ['x', 'y'],
    });
    assert.deepEqual([usage?.prompt_tokens, usage?.completion_tokens], [5, 7]);
  });

  test('reads a stream to the same answer', async () => {
    const stream = client().chat.completions.stream({ ...params, stream_options: { include_usage: true } });
    const { choices, usage } = await stream.finalChatCompletion();
    const call = choices[0]?.message.tool_calls?.[0];
    assert.equal(choices[0]?.message.content, 'hello 😀');
    assert.deepEqual(call?.type === 'function' && JSON.parse(call.function.arguments), {
      path: 'a',
      lines: ['x', 'y'],
    });
    assert.equal(usage?.total_tokens, 12);
  });

  test('may send the answer back', async () => {
    const first = (await client().chat.completions.create(params)).choices[0]!.message;
    simulator.play({ steps: ['done'] });
    const { choices } = await client().chat.completions.create({
      ...params,
      messages: [
        USER,
        { role: 'assistant', content: first.content, tool_calls: first.tool_calls ?? [] },
        { role: 'tool', tool_call_id: first.tool_calls?.[0]?.id ?? '', content: 'ok' },
      ],
    });
    assert.equal(choices[0]?.message.content, 'done');
  });

  test('sees errors and models', async () => {
    simulator.play({ steps: [{ faults: [{ kind: 'status', status: 503 }] }] });
    await assert.rejects(client().chat.completions.create(params), { status: 503 });
    const ids: string[] = [];
    for await (const model of client().models.list()) ids.push(model.id);
    assert.equal(ids.length, 5);
    await assert.rejects(new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'no', maxRetries: 0 }).models.list(), {
      status: 401,
    });
  });
});

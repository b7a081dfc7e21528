import assert from 'node:assert/strict';
import { Mistral } from '@mistralai/mistralai';
import { MistralError } from '@mistralai/mistralai/models/errors';
import type { Step } from '../../../src/simulator/index.ts';
import { jsonIn } from '../json.ts';
import { png } from '../media.ts';
import type { Choice, Scenario } from '../scenario.ts';
import type { Stage, World } from '../stage.ts';

const client = 'mistral-sdk' as const;
const model = 'mistral-large';
const over: Choice = {
  languages: ['anthropic', 'openai-chat'],
  because: "OpenAI's SDK asks for the same in the same language",
};

/**
 * Mistral's SDK, which speaks OpenAI's chat with an accent: calls in streams, usage in streams and the list of models it
 * reads in Mistral's own form alone.
 */
export const mistralAnswers: readonly Scenario[] = [
  { name: 'whole and streamed', client, over, play: wholeAndStreamed },
  { name: 'tools', client, over, play: tools },
  { name: 'image', client, over, play: image },
  { name: 'errors', client, over, play: errors },
];

function connect({ gateway, key }: World): Mistral {
  return new Mistral({ serverURL: gateway.url, apiKey: key, retryConfig: { strategy: 'none' } });
}

const text = 'Grüße, “friend” — ☃ and \\backslash "quotes"\nin two lines.';
const messages = [
  { role: 'system' as const, content: 'Be kind.' },
  { role: 'user' as const, content: 'Hello' },
];

async function wholeAndStreamed(stage: Stage): Promise<void> {
  const usage = { input: 1100, output: 77 };
  const world = await stage.world({ steps: [{ times: 'always', parts: [text], chunk: 3, slice: 5, usage }] });
  const sdk = connect(world);
  const whole = await sdk.chat.complete({ model, messages, maxTokens: 100 });
  assert.equal(whole.choices[0]?.message?.content, text);
  assert.equal(whole.choices[0]?.finishReason, 'stop');
  assert.deepEqual([whole.usage.promptTokens, whole.usage.completionTokens], [1100, 77]);
  let told = '';
  let pieces = 0;
  let reason: unknown;
  for await (const { data } of await sdk.chat.stream({ model, messages, maxTokens: 100 })) {
    const [choice] = data.choices;
    if (typeof choice?.delta.content === 'string' && choice.delta.content !== '') {
      told += choice.delta.content;
      pieces += 1;
    }
    reason = choice?.finishReason ?? reason;
  }
  assert.equal(told, text);
  assert.ok(pieces > 3, 'the text came in one piece');
  assert.equal(reason, 'stop');
  assert.equal(world.calls()[0]?.most, 100);
  assert.ok(JSON.stringify(world.calls()[0]?.body).includes('Be kind.'));
}

/** It says `prefix` and `index` where OpenAI knows none; the gateway learns which of them is refused. */
async function tools(stage: Stage): Promise<void> {
  const cities = [{ city: 'Köln' }, { city: 'São "Paulo"' }];
  const steps: readonly Step[] = [
    {
      when: { hasToolResult: false },
      times: 'always',
      parts: cities.map((input) => ({ tool: 'get_weather', input })),
      chunk: 3,
    },
    { when: { hasToolResult: true }, times: 'always', parts: ['Rain in both.'] },
  ];
  const world = await stage.world({ steps }, { refusals: [400] });
  const sdk = connect(world);
  const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
  const asked = {
    model,
    messages,
    tools: [{ type: 'function' as const, function: { name: 'get_weather', description: 'Weather.', parameters } }],
    toolChoice: 'required' as const,
  };
  const whole = await sdk.chat.complete(asked);
  const calls = whole.choices[0]?.message?.toolCalls ?? [];
  assert.equal(whole.choices[0]?.finishReason, 'tool_calls');
  const inputOf = (input: unknown): unknown => (typeof input === 'string' ? jsonIn(input) : input);
  assert.deepEqual(
    calls.map((call) => inputOf(call.function.arguments)),
    cities,
  );
  const results = calls.map((call) => ({
    role: 'tool' as const,
    toolCallId: call.id ?? '',
    content: 'rain',
  }));
  const spoken = { role: 'assistant' as const, content: '', toolCalls: calls };
  const last = await sdk.chat.complete({
    ...asked,
    toolChoice: 'auto',
    messages: [...messages, spoken, ...results],
  });
  assert.equal(last.choices[0]?.message?.content, 'Rain in both.');
}

async function image(stage: Stage): Promise<void> {
  const world = await stage.world({ steps: ['Seen.'] });
  const url = `data:image/png;base64,${png(12).toString('base64')}`;
  const content = [
    { type: 'text' as const, text: 'What is this?' },
    { type: 'image_url' as const, imageUrl: { url } },
  ];
  const answer = await connect(world).chat.complete({ model, messages: [{ role: 'user', content }] });
  assert.equal(answer.choices[0]?.message?.content, 'Seen.');
  assert.ok(world.calls()[0]?.carries(png(12)), 'the picture is lost');
}

async function errors(stage: Stage): Promise<void> {
  const statuses = [400, 401, 404, 429, 500, 503];
  const world = await stage.world(
    {
      answer: ({ prompt }) => ({
        faults: [{ kind: 'status', status: statuses[Number(prompt)] ?? 0, message: `Trouble number ${prompt}.` }],
      }),
    },
    { refusals: statuses },
  );
  const sdk = connect(world);
  for (const [index, status] of statuses.entries()) {
    const asked = { model, messages: [{ role: 'user' as const, content: String(index) }] };
    for (const ask of [() => sdk.chat.complete(asked), () => sdk.chat.stream(asked)]) {
      await assert.rejects(ask, (error: unknown) => {
        assert.ok(error instanceof MistralError, String(error));
        assert.equal(error.statusCode, status, error.message);
        assert.match(error.body, /Trouble number/);
        return true;
      });
    }
  }
}

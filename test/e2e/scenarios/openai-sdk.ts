import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { objectIn } from '../json.ts';
import { png } from '../media.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage, World } from '../stage.ts';

const client = 'openai-sdk' as const;

/** The model that the calls ask for. */
export const model = 'gpt-5.5';

/** The SDK, pointed at the gateway. */
export function connect({ gateway, key }: World, maxRetries = 0): OpenAI {
  return new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries });
}

/** Answers as the SDK gives them. */
export const openaiAnswers: readonly Scenario[] = [
  { name: 'whole and streamed', client, play: wholeAndStreamed },
  { name: 'usage', client, play: usage },
  { name: 'reasons to stop', client, play: stops },
  { name: 'tools, parallel', client, play: parallelTools },
  { name: 'runTools', client, play: runTools },
  { name: 'images', client, play: images },
  { name: 'reasoning', client, play: reasoning },
  { name: 'structured output', client, play: structured },
  { name: 'parameters', client, play: parameters },
  { name: 'models', client, play: models },
];

const text = 'Grüße, “friend” — ☃ and \\backslash "quotes"\nin two lines.';
const messages = [{ role: 'user' as const, content: 'Hello' }];

async function wholeAndStreamed(stage: Stage): Promise<void> {
  const world = await stage.world({ steps: [{ times: 'always', parts: [text], chunk: 3, slice: 5 }] });
  const sdk = connect(world);
  const whole = await sdk.chat.completions.create({ model, messages });
  assert.equal(whole.object, 'chat.completion');
  assert.equal(whole.choices[0]?.message.content, text);
  assert.equal(whole.choices[0]?.finish_reason, 'stop');
  assert.ok(whole._request_id, 'the answer has no x-request-id');
  const stream = sdk.chat.completions.stream({ model, messages });
  const pieces: string[] = [];
  stream.on('content', (piece) => pieces.push(piece));
  const final = await stream.finalChatCompletion();
  assert.equal(pieces.join(''), text);
  assert.ok(pieces.length > 3, 'the text came in one piece');
  assert.equal(final.choices[0]?.message.content, text);
  assert.equal(final.choices[0]?.finish_reason, 'stop');
  for await (const chunk of await sdk.chat.completions.create({ model, messages, stream: true })) {
    assert.equal(chunk.object, 'chat.completion.chunk');
    assert.ok(chunk.id !== '' && chunk.created > 0);
    assert.equal(chunk.usage ?? undefined, undefined, 'usage came without being asked for');
  }
}

async function usage(stage: Stage): Promise<void> {
  const counts = { input: 1100, output: 77, cacheRead: 900, thinking: 20 };
  const world = await stage.world({ steps: [{ times: 'always', parts: [{ think: 'Hm.' }, 'Ok.'], usage: counts }] });
  const sdk = connect(world);
  const whole = await sdk.chat.completions.create({ model, messages });
  const found = [whole.usage];
  const stream = await sdk.chat.completions.create({
    model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const chunk of stream) {
    if (chunk.usage) {
      assert.deepEqual(chunk.choices, [], 'usage comes in a chunk of its own');
      found.push(chunk.usage);
    }
  }
  assert.equal(found.length, 2);
  for (const each of found) {
    assert.equal(each?.prompt_tokens, 2000, 'the prompt includes what the cache gave');
    assert.equal(each?.completion_tokens, 77);
    assert.equal(each?.total_tokens, 2077);
    assert.equal(each?.prompt_tokens_details?.cached_tokens, 900);
  }
}

async function stops(stage: Stage): Promise<void> {
  const ends = [
    { stop: 'length', reason: 'length' },
    { stop: 'refusal', reason: stage.grammar.refuses ? 'content_filter' : 'stop' },
    { stop: 'end', reason: 'stop' },
  ];
  const world = await stage.world({ steps: ends.map(({ stop }) => ({ times: 2, parts: ['Some words.'], stop })) });
  const sdk = connect(world);
  for (const { reason } of ends) {
    const whole = await sdk.chat.completions.create({ model, messages });
    assert.equal(whole.choices[0]?.finish_reason, reason);
    let streamed: string | null | undefined;
    for await (const chunk of await sdk.chat.completions.create({ model, messages, stream: true })) {
      streamed = chunk.choices[0]?.finish_reason ?? streamed;
    }
    assert.equal(streamed, reason);
  }
}

const parametersOf = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const weather = {
  type: 'function' as const,
  function: { name: 'get_weather', description: 'Weather.', parameters: parametersOf },
};

async function parallelTools(stage: Stage): Promise<void> {
  const cities = [{ city: 'Köln' }, { city: 'São "Paulo"' }, {}];
  const world = await stage.world({
    steps: [
      {
        when: { hasToolResult: false },
        times: 'always',
        parts: ['Looking.', ...cities.map((input) => ({ tool: 'get_weather', input }))],
        chunk: 3,
      },
      { when: { hasToolResult: true }, times: 'always', parts: ['Rain in all.'] },
    ],
  });
  const sdk = connect(world);
  const asked = { model, messages, tools: [weather] };
  const answers = [
    await sdk.chat.completions.create(asked),
    await sdk.chat.completions.stream(asked).finalChatCompletion(),
  ];
  for (const answer of answers) {
    const [choice] = answer.choices;
    assert.equal(choice?.finish_reason, 'tool_calls');
    const calls = choice?.message.tool_calls ?? [];
    const inputs = calls.map(
      (call) => (call.type === 'function' ? JSON.parse(call.function.arguments || '{}') : undefined) as unknown,
    );
    assert.deepEqual(inputs, cities);
    assert.equal(new Set(calls.map(({ id }) => id)).size, 3);
    const results = calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'rain' }));
    // What the SDK adds to a message for its user, such as parsed arguments, is not for the service.
    const said = calls.flatMap((call) =>
      call.type === 'function'
        ? [{ id: call.id, type: call.type, function: { name: call.function.name, arguments: call.function.arguments } }]
        : [],
    );
    const spoken = { role: 'assistant' as const, content: choice?.message.content ?? null, tool_calls: said };
    const last = await sdk.chat.completions.create({ ...asked, messages: [...messages, spoken, ...results] });
    assert.equal(last.choices[0]?.message.content, 'Rain in all.');
  }
}

async function runTools(stage: Stage): Promise<void> {
  const world = await stage.world({
    steps: [{ parts: [{ tool: 'get_weather', input: { city: 'Bonn' } }] }, { parts: ['It rains in Bonn.'] }],
  });
  const asked: string[] = [];
  const runner = connect(world).chat.completions.runTools({
    model,
    messages,
    stream: true,
    tools: [
      {
        type: 'function',
        function: {
          name: 'get_weather',
          description: 'Weather.',
          parameters: parametersOf,
          parse: (input: string) => JSON.parse(input) as { city: string },
          function: ({ city }: { city: string }) => {
            asked.push(city);
            return 'rain';
          },
        },
      },
    ],
  });
  assert.equal(await runner.finalContent(), 'It rains in Bonn.');
  assert.deepEqual(asked, ['Bonn']);
  assert.deepEqual(
    world.calls().map(({ tools }) => tools),
    [['get_weather'], ['get_weather']],
  );
}

async function images(stage: Stage): Promise<void> {
  const world = await stage.world({ steps: ['Seen.'] });
  const data = png(12).toString('base64');
  const content = [
    { type: 'text' as const, text: 'What is this?' },
    { type: 'image_url' as const, image_url: { url: `data:image/png;base64,${data}`, detail: 'low' as const } },
  ];
  const answer = await connect(world).chat.completions.create({ model, messages: [{ role: 'user', content }] });
  assert.equal(answer.choices[0]?.message.content, 'Seen.');
  assert.ok(world.calls()[0]?.carries(png(12)), 'the picture is lost');
}

async function reasoning(stage: Stage): Promise<void> {
  const world = await stage.world({
    steps: [{ times: 'always', parts: [{ think: 'Let me see.' }, 'Seen.'], chunk: 4 }],
  });
  const sdk = connect(world);
  const asked = { model, messages, reasoning_effort: 'high' as const };
  const whole = await sdk.chat.completions.create(asked);
  assert.equal(objectIn(whole.choices[0]?.message)['reasoning_content'], 'Let me see.');
  assert.equal(whole.choices[0]?.message.content, 'Seen.');
  let thought = '';
  for await (const chunk of await sdk.chat.completions.create({ ...asked, stream: true })) {
    const piece = objectIn(chunk.choices[0]?.delta)['reasoning_content'];
    if (typeof piece === 'string') thought += piece;
  }
  assert.equal(thought, 'Let me see.');
  assert.equal(
    String(world.calls()[0]?.effort).toLowerCase(),
    stage.grammar.highEffort,
    'the effort asked for is lost',
  );
}

async function structured(stage: Stage): Promise<void> {
  const schema = {
    type: 'object',
    properties: { name: { type: 'string' }, age: { type: 'integer' } },
    required: ['name', 'age'],
    additionalProperties: false,
  };
  const world = await stage.world({});
  const answer = await connect(world).chat.completions.parse({
    model,
    messages,
    response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true, schema } },
  });
  const value = objectIn(JSON.parse(answer.choices[0]?.message.content ?? ''));
  assert.deepEqual(Object.keys(value).sort(), ['age', 'name']);
  assert.ok(world.calls()[0]?.has(schema), 'the schema was changed on its way');
}

async function parameters(stage: Stage): Promise<void> {
  const world = await stage.world({ steps: [{ times: 'always', parts: ['Ok.'] }] });
  const wishes = {
    seed: 7,
    frequency_penalty: 0.5,
    user: 'someone',
    stop: ['END'],
    temperature: 0.3,
    top_p: 0.9,
    max_completion_tokens: 99,
  };
  const { data, response } = await connect(world)
    .chat.completions.create({ model, messages, ...wishes })
    .withResponse();
  assert.equal(data.choices[0]?.message.content, 'Ok.');
  const [call] = world.calls();
  assert.equal(call?.most, 99);
  const losses = response.headers.get('x-dragoman-loss') ?? '';
  for (const [name, value] of Object.entries(wishes)) {
    assert.ok(call?.has(value) || losses.includes(name), `${name} is lost, and nothing told`);
  }
  for (const value of [wishes.temperature, wishes.top_p]) assert.ok(call?.has(value), `${value} is lost`);
  if (stage.language === 'openai-chat') assert.equal(losses, '');
}

async function models(stage: Stage): Promise<void> {
  const ids = ['claude-sonnet-5-5', 'vendor/other', 'gpt-5.5'];
  const world = await stage.world({ models: ids }, { models: { '*': { to: 'up/*' } } });
  const sdk = connect(world);
  const found: string[] = [];
  for await (const entry of sdk.models.list()) found.push(entry.id);
  for (const id of ids) assert.ok(found.includes(id), `${id} is not in the list`);
  const one = await sdk.models.retrieve('vendor/other');
  assert.equal(one.id, 'vendor/other');
  assert.equal(one.object, 'model');
}

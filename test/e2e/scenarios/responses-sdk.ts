import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { jsonIn, objectIn } from '../json.ts';
import { png } from '../media.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { connect, model } from './openai-sdk.ts';

const client = 'responses-sdk' as const;

/** OpenAI's SDK in its newer language. */
export const responsesAnswers: readonly Scenario[] = [
  { name: 'whole and streamed', client, play: wholeAndStreamed },
  { name: 'usage', client, play: usage },
  { name: 'reasons to stop', client, play: stops },
  { name: 'tools, parallel', client, play: parallelTools },
  { name: 'custom tool', client, play: customTool },
  { name: 'previous_response_id', client, play: previousResponse },
  { name: 'conversations', client, play: conversations },
  { name: 'reasoning, two turns', client, play: reasoning },
  { name: 'structured output', client, play: structured },
  { name: 'images', client, play: images },
  { name: 'counting', client, play: counting },
  { name: 'errors', client, play: errors },
  { name: 'truncated stream', client, play: truncated },
];

const text = 'Grüße, “friend” — ☃ and \\backslash "quotes"\nin two lines.';

async function wholeAndStreamed(stage: Stage): Promise<void> {
  const world = await stage.world({ steps: [{ times: 'always', parts: [text], chunk: 3, slice: 5 }] });
  const sdk = connect(world);
  const asked = { model, instructions: 'Be kind.', input: 'Hello' };
  const whole = await sdk.responses.create(asked);
  assert.equal(whole.object, 'response');
  assert.equal(whole.status, 'completed');
  assert.equal(whole.output_text, text);
  assert.ok(whole._request_id, 'the answer has no x-request-id');
  const stream = sdk.responses.stream(asked);
  const pieces: string[] = [];
  stream.on('response.output_text.delta', ({ delta }) => pieces.push(delta));
  const final = await stream.finalResponse();
  assert.equal(pieces.join(''), text);
  assert.ok(pieces.length > 3, 'the text came in one piece');
  assert.equal(final.output_text, text);
  const types: string[] = [];
  let number = -1;
  for await (const event of await sdk.responses.create({ ...asked, stream: true })) {
    types.push(event.type);
    assert.equal(event.sequence_number, number + 1, 'events are not numbered');
    number = event.sequence_number;
  }
  assert.equal(types[0], 'response.created');
  assert.equal(types.at(-1), 'response.completed');
  for (const type of ['response.output_item.added', 'response.content_part.added', 'response.output_item.done']) {
    assert.equal(types.filter((each) => each === type).length, 1, type);
  }
  assert.ok(JSON.stringify(world.calls()[0]?.body).includes('Be kind.'), 'the instructions are lost');
}

async function usage(stage: Stage): Promise<void> {
  const counts = { input: 1100, output: 77, cacheRead: 900, thinking: 20 };
  const world = await stage.world({ steps: [{ times: 'always', parts: [{ think: 'Hm.' }, 'Ok.'], usage: counts }] });
  const sdk = connect(world);
  const asked = { model, input: 'Hello' };
  for (const answer of [await sdk.responses.create(asked), await sdk.responses.stream(asked).finalResponse()]) {
    assert.equal(answer.usage?.input_tokens, 2000, 'the input includes what the cache gave');
    assert.equal(answer.usage?.output_tokens, 77);
    assert.equal(answer.usage?.total_tokens, 2077);
    assert.equal(answer.usage?.input_tokens_details.cached_tokens, 900);
  }
}

async function stops(stage: Stage): Promise<void> {
  const ends = [
    { stop: 'length', reason: 'max_output_tokens' },
    { stop: 'refusal', reason: stage.grammar.refuses ? 'content_filter' : undefined },
    { stop: 'end', reason: undefined },
  ];
  const world = await stage.world({ steps: ends.map(({ stop }) => ({ times: 2, parts: ['Some words.'], stop })) });
  const sdk = connect(world);
  const asked = { model, input: 'Hello', max_output_tokens: 100 };
  for (const { reason } of ends) {
    for (const answer of [await sdk.responses.create(asked), await sdk.responses.stream(asked).finalResponse()]) {
      assert.equal(answer.incomplete_details?.reason, reason);
      assert.equal(answer.status, reason === undefined ? 'completed' : 'incomplete');
    }
  }
  assert.equal(world.calls()[0]?.most, 100);
}

const parameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const weather = {
  type: 'function' as const,
  name: 'get_weather',
  description: 'Weather.',
  parameters,
  strict: true,
};

async function parallelTools(stage: Stage): Promise<void> {
  const cities = [{ city: 'Köln' }, { city: 'São "Paulo"' }, { city: '' }];
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
  const input = [{ role: 'user' as const, content: 'Weather?' }];
  const asked = { model, store: false, tools: [weather], input };
  for (const answer of [await sdk.responses.create(asked), await sdk.responses.stream(asked).finalResponse()]) {
    const calls = functionCalls(answer);
    assert.deepEqual(
      calls.map((call) => jsonIn(call.arguments)),
      cities,
    );
    assert.equal(new Set(calls.map((call) => call.call_id)).size, 3);
    const results = calls.map((call) => ({
      type: 'function_call_output' as const,
      call_id: call.call_id,
      output: 'rain',
    }));
    const last = await sdk.responses.create({ ...asked, input: [...input, ...said(answer), ...results] });
    assert.equal(last.output_text, 'Rain in all.');
  }
}

type Output = OpenAI.Responses.ResponseOutputItem;

function functionCalls({
  output,
}: {
  readonly output: readonly Output[];
}): readonly OpenAI.Responses.ResponseFunctionToolCall[] {
  return output.filter((item) => item.type === 'function_call');
}

/** The first item of one type. */
function only<T extends Output['type']>(
  { output }: { readonly output: readonly Output[] },
  type: T,
): Extract<Output, { type: T }> | undefined {
  return output.find((item): item is Extract<Output, { type: T }> => item.type === type);
}

/** What was answered, as input for the next request; what the SDK adds for its user is not for the service. */
function said({ output }: { readonly output: readonly Output[] }): OpenAI.Responses.ResponseInputItem[] {
  const own = (name: string, value: unknown): unknown =>
    name === 'parsed' || name === 'parsed_arguments' ? undefined : value;
  return JSON.parse(JSON.stringify(output, own)) as OpenAI.Responses.ResponseInputItem[];
}

async function customTool(stage: Stage): Promise<void> {
  const verse = 'snow “and”\n\\rain\\ "quoted"';
  const world = await stage.world({
    steps: [
      { when: { hasToolResult: false }, times: 'always', parts: [{ tool: 'poem', input: { input: verse } }], chunk: 4 },
      { when: { hasToolResult: true }, times: 'always', parts: ['Nice.'] },
    ],
  });
  const sdk = connect(world);
  const input = [{ role: 'user' as const, content: 'A poem.' }];
  const tools = [{ type: 'custom' as const, name: 'poem', description: 'Takes a poem.' }];
  const asked = { model, store: false, tools, input };
  for (const answer of [await sdk.responses.create(asked), await sdk.responses.stream(asked).finalResponse()]) {
    const call = only(answer, 'custom_tool_call');
    assert.equal(call?.input, verse);
    const result = { type: 'custom_tool_call_output' as const, call_id: call?.call_id ?? '', output: 'applause' };
    const last = await sdk.responses.create({ ...asked, input: [...input, ...said(answer), result] });
    assert.equal(last.output_text, 'Nice.');
  }
}

async function previousResponse(stage: Stage): Promise<void> {
  const world = await stage.world({
    steps: [
      { parts: [{ tool: 'get_weather', input: { city: 'Bonn' } }] },
      { parts: ['It rains in Bonn.'] },
      { parts: ['Take an umbrella.'] },
    ],
  });
  const sdk = connect(world);
  const first = await sdk.responses.create({ model, tools: [weather], input: 'Weather?' });
  const call = functionCalls(first)[0];
  const result = { type: 'function_call_output' as const, call_id: call?.call_id ?? '', output: 'rain' };
  const second = await sdk.responses.create({
    model,
    tools: [weather],
    input: [result],
    previous_response_id: first.id,
  });
  assert.equal(second.output_text, 'It rains in Bonn.');
  assert.equal(second.previous_response_id, first.id);
  const third = await sdk.responses
    .stream({ model, tools: [weather], input: 'And now?', previous_response_id: second.id })
    .finalResponse();
  assert.equal(third.output_text, 'Take an umbrella.');
  const last = world.calls()[2]?.said ?? '';
  // What passes is kept by the upstream, and nobody but the upstream knows of it.
  if (stage.language === 'openai-responses') return;
  for (const word of ['Weather?', 'Bonn', 'rain', 'It rains in Bonn.', 'And now?']) {
    assert.ok(last.includes(word), `${word} did not reach the upstream`);
  }
  const kept = await sdk.responses.retrieve(third.id);
  assert.equal(kept.output_text, 'Take an umbrella.');
  const listed: string[] = [];
  for await (const item of sdk.responses.inputItems.list(third.id, { order: 'asc', limit: 2 })) listed.push(item.type);
  assert.deepEqual(
    listed.filter((type) => type !== 'reasoning'),
    ['message', 'function_call', 'function_call_output', 'message', 'message'],
  );
  await sdk.responses.delete(third.id);
  await assert.rejects(sdk.responses.retrieve(third.id), OpenAI.NotFoundError);
  await assert.rejects(
    sdk.responses.create({ model, input: 'Hello', previous_response_id: 'resp_never_given' }),
    /resp_never_given/,
  );
}

async function conversations(stage: Stage): Promise<void> {
  const world = await stage.world({ steps: [{ parts: ['I am Eve.'] }, { parts: ['Eve, as I said.'] }] });
  const sdk = connect(world);
  const opened = await sdk.conversations.create({
    metadata: { about: 'names' },
    items: [{ type: 'message', role: 'developer', content: 'Your name is Eve.' }],
  });
  const asked = { model, conversation: opened.id };
  const first = await sdk.responses.create({ ...asked, input: 'Who are you?' });
  assert.equal(first.output_text, 'I am Eve.');
  assert.equal(first.conversation?.id, opened.id);
  const second = await sdk.responses.stream({ ...asked, input: 'Who?' }).finalResponse();
  assert.equal(second.output_text, 'Eve, as I said.');
  const kept: string[] = [];
  for await (const item of sdk.conversations.items.list(opened.id, { order: 'asc' })) {
    if (item.type === 'message') kept.push(item.role);
  }
  assert.deepEqual(kept, ['developer', 'user', 'assistant', 'user', 'assistant']);
  assert.deepEqual((await sdk.conversations.retrieve(opened.id)).metadata, { about: 'names' });
  const last = JSON.stringify(world.calls().at(-1)?.body);
  for (const word of ['Your name is Eve.', 'Who are you?', 'I am Eve.', 'Who?']) {
    assert.ok(last.includes(word), `${word} did not reach the upstream`);
  }
  await sdk.conversations.delete(opened.id);
  await assert.rejects(sdk.conversations.retrieve(opened.id), OpenAI.NotFoundError);
}

/** With a call in between, since that is where thinking must not be lost. */
async function reasoning(stage: Stage): Promise<void> {
  const world = await stage.world(
    {
      flavor: 'compatible',
      answer: ({ results }) =>
        results.length > 0
          ? { parts: [{ think: 'Now I know.' }, 'Rain.'] }
          : { parts: [{ think: 'I need the weather.' }, { tool: 'get_weather', input: { city: 'Bonn' } }], chunk: 4 },
    },
    { provider: stage.grammar.remembers },
  );
  const sdk = connect(world);
  const input = [{ role: 'user' as const, content: 'Weather?' }];
  const asked = {
    model,
    store: false,
    include: ['reasoning.encrypted_content' as const],
    reasoning: { effort: 'high' as const, summary: 'auto' as const },
    tools: [weather],
    input,
  };
  for (const answer of [await sdk.responses.create(asked), await sdk.responses.stream(asked).finalResponse()]) {
    const thought = only(answer, 'reasoning');
    const told = [...(thought?.summary ?? []), ...(thought?.content ?? [])];
    assert.equal(told.map((part) => part.text).join(''), 'I need the weather.');
    const call = functionCalls(answer)[0];
    const result = { type: 'function_call_output' as const, call_id: call?.call_id ?? '', output: 'rain' };
    const last = await sdk.responses.create({ ...asked, input: [...input, ...said(answer), result] });
    assert.equal(last.output_text, 'Rain.');
    const thoughts = world.calls().at(-1)?.thoughts ?? [];
    if (stage.grammar.thoughtsReturn === 'told') assert.deepEqual(thoughts, ['I need the weather.']);
    else assert.equal(thoughts.length, 1, 'thinking did not go back to the upstream');
  }
  assert.equal(String(world.calls()[0]?.effort).toLowerCase(), stage.grammar.highEffort, 'the effort is lost');
}

async function structured(stage: Stage): Promise<void> {
  const world = await stage.world({});
  const format = zodTextFormat(z.object({ name: z.string(), age: z.number().int() }), 'person');
  const sdk = connect(world);
  const asked = { model, input: 'Who?', text: { format } };
  for (const answer of [await sdk.responses.parse(asked), await sdk.responses.stream(asked).finalResponse()]) {
    assert.deepEqual(Object.keys(objectIn(answer.output_parsed)).sort(), ['age', 'name']);
  }
  const { $schema: _, ...schema } = objectIn(format.schema);
  const [call] = world.calls();
  assert.ok(call?.has(format.schema) || call?.has(schema), 'the schema was changed on its way');
}

async function images(stage: Stage): Promise<void> {
  const world = await stage.world({ steps: ['Seen.'] });
  const url = `data:image/png;base64,${png(12).toString('base64')}`;
  const content = [
    { type: 'input_text' as const, text: 'What is this?' },
    { type: 'input_image' as const, image_url: url, detail: 'low' as const },
  ];
  const answer = await connect(world).responses.create({ model, input: [{ role: 'user', content }] });
  assert.equal(answer.output_text, 'Seen.');
  assert.ok(world.calls()[0]?.carries(png(12)), 'the picture is lost');
}

async function counting(stage: Stage): Promise<void> {
  const world = await stage.world({});
  const sdk = connect(world);
  const count = async (input: string): Promise<number> =>
    (await sdk.responses.inputTokens.count({ model, instructions: 'Be brief.', input })).input_tokens;
  const [few, many] = [await count('Hello there'), await count('Hello there '.repeat(500))];
  assert.ok(Number.isInteger(few) && few > 0);
  assert.ok(many > few + 500 && many < 12_000, `500 times two words are ${many} tokens`);
}

type Kind = new (...args: never[]) => Error;

const failures: readonly (readonly [status: number, kind: Kind])[] = [
  [400, OpenAI.BadRequestError],
  [401, OpenAI.AuthenticationError],
  [403, OpenAI.PermissionDeniedError],
  [404, OpenAI.NotFoundError],
  [429, OpenAI.RateLimitError],
  [500, OpenAI.InternalServerError],
  [503, OpenAI.InternalServerError],
];

async function errors(stage: Stage): Promise<void> {
  const world = await stage.world(
    {
      answer: ({ prompt }) => ({
        faults: [{ kind: 'status', status: failures[Number(prompt)]?.[0] ?? 0, message: `Trouble number ${prompt}.` }],
      }),
    },
    { refusals: failures.map(([status]) => status) },
  );
  const sdk = connect(world);
  for (const [index, [status, kind]] of failures.entries()) {
    for (const stream of [false, true]) {
      const told = `${status} ${stream ? 'streamed' : 'whole'}`;
      const error = await failureOf(sdk, String(index), stream);
      assert.ok(error instanceof kind, `${told}: ${error.message}`);
      assert.equal(error.status, status, told);
      assert.match(error.message, /Trouble number/, told);
      assert.ok(error.requestID, `${told}: no x-request-id`);
    }
  }
}

async function failureOf(sdk: OpenAI, input: string, stream: boolean): Promise<InstanceType<typeof OpenAI.APIError>> {
  try {
    await sdk.responses.create({ model, input, stream });
  } catch (error) {
    if (error instanceof OpenAI.APIError) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}

async function truncated(stage: Stage): Promise<void> {
  const cuts = ['close', 'reset', 'end'] as const;
  const steps = cuts.map((how) => ({
    parts: ['Some words and more of them.'],
    chunk: 3,
    faults: [{ kind: 'cut' as const, at: { event: 7 }, how }],
  }));
  const world = await stage.world({ steps });
  const sdk = connect(world);
  for (const how of cuts) assert.equal(await outcomeOf(sdk), 'failed', `a stream cut by ${how}`);
}

/** How a stream ends, or that it breaks off: both are a failure, and neither may look like success. */
async function outcomeOf(sdk: OpenAI): Promise<string | undefined> {
  try {
    return (await sdk.responses.stream({ model, input: 'Hello' }).finalResponse()).status;
  } catch {
    return 'failed';
  }
}

import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import Anthropic0 from 'anthropic-sdk-0';
import { objectIn } from '../json.ts';
import { pdf, png } from '../media.ts';
import { type Client, type Scenario, toldBefore } from '../scenario.ts';
import type { Stage, World } from '../stage.ts';

/** A major version of the SDK, as a client. */
export type AnthropicClient = Extract<Client, 'anthropic-sdk-1' | 'anthropic-sdk-0'>;

/** The model that the calls ask for. */
export const model = 'claude-sonnet-5-5';

/** The SDK, pointed at the gateway. Both majors have the same methods, so one type stands for both. */
export function connect(client: AnthropicClient, { gateway, key }: World, maxRetries = 0): Anthropic {
  const settings = { baseURL: gateway.url, apiKey: key, maxRetries };
  return client === 'anthropic-sdk-1' ? new Anthropic(settings) : (new Anthropic0(settings) as unknown as Anthropic);
}

/** Answers as the SDK gives them. */
export function anthropicAnswers(client: AnthropicClient): readonly Scenario[] {
  const scenario = (name: string, play: (stage: Stage, client: AnthropicClient) => Promise<void>): Scenario => ({
    name,
    client,
    ...(client === 'anthropic-sdk-0' && { over: toldBefore }),
    play: (stage) => play(stage, client),
  });
  return [
    scenario('whole and streamed', wholeAndStreamed),
    scenario('usage', usage),
    scenario('reasons to stop', stops),
    scenario('tools, parallel', parallelTools),
    scenario('tool choice', toolChoice),
    scenario('image and document', media),
    scenario('thinking', thinking),
    scenario('structured output', structured),
    scenario('counting', counting),
    scenario('models', models),
  ];
}

const text = 'Grüße, “friend” — ☃ and \\backslash "quotes"\nin two lines.';

async function wholeAndStreamed(stage: Stage, client: AnthropicClient): Promise<void> {
  const world = await stage.world({ steps: [{ times: 'always', parts: [text], chunk: 3, slice: 5 }] });
  const sdk = connect(client, world);
  const asked = { model, max_tokens: 100, system: 'Be kind.', messages: [{ role: 'user' as const, content: 'Hello' }] };
  const whole = await sdk.messages.create(asked);
  assert.deepEqual(whole.content.map(textOf), [text]);
  assert.equal(whole.type, 'message');
  assert.equal(whole.role, 'assistant');
  assert.equal(whole.stop_reason, 'end_turn');
  assert.ok(whole._request_id, 'the answer has no request-id');
  const stream = sdk.messages.stream(asked);
  const pieces: string[] = [];
  stream.on('text', (piece) => pieces.push(piece));
  const final = await stream.finalMessage();
  assert.equal(pieces.join(''), text);
  assert.ok(pieces.length > 3, 'the text came in one piece');
  assert.deepEqual(final.content.map(textOf), [text]);
  assert.equal(final.stop_reason, 'end_turn');
  assert.ok(stream.request_id, 'the stream has no request-id');
  const types: string[] = [];
  for await (const event of await sdk.messages.create({ ...asked, stream: true })) types.push(event.type);
  assert.equal(types[0], 'message_start');
  assert.equal(types.at(-1), 'message_stop');
  assert.equal(types.filter((type) => type === 'content_block_start').length, 1);
  assert.equal(types.filter((type) => type === 'content_block_stop').length, 1);
}

function textOf(block: { readonly type: string }): unknown {
  return (block as { readonly text?: unknown }).text;
}

async function usage(stage: Stage, client: AnthropicClient): Promise<void> {
  const counts = { input: 1100, output: 77, cacheRead: 900, cacheWrite: 60, thinking: 20 };
  const world = await stage.world({ steps: [{ times: 'always', parts: [{ think: 'Hm.' }, 'Ok.'], usage: counts }] });
  const sdk = connect(client, world);
  const asked = { model, max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] };
  for (const answer of [await sdk.messages.create(asked), await sdk.messages.stream(asked).finalMessage()]) {
    const written = stage.grammar.countsCacheWrites ? 60 : 0;
    assert.equal(answer.usage.input_tokens, 1160 - written);
    assert.equal(answer.usage.output_tokens, 77);
    assert.equal(answer.usage.cache_read_input_tokens, 900);
    assert.equal(answer.usage.cache_creation_input_tokens ?? 0, written);
  }
}

async function stops(stage: Stage, client: AnthropicClient): Promise<void> {
  const ends = [
    { stop: 'length', reason: 'max_tokens' },
    { stop: 'refusal', reason: stage.grammar.refuses ? 'refusal' : 'end_turn' },
    { stop: 'end', reason: 'end_turn' },
  ];
  const world = await stage.world({ steps: ends.map(({ stop }) => ({ times: 2, parts: ['Some words.'], stop })) });
  const sdk = connect(client, world);
  const asked = { model, max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] };
  for (const { reason } of ends) {
    assert.equal((await sdk.messages.create(asked)).stop_reason, reason);
    assert.equal((await sdk.messages.stream(asked).finalMessage()).stop_reason, reason);
  }
}

const weather = {
  name: 'get_weather',
  description: 'Weather of a city.',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
};

async function parallelTools(stage: Stage, client: AnthropicClient): Promise<void> {
  const cities = [{ city: 'Köln' }, { city: 'São "Paulo"' }, {}];
  const parts = ['Looking.', ...cities.map((input) => ({ tool: 'get_weather', input }))];
  const world = await stage.world({
    steps: [
      { when: { hasToolResult: false }, times: 'always', parts, chunk: 3, chat: { calls: 'interleaved' } },
      { when: { hasToolResult: true }, times: 'always', parts: ['Rain in all.'] },
    ],
  });
  const sdk = connect(client, world);
  const asked = {
    model,
    max_tokens: 500,
    tools: [weather],
    messages: [{ role: 'user' as const, content: 'Weather?' }],
  };
  for (const answer of [await sdk.messages.create(asked), await sdk.messages.stream(asked).finalMessage()]) {
    assert.equal(answer.stop_reason, 'tool_use');
    const uses = answer.content.filter((block) => block.type === 'tool_use');
    assert.deepEqual(
      uses.map(({ input }) => input),
      cities,
    );
    assert.equal(new Set(uses.map(({ id }) => id)).size, 3);
    const content = uses.map(({ id }, index) => ({
      type: 'tool_result' as const,
      tool_use_id: id,
      is_error: index === 2,
      content: index === 1 ? [{ type: 'text' as const, text: 'rain' }] : 'rain',
    }));
    const messages = [
      ...asked.messages,
      { role: 'assistant' as const, content: answer.content },
      { role: 'user' as const, content },
    ];
    const last = await sdk.messages.create({ ...asked, messages });
    assert.deepEqual(last.content.map(textOf), ['Rain in all.']);
  }
}

async function toolChoice(stage: Stage, client: AnthropicClient): Promise<void> {
  const world = await stage.world({});
  const sdk = connect(client, world);
  const other = { ...weather, name: 'other_tool' };
  const asked = {
    model,
    max_tokens: 500,
    tools: [other, weather],
    messages: [{ role: 'user' as const, content: 'Go' }],
  };
  const forced = await sdk.messages.create({ ...asked, tool_choice: { type: 'tool', name: 'get_weather' } });
  // A proof may stand before it, in a block that holds nothing else.
  const called = forced.content.filter((block) => block.type !== 'thinking' || block.thinking !== '');
  assert.deepEqual(
    called.map((block) => block.type === 'tool_use' && block.name),
    ['get_weather'],
  );
  const any = await sdk.messages.create({ ...asked, tool_choice: { type: 'any', disable_parallel_tool_use: true } });
  assert.equal(any.stop_reason, 'tool_use');
  const none = await sdk.messages.create({ ...asked, tool_choice: { type: 'none' } });
  assert.equal(none.stop_reason, 'end_turn');
  const [one, ...others] = world.calls();
  // Where a certain tool cannot be asked for, it is the only one that is offered.
  assert.ok(one?.tools.includes('get_weather'));
  for (const { tools } of others) assert.deepEqual(tools, ['other_tool', 'get_weather']);
}

async function media(stage: Stage, client: AnthropicClient): Promise<void> {
  const world = await stage.world({ steps: [{ times: 'always', parts: ['Seen.'] }] });
  const picture = png(12);
  const document = pdf('Read me');
  const answer = await connect(client, world).messages.create({
    model,
    max_tokens: 50,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: picture.toString('base64') } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: document.toString('base64') },
            title: 'a.pdf',
          },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'A plain document.' } },
        ],
      },
    ],
  });
  assert.deepEqual(answer.content.map(textOf), ['Seen.']);
  const [call] = world.calls();
  const { pictures, documents } = stage.grammar.takes;
  assert.equal(call?.carries(picture), pictures, 'the picture');
  assert.equal(call?.carries(document), documents, 'the document');
  const words = 'A plain document.';
  assert.ok(call?.said.includes(words) || call?.carries(Buffer.from(words)), 'the plain text is lost');
  assert.ok(documents || call?.said.includes('Read me'), 'the text of the document is lost');
}

async function thinking(stage: Stage, client: AnthropicClient): Promise<void> {
  const world = await stage.world(
    {
      flavor: 'compatible',
      answer: ({ results }) =>
        results.length > 0
          ? { parts: [{ think: 'Now I know.' }, 'Rain.'] }
          : { parts: [{ think: 'I need the weather.' }, { tool: 'get_weather', input: { city: 'Bonn' } }] },
    },
    { provider: stage.grammar.remembers },
  );
  const sdk = connect(client, world);
  const asked = {
    model,
    max_tokens: 4000,
    thinking: { type: 'enabled' as const, budget_tokens: 2000 },
    tools: [weather],
    messages: [{ role: 'user' as const, content: 'Weather?' }],
  };
  for (const answer of [await sdk.messages.create(asked), await sdk.messages.stream(asked).finalMessage()]) {
    const thought = answer.content.find((block) => block.type === 'thinking');
    assert.equal(thought?.thinking, 'I need the weather.');
    assert.equal(typeof thought?.signature, 'string');
    const use = answer.content.find((block) => block.type === 'tool_use');
    const result = { type: 'tool_result' as const, tool_use_id: use?.id ?? '', content: 'rain' };
    const messages = [
      ...asked.messages,
      { role: 'assistant' as const, content: answer.content },
      { role: 'user' as const, content: [result] },
    ];
    const last = await sdk.messages.create({ ...asked, messages });
    assert.equal(last.content.findLast((block) => block.type === 'text')?.text, 'Rain.');
    const thoughts = world.calls().at(-1)?.thoughts ?? [];
    if (stage.grammar.thoughtsReturn === 'told') assert.deepEqual(thoughts, ['I need the weather.']);
    else assert.equal(thoughts.length, 1, 'thinking did not go back to the upstream');
  }
}

async function structured(stage: Stage, client: AnthropicClient): Promise<void> {
  const schema = {
    type: 'object',
    properties: { name: { type: 'string' }, age: { type: 'integer' } },
    required: ['name', 'age'],
    additionalProperties: false,
  };
  const world = await stage.world({});
  const answer = await connect(client, world).messages.create({
    model,
    max_tokens: 500,
    output_config: { format: { type: 'json_schema', schema } },
    messages: [{ role: 'user', content: 'Who?' }],
  });
  const value = objectIn(JSON.parse(String(answer.content.map(textOf).join(''))));
  assert.deepEqual(Object.keys(value).sort(), ['age', 'name']);
  assert.ok(world.calls()[0]?.has(schema), 'the schema was changed on its way');
}

async function counting(stage: Stage, client: AnthropicClient): Promise<void> {
  const world = await stage.world({});
  const sdk = connect(client, world);
  const count = async (content: string): Promise<number> => {
    const counted = await sdk.messages.countTokens({
      model,
      system: 'Be brief.',
      messages: [{ role: 'user', content }],
    });
    return counted.input_tokens;
  };
  const [few, many] = [await count('Hello there'), await count('Hello there '.repeat(500))];
  assert.ok(Number.isInteger(few) && few > 0);
  assert.ok(many > few + 500 && many < 12_000, `500 times two words are ${many} tokens`);
}

async function models(stage: Stage, client: AnthropicClient): Promise<void> {
  const ids = ['claude-sonnet-5-5', 'vendor/other', 'gpt-5.5'];
  const world = await stage.world({ models: ids }, { models: { '*': { to: 'up/*' } } });
  const sdk = connect(client, world);
  const found: string[] = [];
  for await (const entry of sdk.models.list({ limit: 2 })) found.push(entry.id);
  for (const id of ids) assert.ok(found.includes(id), `${id} is not in the list`);
  const one = await sdk.models.retrieve('vendor/other');
  assert.equal(one.id, 'vendor/other');
  assert.equal(one.type, 'model');
  assert.equal(typeof one.display_name, 'string');
}

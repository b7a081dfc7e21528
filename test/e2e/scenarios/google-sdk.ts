import assert from 'node:assert/strict';
import { ApiError, type FunctionCallingConfigMode, GoogleGenAI } from '@google/genai';
import { objectIn } from '../json.ts';
import { pdf, png } from '../media.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage, World } from '../stage.ts';

const client = 'google-sdk' as const;
/** The model that the calls ask for. */
export const model = 'gemini-3.5-pro';

/** Google's SDK. */
export const googleAnswers: readonly Scenario[] = [
  { name: 'whole and streamed', client, play: wholeAndStreamed },
  { name: 'usage and ends', client, play: usageAndEnds },
  { name: 'chat with functions', client, play: chatWithFunctions },
  { name: 'forced function', client, play: forcedFunction },
  { name: 'media', client, play: media },
  { name: 'structured output', client, play: structured },
  { name: 'counting and models', client, play: countingAndModels },
  { name: 'errors', client, play: errors },
];

/** The SDK, pointed at the gateway. */
export function connect({ gateway, key }: World): GoogleGenAI {
  return new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: gateway.url } });
}

/** With a key in the place of a project. */
function connectToVertex({ gateway, key }: World): GoogleGenAI {
  return new GoogleGenAI({ vertexai: true, apiKey: key, httpOptions: { baseUrl: gateway.url } });
}

const text = 'Grüße, “friend” — ☃ and \\backslash "quotes"\nin two lines.';

async function wholeAndStreamed(stage: Stage): Promise<void> {
  const world = await stage.world({ steps: [{ times: 'always', parts: [text], chunk: 3, slice: 5 }] });
  const asked = { model, contents: 'Hello', config: { systemInstruction: 'Be kind.', maxOutputTokens: 100 } };
  for (const { models } of [connect(world), connectToVertex(world)]) {
    const whole = await models.generateContent(asked);
    assert.equal(whole.text, text);
    assert.equal(whole.candidates?.[0]?.finishReason, 'STOP');
    assert.ok(whole.responseId);
    const pieces: string[] = [];
    let end: unknown;
    for await (const chunk of await models.generateContentStream(asked)) {
      if (chunk.text !== undefined && chunk.text !== '') pieces.push(chunk.text);
      end = chunk.candidates?.[0]?.finishReason ?? end;
    }
    assert.equal(pieces.join(''), text);
    assert.ok(pieces.length > 3, 'the text came in one piece');
    assert.equal(end, 'STOP');
  }
  const [call] = world.calls();
  assert.equal(call?.most, 100);
  assert.ok(JSON.stringify(call?.body).includes('Be kind.'), 'the instruction is lost');
}

async function usageAndEnds(stage: Stage): Promise<void> {
  const ends = [
    { stop: 'length', reason: 'MAX_TOKENS' },
    { stop: 'refusal', reason: stage.grammar.refuses ? 'SAFETY' : 'STOP' },
    { stop: 'end', reason: 'STOP' },
  ];
  const usage = { input: 1100, output: 77, cacheRead: 900 };
  const world = await stage.world({ steps: ends.map(({ stop }) => ({ times: 2, parts: ['Words.'], stop, usage })) });
  const { models } = connect(world);
  const asked = { model, contents: 'Hello' };
  for (const { reason } of ends) {
    const whole = await models.generateContent(asked);
    let last = whole;
    for await (const chunk of await models.generateContentStream(asked)) last = chunk;
    for (const { candidates, usageMetadata } of [whole, last]) {
      assert.equal(candidates?.[0]?.finishReason, reason);
      assert.equal(usageMetadata?.promptTokenCount, 2000, 'the prompt includes what the cache gave');
      assert.equal(usageMetadata?.cachedContentTokenCount, 900);
      assert.equal(usageMetadata?.candidatesTokenCount, 77);
      assert.equal(usageMetadata?.totalTokenCount, 2077);
    }
  }
}

const weather = {
  name: 'get_weather',
  description: 'Weather of a city.',
  parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const tools = [{ functionDeclarations: [weather] }];

/** The SDK keeps the history by itself, proofs of thinking among it. */
async function chatWithFunctions(stage: Stage): Promise<void> {
  const cities = [{ city: 'Köln' }, { city: 'São "Paulo"' }];
  const world = await stage.world(
    {
      flavor: 'compatible',
      answer: ({ results }) =>
        results.length > 0
          ? { parts: [{ think: 'Now I know.' }, 'Rain ', 'in both.'], chunk: 4 }
          : {
              parts: [
                { think: 'I need the weather.' },
                'Looking.',
                ...cities.map((input) => ({ tool: 'get_weather', input })),
              ],
              chunk: 4,
            },
    },
    { provider: stage.grammar.remembers },
  );
  const sdk = connect(world);
  const config = { tools, thinkingConfig: { includeThoughts: true } };
  for (const streamed of [false, true]) {
    const chat = sdk.chats.create({ model, config });
    const calls: { readonly id?: string; readonly name?: string; readonly args?: unknown }[] = [];
    let thought = '';
    const answers = streamed
      ? await chat.sendMessageStream({ message: 'Weather?' })
      : [await chat.sendMessage({ message: 'Weather?' })];
    for await (const answer of answers) {
      for (const part of answer.candidates?.[0]?.content?.parts ?? []) {
        if (part.thought === true) thought += part.text;
        if (part.functionCall !== undefined) calls.push(part.functionCall);
      }
    }
    assert.deepEqual(
      calls.map(({ args }) => args),
      cities,
    );
    assert.match(thought, /^I need the weather\./);
    const message = calls.map(({ id, name }) => ({
      functionResponse: { ...(id !== undefined && { id }), name: name ?? '', response: { output: 'rain' } },
    }));
    const last = await chat.sendMessage({ message });
    assert.match(last.text ?? '', /^Rain\s+in both\.$/);
    const sent = world.calls().at(-1);
    assert.ok(sent?.said.includes('rain'), 'the result did not reach the upstream');
    const thoughts = (sent?.thoughts ?? []).filter((each) => each !== 'Looking.');
    if (stage.grammar.thoughtsReturn === 'told') assert.deepEqual(thoughts, ['I need the weather.']);
    else assert.ok(thoughts.length > 0, 'thinking did not go back to the upstream');
  }
}

async function forcedFunction(stage: Stage): Promise<void> {
  const world = await stage.world({});
  const other = { ...weather, name: 'other_tool' };
  const calling = (mode: string, allowedFunctionNames?: string[]): object => ({
    tools: [{ functionDeclarations: [other, weather] }],
    toolConfig: {
      functionCallingConfig: {
        mode: mode as FunctionCallingConfigMode,
        ...(allowedFunctionNames && { allowedFunctionNames }),
      },
    },
  });
  const { models } = connect(world);
  const named = await models.generateContent({ model, contents: 'Go', config: calling('ANY', ['get_weather']) });
  assert.deepEqual(
    named.functionCalls?.map(({ name }) => name),
    ['get_weather'],
  );
  const any = await models.generateContent({ model, contents: 'Go', config: calling('ANY') });
  assert.equal(any.functionCalls?.length, 1);
  const none = await models.generateContent({ model, contents: 'Go', config: calling('NONE') });
  assert.equal(none.functionCalls, undefined);
}

async function media(stage: Stage): Promise<void> {
  const world = await stage.world({ steps: ['Seen.'] });
  const inline = (mimeType: string, bytes: Buffer): object => ({
    inlineData: { mimeType, data: bytes.toString('base64') },
  });
  const parts = [{ text: 'What is this?' }, inline('image/png', png(12)), inline('application/pdf', pdf('Read me'))];
  const answer = await connect(world).models.generateContent({ model, contents: [{ role: 'user', parts }] });
  assert.equal(answer.text, 'Seen.');
  const [call] = world.calls();
  const { pictures, documents } = stage.grammar.takes;
  assert.equal(call?.carries(png(12)), pictures, 'the picture');
  assert.equal(call?.carries(pdf('Read me')), documents, 'the document');
}

async function structured(stage: Stage): Promise<void> {
  const schema = {
    type: 'object',
    properties: { name: { type: 'string' }, age: { type: 'integer' } },
    required: ['name', 'age'],
    additionalProperties: false,
  };
  const world = await stage.world({});
  const config = { responseMimeType: 'application/json', responseJsonSchema: schema };
  const answer = await connect(world).models.generateContent({ model, contents: 'Who?', config });
  assert.deepEqual(Object.keys(objectIn(JSON.parse(answer.text ?? ''))).sort(), ['age', 'name']);
  assert.ok(world.calls()[0]?.has(schema), 'the schema was changed on its way');
}

async function countingAndModels(stage: Stage): Promise<void> {
  const ids = ['gemini-3.5-pro', 'vendor/other', 'gpt-5.5'];
  // Amazon counts for models of Anthropic alone; the gateway estimates then.
  const refusals = stage.language === 'bedrock-converse' ? [400] : [];
  const world = await stage.world({ models: ids }, { models: { '*': { to: 'up/*' } }, refusals });
  const { models } = connect(world);
  const count = async (contents: string): Promise<number> =>
    (await models.countTokens({ model, contents })).totalTokens ?? 0;
  const [few, many] = [await count('Hello there'), await count('Hello there '.repeat(500))];
  assert.ok(Number.isInteger(few) && few > 0);
  assert.ok(many > few + 500 && many < 12_000, `500 times two words are ${many} tokens`);
  const found: (string | undefined)[] = [];
  for await (const entry of await models.list({ config: { pageSize: 2 } })) found.push(entry.name);
  for (const id of ids) assert.ok(found.includes(`models/${id}`), `${id} is not in the list: ${found.join(', ')}`);
  assert.equal((await models.get({ model: 'gemini-3.5-pro' })).name, 'models/gemini-3.5-pro');
}

const failures: readonly (readonly [status: number, told: string])[] = [
  [400, 'INVALID_ARGUMENT'],
  [401, 'UNAUTHENTICATED'],
  [403, 'PERMISSION_DENIED'],
  [404, 'NOT_FOUND'],
  [429, 'RESOURCE_EXHAUSTED'],
  [500, 'INTERNAL'],
  [503, 'UNAVAILABLE'],
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
  const { models } = connect(world);
  for (const [index, [status, word]] of failures.entries()) {
    const contents = String(index);
    const asks = [
      () => models.generateContent({ model, contents }),
      () => models.generateContentStream({ model, contents }),
    ];
    for (const ask of asks) {
      await assert.rejects(ask, (error: unknown) => {
        assert.ok(error instanceof ApiError, String(error));
        assert.equal(error.status, status, error.message);
        assert.match(error.message, /Trouble number/);
        assert.ok(error.message.includes(`"status":"${word}"`), `${word}: ${error.message}`);
        return true;
      });
    }
  }
}

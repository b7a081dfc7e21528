import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import {
  BedrockRuntimeClient,
  BedrockRuntimeServiceException,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  type Message,
} from '@aws-sdk/client-bedrock-runtime';
import { type Json, jsonIn, objectIn, objectsIn, textIn } from '../json.ts';
import { pdf, png } from '../media.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage, World } from '../stage.ts';

const client = 'bedrock-sdk' as const;
const model = 'us.anthropic.claude-opus-5-5';

/** Amazon's SDK for the models of Bedrock. */
export const bedrockAnswers: readonly Scenario[] = [
  { name: 'Converse and ConverseStream', client, play: converse },
  { name: 'usage and ends', client, play: usageAndEnds },
  { name: 'tools and thinking', client, play: toolsAndThinking },
  { name: 'media', client, play: media },
  { name: 'InvokeModel', client, play: invoke },
  { name: 'counting', client, play: counting },
  { name: 'errors', client, play: errors },
];

interface SentRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer> | string;
}

/** Sends what the SDK has made and signed by HTTP/1.1; by itself it would speak HTTP/2. */
const byFetch = {
  metadata: { handlerProtocol: 'http/1.1' },
  async handle({ protocol, hostname, port, path, query, method, headers, body }: SentRequest) {
    const search = new URLSearchParams(query).toString();
    const url = `${protocol}//${hostname}:${port}${path}${search === '' ? '' : `?${search}`}`;
    const { host: _host, 'content-length': _length, ...rest } = headers;
    const answer = await fetch(url, { method, headers: rest, ...(method === 'GET' ? {} : { body }) });
    const response = {
      statusCode: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Readable.fromWeb(answer.body as ReadableStream<Uint8Array>),
    };
    return { response };
  },
};

const usual = { region: 'us-east-1', maxAttempts: 1, requestHandler: byFetch };

/** With an API key, as newer users of Bedrock have it. */
function connect({ gateway, key }: World): BedrockRuntimeClient {
  const authSchemePreference = ['httpBearerAuth'];
  return new BedrockRuntimeClient({ ...usual, endpoint: gateway.url, token: { token: key }, authSchemePreference });
}

/** With the keys of an account, which sign; the gateway's key is the id of the one. */
function connectSigned({ gateway, key }: World): BedrockRuntimeClient {
  const credentials = { accessKeyId: key, secretAccessKey: 'any' };
  return new BedrockRuntimeClient({ ...usual, endpoint: gateway.url, credentials });
}

const text = 'Grüße, “friend” — ☃ and \\backslash "quotes"\nin two lines.';
const user: Message = { role: 'user', content: [{ text: 'Hello' }] };

function textsIn(content: unknown): string {
  return objectsIn(content)
    .map((block) => textIn(block['text']))
    .join('');
}

/** What a stream gave, put together as a whole answer has it. */
async function gathered(stream: AsyncIterable<ConverseStreamOutput> | undefined): Promise<{
  readonly types: readonly string[];
  readonly pieces: number;
  readonly content: readonly Json[];
  readonly stop: unknown;
  readonly usage: Json;
}> {
  const types: string[] = [];
  const content: Record<string, unknown>[] = [];
  let pieces = 0;
  let stop: unknown;
  let usage: Json = {};
  for await (const event of stream ?? []) {
    types.push(Object.keys(event)[0] ?? '');
    const { contentBlockStart: begun, contentBlockDelta: came, messageStop, metadata } = event;
    if (begun?.start?.toolUse !== undefined)
      content[begun.contentBlockIndex ?? 0] = { ...begun.start.toolUse, json: '' };
    if (came !== undefined) {
      pieces += 1;
      const index = came.contentBlockIndex ?? 0;
      const block = content[index] ?? {};
      content[index] = block;
      const thought = came.delta?.reasoningContent;
      const more = {
        text: came.delta?.text,
        json: came.delta?.toolUse?.input,
        thought: thought?.text,
        signature: thought?.signature,
      };
      for (const [name, value] of Object.entries(more))
        if (value !== undefined) block[name] = textIn(block[name]) + value;
    }
    stop = messageStop?.stopReason ?? stop;
    usage = metadata === undefined ? usage : objectIn(metadata.usage);
  }
  return { types, pieces, content, stop, usage };
}

async function converse(stage: Stage): Promise<void> {
  const world = await stage.world({ steps: [{ times: 'always', parts: [text], chunk: 3, slice: 5 }] });
  const asked: ConverseCommandInput = {
    modelId: model,
    system: [{ text: 'Be kind.' }],
    messages: [user],
    inferenceConfig: { maxTokens: 100 },
  };
  for (const sdk of [connect(world), connectSigned(world)]) {
    const whole = await sdk.send(new ConverseCommand(asked));
    assert.equal(textsIn(whole.output?.message?.content), text);
    assert.equal(whole.stopReason, 'end_turn');
    assert.ok(whole.$metadata.requestId, 'the answer has no id');
    const { stream } = await sdk.send(new ConverseStreamCommand(asked));
    const seen = await gathered(stream);
    assert.equal(textsIn(seen.content), text);
    assert.ok(seen.pieces > 3, 'the text came in one piece');
    assert.equal(seen.stop, 'end_turn');
    assert.equal(seen.types[0], 'messageStart');
    assert.equal(seen.types.at(-1), 'metadata');
  }
  const [call] = world.calls();
  assert.equal(call?.model, stage.grammar.model);
  assert.equal(call?.most, 100);
  assert.ok(JSON.stringify(call?.body).includes('Be kind.'), 'the instruction is lost');
}

async function usageAndEnds(stage: Stage): Promise<void> {
  const ends = [
    { stop: 'length', reason: 'max_tokens' },
    { stop: 'refusal', reason: stage.grammar.refuses ? 'content_filtered' : 'end_turn' },
    { stop: 'end', reason: 'end_turn' },
  ];
  const usage = { input: 1100, output: 77, cacheRead: 900 };
  const world = await stage.world({ steps: ends.map(({ stop }) => ({ times: 2, parts: ['Words.'], stop, usage })) });
  const sdk = connect(world);
  const asked = { modelId: model, messages: [user] };
  for (const { reason } of ends) {
    const whole = await sdk.send(new ConverseCommand(asked));
    const seen = await gathered((await sdk.send(new ConverseStreamCommand(asked))).stream);
    assert.deepEqual([whole.stopReason, seen.stop], [reason, reason]);
    for (const told of [objectIn(whole.usage), seen.usage]) {
      assert.equal(told['inputTokens'], 1100);
      assert.equal(told['outputTokens'], 77);
      assert.equal(told['cacheReadInputTokens'], 900);
    }
  }
}

const weather = {
  toolSpec: {
    name: 'get_weather',
    description: 'Weather of a city.',
    inputSchema: { json: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
  },
};

async function toolsAndThinking(stage: Stage): Promise<void> {
  const cities = [{ city: 'Köln' }, { city: 'São "Paulo"' }];
  const world = await stage.world(
    {
      flavor: 'compatible',
      answer: ({ results }) =>
        results.length > 0
          ? { parts: ['Rain in both.'] }
          : {
              parts: [{ think: 'I need the weather.' }, ...cities.map((input) => ({ tool: 'get_weather', input }))],
              chunk: 4,
            },
    },
    { provider: stage.grammar.remembers },
  );
  const sdk = connect(world);
  const asked: ConverseCommandInput = {
    modelId: model,
    messages: [user],
    inferenceConfig: { maxTokens: 4000 },
    toolConfig: { tools: [weather], toolChoice: { auto: {} } },
    additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2000 } },
  };
  const whole = await sdk.send(new ConverseCommand(asked));
  const content = whole.output?.message?.content ?? [];
  const thoughts = content.flatMap((block) => block.reasoningContent?.reasoningText?.text ?? []);
  assert.equal(thoughts.join(''), 'I need the weather.');
  const seen = await gathered((await sdk.send(new ConverseStreamCommand(asked))).stream);
  assert.equal(whole.stopReason, 'tool_use');
  assert.equal(seen.stop, 'tool_use');
  assert.equal(seen.content.map((block) => textIn(block['thought'])).join(''), 'I need the weather.');
  const uses = content.flatMap((block) => block.toolUse ?? []);
  const streamed = seen.content.filter(({ toolUseId }) => toolUseId !== undefined);
  assert.deepEqual(
    uses.map(({ input }) => input),
    cities,
  );
  assert.deepEqual(
    streamed.map(({ json }) => jsonIn(textIn(json))),
    cities,
  );
  const results = uses.map(({ toolUseId }) => ({ toolResult: { toolUseId, content: [{ text: 'rain' }] } }));
  const messages: Message[] = [user, { role: 'assistant', content }, { role: 'user', content: results }];
  const last = await sdk.send(new ConverseCommand({ ...asked, messages }));
  assert.equal(textsIn(last.output?.message?.content), 'Rain in both.');
  const back = world.calls().at(-1)?.thoughts ?? [];
  if (stage.grammar.thoughtsReturn === 'told') assert.deepEqual(back, ['I need the weather.']);
  else assert.ok(back.length > 0, 'thinking did not go back to the upstream');
}

async function media(stage: Stage): Promise<void> {
  const world = await stage.world({ steps: ['Seen.'] });
  const content = [
    { text: 'What is this?' },
    { image: { format: 'png' as const, source: { bytes: png(12) } } },
    { document: { format: 'pdf' as const, name: 'a document', source: { bytes: pdf('Read me') } } },
  ];
  const { output } = await connect(world).send(
    new ConverseCommand({ modelId: model, messages: [{ role: 'user', content }] }),
  );
  assert.equal(textsIn(output?.message?.content), 'Seen.');
  const [call] = world.calls();
  const { pictures, documents } = stage.grammar.takes;
  assert.equal(call?.carries(png(12)), pictures, 'the picture');
  assert.equal(call?.carries(pdf('Read me')), documents, 'the document');
}

/** Anthropic's language, as Amazon carries it. */
async function invoke(stage: Stage): Promise<void> {
  const world = await stage.world({ steps: [{ times: 'always', parts: [text], chunk: 3 }] });
  const sdk = connect(world);
  const asked = {
    modelId: model,
    contentType: 'application/json',
    body: JSON.stringify({
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Hello' }],
    }),
  };
  const whole = await sdk.send(new InvokeModelCommand(asked));
  assert.equal(textsIn(objectIn(jsonIn(whole.body.transformToString()))['content']), text);
  const { body } = await sdk.send(new InvokeModelWithResponseStreamCommand(asked));
  const events: Json[] = [];
  for await (const { chunk } of body ?? []) events.push(objectIn(jsonIn(Buffer.from(chunk?.bytes ?? []).toString())));
  assert.equal(events[0]?.['type'], 'message_start');
  assert.equal(events.at(-1)?.['type'], 'message_stop');
  assert.equal(events.map(({ delta }) => textIn(objectIn(delta)['text'])).join(''), text);
}

async function counting(stage: Stage): Promise<void> {
  const world = await stage.world({});
  const sdk = connect(world);
  const count = async (words: string): Promise<number> => {
    const messages: Message[] = [{ role: 'user', content: [{ text: words }] }];
    const input = { converse: { messages } };
    return (await sdk.send(new CountTokensCommand({ modelId: model, input }))).inputTokens ?? 0;
  };
  const [few, many] = [await count('Hello there'), await count('Hello there '.repeat(500))];
  assert.ok(Number.isInteger(few) && few > 0);
  assert.ok(many > few + 500 && many < 12_000, `500 times two words are ${many} tokens`);
}

/** What the upstream answers, and the exception that its client sees. */
const failures: readonly (readonly [status: number, heard: number, name: string])[] = [
  [400, 400, 'ValidationException'],
  [403, 403, 'AccessDeniedException'],
  [404, 404, 'ResourceNotFoundException'],
  [429, 429, 'ThrottlingException'],
  [500, 500, 'InternalServerException'],
  [503, 503, 'ServiceUnavailableException'],
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
  for (const [index, [, heard, name]] of failures.entries()) {
    const asked = { modelId: model, messages: [{ role: 'user' as const, content: [{ text: String(index) }] }] };
    for (const ask of [() => sdk.send(new ConverseCommand(asked)), () => sdk.send(new ConverseStreamCommand(asked))]) {
      await assert.rejects(ask, (error: unknown) => {
        assert.ok(error instanceof BedrockRuntimeServiceException, String(error));
        assert.equal(error.name, name, error.message);
        assert.equal(error.$metadata.httpStatusCode, heard);
        assert.match(error.message, /Trouble number/);
        return true;
      });
    }
  }
}

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  type Message,
} from '@aws-sdk/client-bedrock-runtime';
import { type Part, type Simulator, startSimulator } from '../index.ts';
import type { JsonObject } from '../json.ts';

const ACCOUNT = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'token/with+signs==',
  region: 'eu-central-1',
};
const KEY = 'bedrock-api-key';
const MODEL = 'eu.anthropic.claude-opus-5-5-v1:0';
const ARN = `arn:aws:bedrock:eu-central-1:123456789012:inference-profile/${MODEL}`;
const PARTS: readonly Part[] = [
  { think: 'hm, let me see' },
  'hello 😀 and good day',
  { tool: 'Write', input: { path: 'a', lines: ['x', 'y'] } },
  { tool: 'Stop', input: {} },
];
const USER: Message = { role: 'user', content: [{ text: 'hi' }] };
const TOOLS = ['Write', 'Stop'].map((name) => ({
  toolSpec: { name, description: 'it does', inputSchema: { json: { type: 'object' } } },
}));
const INPUT: ConverseCommandInput = {
  modelId: MODEL,
  messages: [USER],
  system: [{ text: 'be brief' }, { cachePoint: { type: 'default' } }],
  inferenceConfig: { maxTokens: 500, stopSequences: ['END'] },
  toolConfig: { tools: TOOLS, toolChoice: { auto: {} } },
  additionalModelRequestFields: { top_k: 5 },
};

let simulator: Simulator;
before(async () => {
  simulator = await startSimulator({ aws: ACCOUNT, requireKey: KEY });
});
after(() => simulator.close());
beforeEach(() => simulator.play({ steps: [{ parts: PARTS, chunk: 4, usage: { input: 5, output: 7, cacheRead: 3 } }] }));

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
      body: Readable.from(Buffer.from(await answer.arrayBuffer())),
    };
    return { response };
  },
};

function client(config: BedrockRuntimeClientConfig = {}): BedrockRuntimeClient {
  const { accessKeyId, secretAccessKey, sessionToken, region } = ACCOUNT;
  return new BedrockRuntimeClient({
    endpoint: simulator.url,
    region,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    maxAttempts: 1,
    requestHandler: byFetch,
    ...config,
  });
}

async function eventsOf(stream: AsyncIterable<ConverseStreamOutput> | undefined): Promise<ConverseStreamOutput[]> {
  return Array.fromAsync(stream ?? []);
}

describe('the AWS SDK and Converse', () => {
  test('reads a whole answer', async () => {
    const { output, stopReason, usage, metrics } = await client().send(new ConverseCommand(INPUT));
    const [thinking, text, call, empty] = output?.message?.content ?? [];
    assert.equal(thinking?.reasoningContent?.reasoningText?.text, 'hm, let me see');
    assert.equal(text?.text, 'hello 😀 and good day');
    assert.deepEqual([call?.toolUse?.name, call?.toolUse?.input], ['Write', { path: 'a', lines: ['x', 'y'] }]);
    assert.deepEqual(empty?.toolUse?.input, {});
    assert.equal(stopReason, 'tool_use');
    assert.deepEqual([usage?.inputTokens, usage?.outputTokens, usage?.cacheReadInputTokens], [5, 7, 3]);
    assert.ok((metrics?.latencyMs ?? 0) > 0);
  });

  test('reads a stream to the same answer', async () => {
    const { stream } = await client().send(new ConverseStreamCommand(INPUT));
    const events = await eventsOf(stream);
    const deltas = events.flatMap(({ contentBlockDelta: event }) => (event === undefined ? [] : [event]));
    const textAt = (
      index: number,
      read: (delta: NonNullable<(typeof deltas)[number]['delta']>) => string | undefined,
    ) =>
      deltas.map(({ contentBlockIndex, delta }) => (contentBlockIndex === index && delta ? read(delta) : '')).join('');
    assert.equal(events[0]?.messageStart?.role, 'assistant');
    assert.equal(
      textAt(0, (delta) => delta.reasoningContent?.text),
      'hm, let me see',
    );
    assert.match(
      textAt(0, (delta) => delta.reasoningContent?.signature),
      /^Eq/,
    );
    assert.equal(
      textAt(1, (delta) => delta.text),
      'hello 😀 and good day',
    );
    assert.deepEqual(JSON.parse(textAt(2, (delta) => delta.toolUse?.input)), { path: 'a', lines: ['x', 'y'] });
    const starts = events.flatMap(({ contentBlockStart: start }) => (start === undefined ? [] : [start]));
    assert.deepEqual(
      starts.map(({ contentBlockIndex, start }) => [contentBlockIndex, start?.toolUse?.name]),
      [
        [2, 'Write'],
        [3, 'Stop'],
      ],
    );
    assert.equal(events.at(-2)?.messageStop?.stopReason, 'tool_use');
    assert.equal(events.at(-1)?.metadata?.usage?.outputTokens, 7);
  });

  test('may send the answer back, thinking and all, by the ARN of a profile', async () => {
    const { output } = await client().send(new ConverseCommand(INPUT));
    simulator.play({ steps: ['done'] });
    const content = output?.message?.content ?? [];
    const results = content
      .filter(({ toolUse }) => toolUse !== undefined)
      .map(({ toolUse }) => ({ toolResult: { toolUseId: toolUse?.toolUseId, content: [{ json: { ok: true } }] } }));
    const { output: second } = await client().send(
      new ConverseCommand({
        ...INPUT,
        modelId: ARN,
        messages: [USER, { role: 'assistant', content }, { role: 'user', content: results }],
      }),
    );
    assert.equal(second?.message?.content?.[0]?.text, 'done');
    assert.equal(simulator.requests.at(-1)?.path, `/model/${encodeURIComponent(ARN)}/converse`);
  });

  test('sends bytes, which the service can look into', async () => {
    const png = Buffer.from('89504e470d0a1a0a', 'hex');
    const content = [{ text: 'see' }, { image: { format: 'png' as const, source: { bytes: png } } }];
    const { $metadata } = await client().send(new ConverseCommand({ ...INPUT, messages: [{ role: 'user', content }] }));
    assert.equal($metadata.httpStatusCode, 200);
    const wrong = [{ text: 'see' }, { image: { format: 'jpeg' as const, source: { bytes: png } } }];
    await assert.rejects(
      client().send(new ConverseCommand({ ...INPUT, messages: [{ role: 'user', content: wrong }] })),
      /appears to be a image\/png image/,
    );
  });

  test('sees errors by their names', async () => {
    simulator.play({ steps: [{ faults: [{ kind: 'status', status: 429 }] }, { faults: [{ kind: 'overflow' }] }] });
    await assert.rejects(client().send(new ConverseCommand(INPUT)), {
      name: 'ThrottlingException',
      message: 'Too many requests, please wait before trying again.',
    });
    await assert.rejects(client().send(new ConverseCommand(INPUT)), {
      name: 'ValidationException',
      message: 'Input is too long for requested model.',
    });
  });

  test('sees an exception in the middle of a stream', async () => {
    const error = {
      kind: 'error',
      at: { event: 3 },
      status: 424,
      message: 'it broke',
      type: 'ModelStreamErrorException',
    } as const;
    simulator.play({ steps: [{ parts: PARTS, faults: [error] }] });
    const { stream } = await client().send(new ConverseStreamCommand(INPUT));
    await assert.rejects(eventsOf(stream), { name: 'ModelStreamErrorException', message: 'it broke' });
  });

  test('counts tokens', async () => {
    const converse = { messages: [USER], toolConfig: { tools: TOOLS } };
    const { inputTokens } = await client().send(new CountTokensCommand({ modelId: MODEL, input: { converse } }));
    assert.ok((inputTokens ?? 0) > 0);
    const body = JSON.stringify({
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 5,
      messages: [{ role: 'user', content: 'hi' }],
    });
    const counted = await client().send(
      new CountTokensCommand({ modelId: MODEL, input: { invokeModel: { body: Buffer.from(body) } } }),
    );
    assert.ok((counted.inputTokens ?? 0) > 0);
  });
});

describe('the AWS SDK and InvokeModel', () => {
  const body = JSON.stringify({
    anthropic_version: 'bedrock-2023-05-31',
    anthropic_beta: ['interleaved-thinking-2025-05-14'],
    max_tokens: 500,
    messages: [{ role: 'user', content: 'hi' }],
  });

  test('reads a whole answer of Claude', async () => {
    const answer = await client().send(new InvokeModelCommand({ modelId: MODEL, body }));
    const message = JSON.parse(answer.body.transformToString()) as JsonObject;
    assert.deepEqual([message.type, message.stop_reason, message.model], ['message', 'tool_use', MODEL]);
  });

  test('reads its events', async () => {
    const { body: stream } = await client().send(new InvokeModelWithResponseStreamCommand({ modelId: MODEL, body }));
    const chunks = await Array.fromAsync(stream ?? []);
    const events = chunks.map(({ chunk }) => JSON.parse(Buffer.from(chunk?.bytes ?? []).toString()) as JsonObject);
    assert.equal(events[0]?.type, 'message_start');
    assert.equal(events.at(-1)?.type, 'message_stop');
    assert.ok(events.at(-1)?.['amazon-bedrock-invocationMetrics'] !== undefined);
    assert.ok(events.every(({ type }) => type !== 'ping'));
    const texts = events.map(({ delta }) => (delta as JsonObject | undefined)?.text ?? '');
    assert.equal(texts.join(''), 'hello 😀 and good day');
  });

  test('gets vectors', async () => {
    const embed = async (modelId: string, asked: JsonObject): Promise<JsonObject> => {
      const answer = await client().send(new InvokeModelCommand({ modelId, body: JSON.stringify(asked) }));
      return JSON.parse(answer.body.transformToString()) as JsonObject;
    };
    const titan = await embed('amazon.titan-embed-text-v2:0', { inputText: 'hi', dimensions: 4 });
    assert.equal((titan.embedding as number[]).length, 4);
    const texts = await embed('cohere.embed-v4:0', { texts: ['a', 'b'], input_type: 'search_query' });
    assert.equal((texts.embeddings as number[][]).length, 2);
    const typed = await embed('cohere.embed-v4:0', {
      texts: ['a'],
      input_type: 'search_query',
      embedding_types: ['int8'],
    });
    assert.deepEqual(Object.keys(typed.embeddings as JsonObject), ['int8']);
    await assert.rejects(embed('cohere.embed-v4:0', { texts: ['a'] }), /input_type/);
  });
});

describe('who may call', () => {
  const ask = (config: BedrockRuntimeClientConfig) => client(config).send(new ConverseCommand(INPUT));
  const { accessKeyId, secretAccessKey, sessionToken } = ACCOUNT;

  test('a wrong secret, key, token or region is refused', async () => {
    await assert.rejects(ask({ credentials: { accessKeyId, secretAccessKey: 'other', sessionToken } }), {
      name: 'InvalidSignatureException',
    });
    assert.equal(simulator.requests.at(-1)?.status, 403);
    await assert.rejects(ask({ credentials: { accessKeyId: 'AKOTHER', secretAccessKey, sessionToken } }), {
      name: 'UnrecognizedClientException',
    });
    await assert.rejects(ask({ credentials: { accessKeyId, secretAccessKey } }), {
      name: 'UnrecognizedClientException',
    });
    await assert.rejects(ask({ region: 'us-east-1' }), /valid region/);
  });

  test('an old signature is refused', async () => {
    await assert.rejects(ask({ systemClockOffset: -16 * 60_000 }), /Signature expired/);
    await assert.rejects(ask({ systemClockOffset: 16 * 60_000 }), /not yet current/);
    await ask({ systemClockOffset: -10 * 60_000 });
  });

  test('an API key will do', async () => {
    const { $metadata } = await ask({ token: { token: KEY }, authSchemePreference: ['httpBearerAuth'] });
    assert.equal($metadata.httpStatusCode, 200);
    assert.equal(simulator.requests.at(-1)?.headers.authorization, `Bearer ${KEY}`);
    await assert.rejects(ask({ token: { token: 'no' }, authSchemePreference: ['httpBearerAuth'] }), /API Key/);
  });

  test('nobody is let in without either', async () => {
    const answer = await fetch(`${simulator.url}/model/x/converse`, { method: 'POST', body: '{}' });
    assert.equal(answer.status, 403);
    assert.equal(answer.headers.get('x-amzn-errortype'), 'MissingAuthenticationTokenException');
  });
});

// Amazon's own client as a judge: what it sends is understood, and it understands what it is sent.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  CountTokensCommand,
  type Message,
} from '@aws-sdk/client-bedrock-runtime';
import { GatewayError } from '../../canon/error.ts';
import type { Event } from '../../canon/event.ts';
import { createFold } from '../../canon/fold.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { bedrockConverse } from './index.ts';

const { client, upstream } = bedrockConverse;

interface Sent {
  readonly path: string;
  readonly body: JsonObject;
}

interface Answer {
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body: Uint8Array;
}

/** A client whose calls go nowhere; `answer` is told what was sent. */
function sdk(answer: (sent: Sent) => Answer): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: {
      handle: (request: { path: string; body: string | Uint8Array }) => {
        const {
          status = 200,
          headers = {},
          body,
        } = answer({
          path: decodeURIComponent(request.path),
          body: JSON.parse(textOf(request.body)) as JsonObject,
        });
        return Promise.resolve({ response: { statusCode: status, headers, body: Readable.from([body]) } });
      },
    },
  });
}

function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body);
}

const asked: ChatRequest = {
  from: 'bedrock-converse',
  model: 'm',
  stream: true,
  system: [],
  turns: [],
  tools: [],
  sampling: {},
};

function written(events: readonly Event[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  const sink = client.writeStream((piece) => pieces.push(Buffer.from(piece as Uint8Array)), asked);
  for (const event of events) sink(event);
  return Buffer.concat(pieces);
}

const bytes = Buffer.from('encrypted');
const answer: readonly Event[] = [
  { type: 'start', id: 'x', model: 'm' },
  { type: 'open', index: 0, block: { type: 'thinking' } },
  { type: 'text', index: 0, text: 'Hm.' },
  { type: 'signature', index: 0, signature: 'proof' },
  { type: 'close', index: 0 },
  { type: 'open', index: 1, block: { type: 'redacted', data: bytes.toString('base64') } },
  { type: 'close', index: 1 },
  { type: 'open', index: 2, block: { type: 'text' } },
  { type: 'text', index: 2, text: 'Grüße 😀' },
  { type: 'citation', index: 2, citation: { kind: 'url', url: 'https://a.example/b', title: 'A', citedText: 'B' } },
  { type: 'citation', index: 2, citation: { kind: 'unknown', start: 0, end: 1 } },
  { type: 'close', index: 2 },
  { type: 'open', index: 3, block: { type: 'tool_call', id: 'tooluse_1', name: 'look' } },
  { type: 'json', index: 3, json: '{"at":' },
  { type: 'json', index: 3, json: '1}' },
  { type: 'close', index: 3 },
  {
    type: 'open',
    index: 4,
    block: { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAEC' } },
  },
  { type: 'close', index: 4 },
  { type: 'usage', usage: { input: 5, output: 7, cacheRead: 3, cacheWrite: 4, cacheWrite1h: 1 } },
  { type: 'finish', reason: 'tool_calls' },
];

async function heard(body: Uint8Array): Promise<ConverseStreamOutput[]> {
  const output = await sdk(() => ({ body, headers: { 'content-type': client.streamType() } })).send(
    new ConverseStreamCommand({ modelId: 'm', messages: [] }),
  );
  const events: ConverseStreamOutput[] = [];
  for await (const event of output.stream ?? []) events.push(event);
  return events;
}

test('a stream is read as it was meant', async () => {
  const events = await heard(written(answer));
  const delta = (contentBlockIndex: number, value: object): object => ({
    contentBlockDelta: { contentBlockIndex, delta: value },
  });
  const stop = (contentBlockIndex: number): object => ({ contentBlockStop: { contentBlockIndex } });
  assert.deepEqual(events.map(bare), [
    { messageStart: { role: 'assistant' } },
    delta(0, { reasoningContent: { text: 'Hm.' } }),
    delta(0, { reasoningContent: { signature: 'proof' } }),
    stop(0),
    delta(1, { reasoningContent: { redactedContent: [...bytes] } }),
    stop(1),
    delta(2, { text: 'Grüße 😀' }),
    delta(2, {
      citation: {
        title: 'A',
        sourceContent: [{ text: 'B' }],
        location: { web: { url: 'https://a.example/b', domain: 'a.example' } },
      },
    }),
    stop(2),
    { contentBlockStart: { contentBlockIndex: 3, start: { toolUse: { toolUseId: 'tooluse_1', name: 'look' } } } },
    delta(3, { toolUse: { input: '{"at":' } }),
    delta(3, { toolUse: { input: '1}' } }),
    stop(3),
    { contentBlockStart: { contentBlockIndex: 4, start: { image: { format: 'png' } } } },
    delta(4, { image: { source: { bytes: [0, 1, 2] } } }),
    stop(4),
    { messageStop: { stopReason: 'tool_use' } },
    {
      metadata: {
        metrics: { latencyMs: 0 },
        usage: {
          inputTokens: 5,
          outputTokens: 7,
          totalTokens: 19,
          cacheReadInputTokens: 3,
          cacheWriteInputTokens: 4,
          cacheDetails: [
            { ttl: '1h', inputTokens: 1 },
            { ttl: '5m', inputTokens: 3 },
          ],
        },
      },
    },
  ]);
});

/** Without what the client's classes add; bytes as numbers. */
function bare(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(bare);
  if (!isObject(value)) return value;
  const fields = Object.entries(value).filter(([name, field]) => field !== undefined && !name.startsWith('$'));
  return Object.fromEntries(fields.map(([name, field]) => [name, bare(field)]));
}

test('a whole answer is read as it was meant', async () => {
  const fold = createFold();
  for (const event of answer) fold.sink(event);
  const body = Buffer.from(JSON.stringify(client.writeResponse(fold.result())));
  const output = await sdk(() => ({ body })).send(new ConverseCommand({ modelId: 'm', messages: [] }));
  assert.equal(output.stopReason, 'tool_use');
  assert.equal(output.usage?.totalTokens, 19);
  assert.deepEqual(bare(output.output?.message?.content), [
    { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'proof' } } },
    { reasoningContent: { redactedContent: [...bytes] } },
    {
      citationsContent: {
        content: [{ text: 'Grüße 😀' }],
        citations: [
          {
            title: 'A',
            sourceContent: [{ text: 'B' }],
            location: { web: { url: 'https://a.example/b', domain: 'a.example' } },
          },
        ],
      },
    },
    { toolUse: { toolUseId: 'tooluse_1', name: 'look', input: { at: 1 } } },
    { image: { format: 'png', source: { bytes: [0, 1, 2] } } },
  ]);
});

test('a refusal is raised as the right exception', async () => {
  for (const [kind, name, status] of [
    ['invalid_request', 'ValidationException', 400],
    ['context_overflow', 'ValidationException', 400],
    ['permission', 'AccessDeniedException', 403],
    ['not_found', 'ResourceNotFoundException', 404],
    ['rate_limit', 'ThrottlingException', 429],
    ['internal', 'InternalServerException', 500],
    ['overloaded', 'ServiceUnavailableException', 503],
    ['upstream_timeout', 'ModelTimeoutException', 408],
    ['bad_upstream', 'ModelErrorException', 424],
    ['authentication', 'UnrecognizedClientException', 403],
  ] as const) {
    const error = new GatewayError(kind, 'It did not work.');
    const refusing = sdk(() => ({
      status: client.statusOf(error),
      headers: { 'content-type': 'application/json', ...client.errorHeaders(error) },
      body: Buffer.from(JSON.stringify(client.writeError(error))),
    }));
    await assert.rejects(refusing.send(new ConverseCommand({ modelId: 'm', messages: [] })), (thrown: unknown) => {
      assert.ok(thrown instanceof Error);
      assert.equal(thrown.name, name);
      assert.match(thrown.message, /It did not work\./);
      const { $metadata } = thrown as unknown as { $metadata: { httpStatusCode: number } };
      assert.equal($metadata.httpStatusCode, status);
      return true;
    });
  }
});

test('an error inside a stream is raised as an exception', async () => {
  for (const [kind, name] of [
    ['rate_limit', 'ThrottlingException'],
    ['invalid_request', 'ValidationException'],
    ['overloaded', 'ServiceUnavailableException'],
    ['internal', 'InternalServerException'],
    ['bad_upstream', 'ModelStreamErrorException'],
    ['permission', 'ModelStreamErrorException'],
  ] as const) {
    const events: Event[] = [
      { type: 'start', id: 'x', model: 'm' },
      { type: 'error', error: new GatewayError(kind, 'It did not work.') },
    ];
    await assert.rejects(heard(written(events)), { name, message: 'It did not work.' });
  }
});

const messages: Message[] = [
  { role: 'user', content: [{ text: 'See.' }, { image: { format: 'png', source: { bytes } } }] },
  {
    role: 'assistant',
    content: [
      { reasoningContent: { redactedContent: bytes } },
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'proof' } } },
      { toolUse: { toolUseId: 'tooluse_1', name: 'look', input: { at: [1, null] } } },
    ],
  },
  {
    role: 'user',
    content: [{ toolResult: { toolUseId: 'tooluse_1', content: [{ json: { sun: true } }], status: 'error' } }],
  },
];
const input: ConverseCommandInput = {
  modelId: 'us.anthropic.claude-sonnet-5-v1:0',
  messages,
  system: [{ text: 'Be brief.' }, { cachePoint: { type: 'default', ttl: '1h' } }],
  inferenceConfig: { maxTokens: 50, temperature: 0.5, stopSequences: ['END'] },
  toolConfig: {
    tools: [{ toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } }, strict: true } }],
    toolChoice: { tool: { name: 'look' } },
  },
  additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 }, top_k: 5 },
  requestMetadata: { team: 'search' },
  serviceTier: { type: 'flex' },
};

test('what the client sends is understood, and sent on as it was', async () => {
  let sent: Sent | undefined;
  const listening = sdk((what) => {
    sent = what;
    return { body: Buffer.from('{}') };
  });
  await listening.send(new ConverseCommand(input));
  assert.ok(sent);
  const model = /^\/model\/(.+)\/converse$/.exec(sent.path)?.[1];
  const request = client.readRequest({ ...sent.body, model, stream: false });
  assert.deepEqual(request.turns, [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'See.' },
        { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: bytes.toString('base64') } },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', text: '', redacted: bytes.toString('base64') },
        { type: 'thinking', text: 'Hm.', signature: 'proof' },
        { type: 'tool_call', id: 'tooluse_1', name: 'look', json: '{"at":[1,null]}' },
      ],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          id: 'tooluse_1',
          content: [{ type: 'text', text: '{"sun":true}', ext: { 'bedrock-converse': { json: true } } }],
          isError: true,
        },
      ],
    },
  ]);
  assert.deepEqual(request.system, [{ type: 'text', text: 'Be brief.', cache: { ttl: '1h' } }]);
  assert.deepEqual(request.reasoning, { mode: 'budget', budget: 1024 });
  assert.deepEqual(request.sampling, { temperature: 0.5, topK: 5 });
  assert.deepEqual([request.model, request.maxTokens, request.stop], [input.modelId, 50, ['END']]);
  const { model: _, ...again } = upstream.writeRequest(request, { quirks: {}, lose: ({ why }) => assert.fail(why) });
  assert.deepEqual(again, sent.body);
});

test('tokens are counted as the client asks for it', async () => {
  const counting = sdk(({ path, body }) => {
    assert.match(path, /\/count-tokens$/);
    const request = client.readRequest(client.readCount({ ...body, model: 'm', stream: false }));
    assert.equal(request.turns.length, 3);
    return { body: Buffer.from(JSON.stringify(client.writeCount(42))) };
  });
  const { inputTokens } = await counting.send(
    new CountTokensCommand({ modelId: 'm', input: { converse: { messages } } }),
  );
  assert.equal(inputTokens, 42);
});

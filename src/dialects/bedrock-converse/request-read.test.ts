import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayError } from '../../canon/error.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { bedrockConverse } from './index.ts';

const { client, upstream } = bedrockConverse;
const model = 'us.anthropic.claude-sonnet-5-v1:0';

function read(body: JsonObject): ChatRequest {
  return client.readRequest({ model, messages: [], ...body });
}

/** Reads a request and writes it again. */
function again(body: JsonObject): JsonObject {
  return upstream.writeRequest(read(body), { quirks: {}, lose: ({ why }) => assert.fail(why) });
}

function content(...blocks: readonly unknown[]): JsonObject {
  return { messages: [{ role: 'user', content: blocks }] };
}

test('what contradicts the language is refused, with its place', () => {
  const cases: readonly (readonly [body: JsonObject, param: string])[] = [
    [{ model: 7 }, 'modelId'],
    [{ messages: {} }, 'messages'],
    [{ messages: [1] }, 'messages[0]'],
    [{ messages: [{ role: 'tool', content: [] }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content'],
    [content('x'), 'messages[0].content[0]'],
    [content({ text: 1 }), 'messages[0].content[0].text'],
    [content({ toolUse: 1 }), 'messages[0].content[0].toolUse'],
    [content({ toolUse: { name: 'a' } }), 'messages[0].content[0].toolUse.toolUseId'],
    [content({ toolResult: { toolUseId: 'a', content: 'x' } }), 'messages[0].content[0].toolResult.content'],
    [{ system: 'x' }, 'system'],
    [{ inferenceConfig: { maxTokens: 0 } }, 'inferenceConfig.maxTokens'],
    [{ inferenceConfig: { temperature: 'x' } }, 'inferenceConfig.temperature'],
    [{ inferenceConfig: { stopSequences: [1] } }, 'inferenceConfig.stopSequences[0]'],
    [{ toolConfig: { tools: [{ toolSpec: { name: 'a' } }] } }, 'toolConfig.tools[0].toolSpec.inputSchema'],
    [{ toolConfig: { tools: [], toolChoice: { tool: {} } } }, 'toolConfig.toolChoice.tool.name'],
    [{ requestMetadata: { a: 1 } }, 'requestMetadata.a'],
    [{ serviceTier: {} }, 'serviceTier.type'],
    [
      { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{' } } } } },
      'outputConfig.textFormat.structure.jsonSchema.schema',
    ],
  ];
  for (const [body, param] of cases) {
    assert.throws(
      () => read(body),
      (error: unknown) =>
        error instanceof GatewayError &&
        error.kind === 'invalid_request' &&
        error.details.param === param &&
        error.message.includes(param),
      param,
    );
  }
});

test('cache points mark what stands before them; those that cannot stay as they are', () => {
  const point = { cachePoint: { type: 'default' } };
  const odd = { cachePoint: { type: 'default', ttl: '5m', scope: 'team' } };
  const body: JsonObject = { ...content(point, { text: 'a' }, odd, point), system: [point, { text: 'b' }, point] };
  const [first, text, last] = read(body).turns[0]?.content ?? [];
  assert.deepEqual([first?.type, text?.type, text?.cache, last?.type], ['native', 'text', { ttl: '5m' }, 'native']);
  const written = again(body);
  assert.deepEqual(written.messages, body.messages);
  assert.deepEqual(written.system, body.system);
});

test("a model's own parameters are read in whosever words they are", () => {
  const wish = (fields: JsonObject): unknown => read({ additionalModelRequestFields: fields }).reasoning;
  assert.deepEqual(wish({ thinking: { type: 'enabled', budget_tokens: 5 } }), { mode: 'budget', budget: 5 });
  assert.deepEqual(wish({ thinking: { type: 'disabled' } }), { mode: 'off' });
  assert.deepEqual(wish({ output_config: { effort: 'max' } }), { effort: 'max' });
  assert.deepEqual(wish({ reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } }), { effort: 'low' });
  assert.deepEqual(wish({ reasoningConfig: { type: 'disabled' } }), { mode: 'off' });
  assert.deepEqual(wish({ reasoning_effort: 'high' }), { effort: 'high' });
  const { toolChoice, parallelTools, sampling } = read({
    additionalModelRequestFields: {
      tool_choice: { type: 'none', disable_parallel_tool_use: true },
      inferenceConfig: { topK: 3 },
    },
  });
  assert.deepEqual([toolChoice, parallelTools, sampling], [{ type: 'none' }, false, { topK: 3 }]);
});

test('kinds of sources, of content and of choices that nobody knows survive', () => {
  const body: JsonObject = {
    ...content(
      { image: { format: 'png', source: { future: 1 } } },
      { document: { name: 'a', source: { odd: 1 } } },
      {
        toolResult: { toolUseId: 'a', content: [{ hologram: { x: 1 } }], status: 'maybe', odd: true },
      },
    ),
    toolConfig: {
      tools: [{ toolSpec: { name: 'a', inputSchema: { json: {} }, odd: 1 } }, { someTool: { name: 'b' } }],
      toolChoice: { future: {} },
    },
    additionalModelRequestFields: { tool_choice: { odd: 1 } },
    system: [{ text: 'a' }, { guardContent: { image: { format: 'png', source: { bytes: 'AAEC' } } } }, { text: 'b' }],
  };
  const written = again(body);
  assert.deepEqual(written.messages, body.messages);
  assert.deepEqual(written.additionalModelRequestFields, body.additionalModelRequestFields);
  assert.deepEqual(written.system, body.system);
  assert.deepEqual(written.toolConfig, {
    ...(body.toolConfig as JsonObject),
    tools: [
      { toolSpec: { name: 'a', inputSchema: { json: { type: 'object' } }, odd: 1 } },
      { someTool: { name: 'b' } },
    ],
  });
});

test('formats that mean the same stay as they were said', () => {
  const body = content(
    { video: { format: 'mpg', source: { bytes: 'AAEC' } } },
    { audio: { format: 'mpeg', source: { bytes: 'AAEC' } } },
    { image: { format: 'heic', source: { bytes: 'AAEC' } } },
    { document: { format: 'docx', name: 'a', source: { bytes: 'AAEC' } } },
  );
  assert.deepEqual(again(body).messages, body.messages);
  const [video] = read(body).turns[0]?.content ?? [];
  assert.deepEqual(video?.type === 'video' && video.source.type === 'base64' && video.source.mediaType, 'video/mpeg');
});

test('a prompt of the service may have the messages', () => {
  assert.deepEqual(client.readRequest({ model, promptVariables: { who: { text: 'Max' } } }).turns, []);
});

test('only requests of this language can be counted', () => {
  assert.throws(() => client.readCount({ model, input: { invokeModel: { body: 'e30=' } } }), { kind: 'not_supported' });
  assert.throws(() => client.readCount({ model }), { kind: 'invalid_request' });
});

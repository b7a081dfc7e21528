import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { JsonObject } from '../json.ts';
import { refusalOf } from '../probe.ts';
import type { Rules } from '../scenario.ts';

const USER = { role: 'user', content: 'hi' };
const TOOL = { type: 'function', function: { name: 'T', parameters: { type: 'object', properties: {} } } };
const call = (id: string): JsonObject => ({ id, type: 'function', function: { name: 'T', arguments: '{}' } });
const calls = (...ids: string[]): JsonObject => ({ role: 'assistant', content: null, tool_calls: ids.map(call) });
const answers = (id: string, content: JsonObject[] | string = 'ok'): JsonObject => ({
  role: 'tool',
  tool_call_id: id,
  content,
});
const shows = (url: string): JsonObject => ({ role: 'user', content: [{ type: 'image_url', image_url: { url } }] });

function body(more: JsonObject = {}): JsonObject {
  return { model: 'gpt-4.1', messages: [USER], ...more };
}

const talk = (...messages: JsonObject[]): JsonObject => body({ messages: [USER, ...messages] });
const schemaFormat = (schema: JsonObject, strict = true): JsonObject => ({
  response_format: { type: 'json_schema', json_schema: { name: 'n', strict, schema } },
});

interface Extra {
  readonly rules?: Partial<Rules>;
  readonly path?: string;
}

describe('chat requests that are taken', () => {
  const cases: readonly (readonly [string, JsonObject, Extra?])[] = [
    ['the least', body()],
    [
      'a call and its answer',
      { ...talk(calls('a', 'b'), answers('a'), answers('b', [{ type: 'text', text: 'x' }])), tools: [TOOL] },
    ],
    [
      'every sampling field',
      body({ temperature: 2, top_p: 0, frequency_penalty: -2, seed: 1, n: 2, stop: ['a', 'b', 'c', 'd'] }),
    ],
    ['usage of a stream', body({ stream: true, stream_options: { include_usage: true } })],
    ['an image', body({ messages: [shows('data:image/png;base64,AAAA'), shows('https://example.com/a.png')] })],
    [
      'a strict schema',
      body(schemaFormat({ type: 'object', properties: { a: {} }, required: ['a'], additionalProperties: false })),
    ],
    [
      'fields of OpenRouter, there',
      body({ provider: { order: [] }, transforms: [], min_p: 0.1 }),
      { rules: { flavor: 'openrouter' } },
    ],
    ['any field, at a lax server', body({ whatever: 1 }), { rules: { flavor: 'compatible' } }],
    ['a field that the rules allow', body({ mine: 1 }), { rules: { allow: ['mine'] } }],
    [
      'a Databricks path with the model in it',
      { messages: [USER] },
      { path: '/serving-endpoints/my-model/invocations' },
    ],
    ['old limits on a model that another server renames', body({ model: 'openai/gpt-5', max_tokens: 5 })],
    [
      'JSON mode that speaks of it',
      body({ messages: [{ role: 'user', content: 'as JSON' }], response_format: { type: 'json_object' } }),
    ],
  ];
  for (const [name, given, extra] of cases)
    test(name, () => assert.equal(refusalOf('openai-chat', given, extra)?.message, undefined));
});

describe('chat requests that are refused, in the words of the service', () => {
  const cases: readonly (readonly [JsonObject, string | RegExp, Extra?])[] = [
    [body({ foo: 1 }), 'Unrecognized request argument supplied: foo'],
    [body({ top_k: 1, provider: {} }), 'Unrecognized request arguments supplied: provider, top_k'],
    [body({ foo: 1 }), 'Bad request: json: unknown field "foo"', { rules: { flavor: 'databricks' } }],
    [{ messages: [USER] }, 'you must provide a model parameter'],
    [{ model: 'm' }, "Missing required parameter: 'messages'."],
    [body({ messages: [] }), /^Invalid 'messages': empty array/],
    [
      body({ messages: [{ role: 'robot', content: 'x' }] }),
      /^Invalid value: 'robot'\. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'\./,
    ],
    [
      body({ messages: [{ role: 'user', content: null }] }),
      "Invalid value for 'content': expected a string, got null.",
    ],
    [body({ messages: [{ ...USER, cache_control: {} }] }), "Unknown parameter: 'messages[0].cache_control'."],
    [
      body({ messages: [{ role: 'user', content: [{ type: 'image', source: {} }] }] }),
      /^Invalid value: 'image'\. Supported values are: 'text', 'image_url', 'input_audio', and 'file'\./,
    ],
    [
      talk(calls('a'), answers('a', [{ type: 'image_url', image_url: { url: 'https://x' } }])),
      /^Invalid value: 'image_url'\. Supported values are: 'text'\./,
    ],
    [
      body({
        messages: [{ role: 'user', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] }],
      }),
      "Unknown parameter: 'messages[0].content[0].cache_control'.",
    ],
    [
      talk(answers('a')),
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    ],
    [
      talk(calls('a')),
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: a",
    ],
    [talk(calls('a', 'b'), answers('a'), USER, answers('b')), /did not have response messages: b$/],
    [
      talk(calls('a'), answers('a'), answers('x')),
      /'tool_call_id' of 'x' not found in 'tool_calls' of previous message/,
    ],
    [
      talk(calls('x'.repeat(65)), answers('x'.repeat(65))),
      /^Invalid 'messages\[1\]\.tool_calls\[0\]\.id': string too long/,
    ],
    [
      talk({
        role: 'assistant',
        content: null,
        tool_calls: [{ ...call('a'), function: { name: 'T', arguments: {} } }],
      }),
      /^Invalid type for 'messages\[1\]\.tool_calls\[0\]\.function\.arguments': expected a string, but got an object/,
    ],
    [body({ tools: [] }), /^Invalid 'tools': empty array/],
    [
      body({ tools: [{ type: 'function', function: { name: 'a.b' } }] }),
      /^Invalid 'tools\[0\]\.function\.name': string does not match pattern/,
    ],
    [
      body({ tools: [{ type: 'function', function: { name: 'a'.repeat(65) } }] }),
      /maximum length 64, but got a string with length 65/,
    ],
    [
      body({ tools: [{ name: 'T', input_schema: {} }] }),
      /^Invalid value: 'undefined'\. Supported values are: 'function', and 'custom'/,
    ],
    [
      body({ tools: [{ type: 'function', function: { name: 'T', parameters: {} } }] }),
      /^Invalid schema for function 'T': schema must be a JSON Schema of 'type: "object"', got 'type: "None"'/,
    ],
    [
      body({
        tools: [
          {
            type: 'function',
            function: {
              name: 'T',
              strict: true,
              parameters: { type: 'object', properties: { a: {} }, additionalProperties: false },
            },
          },
        ],
      }),
      /Missing 'a'/,
    ],
    [body({ tool_choice: 'auto' }), "'tool_choice' is only allowed when 'tools' are specified."],
    [body({ parallel_tool_calls: false }), "'parallel_tool_calls' is only allowed when 'tools' are specified."],
    [
      body({ tools: [TOOL], tool_choice: { type: 'function', function: { name: 'X' } } }),
      /tool 'X' not found in 'tools'/,
    ],
    [
      body({ stop: ['1', '2', '3', '4', '5'] }),
      "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length 5 instead.",
    ],
    [
      body({ stream_options: { include_usage: true } }),
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    ],
    [
      body({ temperature: 3 }),
      /^Invalid 'temperature': decimal above maximum value\. Expected a value <= 2, but got 3/,
    ],
    [body({ max_tokens: 0 }), /^Invalid 'max_tokens': integer below minimum value/],
    [
      body({ response_format: { type: 'json' } }),
      /^Invalid value: 'json'\. Supported values are: 'json_object', 'json_schema', and 'text'/,
    ],
    [body({ response_format: { type: 'json_object' } }), /^'messages' must contain the word 'json'/],
    [body({ response_format: { type: 'json_schema' } }), "Missing required parameter: 'response_format.json_schema'."],
    [
      body(schemaFormat({ type: 'object', properties: {} })),
      /^Invalid schema for response_format 'n': In context=\(\), 'additionalProperties' is required to be supplied and to be false/,
    ],
    [body({ messages: [shows('data:image/bmp;base64,AAAA')] }), /^You uploaded an unsupported image/],
    [body({ messages: [shows('data:text/plain;base64,AAAA')] }), 'Invalid MIME type. Only image types are supported.'],
    [body({ messages: [shows('data:image/png;base64,AAA')] }), 'Invalid base64 image_url.'],
    [body({ messages: [shows('ftp://x')] }), /Expected a valid URL/],
    [
      body({ model: 'gpt-5.5', temperature: 0.5 }),
      "Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) value is supported.",
    ],
    [body({ model: 'o3-mini', top_p: 0.5 }), "Unsupported parameter: 'top_p' is not supported with this model."],
    [
      body({ max_tokens: 128_000 }),
      'max_tokens is too large: 128000. This model supports at most 16384 completion tokens, whereas you provided 128000.',
      { rules: { limits: { maxOutputTokens: 16_384 } } },
    ],
    [
      body({ messages: [{ role: 'user', content: 'x'.repeat(4000) }] }),
      /^This model's maximum context length is 100 tokens\. However, your messages resulted in \d+ tokens\./,
      { rules: { limits: { contextWindow: 100 } } },
    ],
    [
      body({ reasoning_effort: 'low' }),
      "Unsupported parameter: 'reasoning_effort' is not supported with this model.",
      { rules: { refuse: { fields: ['reasoning_effort'] } } },
    ],
  ];
  for (const [given, words, extra] of cases) {
    test(String(words), () => {
      const problem = refusalOf('openai-chat', given, extra);
      if (typeof words === 'string') assert.equal(problem?.message, words);
      else assert.match(problem?.message ?? '', words);
      assert.equal(problem?.status, 400);
    });
  }

  test('the limit of a reasoning model under its old name', (context) => {
    const problem = refusalOf('openai-chat', body({ model: 'gpt-5', max_tokens: 5 }));
    const { message, type, param, code } = problem!;
    assert.equal(param, 'max_tokens');
    const path = new URL(
      '../../../../shared/recordings/openai-chat/reasoning-model-legacy-parameter-error.json',
      import.meta.url,
    );
    if (!existsSync(path)) return context.skip('no recordings beside the repository');
    assert.deepEqual({ error: { message, type, param, code } }, JSON.parse(readFileSync(path, 'utf8')));
  });

  test('a model that does not exist is not found', () => {
    const problem = refusalOf('openai-chat', body(), { rules: { models: ['other'] } });
    assert.deepEqual([problem?.status, problem?.code], [404, 'model_not_found']);
  });
});

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { buildAnswer } from '../answer.ts';
import { createIdMaker } from '../ids.ts';
import { type JsonObject, listOf, objectOf } from '../json.ts';
import { createMemory, type Memory } from '../memory.ts';
import { askedFrom, refusalOf } from '../probe.ts';
import type { Rules, Step } from '../scenario.ts';
import { writeWhole } from './answer.ts';
import { encryptReasoning } from './encrypted.ts';
import { rememberResponse } from './memory.ts';

const USER = { role: 'user', content: 'hi' };
const OBJECT = { type: 'object', properties: {}, required: [], additionalProperties: false };
const TOOL = { type: 'function', name: 'T', parameters: OBJECT };
const call = (id: string): JsonObject => ({ type: 'function_call', call_id: id, name: 'T', arguments: '{}' });
const output = (id: string): JsonObject => ({ type: 'function_call_output', call_id: id, output: 'ok' });
const said = (...content: JsonObject[]): JsonObject => ({ role: 'assistant', content });
const thought = (id: string, content: string): JsonObject => ({
  type: 'reasoning',
  id,
  summary: [],
  encrypted_content: content,
});
const answer = said({ type: 'output_text', text: 'x' });

function body(more: JsonObject = {}): JsonObject {
  return { model: 'gpt-5.5', input: 'hi', ...more };
}

const talk = (...items: JsonObject[]): JsonObject => body({ input: [USER, ...items] });
const tool = (more: JsonObject): JsonObject => body({ tools: [{ ...TOOL, ...more }] });
const part = (role: string, content: JsonObject): JsonObject => body({ input: [{ role, content: [content] }] });
const format = (more: JsonObject): JsonObject =>
  body({ text: { format: { type: 'json_schema', name: 'n', schema: OBJECT, ...more } } });

interface Extra {
  readonly rules?: Partial<Rules>;
  readonly path?: string;
  readonly memory?: Memory;
}

/** A response that the service has given, and a memory that may keep it. */
function given(step: Step, more: JsonObject = {}): { response: JsonObject; memory: Memory } {
  const asked = askedFrom('openai-responses', body({ include: ['reasoning.encrypted_content'], ...more }));
  const made = buildAnswer({ id: 'resp_1', ...step }, asked, createIdMaker(), { answer: 'resp_', call: 'call_' });
  const memory = createMemory();
  rememberResponse(made, asked, memory);
  return { response: writeWhole(made, asked), memory };
}

const THOUGHT: Step = { parts: [{ think: 'hm' }, { tool: 'T', id: 'call_1', input: {} }] };
const outputOf = (response: JsonObject): JsonObject[] => listOf(response.output).map(objectOf);

describe('responses that are taken', () => {
  const own = encryptReasoning('rs_1_0', 'hm', 'done');
  const cases: readonly (readonly [string, JsonObject, Extra?])[] = [
    ['the least', body()],
    ['a call and its answer', { ...talk(call('a'), call('b'), output('b'), output('a')), tools: [TOOL] }],
    [
      'a custom call and its answer',
      talk(
        { type: 'custom_tool_call', id: 'ctc_1', call_id: 'c', name: 'P', input: 'x' },
        { type: 'custom_tool_call_output', call_id: 'c', output: [{ type: 'input_text', text: 'ok' }] },
      ),
    ],
    ['thinking that comes back with its id', talk(thought('rs_1_0', own), answer)],
    ['thinking that comes back without', talk({ ...thought('', own), id: null }, answer)],
    [
      'an answer, a refusal and a phase',
      talk({
        ...said({ type: 'output_text', text: 'a', annotations: [] }, { type: 'refusal', refusal: 'no' }),
        phase: 'commentary',
      }),
    ],
    [
      'texts, pictures and files',
      body({
        instructions: 'be kind',
        input: [
          { role: 'developer', content: 'x' },
          {
            type: 'message',
            role: 'user',
            content: [
              { type: 'input_text', text: 'a' },
              { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'high' },
              { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
            ],
          },
        ],
      }),
    ],
    ['a schema that is not strict, when it says so', tool({ parameters: { type: 'object' }, strict: false })],
    ['no parameters', tool({ parameters: null, strict: true })],
    [
      'tools of every kind',
      body({
        tools: [
          TOOL,
          { type: 'custom', name: 'P', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
          {
            type: 'namespace',
            name: 'n',
            description: 'd',
            tools: [{ type: 'function', name: 'I', parameters: { type: 'object' } }],
          },
          { type: 'web_search' },
          { type: 'tool_search', execution: 'client' },
          { type: 'mcp', server_label: 's', server_url: 'https://example.com' },
        ],
        tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'I' }] },
      }),
    ],
    ['a strict schema', format({ strict: true })],
    ['a schema that is not strict', format({ schema: { type: 'object' } })],
    ['an old model and its temperature', body({ model: 'gpt-4.1', temperature: 0.5, top_p: 0.9 })],
    ['a thinking model that does not think', body({ temperature: 0.5, reasoning: { effort: 'none' } })],
    ['what Codex adds', body({ client_metadata: {}, prompt_cache_key: 'k', text: { verbosity: 'low' } })],
    ['any field, at a lax server', body({ whatever: 1 }), { rules: { flavor: 'compatible' } }],
    ['a field that the rules allow', body({ mine: 1 }), { rules: { allow: ['mine'] } }],
    ['a count without a model', { input: 'hi', tools: [TOOL] }, { path: '/v1/responses/input_tokens' }],
  ];
  for (const [name, request, extra] of cases) {
    test(name, () => assert.equal(refusalOf('openai-responses', request, extra)?.message, undefined));
  }

  test('what was answered, sent back as it was', () => {
    const { response } = given(THOUGHT, { store: false });
    const back = talk(...outputOf(response), output('call_1'));
    assert.equal(refusalOf('openai-responses', back)?.message, undefined);
  });

  test('a result for a call of the response before', () => {
    const { memory } = given(THOUGHT);
    const next = body({ previous_response_id: 'resp_1', input: [output('call_1')] });
    assert.equal(refusalOf('openai-responses', next, { memory })?.message, undefined);
  });

  test('items that are kept, by their ids alone', () => {
    const { memory } = given({ parts: [{ think: 'hm' }, 'x'] });
    const input = [USER, { type: 'reasoning', id: 'rs_1_0', summary: [] }, { type: 'item_reference', id: 'msg_1_1' }];
    assert.equal(refusalOf('openai-responses', body({ input }), { memory })?.message, undefined);
  });
});

describe('responses that are refused, in the words of the service', () => {
  const cases: readonly (readonly [JsonObject, string | RegExp, Extra?])[] = [
    [body({ foo: 1 }), "Unknown parameter: 'foo'."],
    [
      body({ max_tokens: 5 }),
      /^Unsupported parameter: 'max_tokens'\. In the Responses API, this parameter has moved to 'max_output_tokens'\./,
    ],
    [body({ response_format: {} }), /this parameter has moved to 'text\.format'/],
    [{ input: 'hi' }, "Missing required parameter: 'model'."],
    [{ model: 'm' }, /^Missing required parameter: one of 'input'/],
    [body({ model: 'x' }), "The requested model 'x' does not exist.", { rules: { models: ['y'] } }],
    [body({ input: 5 }), /^Invalid type for 'input': expected one of a string or array of input items/],
    [
      talk({ type: 'tool_use' }),
      /^Invalid value: 'tool_use'\. Supported values are: 'additional_tools', .*'web_search_call'\.$/,
    ],
    [talk({ ...USER, name: 'x' }), "Unknown parameter: 'input[1].name'."],
    [
      talk({ role: 'tool', content: 'x' }),
      "Invalid value: 'tool'. Supported values are: 'assistant', 'system', 'developer', and 'user'.",
    ],
    [
      part('user', { type: 'text', text: 'x' }),
      /^Invalid value: 'text'\. Supported values are: 'input_text', 'input_image', and 'input_file'/,
    ],
    [part('user', { type: 'output_text', text: 'x' }), /^Invalid value: 'output_text'/],
    [
      part('assistant', { type: 'input_text', text: 'x' }),
      /^Invalid value: 'input_text'\. Supported values are: 'output_text', and 'refusal'/,
    ],
    [part('user', { type: 'input_text' }), "Missing required parameter: 'input[0].content[0].text'."],
    [
      part('user', { type: 'input_image', image_url: { url: 'x' } }),
      /^Invalid type for 'input\[0\]\.content\[0\]\.image_url': expected an image URL, but got an object/,
    ],
    [
      part('user', { type: 'input_image', image_url: 'data:image/bmp;base64,AAAA' }),
      /^You uploaded an unsupported image/,
    ],
    [part('user', { type: 'input_file', filename: 'a', file_data: 'AAAA' }), /got a value without the 'data:' prefix/],
    [talk(call('a')), 'No tool output found for function call a.'],
    [talk(output('a')), 'No tool call found for function call output with call_id a.'],
    [talk(output('a'), call('a')), 'No tool call found for function call output with call_id a.'],
    [
      talk(call('a'), { type: 'custom_tool_call_output', call_id: 'a', output: 'x' }),
      'No tool call found for custom tool call output with call_id a.',
    ],
    [
      talk({ ...call('a'), arguments: {} }, output('a')),
      /^Invalid type for 'input\[1\]\.arguments': expected a string/,
    ],
    [
      talk({ ...call('a'), id: 'toolu_1' }, output('a')),
      "Invalid 'input[1].id': 'toolu_1'. Expected an ID that begins with 'fc'.",
    ],
    [talk(call('x'.repeat(65)), output('x'.repeat(65))), /^Invalid 'input\[1\]\.call_id': string too long/],
    [talk({ ...answer, id: 'msg_1' }, { ...answer, id: 'msg_1' }), /^Duplicate item found with id msg_1/],
    [talk({ ...call('a'), parsed_arguments: {} }, output('a')), "Unknown parameter: 'input[1].parsed_arguments'."],
    [
      talk({ type: 'reasoning', id: 'rs_1', encrypted_content: 'x' }),
      "Missing required parameter: 'input[1].summary'.",
    ],
    [talk(thought('rs_1', 'gAAAAABforged'), answer), /^The encrypted content for item rs_1 could not be verified/],
    [
      talk({ ...thought('', 'gAAAAABforged'), id: null }, answer),
      /^The encrypted content gAAA\.\.\.rged could not be verified/,
    ],
    [talk(thought('rs_2', encryptReasoning('rs_1', 'hm', 'done')), answer), /^The encrypted content for item rs_2/],
    [talk(thought('rs_1', encryptReasoning('rs_1', 'hm', 'opened')), answer), /could not be verified/],
    [talk(thought('rs_1', `${encryptReasoning('rs_1', 'hm', 'done')}A`), answer), /could not be verified/],
    [
      talk(thought('rs_1', encryptReasoning('rs_1', 'hm', 'done')), USER),
      "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
    ],
    [body({ previous_response_id: 'resp_x' }), "Previous response with id 'resp_x' not found."],
    [body({ tools: [{ type: 'function', function: TOOL }] }), "Missing required parameter: 'tools[0].name'."],
    [
      body({ tools: [{ name: 'T', input_schema: {} }] }),
      /^Invalid value: 'undefined'\. Supported values are: 'apply_patch'/,
    ],
    [tool({ name: 'a.b' }), /^Invalid 'tools\[0\]\.name': string does not match pattern/],
    [tool({ name: 'a'.repeat(65) }), /maximum length 64/],
    [tool({ input_schema: {} }), "Unknown parameter: 'tools[0].input_schema'."],
    [
      tool({ parameters: {} }),
      /^Invalid schema for function 'T': schema must be a JSON Schema of 'type: "object"', got 'type: "None"'/,
    ],
    [
      tool({ parameters: { type: 'object', properties: { a: {} } } }),
      /^Invalid schema for function 'T': In context=\(\), 'additionalProperties'/,
    ],
    [tool({ parameters: { ...OBJECT, properties: { a: {} } } }), /Missing 'a'/],
    [
      body({ tools: [{ type: 'custom', name: 'P', format: { type: 'grammar', syntax: 'ebnf', definition: '' } }] }),
      /^Invalid value: 'ebnf'/,
    ],
    [body({ tool_choice: 'required' }), "Tool choice 'required' must be specified with 'tools' parameter."],
    [body({ tools: [TOOL], tool_choice: 'any' }), /^Invalid value: 'any'/],
    [
      body({ tools: [TOOL], tool_choice: { type: 'function', name: 'X' } }),
      "Tool choice 'X' not found in 'tools' parameter.",
    ],
    [
      body({ tools: [TOOL], tool_choice: { type: 'function', function: { name: 'T' } } }),
      "Missing required parameter: 'tool_choice.name'.",
    ],
    [
      body({ text: { format: { type: 'json_schema', json_schema: {} } } }),
      "Missing required parameter: 'text.format.name'.",
    ],
    [
      format({ strict: true, schema: { type: 'object', properties: {} } }),
      /^Invalid schema for response_format 'n': In context=\(\)/,
    ],
    [body({ text: { format: { type: 'json_object' } } }), /^Response input messages must contain the word 'json'/],
    [body({ reasoning: { effort: 'extreme' } }), /^Invalid value: 'extreme'\. Supported values are: 'none', 'minimal'/],
    [body({ reasoning: { budget: 1 } }), "Unknown parameter: 'reasoning.budget'."],
    [
      body({ max_output_tokens: 5 }),
      "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 5 instead.",
    ],
    [body({ include: ['everything'] }), /^Invalid value: 'everything'/],
    [body({ stream_options: { include_obfuscation: false } }), /only allowed when 'stream' is enabled/],
    [body({ temperature: 0.5 }), "Unsupported parameter: 'temperature' is not supported with this model."],
    [body({ model: 'o3', top_p: 0.5 }), "Unsupported parameter: 'top_p' is not supported with this model."],
    [body({ model: 'gpt-4.1', reasoning: { effort: 'low' } }), /^Unsupported parameter: 'reasoning\.effort'/],
    [
      body({ model: 'gpt-4.1', include: ['reasoning.encrypted_content'] }),
      'Encrypted content is not supported with this model.',
    ],
    [body({ store: 'no' }), /^Invalid type for 'store'/],
    [
      body({ max_output_tokens: 200_000 }),
      /^Invalid 'max_output_tokens': integer above maximum value\. Expected a value <= 128000/,
      { rules: { limits: { maxOutputTokens: 128_000 } } },
    ],
    [
      body({ input: 'x'.repeat(4000) }),
      'Your input exceeds the context window of this model. Please adjust your input and try again.',
      { rules: { limits: { contextWindow: 100 } } },
    ],
    [
      body({ truncation: 'auto' }),
      "Unsupported parameter: 'truncation' is not supported with this model.",
      { rules: { refuse: { fields: ['truncation'] } } },
    ],
    [body({ stream: true }), "Unknown parameter: 'stream'.", { path: '/v1/responses/input_tokens' }],
  ];
  for (const [request, words, extra] of cases) {
    test(String(words), () => {
      const problem = refusalOf('openai-responses', request, extra);
      if (typeof words === 'string') assert.equal(problem?.message, words);
      else assert.match(problem?.message ?? '', words);
      assert.equal(problem?.status, 400);
    });
  }

  test('the temperature of a reasoning model, as recorded', (context) => {
    const path = new URL(
      '../../../../shared/recordings/openai-responses/reasoning-model-temperature-error.json',
      import.meta.url,
    );
    if (!existsSync(path)) return context.skip('no recordings beside the repository');
    const { message, type, param, code } = refusalOf('openai-responses', body({ temperature: 0.5 }))!;
    assert.deepEqual({ error: { message, type, param, code } }, JSON.parse(readFileSync(path, 'utf8')));
  });

  test('the code of forged thinking', () => {
    assert.equal(refusalOf('openai-responses', talk(thought('rs_1', 'x'), answer))?.code, 'invalid_encrypted_content');
  });

  test('thinking that nobody has kept', () => {
    const problem = refusalOf('openai-responses', talk({ type: 'reasoning', id: 'rs_1_0', summary: [] }, answer));
    assert.equal(problem?.status, 404);
    assert.match(problem?.message ?? '', /^Item with id 'rs_1_0' not found\. Items are not persisted/);
  });

  test('an item that is not kept, by its id', () => {
    assert.equal(refusalOf('openai-responses', talk({ type: 'item_reference', id: 'msg_9_0' }))?.status, 404);
  });

  test('a kept call without the thinking before it', () => {
    const { response, memory } = given(THOUGHT);
    const back = talk(...outputOf(response).slice(1), output('call_1'));
    assert.equal(
      refusalOf('openai-responses', back, { memory })?.message,
      "Item 'fc_1_1' of type 'function_call' was provided without its required 'reasoning' item: 'rs_1_0'.",
    );
  });

  test('the call of the response before stays without its result', () => {
    const { memory } = given(THOUGHT);
    const next = body({ previous_response_id: 'resp_1' });
    assert.equal(
      refusalOf('openai-responses', next, { memory })?.message,
      'No tool output found for function call call_1.',
    );
  });

  test('a response that was not to be kept', () => {
    const { memory } = given(THOUGHT, { store: false });
    const problem = refusalOf('openai-responses', body({ previous_response_id: 'resp_1' }), { memory });
    assert.equal(problem?.code, 'previous_response_not_found');
  });
});

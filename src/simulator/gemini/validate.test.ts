import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type JsonObject, listOf, objectOf } from '../json.ts';
import { refusalOf } from '../probe.ts';
import type { Rules } from '../scenario.ts';
import { signCall, signText } from './signature.ts';

const at = (model: string, method = 'generateContent'): string => `/v1beta/models/${model}:${method}`;
const VERTEX = '/v1/projects/p/locations/global/publishers/google/models/gemini-3-pro:generateContent';
const OLD = at('gemini-2.5-flash');

const user = (...parts: JsonObject[]): JsonObject => ({ role: 'user', parts });
const model = (...parts: JsonObject[]): JsonObject => ({ role: 'model', parts });
const HI = user({ text: 'hi' });
const called = (name: string, args: JsonObject = {}, signature?: string): JsonObject => ({
  functionCall: { name, args },
  ...(signature === undefined ? {} : { thoughtSignature: signature }),
});
const signed = (name: string, args: JsonObject = {}): JsonObject => called(name, args, signCall(name, args));
const result = (name: string, id?: string): JsonObject => ({
  functionResponse: { name, response: { output: 'ok' }, ...(id === undefined ? {} : { id }) },
});

const body = (more: JsonObject = {}): JsonObject => ({ contents: [HI], ...more });
const talk = (...contents: JsonObject[]): JsonObject => ({ contents: [HI, ...contents] });
const config = (generationConfig: JsonObject): JsonObject => body({ generationConfig });
const declared = (more: JsonObject): JsonObject =>
  body({ tools: [{ functionDeclarations: [{ name: 'T', ...more }] }] });
const parameters = (properties: JsonObject, more: JsonObject = {}): JsonObject =>
  declared({ parameters: { type: 'OBJECT', properties, ...more } });

interface Extra {
  readonly rules?: Partial<Rules>;
  readonly path?: string;
}

describe("requests in Google's language that are taken", () => {
  const cases: readonly (readonly [string, JsonObject, Extra?])[] = [
    ['the least', body()],
    ['no role, one content and one part without their lists', { contents: { parts: { text: 'hi' } } }],
    [
      'names with underscores',
      body({ system_instruction: { parts: [{ text: 'x' }] }, generation_config: { top_k: 3 } }),
    ],
    ['a signed call and its response', talk(model(signed('T', { a: 1, b: { c: [1] } })), user(result('T')))],
    [
      'arguments in another order',
      talk(model(called('T', { b: { c: [1] }, a: 1 }, signCall('T', { a: 1, b: { c: [1] } }))), user(result('T'))),
    ],
    [
      'parallel calls, of which the first is signed',
      talk(model(signed('A'), called('B')), user(result('B'), result('A'))),
    ],
    [
      'a stream that comes back piece by piece',
      talk(
        model({ text: 'x', thought: true }),
        model(signed('A')),
        model(called('B')),
        model({ text: '' }),
        user(result('A'), result('B')),
      ),
    ],
    ['each step of a turn signed', talk(model(signed('A')), user(result('A')), model(signed('B')), user(result('B')))],
    ['an earlier turn without signatures', talk(model(called('A')), user(result('A')), model({ text: 'x' }), HI)],
    ['a stand-in for a signature', talk(model(called('A', {}, 'skip_thought_signature_validator')), user(result('A')))],
    ['the other one', talk(model(called('A', {}, 'context_engineering_is_the_way_to_go')), user(result('A')))],
    ['an old model without signatures', talk(model(called('A')), user(result('A'))), { path: OLD }],
    ['a signed text', talk(model({ text: 'x', thoughtSignature: signText() }), HI)],
    ['a result with words after it', talk(model(signed('A')), user(result('A'), { text: 'and now?' }))],
    [
      'pictures, files and results with pictures',
      talk(
        model(signed('A')),
        user({
          functionResponse: {
            name: 'A',
            response: {},
            parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }],
          },
        }),
        user({ inlineData: { mimeType: 'application/pdf', data: 'AAAA' } }, { fileData: { fileUri: 'gs://x' } }),
      ),
    ],
    [
      'a schema of the small kind',
      parameters(
        {
          a: { type: 'string', enum: ['x'] },
          b: { type: 'array', items: { type: 'INTEGER', format: 'int32' } },
          c: { anyOf: [{ type: 'NUMBER' }, { type: 'NULL' }], nullable: true },
        },
        { required: ['a'], propertyOrdering: ['a', 'b'] },
      ),
    ],
    [
      'a schema of the large kind',
      declared({ parametersJsonSchema: { $schema: 'x', type: 'object', additionalProperties: false, allOf: [{}] } }),
    ],
    [
      'everything about the generation',
      config({
        temperature: 2,
        topP: 1,
        topK: 40,
        maxOutputTokens: 10,
        stopSequences: ['a', 'b', 'c', 'd', 'e'],
        seed: 1,
        thinkingConfig: { includeThoughts: true, thinkingLevel: 'low' },
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object', additionalProperties: false },
      }),
    ],
    ['a budget', config({ thinkingConfig: { thinkingBudget: 0 } }), { path: OLD }],
    [
      'a choice among functions',
      { ...declared({}), toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['T'] } } },
    ],
    [
      'arguments in pieces, at Vertex AI',
      { ...declared({}), toolConfig: { functionCallingConfig: { streamFunctionCallArguments: true } } },
      { path: VERTEX },
    ],
    ['a count', body(), { path: at('m', 'countTokens') }],
    [
      'a count of a request',
      { generateContentRequest: { model: 'models/m', ...body() } },
      { path: at('m', 'countTokens') },
    ],
    ['a field that the rules allow', body({ mine: 1 }), { rules: { allow: ['mine'] } }],
  ];
  for (const [name, given, extra] of cases) {
    test(name, () => assert.equal(refusalOf('gemini', given, extra)?.message, undefined));
  }
});

describe("requests that are refused, in Google's words", () => {
  const unknown = (name: string, place: string): string =>
    `Invalid JSON payload received. Unknown name "${name}" at '${place}': Cannot find field.`;
  const schema = 'tools[0].function_declarations[0].parameters';
  const cases: readonly (readonly [JsonObject, string | RegExp, Extra?])[] = [
    [body({ foo: 1 }), 'Invalid JSON payload received. Unknown name "foo": Cannot find field.'],
    [
      body({ messages: [], max_tokens: 1 }),
      /Unknown name "messages": Cannot find field\.\n.*Unknown name "max_tokens"/,
    ],
    [config({ maxTokens: 1 }), unknown('maxTokens', 'generation_config')],
    [talk(user({ type: 'text', text: 'x' })), unknown('type', 'contents[1].parts[0]')],
    [declared({ input_schema: {} }), unknown('input_schema', 'tools[0].function_declarations[0]')],
    [parameters({ a: { type: 'STRING' } }, { additionalProperties: false }), unknown('additionalProperties', schema)],
    [parameters({ a: { type: 'STRING' } }, { $schema: 'x' }), unknown('$schema', schema)],
    [
      parameters({ a: { type: 'STRING' }, b: { type: 'INTEGER', exclusiveMinimum: 0 } }),
      unknown('exclusiveMinimum', `${schema}.properties[1].value`),
    ],
    [
      parameters({ a: { type: 'ARRAY', items: { type: 'STRING', const: 'x' } } }),
      unknown('const', `${schema}.properties[0].value.items`),
    ],
    [parameters({ a: { allOf: [] } }), unknown('allOf', `${schema}.properties[0].value`)],
    [
      parameters({ a: { type: ['string', 'null'] } }),
      /Unknown name "type" at '.*': Proto field is not repeating, cannot start list\./,
    ],
    [config({ temperature: 'warm' }), `Invalid value at 'generation_config.temperature' (TYPE_FLOAT), "warm"`],
    [talk(user({ text: 5 })), "Invalid value at 'contents[1].parts[0].text' (TYPE_STRING), 5"],
    [
      talk(user({ inlineData: { mimeType: 'image/png', data: '***' } })),
      /\(TYPE_BYTES\), Base64 decoding failed for "\*\*\*"$/,
    ],
    [
      parameters({ a: { type: 'text' } }),
      /^Invalid value at '.*\.properties\[0\]\.value\.type' \(type\.googleapis\.com\/google\.ai\.generativelanguage\.v1beta\.Type\), "text"$/,
    ],
    [
      { ...declared({}), toolConfig: { functionCallingConfig: { streamFunctionCallArguments: true } } },
      unknown('streamFunctionCallArguments', 'tool_config.function_calling_config'),
    ],
    [{}, '* GenerateContentRequest.contents: contents is not specified\n'],
    [talk({ role: 'assistant', parts: [{ text: 'x' }] }), 'Please use a valid role: user, model.'],
    [talk({ role: 'system', parts: [{ text: 'x' }] }), 'Please use a valid role: user, model.'],
    [talk(user()), '* GenerateContentRequest.contents[1].parts: contents.parts must not be empty.\n'],
    [
      talk(user({})),
      "* GenerateContentRequest.contents[1].parts[0].data: required oneof field 'data' must have one initialized field\n",
    ],
    [talk(user({ text: '' })), /required oneof field 'data'/],
    [
      talk(user({ text: 'a', inlineData: { mimeType: 'image/png', data: 'AAAA' } })),
      /oneof field 'data' is already set\. Cannot set 'inlineData'$/,
    ],
    [talk(user({ inlineData: { mimeType: 'image/bmp', data: 'AAAA' } })), 'Unsupported MIME type: image/bmp'],
    [
      talk(model(called('A')), user(result('A'))),
      /^Function call is missing a thought_signature in functionCall parts\. .* function call `default_api:A` , position 2\./,
    ],
    [
      talk(model(called('A'), signed('B')), user(result('A'), result('B'))),
      /missing a thought_signature .*`default_api:A`/,
    ],
    [
      talk(model(signed('A')), user(result('A')), model(called('B')), user(result('B'))),
      /`default_api:B` , position 4\./,
    ],
    [talk(model(called('A', {}, 'AAAA')), user(result('A'))), 'Corrupted thought signature.'],
    [talk(model(called('A', { x: 1 }, signCall('A', { x: 2 }))), user(result('A'))), 'Thought signature is not valid.'],
    [talk(model(called('A', {}, signText())), user(result('A'))), 'Thought signature is not valid.'],
    [
      talk(model(called('A', {}, 'AAAA')), user(result('A'))),
      /^Unable to submit request because Thought signature is not valid/,
      { path: VERTEX },
    ],
    [talk(model(called('A', {}, 'AAAA')), user(result('A'))), 'Corrupted thought signature.', { path: OLD }],
    [
      talk(model(signed('A'), called('B')), user(result('A'))),
      /^Please ensure that the number of function response parts is equal/,
    ],
    [
      talk(model(signed('A'), called('B')), user(result('A')), user(result('B'))),
      /^Please ensure that the number of function response parts is equal/,
    ],
    [
      talk(model(signed('A')), user({ text: 'x' })),
      /^Please ensure that the number of function response parts is equal/,
    ],
    [talk(model(signed('A'))), /^Please ensure that the number of function response parts is equal/],
    [
      talk(model({ text: 'x' }), user(result('A'))),
      'Please ensure that function response turn comes immediately after a function call turn.',
    ],
    [
      { contents: [model(signed('A')), user(result('A'))] },
      /^Please ensure that function call turn comes immediately after a user turn/,
    ],
    [talk(model(signed('A')), user(result('B'))), /there is no call of B\.$/],
    [
      talk(model({ ...signed('A'), functionCall: { id: '1', name: 'A', args: {} } }), user(result('A', '2'))),
      /there is no call of A with the id 2\.$/,
    ],
    [
      talk(model(signed('A')), user({ functionResponse: { name: '', response: {} } })),
      /contents\[2\]\.parts\[0\]\.function_response\.name: Name cannot be empty/,
    ],
    [
      talk(model(signed('A')), user({ functionResponse: { name: 'A', response: 'ok' } })),
      /\(type\.googleapis\.com\/google\.protobuf\.Struct\), "ok"$/,
    ],
    [
      declared({ name: '1a' }),
      /^\* GenerateContentRequest\.tools\[0\]\.function_declarations\[0\]\.name: \[FIELD_INVALID\] Invalid function name\. Must start with a letter/,
    ],
    [declared({ name: 'a'.repeat(65) }), /Invalid function name/],
    [
      body({ tools: [{ functionDeclarations: [{ name: 'T' }, { name: 'T' }] }] }),
      'Duplicate function declaration found: T',
    ],
    [parameters({}), /parameters\.properties: should be non-empty for OBJECT type/],
    [parameters({ a: { type: 'ARRAY' } }), /parameters\.properties\[a\]\.items: missing field\./],
    [parameters({ a: { type: 'STRING', format: 'uri' } }), /only 'enum' and 'date-time' are supported for STRING type/],
    [parameters({ a: { type: 'INTEGER', enum: ['1'] } }), /enum: only allowed for STRING type/],
    [parameters({ a: { type: 'STRING' } }, { required: ['b'] }), /required\[0\]: property is not defined/],
    [
      declared({ parametersJsonSchema: { type: 'object' }, parameters: { type: 'STRING' } }),
      /only one of parameters and parameters_json_schema/,
    ],
    [
      body({ toolConfig: { functionCallingConfig: { mode: 'ANY' } } }),
      /Function calling mode is enabled without function_declarations/,
    ],
    [
      { ...declared({}), toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['X'] } } },
      /X is not one of the function_declarations/,
    ],
    [
      { ...declared({}), toolConfig: { functionCallingConfig: { mode: 'AUTO', allowedFunctionNames: ['T'] } } },
      /should only be set when function calling mode is ANY/,
    ],
    [
      { ...declared({}), tools: [{ googleSearch: {} }, { functionDeclarations: [{ name: 'T' }] }] },
      'Tool use with function calling is unsupported',
      { path: OLD },
    ],
    [
      config({ temperature: 3 }),
      '* GenerateContentRequest.generation_config.temperature: temperature must be in the range [0.0, 2.0].\n',
    ],
    [
      config({ temperature: 3 }),
      /^Unable to submit request because it has a temperature value of 3 but the supported range is from 0 \(inclusive\) to 2\.0/,
      { path: VERTEX },
    ],
    [config({ stopSequences: ['1', '2', '3', '4', '5', '6'] }), /at most 5 stop sequences/],
    [
      config({ stopSequences: ['1', '2', '3', '4', '5', '6'] }),
      /stopSequences value of 6 but the supported range is from 1 \(inclusive\) to 6 \(exclusive\)/,
      { path: VERTEX },
    ],
    [config({ maxOutputTokens: 0 }), /max_output_tokens must be positive/],
    [
      config({ thinkingConfig: { thinkingBudget: 1, thinkingLevel: 'LOW' } }),
      'You can only set only one of thinking budget and thinking level.',
    ],
    [
      config({ thinkingConfig: { thinkingLevel: 'LOW' } }),
      'Thinking level is not supported for this model.',
      { path: OLD },
    ],
    [config({ thinkingConfig: { thinkingLevel: 'extreme' } }), /ThinkingLevel\), "extreme"$/],
    [
      config({ thinkingConfig: { thinkingLevel: 'MINIMAL' } }),
      /^Thinking level MINIMAL is not supported for this model/,
    ],
    [
      config({ thinkingConfig: { thinkingBudget: 0 } }),
      'Budget 0 is invalid. This model only works in thinking mode.',
      { path: at('gemini-2.5-pro') },
    ],
    [
      config({ thinkingConfig: { thinkingBudget: 64 } }),
      'The thinking budget 64 is invalid. Please choose a value between 128 and 32768.',
      { path: at('gemini-2.5-pro') },
    ],
    [
      config({ responseSchema: { type: 'STRING' } }),
      "Response schema with response mime type: 'text/plain' is unsupported",
    ],
    [
      { ...declared({}), generationConfig: { responseMimeType: 'application/json' } },
      "Function calling with a response mime type: 'application/json' is unsupported",
      { path: OLD },
    ],
    [
      body({ generationConfig: { topK: 3 } }),
      unknown('top_k', 'generation_config'),
      { rules: { refuse: { fields: ['generationConfig.topK'] } } },
    ],
    [
      config({ maxOutputTokens: 70_000 }),
      /maxOutputTokens value of 70000 but the supported range is from 1 \(inclusive\) to 65537 \(exclusive\)/,
      { rules: { limits: { maxOutputTokens: 65_536 } } },
    ],
    [
      talk(user({ text: 'x'.repeat(4000) })),
      /^The input token count \(\d+\) exceeds the maximum number of tokens allowed \(100\)\.$/,
      { rules: { limits: { contextWindow: 100 } } },
    ],
  ];
  for (const [given, words, extra] of cases) {
    test(`${String(words)} ${extra?.path ?? ''}`, () => {
      const problem = refusalOf('gemini', given, { path: at('gemini-3-pro'), ...extra });
      if (typeof words === 'string') assert.equal(problem?.message, words);
      else assert.match(problem?.message ?? '', words);
      assert.equal(problem?.status, 400);
    });
  }

  test('every unknown name is told with its place', () => {
    const problem = refusalOf('gemini', body({ foo: 1, generationConfig: { bar: 2 } }));
    const details = objectOf(problem?.details);
    assert.equal(details['@type'], 'type.googleapis.com/google.rpc.BadRequest');
    assert.deepEqual(
      listOf(details.fieldViolations).map((violation) => objectOf(violation).field),
      [undefined, 'generation_config'],
    );
  });

  test('a model that does not exist is not found', () => {
    const problem = refusalOf('gemini', body(), { rules: { models: ['other'] }, path: at('m') });
    assert.equal(problem?.status, 404);
    assert.match(problem?.message ?? '', /^models\/m is not found for API version v1beta, or is not supported for/);
  });
});

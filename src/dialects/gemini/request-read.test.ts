import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '../../canon/content.ts';
import { GatewayError } from '../../canon/error.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { readCount } from './count.ts';
import { asksForArray } from './framing.ts';
import { readRequest } from './request-read.ts';
import { unproven, writeProof } from './signature.ts';

const read = (body: JsonObject): ChatRequest =>
  readRequest({ model: 'gemini-3-flash', contents: [{ parts: [{ text: 'Hi.' }] }], ...body }, {});
const turnsOf = (contents: unknown): ChatRequest['turns'] => read({ contents }).turns;
const blocksOf = (...parts: readonly JsonObject[]): readonly Block[] =>
  turnsOf([{ role: 'model', parts }])[0]?.content ?? [];

describe('spelling', () => {
  const camel = {
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    generationConfig: { maxOutputTokens: 5, stopSequences: ['x'], thinkingConfig: { thinkingLevel: 'LOW' } },
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['look'] } },
    safetySettings: [{ category: 'x' }],
    tools: [{ functionDeclarations: [{ name: 'look', parametersJsonSchema: { type: 'object' } }] }],
    contents: [
      { role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
      { role: 'model', parts: [{ functionCall: { name: 'look', args: { snake_case: 1 } }, thoughtSignature: 'c2ln' }] },
      { role: 'user', parts: [{ functionResponse: { name: 'look', response: { output: 'x' } } }] },
    ],
  };
  const snake: JsonObject = {
    system_instruction: camel.systemInstruction,
    generation_config: { max_output_tokens: 5, stop_sequences: ['x'], thinking_config: { thinking_level: 'LOW' } },
    tool_config: { function_calling_config: { mode: 'ANY', allowed_function_names: ['look'] } },
    safety_settings: [{ category: 'x' }],
    tools: [{ function_declarations: [{ name: 'look', parameters_json_schema: { type: 'object' } }] }],
    contents: [
      { role: 'user', parts: [{ inline_data: { mime_type: 'image/png', data: 'AAAA' } }] },
      {
        role: 'model',
        parts: [{ function_call: { name: 'look', args: { snake_case: 1 } }, thought_signature: 'c2ln' }],
      },
      { role: 'user', parts: [{ function_response: { name: 'look', response: { output: 'x' } } }] },
    ],
  };

  test('both spellings mean the same, and what a function is given is left alone', () => {
    assert.deepEqual(read(snake), read(camel));
    const call = read(snake).turns[1]?.content[1];
    assert.ok(call?.type === 'tool_call');
    assert.equal(call.json, '{"snake_case":1}');
    assert.deepEqual(read(snake).toolChoice, { type: 'tool', name: 'look' });
  });
});

describe('the address', () => {
  test('names the model, in whatever form', () => {
    for (const model of ['gemini-3', 'models/gemini-3', 'projects/p/locations/l/publishers/google/models/gemini-3']) {
      assert.equal(read({ model }).model, 'gemini-3');
    }
  });

  test('says in its query whether a stream is an array, which is no field of the request', () => {
    const array = read({ stream: true });
    assert.ok(asksForArray(array) && asksForArray({ ...array, model: 'other' }));
    assert.ok(!asksForArray(read({ stream: true, alt: 'sse' })) && !asksForArray(read({ stream: false })));
    assert.equal(read({ alt: 'sse', stream: true }).ext, undefined);
    assert.deepEqual(JSON.parse(JSON.stringify(array)), JSON.parse(JSON.stringify(read({ stream: true, alt: 'sse' }))));
  });
});

describe('instructions', () => {
  for (const [what, systemInstruction] of Object.entries({
    'a text': 'Be brief.',
    'a part': { text: 'Be brief.' },
    'a content': { role: 'user', parts: [{ text: 'Be brief.' }] },
    'a list of parts': [{ text: 'Be brief.' }],
    'a content with one part': { parts: { text: 'Be brief.' } },
  })) {
    test(`may be ${what}`, () => {
      assert.deepEqual(read({ systemInstruction }).system, [{ type: 'text', text: 'Be brief.' }]);
    });
  }
  test('that hold more than text are kept whole', () => {
    const systemInstruction = { parts: [{ text: 'Look.' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] };
    assert.deepEqual(read({ systemInstruction }).ext, { gemini: { systemInstruction } });
  });
});

describe('contents', () => {
  test('that are pieces of one stream are one turn', () => {
    const pieces = [
      { text: 'Let me', thought: true },
      { text: ' see.', thought: true },
      { text: 'It' },
      { text: ' is' },
      { text: '', thoughtSignature: 'c2ln' },
      { functionCall: { id: '1', name: 'look' } },
    ];
    const turns = turnsOf([
      { role: 'user', parts: [{ text: 'a' }] },
      ...pieces.map((part) => ({ role: 'model', parts: [part] })),
      { role: 'user', parts: [{ text: 'b' }] },
      { role: 'user', parts: [{ text: 'c' }] },
    ]);
    assert.deepEqual(
      turns.map(({ role }) => role),
      ['user', 'assistant', 'user', 'user'],
    );
    assert.deepEqual(turns[1]?.content, [
      { type: 'thinking', text: 'Let me see.' },
      { type: 'text', text: 'It is' },
      { type: 'thinking', text: '', signature: 'c2ln', ext: { gemini: { follows: true } } },
      { type: 'tool_call', id: '1', name: 'look', json: '{}' },
    ]);
  });

  test('with calls in pieces have them whole', () => {
    const pieces = [
      { functionCall: { id: '1', name: 'order', willContinue: true }, thoughtSignature: 'c2ln' },
      {
        function_call: {
          partial_args: [{ json_path: '$.a', string_value: 'x', will_continue: true }],
          will_continue: true,
        },
      },
      { functionCall: { partialArgs: [{ jsonPath: '$.a', stringValue: 'y' }], willContinue: true } },
      { functionCall: {} },
      { functionCall: { id: '2', name: 'look', args: { b: 1 } } },
    ];
    const meant = [
      { type: 'thinking', text: '', signature: 'c2ln' },
      { type: 'tool_call', id: '1', name: 'order', json: '{"a":"xy"}' },
      { type: 'tool_call', id: '2', name: 'look', json: '{"b":1}' },
    ];
    assert.deepEqual(blocksOf(...pieces), meant);
    assert.deepEqual(turnsOf(pieces.map((part) => ({ role: 'model', parts: [part] })))[0]?.content, meant);
  });

  test('have a role, or are the user', () => {
    assert.equal(turnsOf([{ parts: [{ text: 'a' }] }])[0]?.role, 'user');
    assert.equal(turnsOf([{ role: 'function', parts: [{ text: 'a' }] }])[0]?.role, 'user');
    assert.throws(() => turnsOf([{ role: 'nobody', parts: [] }]), { kind: 'invalid_request', message: /valid role/ });
  });

  test('may be one, not in a list', () => {
    assert.equal(turnsOf({ role: 'user', parts: { text: 'a' } })[0]?.content[0]?.type, 'text');
  });
});

describe('proofs', () => {
  const bare = (text: string): Block => ({ type: 'thinking', text: '', signature: text });

  test('of a call stand before it, or on the thought before it', () => {
    const call = { functionCall: { id: '1', name: 'look' }, thoughtSignature: 'c2ln' };
    assert.deepEqual(blocksOf(call)[0], bare('c2ln'));
    const thought = { type: 'thinking', text: 'Hm.', signature: 'c2ln' };
    assert.deepEqual(blocksOf({ text: 'Hm.', thought: true }, call)[0], thought);
    assert.equal(blocksOf({ text: 'Hm.', thought: true, thoughtSignature: 'YQ==' }, call).length, 3);
  });

  test('that say that they stand before a text, or that they are all there is of a thought', () => {
    const before = { text: 'So.', thoughtSignature: writeProof('c2ln', { before: true }) };
    assert.deepEqual(blocksOf(before), [bare('c2ln'), { type: 'text', text: 'So.' }]);
    const redacted = { text: '', thought: true, thoughtSignature: writeProof('any thing', { redacted: true }) };
    assert.deepEqual(blocksOf(redacted), [{ type: 'thinking', text: '', redacted: 'any thing' }]);
  });

  test('that are none are nothing', () => {
    const call = { functionCall: { id: '1', name: 'look' }, thoughtSignature: unproven };
    assert.deepEqual(
      blocksOf(call).map(({ type }) => type),
      ['tool_call'],
    );
  });
});

describe('results', () => {
  const call = (name: string, id?: string): JsonObject => ({ functionCall: { name, ...(id !== undefined && { id }) } });
  const result = (name: string, id?: string, response: JsonObject = {}): JsonObject => ({
    functionResponse: { name, response, ...(id !== undefined && { id }) },
  });
  const idsIn = (calls: readonly JsonObject[], results: readonly JsonObject[]): (string | undefined)[][] =>
    turnsOf([
      { role: 'model', parts: calls },
      { role: 'user', parts: results },
    ]).map(({ content }) => content.map((block) => ('id' in block ? block.id : undefined)));

  test('belong to the call of their id', () => {
    const [, answers] = idsIn([call('a', '1'), call('a', '2')], [result('a', '2'), result('a', '1')]);
    assert.deepEqual(answers, ['2', '1']);
    const [, turn] = turnsOf([
      { role: 'model', parts: [call('a', '1')] },
      { role: 'user', parts: [result('b', '1')] },
    ]);
    assert.deepEqual(turn?.content[0], { type: 'tool_result', id: '1', content: [] });
  });

  test('without one, to the first call of their name that has no result yet', () => {
    const [calls = [], answers] = idsIn([call('a'), call('b'), call('a')], [result('b'), result('a'), result('a')]);
    assert.deepEqual(answers, [calls[1], calls[0], calls[2]]);
    assert.equal(new Set(calls).size, 3);
  });

  test('with an id that calls do not have, by their name', () => {
    const [calls = [], answers] = idsIn([call('a'), call('b')], [result('b', 'x'), result('a', 'y')]);
    assert.deepEqual(answers, [calls[1], calls[0]]);
  });

  test('of no call keep their name', () => {
    const [, turn] = turnsOf([
      { role: 'model', parts: [call('a', '1')] },
      { role: 'user', parts: [result('z', '9')] },
    ]);
    assert.deepEqual(turn?.content[0], {
      type: 'tool_result',
      id: '9',
      content: [],
      ext: { gemini: { functionResponse: { name: 'z' } } },
    });
  });

  test('made ids stay the same as the conversation grows', () => {
    const contents = [
      { role: 'user', parts: [{ text: 'x' }] },
      { role: 'model', parts: [call('a')] },
      { role: 'user', parts: [result('a')] },
    ];
    const longer = [...contents, { role: 'model', parts: [call('a')] }, { role: 'user', parts: [result('a')] }];
    assert.deepEqual(turnsOf(longer).slice(0, 3), turnsOf(contents));
    const ids = turnsOf(longer).flatMap(({ content }) => content.flatMap((block) => ('id' in block ? [block.id] : [])));
    assert.equal(new Set(ids).size, 2);
  });

  for (const [response, text, isError] of [
    [{ output: 'x' }, 'x', undefined],
    [{ result: 'x' }, 'x', undefined],
    [{ error: 'no' }, 'no', true],
    [{ output: { a: 1 } }, '{"a":1}', undefined],
    [{ a: 1, output: 2 }, '{"a":1,"output":2}', undefined],
  ] as const) {
    test(`${JSON.stringify(response)} says ${text}`, () => {
      const [, turn] = turnsOf([
        { role: 'model', parts: [call('a', '1')] },
        { role: 'user', parts: [result('a', '1', response)] },
      ]);
      const [block] = turn?.content ?? [];
      assert.ok(block?.type === 'tool_result');
      assert.deepEqual([block.content, block.isError], [[{ type: 'text', text }], isError]);
    });
  }
});

describe('files', () => {
  const kindOf = (fileData: JsonObject): unknown => {
    const [block] = blocksOf({ fileData });
    return block !== undefined && 'source' in block && typeof block.source === 'object'
      ? [block.type, block.source.type]
      : undefined;
  };

  test('are what their type or their name says, and lie with Google or anywhere', () => {
    assert.deepEqual(kindOf({ fileUri: 'https://www.youtube.com/watch?v=x' }), ['video', 'url']);
    assert.deepEqual(kindOf({ fileUri: 'https://example.com/a.png?x=1' }), ['image', 'url']);
    assert.deepEqual(kindOf({ fileUri: 'https://example.com/a', mimeType: 'audio/mpeg' }), ['audio', 'url']);
    assert.deepEqual(kindOf({ fileUri: 'gs://bucket/a.pdf', mimeType: 'application/pdf' }), ['document', 'file']);
    const uploaded = 'https://generativelanguage.googleapis.com/v1beta/files/abc';
    assert.deepEqual(kindOf({ fileUri: uploaded, mimeType: 'image/png' }), ['image', 'file']);
    assert.deepEqual(kindOf({ fileUri: 'files/abc' }), ['document', 'file']);
  });
});

describe('configuration', () => {
  test('the wish to think', () => {
    const wish = (thinkingConfig: JsonObject): unknown => read({ generationConfig: { thinkingConfig } }).reasoning;
    assert.deepEqual(wish({ thinkingBudget: 0 }), { mode: 'off' });
    assert.deepEqual(wish({ thinkingBudget: -1, includeThoughts: true }), { mode: 'adaptive', display: 'summarized' });
    assert.deepEqual(wish({ thinkingBudget: '1024' }), { mode: 'budget', budget: 1024 });
    assert.deepEqual(wish({ thinkingLevel: 'MINIMAL', includeThoughts: false }), {
      effort: 'minimal',
      display: 'omitted',
    });
    assert.equal(wish({}), undefined);
  });

  test('the form of the answer', () => {
    const form = (generationConfig: JsonObject): unknown => {
      const { format, ext } = read({ generationConfig });
      return format ?? ext?.gemini;
    };
    const responseMimeType = 'application/json';
    assert.deepEqual(form({ responseMimeType }), { type: 'json' });
    const schema = { type: 'object' };
    assert.deepEqual(form({ responseMimeType, responseSchema: { type: 'OBJECT' } }), { type: 'json_schema', schema });
    assert.deepEqual(form({ responseMimeType, _responseJsonSchema: schema }), { type: 'json_schema', schema });
    assert.equal(form({ responseMimeType: 'text/plain' }), undefined);
    const other = { responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING', enum: ['a'] } };
    assert.deepEqual(form(other), { generationConfig: other });
  });

  test('which calls have to be made', () => {
    const choice = (functionCallingConfig: JsonObject): unknown => {
      const { toolChoice, ext } = read({ toolConfig: { functionCallingConfig } });
      return toolChoice ?? ext?.gemini;
    };
    assert.deepEqual(choice({ mode: 'ANY' }), { type: 'required' });
    assert.deepEqual(choice({ mode: 'any', allowedFunctionNames: ['a', 'b'] }), {
      type: 'required',
      allowed: ['a', 'b'],
    });
    assert.deepEqual(choice({ mode: 'NONE' }), { type: 'none' });
    const checked = { mode: 'VALIDATED', allowedFunctionNames: ['a'] };
    assert.deepEqual(choice(checked), { toolConfig: { functionCallingConfig: checked } });
  });

  test("Google's own tools, those that others have the like of among them", () => {
    const { tools } = read({
      tools: [{ google_search: {}, code_execution: {} }, { googleMaps: {} }, { urlContext: {} }],
    });
    assert.deepEqual(
      tools.map((tool) => [tool.name, tool.type === 'native' ? tool.means?.type : '']),
      [
        ['googleSearch', 'web_search'],
        ['codeExecution', 'code_execution'],
        ['googleMaps', undefined],
        ['urlContext', 'web_fetch'],
      ],
    );
  });
});

describe('what contradicts the language', () => {
  for (const [path, body] of Object.entries({
    contents: { contents: [] },
    'contents[0].parts[0].text': { contents: [{ parts: [{ text: 5 }] }] },
    'contents[0].parts[0].functionCall.name': {
      contents: [{ role: 'model', parts: [{ functionCall: { args: {} } }] }],
    },
    'generationConfig.temperature': { generationConfig: { temperature: 'warm' } },
    'generationConfig.stopSequences[1]': { generationConfig: { stopSequences: ['a', 1] } },
    'tools[0].functionDeclarations[0].name': { tools: [{ functionDeclarations: [{}] }] },
    labels: { labels: 'x' },
  })) {
    test(`${path} is named`, () => {
      assert.throws(
        () => read(body),
        (error) =>
          error instanceof GatewayError &&
          error.kind === 'invalid_request' &&
          error.details.param === path &&
          error.message.includes(path),
      );
    });
  }

  test('null is nothing, wherever it stands', () => {
    const body = {
      tools: null,
      toolConfig: null,
      generationConfig: { temperature: null },
      labels: null,
      cachedContent: null,
    };
    assert.deepEqual(read(body), read({}));
  });
});

test('what is to be counted may stand in an envelope', () => {
  const inner = { model: 'models/gemini-3', contents: [{ parts: [{ text: 'a' }] }] };
  assert.deepEqual(readCount({ model: 'gemini-3', stream: false, generate_content_request: inner }), {
    model: 'gemini-3',
    contents: inner.contents,
    stream: false,
  });
  const bare = { model: 'gemini-3', contents: inner.contents };
  assert.equal(readCount(bare), bare);
});

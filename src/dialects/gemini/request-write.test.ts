import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block, Source, ThinkingBlock, ToolCallBlock } from '../../canon/content.ts';
import { isObject, type JsonObject, objectsIn } from '../../canon/json.ts';
import type { Loss } from '../../canon/loss.ts';
import type { ChatRequest, Reasoning, Turn } from '../../canon/request.ts';
import type { Quirks } from '../dialect.ts';
import { count } from './count.ts';
import { writeRequest } from './request-write.ts';
import { unproven } from './signature.ts';

const user = (...content: readonly Block[]): Turn => ({ role: 'user', content });
const model = (...content: readonly Block[]): Turn => ({ role: 'assistant', content });
const text = (said: string): Block => ({ type: 'text', text: said });
const call = (id: string, name = 'look', json = '{}'): ToolCallBlock => ({ type: 'tool_call', id, name, json });
const result = (id: string, ...content: readonly Block[]): Block => ({ type: 'tool_result', id, content });
const thought = (said: string, signature?: string, follows = false): ThinkingBlock => ({
  type: 'thinking',
  text: said,
  ...(signature !== undefined && { signature }),
  ...(follows && { ext: { gemini: { follows } } }),
});

interface Wrote {
  readonly body: JsonObject;
  readonly contents: readonly JsonObject[];
  readonly config: JsonObject;
  readonly losses: readonly Loss[];
}

function write(request: Partial<ChatRequest>, quirks: Quirks = {}): Wrote {
  const losses: Loss[] = [];
  const whole: ChatRequest = {
    from: 'anthropic',
    model: 'gemini-3-flash',
    stream: false,
    system: [],
    turns: [user(text('Hi.'))],
    tools: [],
    sampling: {},
    ...request,
  };
  const body = writeRequest(whole, { quirks, lose: (loss) => losses.push(loss) });
  const config = isObject(body.generationConfig) ? body.generationConfig : {};
  return { body, contents: objectsIn(body.contents), config, losses };
}

const partsOf = (...turns: readonly Turn[]): unknown =>
  write({ turns: [user(text('Hi.')), ...turns] }).contents[1]?.parts;
const lostAt = ({ losses }: Wrote): string[] => losses.map(({ what, path }) => `${what} ${path}`);

describe('thinking', () => {
  const asked = (model: string, reasoning: Reasoning, quirks: Quirks = {}): unknown =>
    write({ model, reasoning }, quirks).config.thinkingConfig;

  test('models of the third generation take levels', () => {
    const on = { includeThoughts: true };
    assert.deepEqual(asked('gemini-3-flash', { effort: 'medium' }), { thinkingLevel: 'MEDIUM', ...on });
    assert.deepEqual(asked('gemini-3-flash', { effort: 'max' }), { thinkingLevel: 'HIGH', ...on });
    assert.deepEqual(asked('gemini-3-flash', { mode: 'off' }), { thinkingLevel: 'MINIMAL' });
    assert.deepEqual(asked('gemini-3-flash', { mode: 'budget', budget: 2000 }), { thinkingLevel: 'LOW', ...on });
    assert.deepEqual(asked('gemini-3-flash', { mode: 'adaptive' }), on);
    assert.deepEqual(asked('gemini-3-pro-preview', { effort: 'medium' }), { thinkingLevel: 'LOW', ...on });
    assert.deepEqual(asked('gemini-3.1-pro', { effort: 'minimal' }), { thinkingLevel: 'LOW', ...on });
    assert.deepEqual(asked('gemini-flash-latest', { effort: 'high' }), { thinkingLevel: 'HIGH', ...on });
    assert.deepEqual(asked('gemini-4', { effort: 'high' }, { efforts: ['LOW'] }), { thinkingLevel: 'LOW', ...on });
  });

  test('those of the second take budgets', () => {
    const on = { includeThoughts: true };
    assert.deepEqual(asked('gemini-2.5-flash', { effort: 'low' }), { thinkingBudget: 2048, ...on });
    assert.deepEqual(asked('gemini-2.5-flash', { mode: 'off' }), { thinkingBudget: 0 });
    assert.deepEqual(asked('gemini-2.5-pro', { mode: 'off' }), { thinkingBudget: 128 });
    assert.deepEqual(asked('gemini-2.5-pro', { mode: 'budget', budget: 99999 }), { thinkingBudget: 32768, ...on });
    assert.deepEqual(asked('gemini-2.5-flash-lite', { mode: 'budget', budget: 100 }), { thinkingBudget: 512, ...on });
    assert.deepEqual(asked('gemini-2.5-flash', { mode: 'adaptive' }), { thinkingBudget: -1, ...on });
  });

  test('older ones do not think, and that is said', () => {
    const wrote = write({ model: 'gemini-2.0-flash', reasoning: { effort: 'high' } });
    assert.deepEqual([wrote.config, lostAt(wrote)], [{}, ['dropped reasoning']]);
  });

  test('who does not want to see thoughts is not shown them', () => {
    assert.deepEqual(asked('gemini-3-flash', { effort: 'low', display: 'omitted' }), {
      thinkingLevel: 'LOW',
      includeThoughts: false,
    });
  });
});

describe('proofs', () => {
  const look = { functionCall: { id: '1', name: 'look', args: {} } };

  test('stand on the call that follows the thought, and the thought goes along', () => {
    assert.deepEqual(partsOf(model(thought('Hm.', 'c2ln'), text('So.'), call('1'))), [
      { text: 'Hm.', thought: true },
      { text: 'So.' },
      { ...look, thoughtSignature: 'c2ln' },
    ]);
  });

  test('stand on the text where nothing is called, and on the thought where it was shown', () => {
    assert.deepEqual(partsOf(model(thought('', 'c2ln'), text('So.'))), [{ text: 'So.', thoughtSignature: 'c2ln' }]);
    assert.deepEqual(partsOf(model(thought('Hm.', 'c2ln'), text('So.'))), [
      { text: 'Hm.', thought: true, thoughtSignature: 'c2ln' },
      { text: 'So.' },
    ]);
  });

  test('that belong to what precedes them stand there, though a call follows', () => {
    assert.deepEqual(partsOf(model(text('So.'), thought('', 'c2ln', true), call('1'))), [
      { text: 'So.', thoughtSignature: 'c2ln' },
      { ...look, thoughtSignature: unproven },
    ]);
    assert.deepEqual(partsOf(model(text('So.'), thought('', 'YQ=='), thought('', 'Yg=='), call('1'))), [
      { text: 'So.', thoughtSignature: 'YQ==' },
      { ...look, thoughtSignature: 'Yg==' },
    ]);
  });

  test('that nothing follows stand on the last part, or on a text of nothing', () => {
    assert.deepEqual(partsOf(model(text('So.'), thought('', 'c2ln'))), [{ text: 'So.', thoughtSignature: 'c2ln' }]);
    assert.deepEqual(partsOf(model(call('1'), thought('', 'c2ln', true))), [
      { ...look, thoughtSignature: unproven },
      { text: '', thoughtSignature: 'c2ln' },
    ]);
  });

  test('of nobody are put on the first call of each step, for models that look for them', () => {
    const turns = [model(call('1'), call('2')), user(result('1'), result('2')), model(text('x'), call('3'))];
    const stubs = (name: string): unknown =>
      write({ model: name, turns: [user(text('Hi.')), ...turns] }).contents.flatMap(({ parts }) =>
        objectsIn(parts).flatMap(({ functionCall, thoughtSignature }) =>
          isObject(functionCall) ? [[functionCall.id, thoughtSignature]] : [],
        ),
      );
    assert.deepEqual(stubs('gemini-3-flash'), [
      ['1', unproven],
      ['2', undefined],
      ['3', unproven],
    ]);
    assert.deepEqual(stubs('gemini-2.5-flash'), [
      ['1', undefined],
      ['2', undefined],
      ['3', undefined],
    ]);
  });

  test('reasoning without one stays out, and that is said', () => {
    const wrote = write({ turns: [user(text('a')), model(thought('Secret.'), text('b'))] });
    assert.deepEqual(wrote.contents[1]?.parts, [{ text: 'b' }]);
    assert.deepEqual(lostAt(wrote), ['dropped turns[1].content[0]']);
  });
});

describe('results', () => {
  const picture: Block = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } };
  const turns = [
    user(text('Hi.')),
    model(call('1', 'look'), call('2', 'draw')),
    user(text('Well?'), result('2', text('Drawn.'), picture), { ...result('1', text('no')), isError: true } as Block),
  ];

  test('are as many as the calls, in their order, under their names, before anything else', () => {
    const { contents } = write({ turns: turns.with(2, user(text('Well?'), result('2', text('Drawn.')))) });
    assert.deepEqual(contents[2], {
      role: 'user',
      parts: [
        { functionResponse: { id: '1', name: 'look', response: { output: '(no result)' } } },
        { functionResponse: { id: '2', name: 'draw', response: { output: 'Drawn.' } } },
        { text: 'Well?' },
      ],
    });
  });

  test('hold pictures where the model takes them there, and say that they failed', () => {
    const inlineData = { mimeType: 'image/png', data: 'AAAA' };
    assert.deepEqual(write({ turns }).contents[2]?.parts, [
      { functionResponse: { id: '1', name: 'look', response: { error: 'no' } } },
      { functionResponse: { id: '2', name: 'draw', response: { output: 'Drawn.' }, parts: [{ inlineData }] } },
      { text: 'Well?' },
    ]);
    const older = write({ model: 'gemini-2.5-flash', turns });
    assert.deepEqual(older.contents[2]?.parts, [
      { functionResponse: { id: '1', name: 'look', response: { error: 'no' } } },
      { functionResponse: { id: '2', name: 'draw', response: { output: 'Drawn.\n[The file follows.]' } } },
      { text: 'From the result of tool call 2:' },
      { inlineData },
      { text: 'Well?' },
    ]);
    assert.deepEqual(lostAt(older), ['moved turns[2].content[1]']);
  });

  test('go without ids where the server takes none', () => {
    const { body } = write({ turns }, { tool_ids: 'none' as 'any' });
    assert.ok(!JSON.stringify(body).includes('"id"'));
  });
});

describe('the conversation', () => {
  test('has two roles, joins what one says, and begins with the user', () => {
    const wrote = write({
      turns: [
        model(text('Hello.')),
        user(text('a')),
        { role: 'system', content: [text('Be brief.')] },
        user(text('b')),
        model(text('c')),
        model(text('d')),
      ],
    });
    assert.deepEqual(wrote.contents, [
      { role: 'user', parts: [{ text: '(the conversation begins)' }] },
      { role: 'model', parts: [{ text: 'Hello.' }] },
      { role: 'user', parts: [{ text: 'a' }, { text: 'Be brief.' }, { text: 'b' }] },
      { role: 'model', parts: [{ text: 'c' }, { text: 'd' }] },
    ]);
    assert.deepEqual(lostAt(wrote), ['moved turns[2]', 'approximated turns']);
  });

  test('instructions go one by one, without the line that is meant for another provider', () => {
    const system = ['x-anthropic-billing-header: a=b\nBe brief.', 'Be kind.'].map((said) => ({
      type: 'text' as const,
      text: said,
    }));
    assert.deepEqual(write({ system }).body.systemInstruction, {
      parts: [{ text: 'Be brief.' }, { text: 'Be kind.' }],
    });
  });

  test('files go as bytes, by address, or by the name that Google gave them', () => {
    const part = (source: Source, type: 'image' | 'document' = 'document'): unknown =>
      objectsIn(write({ turns: [user({ type, source })] }).contents[0]?.parts)[0];
    assert.deepEqual(part({ type: 'url', url: 'https://x.example/a.webp' }, 'image'), {
      fileData: { fileUri: 'https://x.example/a.webp', mimeType: 'image/webp' },
    });
    assert.deepEqual(part({ type: 'url', url: 'https://x.example/a' }), {
      fileData: { fileUri: 'https://x.example/a', mimeType: 'application/pdf' },
    });
    assert.deepEqual(part({ type: 'file', id: 'files/1', owner: 'gemini' }), { fileData: { fileUri: 'files/1' } });
    assert.deepEqual(part({ type: 'file', id: 'file_1', owner: 'anthropic' }), {
      text: '[document omitted: it lies with another provider]',
    });
  });

  test('arguments that are no object become one, and that is said', () => {
    const wrote = write({ turns: [user(text('a')), model(call('1', 'look', '{"cut'))] });
    assert.deepEqual(objectsIn(wrote.contents[1]?.parts)[0]?.functionCall, {
      id: '1',
      name: 'look',
      args: { _raw: '{"cut' },
    });
    assert.ok(lostAt(wrote).includes('approximated turns[1].content[0]'));
  });
});

describe('tools', () => {
  const look = { type: 'function', name: 'look', schema: { type: 'object' } } as const;
  const search = {
    type: 'native',
    dialect: 'anthropic',
    name: 'web_search',
    value: { type: 'web_search_20260209' },
    means: { type: 'web_search', maxUses: 3 },
  } as const;

  test("those of other providers become Google's, beside functions where the model takes both", () => {
    const alone = write({ tools: [search] });
    assert.deepEqual(alone.body.tools, [{ googleSearch: {} }]);
    assert.deepEqual(lostAt(alone), ['mapped tools[0]', 'approximated tools[0]']);
    const both = write({ tools: [look, search] });
    assert.equal(objectsIn(both.body.tools).length, 2);
    assert.deepEqual(both.body.toolConfig, { includeServerSideToolInvocations: true });
    const older = write({ model: 'gemini-2.5-pro', tools: [look, search] });
    assert.equal(objectsIn(older.body.tools).length, 1);
    assert.deepEqual(lostAt(older), ['dropped tools[1]']);
  });

  test('which have to be called', () => {
    const tools = [look, { ...look, name: 'draw' }];
    const config = (toolChoice: ChatRequest['toolChoice'] & object): unknown =>
      write({ tools, toolChoice }).body.toolConfig;
    const calling = (functionCallingConfig: JsonObject): JsonObject => ({ functionCallingConfig });
    assert.deepEqual(config({ type: 'auto' }), calling({ mode: 'AUTO' }));
    assert.deepEqual(config({ type: 'none' }), calling({ mode: 'NONE' }));
    assert.deepEqual(config({ type: 'required' }), calling({ mode: 'ANY' }));
    assert.deepEqual(config({ type: 'tool', name: 'draw' }), calling({ mode: 'ANY', allowedFunctionNames: ['draw'] }));
    const gone = write({ tools: [search], toolChoice: { type: 'tool', name: 'web_search' } });
    assert.equal(gone.body.toolConfig, undefined);
    assert.ok(lostAt(gone).includes('dropped tool_choice'));
  });

  test('of free text are functions, and so are their past calls', () => {
    const { body, contents } = write({
      tools: [{ type: 'custom', name: 'patch' }],
      turns: [user(text('a')), model({ ...call('1', 'patch', '*** Begin'), kind: 'custom' })],
    });
    const [declared] = objectsIn(objectsIn(body.tools)[0]?.functionDeclarations);
    assert.deepEqual(declared?.parametersJsonSchema, {
      type: 'object',
      properties: { input: { type: 'string' } },
      required: ['input'],
    });
    assert.deepEqual(objectsIn(contents[1]?.parts)[0]?.functionCall, {
      id: '1',
      name: 'patch',
      args: { input: '*** Begin' },
    });
  });
});

describe('the answer', () => {
  const format = { type: 'json_schema', schema: { $schema: 'x', type: 'object' } } as const;
  const tools = [{ type: 'function', name: 'look', schema: {} }] as const;

  test('in a schema, in words where earlier models have functions to call', () => {
    assert.deepEqual(write({ format, tools }).config, {
      responseMimeType: 'application/json',
      responseJsonSchema: { type: 'object' },
    });
    const older = write({ model: 'gemini-2.5-flash', format, tools });
    assert.deepEqual(older.config, {});
    assert.match(JSON.stringify(older.body.systemInstruction), /JSON Schema/);
    assert.ok(lostAt(older).includes('approximated format'));
  });

  test('within limits', () => {
    const stop = ['1', '2', '3', '4', '5', '6'];
    const wrote = write({ maxTokens: 9000, stop, sampling: { seed: 2 ** 40 } }, { max_output_tokens: 8192 });
    assert.deepEqual(wrote.config, {
      seed: 2 ** 40 % (2 ** 31 - 1),
      maxOutputTokens: 8192,
      stopSequences: stop.slice(0, 5),
    });
    assert.deepEqual(lostAt(wrote), ['approximated seed', 'approximated max_tokens', 'dropped stop']);
  });

  test('tiers and labels in the words that are taken', () => {
    assert.equal(write({ serviceTier: 'default' }).body.serviceTier, 'standard');
    assert.equal(write({ serviceTier: 'auto' }).body.serviceTier, undefined);
    const wrote = write({ labels: { team: 'fox', 'User ID': 'x' } });
    assert.deepEqual([wrote.body.labels, lostAt(wrote)], [{ team: 'fox' }, ['dropped labels']]);
  });

  test('without fields that the server refuses', () => {
    const wrote = write({ sampling: { topK: 4, topP: 1 } }, { refuses: ['topK'], extra_body: { store: false } });
    assert.deepEqual([wrote.config, wrote.body.store, lostAt(wrote)], [{ topP: 1 }, false, ['dropped topK']]);
  });
});

test('a count is asked for in an envelope, or bare', () => {
  const request: ChatRequest = {
    from: 'anthropic',
    model: 'gemini-3-flash',
    stream: true,
    system: [{ type: 'text', text: 'Be brief.' }],
    turns: [user(text('Hi.'))],
    tools: [],
    sampling: {},
  };
  const options = { quirks: {}, lose: () => undefined };
  const inner = {
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    contents: [{ role: 'user', parts: [{ text: 'Hi.' }] }],
  };
  const address = { model: 'gemini-3-flash', stream: false };
  assert.deepEqual(count.writeRequest(request, options), {
    ...address,
    generateContentRequest: { model: 'models/gemini-3-flash', ...inner },
  });
  const bare: Quirks & { count_body: string } = { count_body: 'bare' };
  assert.deepEqual(count.writeRequest(request, { ...options, quirks: bare }), { ...address, ...inner });
  assert.equal(count.readResponse({ totalTokens: 12 }), 12);
  assert.equal(count.readResponse({ error: {} }), undefined);
});

test('reasoning that an answer broke off after is left out', () => {
  const { body, losses } = write({ turns: [user(text('Hi.')), model(thought('Hm.', 'c2ln'))] });
  assert.ok(!JSON.stringify(body ?? {}).includes('c2ln'));
  assert.equal(losses?.length, 1);
});

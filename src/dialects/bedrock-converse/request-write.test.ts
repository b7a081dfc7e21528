import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Loss } from '../../canon/loss.ts';
import type { ChatRequest, FunctionTool, Turn } from '../../canon/request.ts';
import type { Quirks } from '../dialect.ts';
import { bedrockConverse } from './index.ts';

const { upstream } = bedrockConverse;

const claude = 'us.anthropic.claude-sonnet-5-v1:0';
const nova = 'us.amazon.nova-2-lite-v1:0';
const llama = 'us.meta.llama4-maverick-17b-instruct-v1:0';
const gpt = 'openai.gpt-oss-120b-1:0';

interface Written {
  readonly body: JsonObject;
  readonly losses: readonly string[];
}

function write(more: Partial<ChatRequest>, quirks: Quirks = {}): Written {
  const losses: Loss[] = [];
  const request: ChatRequest = {
    from: 'anthropic',
    model: claude,
    stream: false,
    system: [],
    turns: [said('Hello.')],
    tools: [],
    sampling: {},
    ...more,
  };
  const body = upstream.writeRequest(request, { quirks, lose: (loss) => losses.push(loss) });
  return { body, losses: losses.map(({ what, path }) => `${what} ${path}`) };
}

function said(...content: readonly (string | Block)[]): Turn {
  return { role: 'user', content: content.map(blockOf) };
}

function replied(...content: readonly (string | Block)[]): Turn {
  return { role: 'assistant', content: content.map(blockOf) };
}

function blockOf(block: string | Block): Block {
  return typeof block === 'string' ? { type: 'text', text: block } : block;
}

/** The content of each message. */
function contents({ body }: Written): unknown[] {
  return (body.messages as JsonObject[]).map(({ content }) => content);
}

function roles({ body }: Written): unknown[] {
  return (body.messages as JsonObject[]).map(({ role }) => role);
}

const call: Block = { type: 'tool_call', id: 'call_1', name: 'look', json: '{"at":1}' };
const result: Block = { type: 'tool_result', id: 'call_1', content: [{ type: 'text', text: 'Seen.' }] };
const look: FunctionTool = { type: 'function', name: 'look', schema: { type: 'object' } };
const pdf = { type: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' } as const;
const png = { type: 'base64', mediaType: 'image/png', data: 'iVBORw0K' } as const;

/** Blocks of a call and of its result. */
interface Uses {
  readonly toolUse?: { readonly toolUseId: string };
  readonly toolResult?: { readonly toolUseId: string; readonly content: readonly JsonObject[] };
}

describe('messages', () => {
  test('neighbours of one role are one message; the first one is the user', () => {
    const written = write({ turns: [replied('Hi.'), said('One.'), said('Two.'), replied('Three.'), replied('Four.')] });
    assert.deepEqual(roles(written), ['user', 'assistant', 'user', 'assistant']);
    assert.deepEqual(contents(written)[2], [{ text: 'One.' }, { text: 'Two.' }]);
    assert.deepEqual(written.losses, ['approximated turns[0]']);
  });

  test('blank texts go to their neighbours, and messages that have nothing else are left out', () => {
    const written = write({ turns: [said('', ' \n', 'One.'), replied('  '), said('Two.')] });
    assert.deepEqual(contents(written), [[{ text: ' \nOne.' }, { text: 'Two.' }]]);
    assert.deepEqual(written.losses, []);
  });

  test('results stand right behind their calls, in their order, with what was said beside them', () => {
    const other: Block = { type: 'tool_call', id: 'call_2', name: 'look', json: '' };
    const second: Block = { type: 'tool_result', id: 'call_2', content: [], isError: true };
    const written = write({
      turns: [said('Go.'), replied(call, other), said('Wait.'), said(second, result)],
      tools: [look],
    });
    assert.deepEqual(contents(written).slice(1), [
      [
        { toolUse: { toolUseId: 'call_1', name: 'look', input: { at: 1 } } },
        { toolUse: { toolUseId: 'call_2', name: 'look', input: {} } },
      ],
      [
        { toolResult: { toolUseId: 'call_1', content: [{ text: 'Seen.' }] } },
        { toolResult: { toolUseId: 'call_2', content: [], status: 'error' } },
        { text: 'Wait.' },
      ],
    ]);
  });

  test('ids are made legal, the same for call and result', () => {
    const id = 'call:1/ä'.repeat(12);
    const written = write({ turns: [said('Go.'), replied({ ...call, id }), said({ ...result, id })], tools: [look] });
    const [, calls, results] = contents(written) as [unknown, [Uses], [Uses]];
    const made = calls[0].toolUse?.toolUseId;
    assert.match(String(made), /^[a-zA-Z0-9_-]{1,64}$/);
    assert.equal(results[0].toolResult?.toolUseId, made);
  });

  test('different ids stay different', () => {
    const ids = ['a:b', 'a/b', 'a'.repeat(70), 'a'.repeat(71), ''];
    const calls = ids.map((id): Block => ({ ...call, id }));
    const [, uses] = contents(write({ turns: [said('Go.'), replied(...calls)], tools: [look] })) as [unknown, Uses[]];
    const made = uses.map(({ toolUse }) => toolUse?.toolUseId ?? '');
    assert.equal(new Set(made).size, ids.length);
    for (const id of made) assert.match(id, /^[a-zA-Z0-9_-]{1,64}$/);
  });

  test('arguments that are no object are wrapped into one', () => {
    const written = write({ turns: [said('Go.'), replied({ ...call, json: '[1' }), said(result)], tools: [look] });
    assert.deepEqual((contents(written)[1] as JsonObject[])[0], {
      toolUse: { toolUseId: 'call_1', name: 'look', input: { _raw: '[1' } },
    });
    assert.deepEqual(written.losses, ['approximated turns[1].content[0]']);
  });

  test('instructions in mid-conversation are told by the user, unless the model is known to take them', () => {
    const turns: Turn[] = [said('One.'), { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] }];
    assert.deepEqual(contents(write({ turns })), [[{ text: 'One.' }, { text: 'Be brief.' }]]);
    assert.deepEqual(write({ turns }).losses, ['moved turns[1]']);
    const native = write({ turns }, { mid_system: true });
    assert.deepEqual(roles(native), ['user', 'system']);
    assert.deepEqual(native.losses, []);
    const first = write({ turns: turns.toReversed() });
    assert.deepEqual(first.body.system, [{ text: 'Be brief.' }]);
  });

  test('reasoning goes back with its proof, and not without', () => {
    const thoughts: Block[] = [
      { type: 'thinking', text: 'Hm.', signature: 'proof' },
      { type: 'thinking', text: '', redacted: 'AAEC' },
      { type: 'thinking', text: '', redacted: 'AAE' },
      { type: 'thinking', text: '', redacted: 'no bytes' },
      { type: 'thinking', text: 'Plain.' },
    ];
    const turns = [said('Go.'), replied(...thoughts, 'Done.'), said('More.')];
    const written = write({ turns });
    assert.deepEqual(contents(written)[1], [
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'proof' } } },
      { reasoningContent: { redactedContent: 'AAEC' } },
      { reasoningContent: { redactedContent: 'AAE=' } },
      { text: 'Done.' },
    ]);
    assert.deepEqual(written.losses, ['dropped turns[1].content[3]', 'dropped turns[1].content[4]']);
    assert.deepEqual(contents(write({ turns }, { reasoning: 'none' }))[1], [{ text: 'Done.' }]);
  });
});

describe('media', () => {
  test('bytes, and objects in S3, whoever names them', () => {
    const written = write({
      from: 'openai-chat',
      turns: [
        said(
          { type: 'image', source: { ...png, mediaType: 'image/jpg' } },
          { type: 'image', source: { type: 'url', url: 's3://a/b.webp' } },
          { type: 'audio', source: { type: 'base64', mediaType: 'audio/mpeg', data: 'AAAA' } },
          { type: 'video', source: { type: 'base64', mediaType: 'video/quicktime', data: 'AAAA' } },
        ),
      ],
    });
    assert.deepEqual(contents(written)[0], [
      { image: { format: 'jpeg', source: { bytes: 'iVBORw0K' } } },
      { image: { format: 'webp', source: { s3Location: { uri: 's3://a/b.webp' } } } },
      { audio: { format: 'mp3', source: { bytes: 'AAAA' } } },
      { video: { format: 'mov', source: { bytes: 'AAAA' } } },
    ]);
    assert.deepEqual(written.losses, []);
  });

  test('words stand where something cannot be sent', () => {
    const written = write({
      turns: [
        said(
          { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } },
          { type: 'image', source: { type: 'file', id: 'file_1', owner: 'anthropic' } },
          { type: 'image', source: { type: 'base64', mediaType: 'image/tiff', data: 'AAAA' } },
          { type: 'document', source: { type: 'url', url: 'https://a.example/b.pdf' }, title: 'B' },
        ),
        replied({ type: 'image', source: png }),
      ],
    });
    const [user, assistant] = contents(written) as JsonObject[][];
    assert.match(String(user?.[0]?.text), /https:\/\/a\.example\/b\.png omitted/);
    assert.match(String(user?.[1]?.text), /omitted: it lies with another provider/);
    assert.match(String(user?.[2]?.text), /omitted: there is no image format for image\/tiff/);
    assert.equal(user?.[3]?.text, 'Document: B (https://a.example/b.pdf)');
    assert.match(String(assistant?.[0]?.text), /image omitted/);
    assert.deepEqual(written.losses, [
      'dropped turns[0].content[0]',
      'dropped turns[0].content[1]',
      'dropped turns[0].content[2]',
      'approximated turns[0].content[3]',
      'dropped turns[1].content[0]',
    ]);
  });

  test('names of documents are plain and differ, and words stand beside them', () => {
    const named = (title?: string): Block => ({ type: 'document', source: pdf, ...(title !== undefined && { title }) });
    const written = write({ turns: [said(named('a/b.pdf'), named('a b pdf'), named('  ü  '), named())] });
    const documents = (contents(written)[0] as JsonObject[]).flatMap(({ document }) =>
      document === undefined ? [] : [(document as JsonObject).name],
    );
    assert.deepEqual(documents, ['a b pdf', 'a b pdf (2)', 'document', 'document (2)']);
    assert.deepEqual((contents(written)[0] as JsonObject[]).at(-1), { text: 'See the document.' });
  });

  test('texts and parts are documents too; their pictures stand behind them', () => {
    const written = write({
      turns: [
        said(
          'Read.',
          { type: 'document', source: { type: 'text', text: 'One.' }, title: 'A', citations: true, context: 'Old.' },
          {
            type: 'document',
            source: {
              type: 'parts',
              parts: [
                { type: 'text', text: 'Two.' },
                { type: 'image', source: png },
              ],
            },
            title: 'B',
          },
          { type: 'document', source: { type: 'base64', mediaType: 'application/json', data: 'e30=' }, title: 'C' },
        ),
      ],
    });
    assert.deepEqual(contents(written)[0], [
      { text: 'Read.' },
      {
        document: {
          format: 'txt',
          source: { text: 'One.' },
          name: 'A',
          context: 'Old.',
          citations: { enabled: true },
        },
      },
      { document: { source: { content: [{ text: 'Two.' }] }, name: 'B' } },
      { image: { format: 'png', source: { bytes: 'iVBORw0K' } } },
      { document: { format: 'txt', source: { bytes: 'e30=' }, name: 'C' } },
    ]);
    assert.deepEqual(written.losses, ['moved turns[0].content[2].source.parts[1]']);
  });

  test('models that take neither are told so', () => {
    const written = write(
      {
        turns: [
          said(
            { type: 'image', source: png },
            { type: 'document', source: pdf, title: 'A' },
            { type: 'document', source: { type: 'text', text: 'One.' }, title: 'B' },
          ),
        ],
      },
      { images: false, files: false },
    );
    const [user] = contents(written) as JsonObject[][];
    assert.match(String(user?.[0]?.text), /image omitted/);
    assert.match(String(user?.[1]?.text), /document A omitted/);
    assert.equal(user?.[2]?.text, 'Document: B\n\nOne.');
  });

  test('results hold pictures and documents; recordings stand behind them', () => {
    const rich: Block = {
      type: 'tool_result',
      id: 'call_1',
      content: [
        { type: 'image', source: png },
        { type: 'audio', source: { type: 'base64', mediaType: 'audio/wav', data: 'AAAA' } },
        { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'u' }], citations: true },
        { type: 'tool_reference', name: 'other' },
      ],
    };
    const turns = [said('Go.'), replied(call), said(rich, 'Well?')];
    const [, , message] = contents(write({ turns, tools: [look] })) as JsonObject[][];
    assert.deepEqual(message, [
      {
        toolResult: {
          toolUseId: 'call_1',
          content: [
            { image: { format: 'png', source: { bytes: 'iVBORw0K' } } },
            { searchResult: { source: 's', title: 't', content: [{ text: 'u' }], citations: { enabled: true } } },
            { text: 'Tool other is now available.' },
          ],
        },
      },
      { text: 'From the result of tool call call_1:' },
      { audio: { format: 'wav', source: { bytes: 'AAAA' } } },
      { text: 'Well?' },
    ]);
    const [, , plain] = contents(write({ turns, tools: [look], model: llama })) as [unknown, unknown, [Uses]];
    assert.match(String(plain[0].toolResult?.content[1]?.text), /^t\ns\n/);
  });
});

describe('cache points', () => {
  const marked: Block = { type: 'text', text: 'Long.', cache: { ttl: '5m' } };
  const point = { cachePoint: { type: 'default' } };

  test('stand behind what is marked', () => {
    const written = write({
      system: [{ type: 'text', text: 'Be brief.', cache: { ttl: '1h' } }],
      tools: [{ ...look, cache: {} }],
      turns: [said(marked, 'Go.'), replied(call), said({ ...result, content: [marked] })],
    });
    assert.deepEqual(written.body.system, [{ text: 'Be brief.' }, { cachePoint: { type: 'default', ttl: '1h' } }]);
    assert.deepEqual((written.body.toolConfig as JsonObject).tools, [
      { toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } },
      point,
    ]);
    assert.deepEqual(contents(written)[0], [{ text: 'Long.' }, point, { text: 'Go.' }]);
    assert.deepEqual((contents(written)[2] as JsonObject[])[1], point);
    assert.deepEqual(written.losses, []);
  });

  test('are left out where the model takes none', () => {
    const request = { turns: [said(marked)], tools: [{ ...look, cache: {} }] };
    assert.deepEqual(write({ ...request, model: llama }).losses.toSorted(), [
      'dropped tools[0]',
      'dropped turns[0].content[0]',
    ]);
    assert.deepEqual(write(request, { cache_control: false }).losses.length, 2);
    const forNova = write({ ...request, model: nova });
    assert.deepEqual(forNova.losses, ['dropped tools[0]']);
    assert.deepEqual(contents(forNova)[0], [{ text: 'Long.' }, point]);
  });

  test('of too many the first and the last stay', () => {
    const written = write({
      system: [{ type: 'text', text: 'Be brief.', cache: {} }],
      turns: [said(marked, marked), replied(marked), said(marked, marked)],
    });
    const counts = contents(written).map((content) => (content as JsonObject[]).filter(({ cachePoint }) => cachePoint));
    assert.deepEqual(
      counts.map(({ length }) => length),
      [0, 1, 2],
    );
    assert.deepEqual(written.body.system, [{ text: 'Be brief.' }, point]);
    assert.deepEqual(written.losses, ['dropped cache']);
  });

  test('a mark of the whole request is one at its end', () => {
    const turns = [said('One.'), replied('Two.'), said('Three.')];
    assert.deepEqual(contents(write({ turns, cache: {} })).at(-1), [{ text: 'Three.' }, point]);
  });
});

describe('tools', () => {
  test('calls in the history bring their tools along', () => {
    const written = write({ turns: [said('Go.'), replied(call), said(result)] });
    assert.deepEqual(written.body.toolConfig, {
      tools: [{ toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } }],
    });
  });

  test('choices', () => {
    const choose = (more: Partial<ChatRequest>, quirks: Quirks = {}): unknown[] => {
      const { body, losses } = write({ tools: [look, { ...look, name: 'hear' }], ...more }, quirks);
      const config = body.toolConfig as JsonObject | undefined;
      return [config?.toolChoice, (body.additionalModelRequestFields as JsonObject | undefined)?.tool_choice, losses];
    };
    assert.deepEqual(choose({ toolChoice: { type: 'auto' } }), [undefined, undefined, []]);
    assert.deepEqual(choose({ toolChoice: { type: 'required' } }), [{ any: {} }, undefined, []]);
    assert.deepEqual(choose({ toolChoice: { type: 'tool', name: 'look' } }), [
      { tool: { name: 'look' } },
      undefined,
      [],
    ]);
    assert.deepEqual(choose({ parallelTools: false }), [
      undefined,
      { type: 'auto', disable_parallel_tool_use: true },
      [],
    ]);
    assert.deepEqual(choose({ parallelTools: false, toolChoice: { type: 'required' } }), [
      undefined,
      { type: 'any', disable_parallel_tool_use: true },
      [],
    ]);
    assert.deepEqual(choose({ parallelTools: false, model: nova }), [undefined, undefined, ['dropped parallel_tools']]);
    assert.deepEqual(choose({ toolChoice: { type: 'none' } }), [undefined, { type: 'none' }, []]);
    assert.deepEqual(choose({ toolChoice: { type: 'required', allowed: ['hear'] } }), [
      { tool: { name: 'hear' } },
      undefined,
      ['mapped tool_choice'],
    ]);
    assert.deepEqual(choose({ toolChoice: { type: 'required' } }, { forced_tools: false }), [
      undefined,
      undefined,
      ['approximated tool_choice'],
    ]);
  });

  test('none of them may be called, for models that have no word for it', () => {
    const none = { model: nova, tools: [look], toolChoice: { type: 'none' } } as const;
    const fresh = write(none);
    assert.equal(fresh.body.toolConfig, undefined);
    assert.deepEqual(fresh.losses, ['approximated tool_choice', 'dropped tools']);
    const late = write({ ...none, turns: [said('Go.'), replied(call), said(result)] });
    assert.deepEqual(late.body.system, [{ text: 'Do not call any tool in your next answer.' }]);
    assert.notEqual(late.body.toolConfig, undefined);
    assert.deepEqual(late.losses, ['approximated tool_choice']);
  });

  test('only the allowed ones are offered', () => {
    const names = ['a', 'b', 'c'];
    const tools = names.map((name): FunctionTool => ({ ...look, name }));
    const written = write({ tools, toolChoice: { type: 'required', allowed: ['a', 'c'] } });
    const config = written.body.toolConfig as { tools: { toolSpec: { name: string } }[]; toolChoice: unknown };
    assert.deepEqual(
      config.tools.map(({ toolSpec }) => toolSpec.name),
      ['a', 'c'],
    );
    assert.deepEqual(config.toolChoice, { any: {} });
    assert.deepEqual(written.losses, ['approximated tool_choice', 'dropped tools[1]']);
  });

  test('tools of other providers, and of free text', () => {
    const search = {
      type: 'native',
      dialect: 'anthropic',
      name: 'web_search',
      value: { type: 'web_search_20250305' },
      means: { type: 'web_search' },
    } as const;
    const patch = { type: 'custom', name: 'patch', format: { type: 'text' } } as const;
    const forNova = write({ model: nova, tools: [search, patch] });
    const schema = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };
    assert.deepEqual((forNova.body.toolConfig as JsonObject).tools, [
      { systemTool: { name: 'nova_grounding' } },
      { toolSpec: { name: 'patch', inputSchema: { json: schema } } },
    ]);
    assert.deepEqual(forNova.losses, ['mapped tools[0]', 'approximated tools[1]']);
    assert.deepEqual(write({ tools: [search, look] }).losses, ['dropped tools[0]']);
  });

  test('a description that says nothing, and strictness that is none, are left out', () => {
    const { body } = write({
      tools: [
        { ...look, description: ' ', strict: false },
        { ...look, strict: true },
      ],
    });
    assert.deepEqual((body.toolConfig as JsonObject).tools, [
      { toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } },
      { toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } }, strict: true } },
    ]);
  });
});

describe('parameters', () => {
  const additional = (written: Written): unknown => written.body.additionalModelRequestFields;

  test('reasoning in the words of the maker', () => {
    const think = (
      model: string,
      reasoning: NonNullable<ChatRequest['reasoning']>,
      more: Partial<ChatRequest> = {},
    ): unknown[] => {
      const written = write({ model, reasoning, maxTokens: 4000, ...more });
      return [additional(written), written.body.outputConfig, written.losses];
    };
    assert.deepEqual(think(claude, { mode: 'budget', budget: 2000 }), [
      { thinking: { type: 'enabled', budget_tokens: 2000 } },
      undefined,
      [],
    ]);
    assert.deepEqual(think(claude, { mode: 'budget', budget: 9000 }), [
      { thinking: { type: 'enabled', budget_tokens: 3999 } },
      undefined,
      ['approximated reasoning.budget'],
    ]);
    assert.deepEqual(think(claude, { effort: 'minimal' }), [
      { thinking: { type: 'adaptive' } },
      { effort: 'low' },
      ['approximated reasoning.effort'],
    ]);
    assert.deepEqual(think(claude, { effort: 'none' }), [{ thinking: { type: 'disabled' } }, undefined, []]);
    assert.deepEqual(think(claude, { effort: 'high' }, { tools: [look], toolChoice: { type: 'required' } }), [
      undefined,
      { effort: 'high' },
      ['approximated reasoning'],
    ]);
    assert.deepEqual(think(nova, { mode: 'budget', budget: 2000 }), [
      { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } },
      undefined,
      ['approximated reasoning.budget'],
    ]);
    assert.deepEqual(think(nova, { mode: 'off' }), [{ reasoningConfig: { type: 'disabled' } }, undefined, []]);
    assert.deepEqual(think(gpt, { effort: 'xhigh' }), [
      { reasoning_effort: 'high' },
      undefined,
      ['approximated reasoning.effort'],
    ]);
    assert.deepEqual(think(llama, { effort: 'low' }), [undefined, undefined, ['dropped reasoning']]);
  });

  test('a quirk says how reasoning is asked for', () => {
    const request = { model: llama, reasoning: { effort: 'low' } } as const;
    assert.deepEqual(additional(write(request, { reasoning_request: 'reasoning_effort' })), {
      reasoning_effort: 'low',
    });
    assert.deepEqual(additional(write(request, { reasoning_request: 'thinking' })), { thinking: { type: 'adaptive' } });
    assert.equal(additional(write({ ...request, model: claude }, { reasoning_request: 'none' })), undefined);
  });

  test('what thinking excludes is left out', () => {
    const sampling = { temperature: 0.5, topP: 0.9, topK: 7 };
    const forClaude = write({ reasoning: { effort: 'low' }, sampling });
    assert.deepEqual(forClaude.body.inferenceConfig, { topP: 0.9 });
    assert.deepEqual(forClaude.losses, ['dropped temperature', 'dropped top_k']);
    const forNova = write({ model: nova, reasoning: { effort: 'high' }, sampling, maxTokens: 100 });
    assert.equal(forNova.body.inferenceConfig, undefined);
    assert.deepEqual(forNova.losses, ['dropped max_tokens', 'dropped temperature', 'dropped top_p', 'dropped top_k']);
  });

  test('sampling', () => {
    const written = write(
      { sampling: { temperature: 1.4, topK: 7 }, stop: ['END', ' '], maxTokens: 9000 },
      { max_output_tokens: 5000 },
    );
    assert.deepEqual(written.body.inferenceConfig, { maxTokens: 5000, temperature: 1, stopSequences: ['END'] });
    assert.deepEqual(additional(written), { top_k: 7 });
    assert.deepEqual(written.body.additionalModelResponseFieldPaths, ['/stop_sequence']);
    assert.deepEqual(written.losses, ['approximated max_tokens', 'approximated temperature', 'dropped stop']);
    assert.deepEqual(additional(write({ model: nova, sampling: { topK: 7 } })), { inferenceConfig: { topK: 7 } });
    assert.deepEqual(write({ model: llama, sampling: { topK: 7 } }).losses, ['dropped top_k']);
  });

  test('a budget without a limit brings one', () => {
    const { body } = write({ reasoning: { mode: 'budget', budget: 10_000 } });
    assert.deepEqual(body.inferenceConfig, { maxTokens: 18_192 });
  });

  test('the form of the answer', () => {
    const schema = { type: 'object' };
    const native = write({ format: { type: 'json_schema', schema, name: 'answer', description: 'It.' } });
    assert.deepEqual(native.body.outputConfig, {
      textFormat: {
        type: 'json_schema',
        structure: { jsonSchema: { schema: '{"type":"object"}', name: 'answer', description: 'It.' } },
      },
    });
    const told = write({ format: { type: 'json_schema', schema } }, { json_schema: false });
    assert.match(JSON.stringify(told.body.system), /JSON Schema/);
    assert.deepEqual(told.losses, ['approximated format']);
    assert.deepEqual(write({ format: { type: 'json' } }).losses, ['approximated format']);
  });

  test('tier, labels, betas', () => {
    const written = write({
      serviceTier: 'standard_only',
      labels: { team: 'search', bad: 'a\u00e4' },
      headers: { 'anthropic-beta': 'context-1m-2025-08-07, oauth-2025-04-20' },
    });
    assert.deepEqual(written.body.serviceTier, { type: 'default' });
    assert.deepEqual(written.body.requestMetadata, { team: 'search' });
    assert.deepEqual(additional(written), { anthropic_beta: ['context-1m-2025-08-07'] });
    assert.deepEqual(written.losses, ['mapped service_tier', 'dropped labels']);
    assert.deepEqual(write({ serviceTier: 'scale' }).losses, ['dropped service_tier']);
  });

  test('quirks bend the body', () => {
    const written = write(
      { serviceTier: 'flex' },
      { refuses: ['serviceTier'], extra_body: { performanceConfig: { latency: 'optimized' } } },
    );
    assert.deepEqual(Object.keys(written.body), ['model', 'messages', 'performanceConfig']);
    assert.deepEqual(written.losses, ['dropped serviceTier']);
  });

  test('what is counted is the request without what concerns the answer', () => {
    const request: ChatRequest = {
      from: 'anthropic',
      model: claude,
      stream: false,
      system: [{ type: 'text', text: 'Be brief.' }],
      turns: [said('Hello.')],
      tools: [look],
      sampling: { temperature: 0.1 },
      maxTokens: 10,
    };
    assert.deepEqual(upstream.count.writeRequest(request, { quirks: {}, lose: () => undefined }), {
      model: claude,
      input: {
        converse: {
          messages: [{ role: 'user', content: [{ text: 'Hello.' }] }],
          system: [{ text: 'Be brief.' }],
          toolConfig: { tools: [{ toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } }] },
        },
      },
    });
    assert.equal(upstream.count.readResponse({ inputTokens: 7 }), 7);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json, JsonObject } from '../json.ts';
import { refusalOf } from '../probe.ts';
import type { Rules } from '../scenario.ts';
import { signThinking } from '../signature.ts';

const text = (value: string): JsonObject => ({ text: value });
const asks = (...content: JsonObject[]): JsonObject => ({ role: 'user', content });
const says = (...content: JsonObject[]): JsonObject => ({ role: 'assistant', content });
const use = (id: string, input: Json = {}): JsonObject => ({ toolUse: { toolUseId: id, name: 'T', input } });
const result = (id: string, content: Json = [{ text: 'ok' }], more: JsonObject = {}): JsonObject => ({
  toolResult: { toolUseId: id, content, ...more },
});
const thought = (value: string, signature?: string): JsonObject => ({
  reasoningContent: { reasoningText: { text: value, ...(signature === undefined ? {} : { signature }) } },
});
const CACHE = { cachePoint: { type: 'default' } };
const PNG = 'iVBORw0KGgoAAAAN';
const image = (format: string, bytes = PNG): JsonObject => ({ image: { format, source: { bytes } } });
const doc = (name: string, source: JsonObject = { text: 'a' }, more: JsonObject = {}): JsonObject => ({
  document: { name, source, ...more },
});
const USER = asks(text('hi'));
const tool = (more: JsonObject = {}): JsonObject => ({
  toolSpec: { name: 'T', inputSchema: { json: { type: 'object' } }, ...more },
});
const TOOLS = { tools: [tool()] };

const body = (more: JsonObject = {}): JsonObject => ({ messages: [USER], ...more });
const talk = (...messages: JsonObject[]): JsonObject => body({ messages: [USER, ...messages], toolConfig: TOOLS });
const user = (...content: JsonObject[]): JsonObject => body({ messages: [asks(...content)] });
const fields = (more: JsonObject, rest: JsonObject = {}): JsonObject =>
  body({ additionalModelRequestFields: more, ...rest });
const config = (more: JsonObject): JsonObject => body({ toolConfig: { ...TOOLS, ...more } });

interface Extra {
  readonly path?: string;
  readonly rules?: Partial<Rules>;
}
const NOVA: Extra = { path: '/model/amazon.nova-pro-v1%3A0/converse' };
const COUNT: Extra = { path: '/model/anthropic.claude-x/count-tokens' };
const THINKING = { thinking: { type: 'enabled', budget_tokens: 2000 } };
const invoked = (value: unknown): JsonObject => ({
  input: { invokeModel: { body: Buffer.from(JSON.stringify(value)).toString('base64') } },
});
const CLAUDE = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };

describe('Converse requests that are taken', () => {
  const cases: readonly (readonly [string, JsonObject, Extra?])[] = [
    ['the least', body()],
    [
      'everything beside the messages',
      body({
        system: [text('a'), CACHE],
        inferenceConfig: { maxTokens: 5, temperature: 1, topP: 0, stopSequences: ['a'] },
        guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1', trace: 'enabled' },
        requestMetadata: { a: 'b c' },
        performanceConfig: { latency: 'optimized' },
        serviceTier: { type: 'priority' },
        additionalModelResponseFieldPaths: ['/stop_sequence'],
      }),
    ],
    [
      'an answer by schema',
      body({
        outputConfig: {
          effort: 'max',
          textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{"type":"object"}' } } },
        },
      }),
    ],
    ['thinking with a budget', fields(THINKING, { inferenceConfig: { maxTokens: 4000 } })],
    ['betas', fields({ anthropic_beta: ['interleaved-thinking-2025-05-14'], top_k: 3 })],
    ['a field with its beta', fields({ anthropic_beta: ['context-management-2025-06-27'], context_management: {} })],
    ['any field for models of others', fields({ inferenceConfig: { topK: 3 } }), NOVA],
    ['a tool that must be called', config({ toolChoice: { tool: { name: 'T' } } })],
    ['tools with a cache point', config({ tools: [tool({ description: 'd', strict: true }), CACHE] })],
    [
      'parallel calls, answered together',
      talk(says(use('a'), use('b')), asks(result('b'), result('a'), text('go on'))),
    ],
    ['results of all kinds', talk(says(use('a')), asks(result('a', [{ json: { b: 1 } }, image('png'), doc('d')])))],
    ['a result with nothing in it', talk(says(use('a')), asks(result('a', [])))],
    ['a failure', talk(says(use('a')), asks(result('a', [{ text: 'no' }], { status: 'error' })))],
    ['its own thinking', talk(says(thought('hm', signThinking('hm')), text('a')), USER)],
    ['thinking that nobody can read', talk(says({ reasoningContent: { redactedContent: 'AAAA' } }, text('a')), USER)],
    ['unsigned thinking of others', talk(says(thought('hm'), text('a')), USER), NOVA],
    ['cited texts', talk(says({ citationsContent: { content: [text('a')], citations: [{ title: 't' }] } }), USER)],
    [
      'a result of the model’s own tool',
      talk(
        says(
          { toolUse: { toolUseId: 'a', name: 'web', input: {}, type: 'server_tool_use' } },
          result('a', [], { type: 'web' }),
        ),
        USER,
      ),
    ],
    ['a system message in the middle', talk(says(text('a')), { role: 'system', content: [text('b')] }, USER)],
    ['a prefill', talk(says(text('The')))],
    ['a picture', user(text('a'), image('png'), image('gif', 'R0lGODlhAQAB'))],
    [
      'documents beside a text',
      user(text('a'), doc('A (1) [b]-c'), doc('two', { bytes: 'JVBERi0x' }, { format: 'pdf' })),
    ],
    ['a document in S3', user(text('a'), doc('s', { s3Location: { uri: 's3://bucket/a.pdf' } }, { format: 'pdf' }))],
    ['a field that the rules allow', body({ more: 1 }), { rules: { allow: ['more'] } }],
    ['members that are null', body({ system: null, toolConfig: null })],
    ['a count of a conversation', { input: { converse: { messages: [USER], system: [text('a')] } } }, COUNT],
    ['a count of an invocation', invoked(CLAUDE), COUNT],
  ];
  for (const [name, given, extra] of cases) {
    test(name, () => assert.equal(refusalOf('bedrock-converse', given, extra)?.message, undefined));
  }
});

describe('Converse requests that are refused', () => {
  const five = Array.from({ length: 6 }, (_, index) => doc(`d${index}`));
  const cases: readonly (readonly [string, JsonObject, RegExp, Extra?])[] = [
    ['unknown fields', body({ model: 'm' }), /#: extraneous key \[model\] is not permitted/],
    [
      'unknown members',
      user({ text: 'a', cache_control: {} }),
      /messages\/0\/content\/0: extraneous key \[cache_control\]/,
    ],
    [
      'two members of one block',
      user({ text: 'a', ...CACHE }),
      /must set exactly one of the following keys: text, image/,
    ],
    ['no member', user({}), /must set exactly one/],
    ['no messages', body({ messages: [] }), /Value '\[\]' at 'messages' failed/],
    ['missing messages', {}, /Value null at 'messages' failed to satisfy constraint: Member must not be null/],
    [
      'a text in place of blocks',
      body({ messages: [{ role: 'user', content: 'hi' }] }),
      /a list was expected at 'messages.0.content'/,
    ],
    [
      'unknown roles',
      body({ messages: [{ role: 'tool', content: [text('a')] }] }),
      /'messages.1.member.role'.* enum value set: \[user, assistant, system\]/,
    ],
    ['no content', user(), /The content field in the Message object at messages.0 is empty/],
    ['a blank text', user(text(' \n')), /The text field in the ContentBlock object at messages.0.content.0 is blank/],
    ['a blank system', body({ system: [text('')] }), /SystemContentBlock object at system.0 is blank/],
    ['an answer first', body({ messages: [says(text('a'))] }), /must start with a user message/],
    ['the user twice', body({ messages: [USER, USER] }), /must alternate between user and assistant roles/],
    ['the model twice', talk(says(text('a')), says(text('b'))), /must alternate/],
    [
      'calls without tools',
      body({ messages: [USER, says(use('a')), asks(result('a'))] }),
      /toolConfig field must be defined/,
    ],
    [
      'a call without its result',
      talk(says(use('a')), USER),
      /Expected toolResult blocks at messages.2.content for the following Ids: a$/,
    ],
    ['a call at the end', talk(says(use('a'))), /Expected toolResult blocks at messages.2.content/],
    [
      'results in two messages',
      talk(says(use('a'), use('b')), asks(result('a')), says(text('x')), asks(result('b'))),
      /for the following Ids: b$/,
    ],
    [
      'a result without its call',
      talk(says(text('a')), asks(result('a'))),
      /The number of toolResult blocks at messages.2.content exceeds/,
    ],
    ['a result twice', talk(says(use('a'), use('b')), asks(result('a'), result('a'))), /for the following Ids: b/],
    ['a result after a text', talk(says(use('a')), asks(text('b'), result('a'))), /Did not find 1 `tool_result` block/],
    [
      'the same id twice',
      talk(says(use('a')), asks(result('a')), says(use('a')), asks(result('a'))),
      /`tool_use` ids must be unique/,
    ],
    ['a prefill that ends in a blank', talk(says(text('The '))), /cannot end with trailing whitespace/],
    [
      'an id with odd characters',
      talk(says(use('a:b')), asks(result('a:b'))),
      /toolUse.toolUseId' failed .* pattern: \[a-zA-Z0-9_-\]\+/,
    ],
    ['a long id', talk(says(use('a'.repeat(65))), asks(result('a'.repeat(65)))), /length less than or equal to 64/],
    [
      'an input that is no object',
      talk(says(use('a', [1])), asks(result('a'))),
      /toolUse.input is invalid. Provide a json object/,
    ],
    [
      'a result whose JSON is no object',
      talk(says(use('a')), asks(result('a', [{ json: [] }]))),
      /messages.2.content.0.toolResult.content.0.json is invalid/,
    ],
    ['an empty result', talk(says(use('a')), asks(result('a', [text('')]))), /text content blocks must be non-empty/],
    [
      'an empty failure',
      talk(says(use('a')), asks(result('a', [], { status: 'error' }))),
      /cannot be empty when status value is error/,
    ],
    [
      'a picture in a failure',
      talk(says(use('a')), asks(result('a', [image('png')], { status: 'error' }))),
      /must be type `text` if `is_error` is true/,
    ],
    [
      'thinking that is forged',
      talk(says(thought('hm', 'x'), text('a')), USER),
      /messages.1.content.0: Invalid `signature` in `thinking` block/,
    ],
    ['thinking that is not signed', talk(says(thought('hm'), text('a')), USER), /thinking.signature: Field required/],
    [
      'thinking of the user',
      user(thought('hm', signThinking('hm'))),
      /reasoningContent field .* not allowed for the user role/,
    ],
    ['a picture of the model', talk(says(image('png')), USER), /not allowed for the assistant role/],
    ['a call of the user', user(use('a')), /toolUse field .* not allowed for the user role/],
    [
      'a tool without schema',
      config({ tools: [{ toolSpec: { name: 'T' } }] }),
      /'toolConfig.tools.1.member.toolSpec.inputSchema'/,
    ],
    [
      'a schema that is no object',
      config({ tools: [tool({ inputSchema: { json: { type: 'array' } } })] }),
      /inputSchema.json.type must be one of the following: object/,
    ],
    [
      'a tool with an odd name',
      config({ tools: [tool({ name: 'a.b' })] }),
      /Value 'a.b' at 'toolConfig.tools.1.member.toolSpec.name'/,
    ],
    ['an empty description', config({ tools: [tool({ description: '' })] }), /length greater than or equal to 1/],
    ['no tools', config({ tools: [] }), /Value '\[\]' at 'toolConfig.tools'/],
    ['the same tool twice', config({ tools: [tool(), tool()] }), /Tool names must be unique/],
    ['a choice of no tool', config({ toolChoice: { tool: { name: 'X' } } }), /Tool 'X' not found/],
    [
      'a picture of another kind',
      user(text('a'), image('jpeg')),
      /image\/jpeg media type, but the image appears to be a image\/png/,
    ],
    ['a picture that is none', user(text('a'), image('png', 'AAAA')), /Could not process image/],
    ['a picture that is not base64', user(text('a'), image('png', '****')), /base64 was expected/],
    ['a document alone', user(doc('a')), /A text block must be included when using documents/],
    ['a document with a dot', user(text('a'), doc('a.pdf')), /document file name can only contain/],
    ['a document with two spaces', user(text('a'), doc('a  b')), /more than one consecutive whitespace/],
    ['documents of one name', user(text('a'), doc('a'), doc('a')), /duplicate document names/],
    ['six documents', user(text('a'), ...five), /more than 5 documents/],
    [
      'a PDF that is none',
      user(text('a'), doc('a', { bytes: 'AAAA' }, { format: 'pdf' })),
      /PDF specified was not valid/,
    ],
    ['bytes of no format', user(text('a'), doc('a', { bytes: 'AAAA' })), /document.format' failed/],
    ['21 pictures', user(text('a'), ...Array.from({ length: 21 }, () => image('png'))), /too many images/],
    ['a cache point first', user(CACHE, text('a')), /nothing available to cache/],
    [
      'a cache point after thinking',
      talk(says(thought('hm', signThinking('hm')), CACHE, text('a')), USER),
      /cannot be inserted after reasoning block/,
    ],
    [
      'five cache points',
      body({
        system: [text('a'), CACHE, text('a'), CACHE, text('a'), CACHE],
        messages: [asks(text('a'), CACHE, text('b'), CACHE)],
      }),
      /maximum of 4 blocks with cache_control may be provided. Found 5/,
    ],
    ['a hot temperature', body({ inferenceConfig: { temperature: 1.1 } }), /less than or equal to 1/],
    ['a negative topP', body({ inferenceConfig: { topP: -1 } }), /greater than or equal to 0/],
    ['no tokens', body({ inferenceConfig: { maxTokens: 0 } }), /greater than or equal to 1/],
    ['half a token', body({ inferenceConfig: { maxTokens: 1.5 } }), /an integer was expected/],
    ['a blank stop sequence', body({ inferenceConfig: { stopSequences: [' '] } }), /non-whitespace/],
    [
      'a field that Claude does not know',
      fields({ foo: 1 }),
      /The model returned the following errors: foo: Extra inputs are not permitted/,
    ],
    ['a field that Converse has itself', fields({ max_tokens: 1 }), /additional field max_tokens conflicts/],
    [
      'a small budget',
      fields({ thinking: { type: 'enabled', budget_tokens: 5 } }),
      /budget_tokens: Input should be greater/,
    ],
    [
      'a budget above the limit',
      fields(THINKING, { inferenceConfig: { maxTokens: 100 } }),
      /must be greater than `thinking.budget_tokens`/,
    ],
    [
      'thinking at a temperature',
      fields(THINKING, { inferenceConfig: { temperature: 0.5 } }),
      /`temperature` may only be set to 1/,
    ],
    [
      'thinking with a forced tool',
      fields(THINKING, { toolConfig: { ...TOOLS, toolChoice: { any: {} } } }),
      /Thinking may not be enabled/,
    ],
    [
      'answered calls without their thinking',
      { ...talk(says(use('a')), asks(result('a'))), additionalModelRequestFields: THINKING },
      /Expected `thinking` or `redacted_thinking`, but found `tool_use`/,
    ],
    [
      'a guardrail without version',
      body({ guardrailConfig: { guardrailIdentifier: 'g' } }),
      /both a guardrailIdentifier/,
    ],
    ['a pointer that is none', body({ additionalModelResponseFieldPaths: ['stop'] }), /not a valid JSON Pointer/],
    ['metadata with odd characters', body({ requestMetadata: { a: '{"b"}' } }), /Map keys and values must satisfy/],
    [
      'a tier that nobody has',
      body({ serviceTier: { type: 'auto' } }),
      /enum value set: \[default, flex, priority, reserved\]/,
    ],
    ['an effort that nobody has', body({ outputConfig: { effort: 'huge' } }), /outputConfig.effort must be one of/],
    [
      'a schema that is no JSON',
      body({ outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{' } } } } }),
      /must be a valid JSON schema/,
    ],
    [
      'a count for a model that has none',
      { input: { converse: { messages: [USER] } } },
      /doesn't support counting/,
      { path: '/model/amazon.nova/count-tokens' },
    ],
    [
      'a count of two things',
      { input: { converse: { messages: [USER] }, invokeModel: { body: '' } } },
      /must set exactly one/,
      COUNT,
    ],
    ['a count of a bad invocation', invoked({ ...CLAUDE, model: 'm' }), /extraneous key \[model\]/, COUNT],
    ['a model that does not exist', body(), /The provided model identifier is invalid/, { rules: { models: ['x'] } }],
    [
      'a field that this server refuses',
      body({ serviceTier: { type: 'flex' } }),
      /#\/serviceTier: extraneous key \[serviceTier\]/,
      { rules: { refuse: { fields: ['serviceTier'] } } },
    ],
    [
      'a beta that this server refuses',
      fields({ anthropic_beta: ['a-1'] }),
      /invalid beta flag/,
      { rules: { refuse: { betas: ['a-1'] } } },
    ],
    [
      'more tokens than the model has',
      body({ inferenceConfig: { maxTokens: 500 } }),
      /exceeds the model limit of 400/,
      { rules: { limits: { maxOutputTokens: 400 } } },
    ],
    [
      'more than the window',
      body(),
      /^Input is too long for requested model.$/,
      { rules: { limits: { contextWindow: 2 } } },
    ],
  ];
  for (const [name, given, message, extra] of cases) {
    test(name, () => {
      const problem = refusalOf('bedrock-converse', given, extra);
      assert.match(problem?.message ?? 'it is taken', message);
      assert.equal(problem?.status, 400);
    });
  }
});

describe('invocations', () => {
  const ask = (given: JsonObject, extra: Extra = {}) => refusalOf('bedrock-invoke', given, extra)?.message;
  const TITAN: Extra = { path: '/model/amazon.titan-embed-text-v2%3A0/invoke' };

  test('Claude’s body needs its version and leaves model and stream to the path', () => {
    assert.equal(ask(CLAUDE), undefined);
    assert.equal(ask({ ...CLAUDE, anthropic_beta: ['a-2026-01-01'] }), undefined);
    const { anthropic_version: _version, ...bare } = CLAUDE;
    assert.match(ask(bare) ?? '', /required key \[anthropic_version\] not found/);
    assert.match(ask({ ...CLAUDE, anthropic_version: 'vertex-2023-10-16' }) ?? '', /not a valid version/);
    assert.match(ask({ ...CLAUDE, stream: true }) ?? '', /extraneous key \[stream\] is not permitted/);
    assert.match(ask({ ...CLAUDE, model: 'm' }) ?? '', /extraneous key \[model\] is not permitted/);
    assert.match(ask({ ...CLAUDE, anthropic_beta: 'a' }) ?? '', /anthropic_beta/);
  });

  test('what Anthropic refuses is refused', () => {
    assert.match(ask({ ...CLAUDE, foo: 1 }) ?? '', /^foo: Extra inputs are not permitted$/);
    assert.equal(ask({ ...CLAUDE, temperature: 0.5 }), undefined);
    assert.match(ask({ ...CLAUDE, anthropic_version: '2026-10-21', temperature: 0.5 }) ?? '', /^temperature: Extra/);
    const window = { rules: { limits: { contextWindow: 2 } } };
    assert.equal(ask(CLAUDE, window), 'Input is too long for requested model.');
    assert.equal(
      ask({ ...CLAUDE, anthropic_beta: ['a'] }, { rules: { refuse: { betas: ['a'] } } }),
      'invalid beta flag',
    );
  });

  test('the version tells a Claude behind an ARN; other models are not played', () => {
    const arn = {
      path: `/model/${encodeURIComponent('arn:aws:bedrock:us-east-1:1:application-inference-profile/abc')}/invoke`,
    };
    assert.equal(ask(CLAUDE, arn), undefined);
    assert.match(ask({ prompt: 'hi' }, { path: '/model/meta.llama/invoke' }) ?? '', /plays no model/);
  });

  test('embedders take their fields only', () => {
    assert.equal(ask({ inputText: 'a' }, TITAN), undefined);
    assert.match(ask({ text: 'a' }, TITAN) ?? '', /extraneous key \[text\]/);
    assert.match(ask({ inputText: '' }, TITAN) ?? '', /minLength/);
  });
});

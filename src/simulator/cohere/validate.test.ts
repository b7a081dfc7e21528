import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../json.ts';
import { refusalOf } from '../probe.ts';
import type { Rules } from '../scenario.ts';

const USER = { role: 'user', content: 'hi' };
const TOOL = { type: 'function', function: { name: 'T', description: 'd', parameters: { type: 'object' } } };
const call = (id: string, args = '{}'): JsonObject => ({
  id,
  type: 'function',
  function: { name: 'T', arguments: args },
});
const says = (...calls: JsonObject[]): JsonObject => ({ role: 'assistant', tool_plan: 'p', tool_calls: calls });
const result = (id: string, content: JsonObject[] | string = 'ok'): JsonObject => ({
  role: 'tool',
  tool_call_id: id,
  content,
});
const body = (more: JsonObject = {}): JsonObject => ({ model: 'command-x', messages: [USER], ...more });
const talk = (...messages: JsonObject[]): JsonObject => body({ messages: [USER, ...messages], tools: [TOOL] });
const user = (...content: JsonObject[]): JsonObject => body({ messages: [{ role: 'user', content }] });
const offered = (more: JsonObject): JsonObject => ({ ...TOOL, function: { ...TOOL.function, ...more } });

interface Extra {
  readonly path?: string;
  readonly rules?: Partial<Rules>;
}
const EMBED: Extra = { path: '/v2/embed' };
const RERANK: Extra = { path: '/v2/rerank' };

describe('Cohere requests that are taken', () => {
  const cases: readonly (readonly [string, JsonObject, Extra?])[] = [
    ['the least', body()],
    [
      'everything',
      body({
        stream: true,
        temperature: 0,
        p: 0.99,
        k: 500,
        max_tokens: 5,
        stop_sequences: ['a'],
        seed: 1,
        frequency_penalty: 1,
        logprobs: true,
        safety_mode: 'STRICT',
        thinking: { type: 'enabled', token_budget: 5 },
        documents: ['a', { data: { text: 'b' }, id: 'd' }],
        citation_options: { mode: 'ACCURATE' },
        priority: 3,
      }),
    ],
    ['tools', body({ tools: [TOOL], tool_choice: 'REQUIRED', strict_tools: true })],
    ['JSON by a schema', body({ response_format: { type: 'json_object', json_schema: { type: 'object' } } })],
    ['parallel calls and their results', talk(says(call('a'), call('b')), result('b'), result('a'), USER)],
    ['arguments that are null', talk(says(call('a', 'null')), result('a'))],
    ['results as documents', talk(says(call('a')), result('a', [{ type: 'document', document: { data: { a: 1 } } }]))],
    [
      'thinking that comes back',
      talk(
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'h' },
            { type: 'text', text: 'a' },
          ],
        },
        USER,
      ),
    ],
    [
      'citations that come back',
      talk({ role: 'assistant', content: 'a', citations: [{ start: 0, end: 1, text: 'a', sources: [] }] }, USER),
    ],
    [
      'pictures',
      user(
        { type: 'text', text: 'a' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
      ),
    ],
    ['system messages', body({ messages: [{ role: 'system', content: 'a' }, USER, { role: 'system', content: 'b' }] })],
    ['a field that the rules allow', body({ more: 1 }), { rules: { allow: ['more'] } }],
    [
      'texts to embed',
      { model: 'm', input_type: 'search_query', texts: ['a'], embedding_types: ['float', 'ubinary'] },
      EMBED,
    ],
    ['documents to rank', { model: 'm', query: 'a', documents: ['b'], top_n: 1 }, RERANK],
  ];
  for (const [name, given, extra] of cases) {
    test(name, () => assert.equal(refusalOf('cohere', given, extra)?.message, undefined));
  }
});

describe('Cohere requests that are refused', () => {
  const cases: readonly (readonly [string, JsonObject, RegExp, (Extra & { status?: number })?])[] = [
    ['unknown fields', body({ top_p: 1 }), /^unknown field: parameter 'top_p' is not a valid field/, { status: 422 }],
    ['unknown members of a tool', body({ tools: [offered({ strict: true })] }), /parameter 'strict'/, { status: 422 }],
    [
      'unknown members of a call',
      talk(says({ ...call('a'), index: 0 }), result('a')),
      /parameter 'index'/,
      { status: 422 },
    ],
    ['unknown members of a message', body({ messages: [{ ...USER, name: 'n' }] }), /parameter 'name'/, { status: 422 }],
    ['no model', { messages: [USER] }, /a model parameter is required/],
    ['a model that does not exist', body(), /model 'command-x' not found/, { rules: { models: ['x'] }, status: 404 }],
    ['no messages', body({ messages: [] }), /at least one message/],
    ['unknown roles', body({ messages: [{ role: 'developer', content: 'a' }] }), /role must be one of: system, user/],
    ['nothing to answer', body({ messages: [{ role: 'system', content: 'a' }] }), /at least 1 token long/],
    ['an empty message', body({ messages: [{ role: 'user', content: '' }] }), /at least 1 token long/],
    ['an empty answer', talk({ role: 'assistant', content: '' }, USER), /all elements in history must have a message/],
    ['an empty block', user({ type: 'text', text: '' }), /text must not be empty/],
    ['thinking of the user', user({ type: 'thinking', thinking: 'a' }), /type must be one of: text, image_url/],
    ['a call without its result', talk(says(call('a'))), /each tool call must be followed by a tool message: a/],
    ['a call answered late', talk(says(call('a')), USER, result('a')), /each tool call must be followed/],
    [
      'a result without its call',
      talk(says(call('a')), result('a'), result('b')),
      /'b' was not found in the tool calls/,
    ],
    ['the same id twice', talk(says(call('a'), call('a')), result('a')), /must be unique/],
    ['arguments that are no JSON', talk(says(call('a', '{')), result('a')), /arguments must be a JSON object/],
    [
      'a tool without parameters',
      body({ tools: [{ type: 'function', function: { name: 'T' } }] }),
      /parameters must be a JSON schema/,
    ],
    ['a tool with an odd name', body({ tools: [offered({ name: 'a b' })] }), /name must be/],
    [
      'a choice in small letters',
      body({ tools: [TOOL], tool_choice: 'required' }),
      /tool_choice must be one of: REQUIRED, NONE/,
    ],
    ['a tool that must be called and is not there', body({ tool_choice: 'REQUIRED' }), /needs at least one tool/],
    [
      'a hot temperature',
      body({ temperature: 1.5 }),
      /^invalid request: temperature must be between 0 and 1.0 inclusive.$/,
    ],
    ['a p of one', body({ p: 1 }), /p must be between 0.01 and 0.99/],
    ['both penalties', body({ frequency_penalty: 0.1, presence_penalty: 0.1 }), /cannot specify both/],
    ['six stop sequences', body({ stop_sequences: ['a', 'b', 'c', 'd', 'e', 'f'] }), /at most 5/],
    ['half a token', body({ max_tokens: 0.5 }), /non-negative integer/],
    ['no documents', body({ documents: [] }), /list of documents must not be empty/],
    ['JSON with tools', body({ tools: [TOOL], response_format: { type: 'json_object' } }), /not supported with tools/],
    [
      'JSON with documents',
      body({ documents: ['a'], response_format: { type: 'json_object' } }),
      /not supported with RAG/,
    ],
    [
      'OpenAI’s way to want JSON',
      body({ response_format: { type: 'json_schema' } }),
      /must be one of: text, json_object/,
    ],
    ['thinking without a type', body({ thinking: { token_budget: 5 } }), /thinking.type must be/],
    ['no budget', body({ thinking: { type: 'enabled', token_budget: 0 } }), /positive integer/],
    [
      'a picture that is none',
      user({ type: 'image_url', image_url: { url: 'data:text/plain,a' } }),
      /image url must be valid|valid url/,
    ],
    ['a refused field', body({ seed: 1 }), /seed is not supported/, { rules: { refuse: { fields: ['seed'] } } }],
    [
      'too many tokens wanted',
      body({ max_tokens: 9 }),
      /max tokens must be less than or equal to 8, .* received 9/,
      { rules: { limits: { maxOutputTokens: 8 } } },
    ],
    [
      'a long prompt',
      body(),
      /^too many tokens: size limit exceeded by \d+ tokens/,
      { rules: { limits: { contextWindow: 2 } } },
    ],
    ['texts of no kind', { model: 'm', texts: ['a'] }, /valid input_type must be provided/, EMBED],
    ['nothing to embed', { model: 'm', input_type: 'search_query' }, /at least one of texts/, EMBED],
    [
      'a vector of no type',
      { model: 'm', input_type: 'search_query', texts: ['a'], embedding_types: ['double'] },
      /embedding_types must be one of/,
      EMBED,
    ],
    ['nothing to look for', { model: 'm', query: ' ', documents: ['a'] }, /query must not be empty/, RERANK],
    ['nothing to rank', { model: 'm', query: 'a', documents: [] }, /list of documents must not be empty/, RERANK],
  ];
  for (const [name, given, message, extra] of cases) {
    test(name, () => {
      const problem = refusalOf('cohere', given, extra);
      assert.match(problem?.message ?? 'it is taken', message);
      assert.equal(problem?.status, extra?.status ?? 400);
    });
  }
});

// What other languages' requests become, and what is told of what is lost.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isObject, type JsonObject, objectsIn } from '../../canon/json.ts';
import type { Loss } from '../../canon/loss.ts';
import type { ChatRequest, Turn } from '../../canon/request.ts';
import type { Quirks } from '../dialect.ts';
import { openaiResponses } from './index.ts';

const { upstream } = openaiResponses;
const hello: Turn = { role: 'user', content: [{ type: 'text', text: 'Hello' }] };
const plain: ChatRequest = {
  from: 'anthropic',
  model: 'm',
  stream: false,
  system: [],
  turns: [hello],
  tools: [],
  sampling: {},
};

function write(
  more: Partial<ChatRequest>,
  quirks: Quirks = {},
): { body: JsonObject; losses: Loss[]; items: JsonObject[] } {
  const losses: Loss[] = [];
  const body = upstream.writeRequest({ ...plain, ...more }, { quirks, lose: (loss) => losses.push(loss) });
  return { body, losses, items: body.input as JsonObject[] };
}

const told = (losses: readonly Loss[]): string[] => losses.map(({ what, path }) => `${what} ${path}`);

describe('the conversation', () => {
  test('instructions are a field, or a message where the server wants that', () => {
    const system = [{ type: 'text', text: 'Be brief.' } as const, { type: 'text', text: 'Be kind.' } as const];
    assert.equal(write({ system }).body.instructions, 'Be brief.\n\nBe kind.');
    const { body, items } = write({ system }, { system_role: 'system' });
    assert.equal(body.instructions, undefined);
    assert.deepEqual(items[0], {
      type: 'message',
      role: 'system',
      content: [
        { type: 'input_text', text: 'Be brief.' },
        { type: 'input_text', text: 'Be kind.' },
      ],
    });
  });

  test("Anthropic's billing line stays at home", () => {
    const text = 'x-anthropic-billing-header: cc_version=2;\nYou are Claude Code.';
    const { body, losses } = write({ system: [{ type: 'text', text }] });
    assert.equal(body.instructions, 'You are Claude Code.');
    assert.deepEqual(told(losses), ['dropped system[0]']);
  });

  test('results stand behind their calls, pictures and files in them', () => {
    const { items } = write({
      turns: [
        hello,
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Look.' },
            { type: 'tool_call', id: 'a', name: 'f', json: '' },
            { type: 'tool_call', id: 'b', name: 'sql', json: 'SELECT 1', kind: 'custom' },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Here.' },
            {
              type: 'tool_result',
              id: 'b',
              content: [
                { type: 'text', text: '1' },
                { type: 'text', text: '2' },
              ],
            },
            {
              type: 'tool_result',
              id: 'a',
              content: [
                { type: 'text', text: 'A dot.' },
                { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } },
              ],
            },
          ],
        },
      ],
    });
    assert.deepEqual(items.slice(1), [
      { type: 'message', role: 'assistant', content: 'Look.' },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
      { type: 'custom_tool_call', call_id: 'b', name: 'sql', input: 'SELECT 1' },
      {
        type: 'function_call_output',
        call_id: 'a',
        output: [
          { type: 'input_text', text: 'A dot.' },
          { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
        ],
      },
      { type: 'custom_tool_call_output', call_id: 'b', output: '1\n2' },
      { type: 'message', role: 'user', content: 'Here.' },
    ]);
  });

  test('where results are text alone, the rest follows in a message', () => {
    const turns: Turn[] = [
      { role: 'assistant', content: [{ type: 'tool_call', id: 'a', name: 'f', json: '{}' }] },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            id: 'a',
            content: [{ type: 'image', source: { type: 'url', url: 'https://x/y.png' } }],
          },
        ],
      },
    ];
    const { items, losses } = write({ turns }, { tool_result_parts: false });
    assert.equal(items[1]?.output, '[1 file follows in the next message.]');
    assert.deepEqual(items[2]?.content, [
      { type: 'input_text', text: 'From the result of tool call a:' },
      { type: 'input_image', image_url: 'https://x/y.png' },
    ]);
    assert.deepEqual(told(losses), ['moved turns[1].content[0]']);
  });

  test('a call without a result is answered, a failed one says so', () => {
    const { items, losses } = write({
      turns: [
        {
          role: 'assistant',
          content: [
            { type: 'tool_call', id: 'a', name: 'f', json: '{}' },
            { type: 'tool_call', id: 'b', name: 'f', json: '{}' },
          ],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', id: 'b', isError: true, content: [{ type: 'text', text: 'No.' }] }],
        },
      ],
    });
    assert.deepEqual(
      items.slice(2).map(({ call_id: id, output }) => [id, output]),
      [
        ['a', '(no result)'],
        ['b', 'Error: No.'],
      ],
    );
    assert.deepEqual(told(losses), ['approximated turns[0]', 'mapped turns[1].content[0]']);
  });

  test('ids that are too long become others, pairs stay pairs', () => {
    const id = 'x'.repeat(80);
    const { items } = write({
      turns: [
        { role: 'assistant', content: [{ type: 'tool_call', id, name: 'f', json: '{}' }] },
        { role: 'user', content: [{ type: 'tool_result', id, content: [] }] },
      ],
    });
    const [made] = items.map(({ call_id }) => String(call_id));
    assert.ok(made !== undefined && made.length <= 64);
    assert.equal(items[1]?.call_id, made);
  });

  test('instructions in mid-conversation', () => {
    const turns: Turn[] = [hello, { role: 'system', content: [{ type: 'text', text: 'Stop.' }] }];
    assert.deepEqual(write({ turns }).items[1], { type: 'message', role: 'developer', content: 'Stop.' });
    const moved = write({ turns }, { mid_system: false });
    assert.equal(moved.items[1]?.role, 'user');
    assert.deepEqual(told(moved.losses), ['moved turns[1]']);
  });

  test('what the server cannot take is named in its place', () => {
    const content: Turn['content'] = [
      { type: 'image', source: { type: 'url', url: 'https://x/y.png' } },
      { type: 'document', source: { type: 'base64', mediaType: 'application/pdf', data: 'AAAA' }, title: 'a.pdf' },
      { type: 'image', source: { type: 'file', id: 'file_1', owner: 'anthropic' } },
    ];
    const { items, losses } = write({ turns: [{ role: 'user', content }] }, { images: false, files: false });
    assert.deepEqual(
      objectsIn(items[0]?.content).map(({ type }) => type),
      ['input_text', 'input_text', 'input_text'],
    );
    assert.equal(losses.length, 3);
  });
});

describe('reasoning', () => {
  const thought: Turn = {
    role: 'assistant',
    content: [
      { type: 'thinking', text: 'Hm.', signature: 'gAAA', ext: { 'openai-responses': { id: 'rs_1' } } },
      { type: 'text', text: 'Yes.' },
    ],
  };

  test('its own comes back as it was given', () => {
    const { items, body } = write({ turns: [hello, thought, hello] });
    assert.deepEqual(items[1], {
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'Hm.' }],
      encrypted_content: 'gAAA',
    });
    assert.deepEqual(body.include, ['reasoning.encrypted_content']);
    assert.equal(body.store, false);
  });

  test("others' stays out, and is said to", () => {
    const foreign: Turn = {
      role: 'assistant',
      content: [
        { type: 'thinking', text: 'Hm.' },
        { type: 'text', text: 'Yes.' },
      ],
    };
    const { items, losses } = write({ turns: [hello, foreign, hello] });
    assert.deepEqual(
      items.map(({ type }) => type),
      ['message', 'message', 'message'],
    );
    assert.deepEqual(told(losses), ['dropped turns[1].content[0]']);
    assert.equal(write({ turns: [hello, thought] }, { reasoning: 'none' }).items.length, 2);
  });

  test('reasoning that led to nothing is not taken back', () => {
    const broken: Turn = { role: 'assistant', content: thought.content.slice(0, 1) };
    const { items, losses } = write({ turns: [hello, broken, hello] });
    assert.deepEqual(
      items.map(({ type }) => type),
      ['message', 'message'],
    );
    assert.deepEqual(told(losses), ['dropped turns[1].content[0]']);
  });

  const wish = (reasoning: ChatRequest['reasoning'], quirks: Quirks = {}): unknown[] => {
    const { body, losses } = write({ ...(reasoning !== undefined && { reasoning }) }, quirks);
    return [body.reasoning, body.include !== undefined, told(losses)];
  };

  test('wishes, as near as the server takes them', () => {
    assert.deepEqual(wish(undefined), [undefined, false, []]);
    assert.deepEqual(wish({ effort: 'high' }), [{ effort: 'high', summary: 'auto' }, true, []]);
    assert.deepEqual(wish({ mode: 'off' }), [{ effort: 'none' }, false, []]);
    assert.deepEqual(wish({ effort: 'high', display: 'omitted' }), [{ effort: 'high' }, true, []]);
    assert.deepEqual(wish({ mode: 'budget', budget: 1500 }), [
      { effort: 'low', summary: 'auto' },
      true,
      ['approximated reasoning.budget'],
    ]);
    assert.deepEqual(wish({ effort: 'max' }), [
      { effort: 'high', summary: 'auto' },
      true,
      ['approximated reasoning.effort'],
    ]);
    assert.deepEqual(wish({ effort: 'max' }, { efforts: ['low', 'xhigh'] }), [
      { effort: 'xhigh', summary: 'auto' },
      true,
      ['approximated reasoning.effort'],
    ]);
    assert.deepEqual(wish({ effort: 'high' }, { reasoning_request: 'none' })[0], undefined);
  });

  test('a model that is known to reason is asked for it in the form in which it comes back', () => {
    assert.deepEqual(wish(undefined, { efforts: ['low', 'high'] }), [undefined, true, []]);
    assert.deepEqual(wish(undefined, { efforts: ['none'] }), [undefined, false, []]);
  });
});

describe('tools', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
    additionalProperties: false,
  };
  const open = { type: 'object', properties: { a: { type: 'string' } } };

  test('are not strict unless somebody asked for it and the schema allows it', () => {
    const { body, losses } = write({
      tools: [
        { type: 'function', name: 'f', schema: open },
        { type: 'function', name: 'g', schema, strict: true },
        { type: 'function', name: 'h', schema: open, strict: true },
      ],
    });
    assert.deepEqual(
      (body.tools as JsonObject[]).map(({ strict }) => strict),
      [false, true, false],
    );
    assert.deepEqual(told(losses), ['approximated tools[2]']);
  });

  test('hidden ones come to light when a result names them', () => {
    const tools = [
      { type: 'function', name: 'f', schema: open, deferred: true } as const,
      { type: 'function', name: 'g', schema: open, deferred: true } as const,
    ];
    const turns: Turn[] = [
      { role: 'assistant', content: [{ type: 'tool_call', id: 'a', name: 'search', json: '{}' }] },
      { role: 'user', content: [{ type: 'tool_result', id: 'a', content: [{ type: 'tool_reference', name: 'g' }] }] },
    ];
    const { body, items } = write({ tools, turns });
    assert.deepEqual(
      (body.tools as JsonObject[]).map(({ name, defer_loading: hidden }) => [name, hidden]),
      [['g', undefined]],
    );
    assert.equal(items[1]?.output, 'Tool g is now available.');
  });

  test("the provider's own stand for those of others", () => {
    const { body, losses } = write({
      tools: [
        {
          type: 'native',
          dialect: 'anthropic',
          name: 'web_search',
          value: { type: 'web_search_20250305', name: 'web_search' },
          means: {
            type: 'web_search',
            maxUses: 3,
            allowedDomains: ['a.org'],
            blockedDomains: ['b.org'],
            location: { city: 'Oslo' },
          },
        },
        { type: 'native', dialect: 'anthropic', name: 'code_execution', value: {}, means: { type: 'code_execution' } },
        { type: 'native', dialect: 'anthropic', name: 'web_fetch', value: {}, means: { type: 'web_fetch' } },
      ],
      toolChoice: { type: 'tool', name: 'web_search' },
    });
    assert.deepEqual(body.tools, [
      {
        type: 'web_search',
        filters: { allowed_domains: ['a.org'] },
        user_location: { type: 'approximate', city: 'Oslo' },
      },
      { type: 'code_interpreter', container: { type: 'auto' } },
    ]);
    assert.deepEqual(body.tool_choice, { type: 'allowed_tools', mode: 'required', tools: [{ type: 'web_search' }] });
    assert.deepEqual(told(losses), ['dropped tools[0]', 'dropped tools[0]', 'mapped tools[0]', 'mapped tools[1]']);
  });

  test('choices in every form', () => {
    const tools = [{ type: 'function', name: 'f', schema: open } as const, { type: 'custom', name: 'c' } as const];
    const choice = (toolChoice: ChatRequest['toolChoice'], quirks: Quirks = {}): unknown =>
      write({ tools, ...(toolChoice !== undefined && { toolChoice }) }, quirks).body.tool_choice;
    assert.equal(choice({ type: 'none' }), 'none');
    assert.equal(choice({ type: 'required' }), 'required');
    assert.equal(choice({ type: 'required' }, { forced_tools: false }), 'auto');
    assert.deepEqual(choice({ type: 'tool', name: 'c' }), { type: 'custom', name: 'c' });
    assert.deepEqual(choice({ type: 'required', allowed: ['f', 'c'] }), {
      type: 'allowed_tools',
      mode: 'required',
      tools: [
        { type: 'function', name: 'f' },
        { type: 'custom', name: 'c' },
      ],
    });
    assert.deepEqual(write({ toolChoice: { type: 'required' } }).body.tool_choice, undefined);
  });
});

describe('parameters', () => {
  test('the limit of the answer', () => {
    assert.deepEqual(write({ maxTokens: 1 }).body.max_output_tokens, 16);
    assert.deepEqual(told(write({ maxTokens: 1 }).losses), ['approximated max_tokens']);
    assert.equal(write({ maxTokens: 9000 }, { max_output_tokens: 4096 }).body.max_output_tokens, 4096);
  });

  test('names, tiers and labels', () => {
    const { body, losses } = write({
      user: 'u'.repeat(200),
      serviceTier: 'standard_only',
      labels: { run: '7', ['n'.repeat(65)]: 'x' },
      cacheKey: 'k',
      verbosity: 'low',
    });
    assert.match(String(body.safety_identifier), /^user_\w{32}$/);
    assert.equal(body.service_tier, 'default');
    assert.deepEqual(body.metadata, { run: '7' });
    assert.equal(body.prompt_cache_key, 'k');
    assert.deepEqual(body.text, { verbosity: 'low' });
    assert.deepEqual(told(losses), ['approximated user', 'mapped service_tier', 'dropped labels']);
    assert.equal(write({ serviceTier: 'batch' }).body.service_tier, undefined);
    assert.equal(write({ serviceTier: 'flex' }, { service_tiers: ['auto'] }).body.service_tier, undefined);
  });

  test('the form of the answer', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    const format = { type: 'json_schema', schema, strict: true } as const;
    const { body, losses } = write({ format });
    assert.deepEqual(body.text, { format: { type: 'json_schema', name: 'answer', schema, strict: false } });
    assert.deepEqual(told(losses), ['approximated format']);
    const words = write({ format }, { json_schema: false }).body;
    assert.deepEqual(words.text, { format: { type: 'json_object' } });
    assert.match(String(words.instructions), /JSON Schema/);
  });

  test('what the server refuses, and what it always wants', () => {
    const { body, losses } = write(
      { sampling: { temperature: 0.5 } },
      { refuses: ['temperature', 'store'], extra_body: { safe: true } },
    );
    assert.equal(body.temperature, undefined);
    assert.equal(body.safe, true);
    assert.deepEqual(told(losses), ['dropped temperature', 'dropped store']);
  });
});

describe('marks for the cache', () => {
  const system = [{ type: 'text', text: 'Long.', cache: { ttl: '1h' } } as const];
  const turns: Turn[] = [{ role: 'user', content: [{ type: 'text', text: 'Hi', cache: {} }] }];

  test('are left out where the server is not known to take them', () => {
    const { body, losses, items } = write({ system, turns });
    assert.equal(body.instructions, 'Long.');
    assert.equal(items[0]?.content, 'Hi');
    assert.ok(told(losses).includes('dropped system[0]'));
  });

  test('are told in the words of the language where it does', () => {
    const { body, items } = write({ system, turns }, { cache_control: true });
    assert.equal(body.instructions, undefined);
    assert.deepEqual(items[0]?.content, [
      { type: 'input_text', text: 'Long.', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
    ]);
    assert.deepEqual(items[1]?.content, [
      { type: 'input_text', text: 'Hi', prompt_cache_breakpoint: { mode: 'explicit' } },
    ]);
  });
});

test('counting asks for nothing but a count', () => {
  const { count } = upstream;
  const request: ChatRequest = { ...plain, stream: true, maxTokens: 100, sampling: { temperature: 1 }, user: 'u' };
  const body = count.writeRequest(request, { quirks: {}, lose: () => undefined });
  assert.deepEqual(Object.keys(body), ['model', 'input']);
  assert.equal(count.readResponse({ object: 'response.input_tokens', input_tokens: 42 }), 42);
  assert.equal(count.readResponse({ error: {} }), undefined);
  assert.ok(isObject(body));
  assert.deepEqual(openaiResponses.client.writeCount(42), { object: 'response.input_tokens', input_tokens: 42 });
});

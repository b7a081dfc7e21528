// What clients are given of an answer, they give back: it has to mean the same to whoever hears it next.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '../../canon/content.ts';
import type { Folded } from '../../canon/fold.ts';
import { type JsonObject, objectsIn } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { openaiResponses } from './index.ts';

const { client, upstream } = openaiResponses;

const tools: JsonObject[] = [
  { type: 'function', name: 'look', strict: false, parameters: { type: 'object' } },
  { type: 'shell' },
  { type: 'apply_patch' },
  { type: 'tool_search', execution: 'client' },
  {
    type: 'namespace',
    name: 'crm',
    description: 'C.',
    tools: [{ type: 'function', name: 'find', strict: false, parameters: { type: 'object' } }],
  },
];
const first: JsonObject = { model: 'm', input: 'Look.', tools };

/** What a client says after an answer: all that was said, and the results of its calls. */
function goesOn(
  content: readonly Block[],
  ...results: readonly JsonObject[]
): { request: ChatRequest; items: JsonObject[] } {
  const request = client.readRequest(first, {});
  const answer: Folded = { id: 'msg_1', model: 'm', content, usage: {}, natives: [], finish: { reason: 'end' } };
  const response = client.writeResponse(answer, request);
  const items = client.conversation.outputItems(response);
  const input = [...client.conversation.inputItems(first), ...items, ...results];
  return { request: client.readRequest({ ...first, input }, {}), items };
}

/** The blocks without what only this language remembers of them. */
const bare = (content: readonly Block[] | undefined): unknown[] =>
  (content ?? []).map(({ ext: _, ...block }: Block & { ext?: unknown }) => block);
const sent = (request: ChatRequest): JsonObject[] =>
  objectsIn(upstream.writeRequest(request, { quirks: {}, lose: () => undefined }).input);

test('words, thoughts and their proofs stand where they stood', () => {
  const content: Block[] = [
    { type: 'thinking', text: 'Hm.', signature: 'sealed-1' },
    { type: 'thinking', text: '', signature: 'sealed-2' },
    { type: 'thinking', text: '', redacted: 'sealed-3' },
    { type: 'text', text: 'I' },
    { type: 'text', text: ' look.' },
    { type: 'refusal', text: 'No.' },
  ];
  assert.deepEqual(bare(goesOn(content).request.turns[1]?.content), content);
});

test('a thought with words that was encrypted from the start', () => {
  const request = {
    ...client.readRequest(first, {}),
    turns: [{ role: 'assistant' as const, content: [{ type: 'thinking' as const, text: 'Hm.', redacted: 'x' }] }],
  };
  const written = upstream.writeRequest(request, { quirks: {}, lose: () => undefined });
  assert.deepEqual(client.readRequest(written, {}).turns, request.turns);
});

describe('calls and their results', () => {
  const call = (id: string, name: string, json: string, kind?: 'custom'): Block => ({
    type: 'tool_call',
    id,
    name,
    json,
    ...(kind !== undefined && { kind }),
  });
  const content = [
    call('a', 'look', '{"x":1}'),
    call('b', 'shell', '{"commands":["ls"]}'),
    call('c', 'apply_patch', '{"type":"delete_file","path":"a"}'),
    call('d', 'tool_search', '{"query":"time"}'),
    call('e', 'crm__find', '{}'),
    call('f', 'sql', 'SELECT 1', 'custom'),
  ];
  const found = {
    type: 'function',
    name: 'get_time',
    strict: false,
    defer_loading: true,
    parameters: { type: 'object' },
  };
  const results = [
    { type: 'function_call_output', call_id: 'a', output: 'seen' },
    {
      type: 'shell_call_output',
      call_id: 'b',
      output: [{ stdout: 'x', stderr: '', outcome: { type: 'exit', exit_code: 1 } }],
    },
    { type: 'apply_patch_call_output', call_id: 'c', status: 'failed', output: 'No such file' },
    { type: 'tool_search_output', call_id: 'd', execution: 'client', status: 'completed', tools: [found] },
    {
      type: 'function_call_output',
      call_id: 'e',
      output: [
        { type: 'input_text', text: 'a' },
        { type: 'input_text', text: 'b' },
      ],
    },
    { type: 'custom_tool_call_output', call_id: 'f', output: '1' },
  ];
  const { request, items } = goesOn(content, ...results);

  test('are heard as they were made', () => {
    assert.deepEqual(
      items.map(({ type }) => type),
      ['function_call', 'shell_call', 'apply_patch_call', 'tool_search_call', 'function_call', 'custom_tool_call'],
    );
    const heard = bare(request.turns[1]?.content).map((block) => ({ ...(block as JsonObject) }));
    assert.deepEqual(
      heard.map(({ id, name, kind }) => [id, name, kind]),
      content.map((block) => block.type === 'tool_call' && [block.id, block.name, block.kind]),
    );
    assert.deepEqual(bare(request.turns[2]?.content).slice(2, 4), [
      { type: 'tool_result', id: 'c', content: [{ type: 'text', text: 'No such file' }], isError: true },
      { type: 'tool_result', id: 'd', content: [{ type: 'tool_reference', name: 'get_time' }] },
    ]);
  });

  test('what was found can be called from then on', () => {
    const tool = request.tools.find(({ name }) => name === 'get_time');
    assert.ok(tool?.type === 'function' && tool.deferred === true);
  });

  test('in their own language they are what they were', () => {
    const [, ...rest] = sent(request);
    assert.deepEqual(rest.slice(content.length), results);
    assert.deepEqual(
      rest.slice(0, content.length).map(({ type, call_id: id }) => [type, id]),
      items.map(({ type, call_id: id }) => [type, id]),
    );
  });
});

test('the screen of a computer goes round', () => {
  const item = {
    type: 'computer_call',
    id: 'cu_1',
    call_id: 'a',
    actions: [{ type: 'click', x: 1, y: 2, button: 'left' }],
    pending_safety_checks: [{ id: 'sc_1' }],
  };
  const shot = {
    type: 'computer_call_output',
    call_id: 'a',
    output: { type: 'computer_screenshot', image_url: 'https://x/y.png' },
    acknowledged_safety_checks: [{ id: 'sc_1' }],
  };
  const request = client.readRequest({ model: 'm', input: [item, shot], tools: [{ type: 'computer' }] }, {});
  assert.deepEqual(request.turns[1]?.content[0]?.type === 'tool_result' && bare(request.turns[1].content[0].content), [
    { type: 'image', source: { type: 'url', url: 'https://x/y.png' } },
  ]);
  assert.deepEqual(sent(request), [item, shot]);
});

test('the local shell may answer by the id of the item', () => {
  const item = {
    type: 'local_shell_call',
    id: 'lsh_1',
    call_id: 'a',
    action: { type: 'exec', command: ['ls'], env: {} },
    status: 'completed',
  };
  const output = { type: 'local_shell_call_output', id: 'lsh_1', output: 'x' };
  const request = client.readRequest({ model: 'm', input: [item, output], tools: [{ type: 'local_shell' }] }, {});
  const [result] = request.turns[1]?.content ?? [];
  assert.ok(result?.type === 'tool_result' && result.id === 'a');
});

test('a conversation is its items, whoever gave them', () => {
  assert.deepEqual(client.conversation.inputItems({ input: 'Hi' }), [{ type: 'message', role: 'user', content: 'Hi' }]);
  assert.deepEqual(client.conversation.inputItems({}), []);
  const item = { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'f', arguments: '{}', status: 'completed' };
  assert.deepEqual(client.conversation.outputItems({ output: [{ ...item, created_by: 'x' }] }), [item]);
});

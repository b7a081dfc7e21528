// What clients are sent: every event that they wait for, ids that stay the same, and the request's own words.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import OpenAI from 'openai';
import type { Block } from '../../canon/content.ts';
import { GatewayError } from '../../canon/error.ts';
import type { Event } from '../../canon/event.ts';
import { createFold, type Folded } from '../../canon/fold.ts';
import { isObject, type JsonObject, objectsIn } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { openaiResponses } from './index.ts';

const { client, upstream } = openaiResponses;
const ask = (body: JsonObject = {}): ChatRequest =>
  client.readRequest({ model: 'm', input: 'Hi', stream: true, ...body }, {});

function write(events: readonly Event[], request = ask()): string {
  let text = '';
  const sink = client.writeStream((piece) => {
    text += piece;
  }, request);
  for (const event of events) sink(event);
  return text;
}

/** The events of a stream; each names itself twice and is numbered. */
function eventsIn(text: string): JsonObject[] {
  const frames = text.split('\n\n').filter((frame) => frame !== '');
  return frames.map((frame, i) => {
    const [, name, data] = /^event: (.+)\ndata: (.+)$/s.exec(frame) ?? [];
    const event = JSON.parse(data ?? '') as JsonObject;
    assert.equal(event.type, name);
    assert.equal(event.sequence_number, i);
    return event;
  });
}

function answer(...blocks: readonly (readonly [Event & { type: 'open' }, ...Event[]])[]): Event[] {
  return [
    { type: 'start', id: 'chatcmpl-1', model: 'other-model' },
    ...blocks.flatMap((block, index) => [...block, { type: 'close' as const, index }]).map((event) => event),
    { type: 'usage', usage: { input: 5, cacheRead: 3, output: 7, reasoning: 2 } },
    { type: 'finish', reason: 'end' },
  ];
}

const text = (index: number, words: string): readonly [Event & { type: 'open' }, ...Event[]] => [
  { type: 'open', index, block: { type: 'text' } },
  { type: 'text', index, text: words },
];
const thought = (index: number, words: string, signature?: string): readonly [Event & { type: 'open' }, ...Event[]] => [
  { type: 'open', index, block: { type: 'thinking' } },
  ...(words === '' ? [] : [{ type: 'text', index, text: words } as const]),
  ...(signature === undefined ? [] : [{ type: 'signature', index, signature } as const]),
];
const call = (
  index: number,
  name: string,
  json: string,
  kind?: 'custom',
): readonly [Event & { type: 'open' }, ...Event[]] => [
  { type: 'open', index, block: { type: 'tool_call', id: `call_${index}`, name, ...(kind !== undefined && { kind }) } },
  { type: 'json', index, json },
];

const rich = answer(
  thought(0, 'Hm.', 'proof'),
  text(1, 'Hello'),
  text(2, ' there.'),
  call(3, 'f', '{"x":1}'),
  call(4, 'sql', 'SELECT 1', 'custom'),
);

describe('a stream', () => {
  const events = eventsIn(write(rich));
  const last = events.at(-1)?.response as JsonObject;

  test('has every event in its place', () => {
    const names = events.map(({ type }) => String(type).replace('response.', ''));
    assert.deepEqual(
      names.filter((name, i) => name !== names[i - 1]),
      [
        'created',
        'in_progress',
        'output_item.added',
        'reasoning_summary_part.added',
        'reasoning_summary_text.delta',
        'reasoning_summary_text.done',
        'reasoning_summary_part.done',
        'output_item.done',
        'output_item.added',
        'content_part.added',
        'output_text.delta',
        'output_text.done',
        'content_part.done',
        'content_part.added',
        'output_text.delta',
        'output_text.done',
        'content_part.done',
        'output_item.done',
        'output_item.added',
        'function_call_arguments.delta',
        'function_call_arguments.done',
        'output_item.done',
        'output_item.added',
        'custom_tool_call_input.delta',
        'custom_tool_call_input.done',
        'output_item.done',
        'completed',
      ],
    );
  });

  test('says each item in its end what it is, and the answer in its end all of them', () => {
    const done = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);
    assert.deepEqual(last.output, done);
    assert.deepEqual(
      objectsIn(last.output).map(({ id: _, ...item }) => item),
      [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: 'proof' },
        {
          type: 'message',
          status: 'completed',
          role: 'assistant',
          content: [
            { type: 'output_text', annotations: [], logprobs: [], text: 'Hello' },
            { type: 'output_text', annotations: [], logprobs: [], text: ' there.' },
          ],
        },
        { type: 'function_call', status: 'completed', call_id: 'call_3', name: 'f', arguments: '{"x":1}' },
        { type: 'custom_tool_call', status: 'completed', call_id: 'call_4', name: 'sql', input: 'SELECT 1' },
      ],
    );
    assert.deepEqual(last.usage, {
      input_tokens: 8,
      input_tokens_details: { cached_tokens: 3 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 2 },
      total_tokens: 15,
    });
  });

  test('names its items the same each time, streamed and whole', () => {
    const fold = createFold();
    for (const event of rich) fold.sink(event);
    const whole = client.writeResponse(fold.result(), ask());
    assert.deepEqual({ ...whole, created_at: 0 }, { ...last, created_at: 0 });
    assert.deepEqual(
      objectsIn(last.output).map(({ id }) => String(id).replace(/_.*/, '')),
      ['rs', 'msg', 'fc', 'ctc'],
    );
    assert.equal(last.id, 'resp_chatcmpl-1');
  });

  test('is given a name that both forms share where the provider gave none', () => {
    const request = ask();
    const nameless = rich.map((event) => (event.type === 'start' ? { ...event, id: '', model: '' } : event));
    const streamed = eventsIn(write(nameless, request)).at(-1)?.response as JsonObject;
    const fold = createFold();
    for (const event of nameless) fold.sink(event);
    const whole = client.writeResponse(fold.result(), request);
    assert.match(String(streamed.id), /^resp_\w{32}$/);
    assert.equal(whole.id, streamed.id);
    assert.deepEqual(
      objectsIn(whole.output).map(({ id }) => id),
      objectsIn(streamed.output).map(({ id }) => id),
    );
    assert.equal(streamed.model, 'm');
    const other = eventsIn(write(nameless, ask())).at(-1)?.response as JsonObject;
    assert.notEqual(other.id, streamed.id);
  });
});

describe('the words of the request', () => {
  test('come back in the answer', () => {
    const request = ask({
      instructions: 'Be brief.',
      max_output_tokens: 100,
      temperature: 0.5,
      metadata: { run: '7' },
      reasoning: { effort: 'low', summary: 'detailed' },
      text: { verbosity: 'low', format: { type: 'json_schema', name: 'n', schema: {}, strict: true } },
      tools: [{ type: 'function', name: 'f', strict: false, parameters: { type: 'object' } }, { type: 'shell' }],
      tool_choice: { type: 'function', name: 'f' },
      parallel_tool_calls: false,
      store: false,
      previous_response_id: 'resp_0',
      safety_identifier: 'u',
      service_tier: 'flex',
    });
    const { response } = eventsIn(write(rich, request))[0] ?? {};
    assert.ok(isObject(response));
    const { id: _, created_at: __, ...said } = response;
    assert.deepEqual(said, {
      background: false,
      instructions: 'Be brief.',
      max_output_tokens: 100,
      max_tool_calls: null,
      metadata: { run: '7' },
      parallel_tool_calls: false,
      previous_response_id: 'resp_0',
      prompt_cache_key: null,
      prompt_cache_retention: null,
      reasoning: { effort: 'low', summary: 'detailed' },
      safety_identifier: 'u',
      store: false,
      temperature: 0.5,
      text: { format: { type: 'json_schema', name: 'n', schema: {}, strict: true }, verbosity: 'low' },
      tool_choice: { type: 'function', name: 'f' },
      tools: [{ type: 'function', name: 'f', parameters: { type: 'object' }, strict: false }, { type: 'shell' }],
      top_logprobs: 0,
      top_p: 1,
      truncation: 'disabled',
      user: null,
      service_tier: 'flex',
      object: 'response',
      error: null,
      incomplete_details: null,
      model: 'other-model',
      output: [],
      usage: null,
      status: 'in_progress',
    });
  });
});

describe('tools that are more than functions', () => {
  const request = ask({
    tools: [
      { type: 'shell' },
      { type: 'local_shell' },
      { type: 'apply_patch' },
      { type: 'computer_use_preview', display_width: 1, display_height: 2, environment: 'linux' },
      { type: 'tool_search', execution: 'client', parameters: { type: 'object' } },
      { type: 'namespace', name: 'crm', description: '', tools: [{ type: 'function', name: 'find' }] },
    ],
  });
  const itemOf = (name: string, json: string): JsonObject => {
    const events = eventsIn(write(answer(call(0, name, json)), request));
    const [added, done] = ['added', 'done'].map((when) =>
      events.find(({ type }) => type === `response.output_item.${when}`),
    );
    assert.ok(isObject(added?.item) && isObject(done?.item));
    assert.equal(added.item.status, 'in_progress');
    assert.equal(added.item.type, done.item.type);
    const { id: _, ...item } = done.item;
    return item;
  };
  const base = { status: 'completed', call_id: 'call_0' };

  test('their calls are items of their own', () => {
    assert.deepEqual(itemOf('shell', '{"commands":["ls"],"timeout_ms":5}'), {
      ...base,
      type: 'shell_call',
      action: { commands: ['ls'], max_output_length: null, timeout_ms: 5 },
    });
    assert.deepEqual(itemOf('local_shell', '{"command":["ls"]}'), {
      ...base,
      type: 'local_shell_call',
      action: { type: 'exec', command: ['ls'], env: {} },
    });
    assert.deepEqual(itemOf('apply_patch', '{"type":"delete_file","path":"a"}'), {
      ...base,
      type: 'apply_patch_call',
      operation: { type: 'delete_file', path: 'a' },
    });
    assert.deepEqual(itemOf('tool_search', '{"query":"x"}'), {
      ...base,
      type: 'tool_search_call',
      arguments: { query: 'x' },
      execution: 'client',
    });
    assert.deepEqual(itemOf('computer', '{"actions":[{"type":"wait"}]}'), {
      ...base,
      type: 'computer_call',
      action: { type: 'wait' },
      pending_safety_checks: [],
    });
    assert.deepEqual(itemOf('crm__find', '{}'), {
      ...base,
      type: 'function_call',
      name: 'find',
      namespace: 'crm',
      arguments: '{}',
    });
  });

  test('what no such item can hold stays the call of a function', () => {
    assert.deepEqual(itemOf('shell', '["ls"]'), { ...base, type: 'function_call', name: 'shell', arguments: '["ls"]' });
  });
});

describe('what is hard to say', () => {
  const responseOf = (events: readonly Event[]): JsonObject => eventsIn(write(events)).at(-1)?.response as JsonObject;
  const heard = (events: readonly Event[]): Folded => {
    const fold = createFold();
    const reader = upstream.readStream(fold.sink);
    reader.feed(Buffer.from(write(events)));
    reader.end();
    return fold.result();
  };

  test('ends that the language has no word for are understood by its readers', () => {
    for (const reason of ['length', 'pause', 'refusal', 'context_overflow', 'compaction'] as const) {
      const events = answer(text(0, 'Hi')).with(-1, { type: 'finish', reason });
      assert.equal(heard(events).finish?.reason, reason);
    }
    const stopped = answer(text(0, 'Hi')).with(-1, { type: 'finish', reason: 'stop_sequence', stopSequence: '###' });
    assert.deepEqual(heard(stopped).finish, { reason: 'stop_sequence', stopSequence: '###' });
    assert.equal(responseOf(answer(text(0, 'Hi')).with(-1, { type: 'finish', reason: 'length' })).status, 'incomplete');
  });

  test('proofs, with words and without, and reasoning that is encrypted', () => {
    const blocks = [
      thought(0, 'Hm.', 'a'),
      thought(1, '', 'b'),
      [{ type: 'open', index: 2, block: { type: 'redacted', data: 'c' } }] as const,
      thought(3, ''),
    ];
    assert.deepEqual(
      heard(answer(...blocks)).content.map((block) =>
        block.type === 'thinking' ? [block.text, block.signature, block.redacted] : block.type,
      ),
      [
        ['Hm.', 'a', undefined],
        ['', 'b', undefined],
        ['', undefined, 'c'],
      ],
    );
  });

  test('a refusal in words is a complete answer, one without was filtered', () => {
    const refused: Event[] = [
      { type: 'open', index: 0, block: { type: 'refusal' } },
      { type: 'text', index: 0, text: 'No.' },
    ];
    const [start, ...rest] = answer(text(0, 'x')).with(-1, { type: 'finish', reason: 'refusal' });
    assert.ok(start);
    assert.equal(responseOf([start, ...refused, ...rest.slice(2)]).status, 'completed');
    const filtered = responseOf([start, ...rest]);
    assert.deepEqual([filtered.status, filtered.incomplete_details], ['incomplete', { reason: 'content_filter' }]);
  });

  test('the own text of a thought and its summary are one item', () => {
    const own = (index: number, fields: JsonObject): Event => ({
      type: 'open',
      index,
      block: { type: 'thinking', ext: { 'openai-responses': fields } },
    });
    const [start, , ...rest] = answer(thought(0, 'x'));
    assert.ok(start);
    const events: Event[] = [
      start,
      own(0, { id: 'rs_1', shown: 'content' }),
      { type: 'text', index: 0, text: 'Raw.' },
      { type: 'close', index: 0 },
      own(1, { id: 'rs_1' }),
      { type: 'text', index: 1, text: 'Sum.' },
      { type: 'signature', index: 1, signature: 'p' },
      { type: 'close', index: 1 },
      ...rest.slice(2),
    ];
    assert.deepEqual(responseOf(events).output, [
      {
        id: 'rs_1',
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: 'Sum.' }],
        content: [{ type: 'reasoning_text', text: 'Raw.' }],
        encrypted_content: 'p',
      },
    ]);
  });

  test('blocks without words are no items', () => {
    assert.deepEqual(
      responseOf(answer(thought(0, ''), [{ type: 'open', index: 1, block: { type: 'text' } }])).output,
      [],
    );
  });

  test('citations with an address have a place, others have no form', () => {
    const [, open, words, ...rest] = answer(text(0, 'Hello'));
    const cited: Event[] = [
      { type: 'citation', index: 0, citation: { kind: 'url', url: 'https://a.org', title: 'A' } },
      { type: 'citation', index: 0, citation: { kind: 'page', citedText: 'x' } },
    ];
    const events = [{ type: 'start', id: 'a', model: 'm' } as const, open, words, ...cited, ...rest].filter(
      (event) => event !== undefined,
    );
    const [item] = objectsIn(responseOf(events).output);
    assert.deepEqual(objectsIn(item?.content)[0]?.annotations, [
      { type: 'url_citation', url: 'https://a.org', title: 'A', start_index: 0, end_index: 5 },
    ]);
  });

  test('a picture is the result of a call', () => {
    const source = { type: 'base64', mediaType: 'image/webp', data: 'AAAA' } as const;
    const [item] = objectsIn(responseOf(answer([{ type: 'open', index: 0, block: { type: 'image', source } }])).output);
    assert.deepEqual(
      { ...item, id: '' },
      { id: '', type: 'image_generation_call', status: 'completed', result: 'AAAA', output_format: 'webp' },
    );
  });

  test('a failure is told in the words that agents look for', () => {
    const failed = (error: GatewayError): unknown => {
      const { type, response } =
        eventsIn(
          write([
            { type: 'start', id: 'a', model: 'm' },
            { type: 'error', error },
          ]),
        ).at(-1) ?? {};
      assert.equal(type, 'response.failed');
      assert.ok(isObject(response) && response.status === 'failed');
      return response.error;
    };
    assert.deepEqual(failed(new GatewayError('context_overflow', 'x', { tokens: 9, limit: 5 })), {
      code: 'context_length_exceeded',
      message:
        "This model's maximum context length is 5 tokens. However, your messages resulted in 9 tokens. Please reduce the length of the messages.",
    });
    assert.deepEqual(failed(new GatewayError('rate_limit', 'Slow down.', { retryAfter: 7 })), {
      code: 'rate_limit_exceeded',
      message: 'Slow down. Please try again in 7s.',
    });
    assert.deepEqual(failed(new GatewayError('billing', 'Pay.')), { code: 'insufficient_quota', message: 'Pay.' });
    assert.deepEqual(failed(new GatewayError('internal', 'Oh.')), { code: 'server_error', message: 'Oh.' });
    assert.deepEqual(failed(new GatewayError('overloaded', 'Busy.')), {
      code: 'server_is_overloaded',
      message: 'Busy.',
    });
    const [bare] = eventsIn(write([{ type: 'error', error: new GatewayError('internal', 'Oh.') }]));
    assert.equal(bare?.type, 'error');
    assert.equal(bare.message, 'Oh.');
  });
});

describe("OpenAI's own client", () => {
  const clientFor = (body: string, type: string): OpenAI =>
    new OpenAI({
      apiKey: 'x',
      maxRetries: 0,
      fetch: async () => new Response(body, { headers: { 'content-type': type } }),
    });

  test('puts the stream together', async () => {
    const stream = clientFor(write(rich), 'text/event-stream').responses.stream({ model: 'm', input: 'Hi' });
    const pieces: string[] = [];
    stream.on('response.output_text.delta', ({ delta }) => pieces.push(delta));
    const response = await stream.finalResponse();
    assert.deepEqual(pieces, ['Hello', ' there.']);
    assert.equal(response.output_text, 'Hello there.');
    assert.deepEqual(
      response.output.map(({ type }) => type),
      ['reasoning', 'message', 'function_call', 'custom_tool_call'],
    );
    assert.equal(response.usage?.total_tokens, 15);
  });

  test('reads the whole answer', async () => {
    const fold = createFold();
    for (const event of rich) fold.sink(event);
    const body = JSON.stringify(client.writeResponse(fold.result(), ask()));
    const response = await clientFor(body, 'application/json').responses.create({ model: 'm', input: 'Hi' });
    assert.equal(response.output_text, 'Hello there.');
    assert.equal(response.status, 'completed');
  });

  test('follows what the provider runs itself', async () => {
    const natives: Block[] = [
      { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } },
      { type: 'code_interpreter_call', id: 'ci_1', status: 'completed', code: '1', container_id: 'c', outputs: [] },
      {
        type: 'mcp_call',
        id: 'mcp_1',
        status: 'failed',
        error: { type: 'http_error', code: 500, message: '' },
        arguments: '{}',
        name: 'r',
        server_label: 's',
      },
      { type: 'mcp_list_tools', id: 'mcpl_1', server_label: 's', tools: [] },
      { type: 'file_search_call', id: 'fs_1', status: 'completed', queries: [] },
      { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'AAAA' },
      {
        type: 'shell_call',
        id: 'sh_1',
        call_id: 'a',
        status: 'completed',
        action: { commands: ['ls'] },
        environment: { type: 'container_reference' },
      },
    ].map((value) => ({ type: 'native', dialect: 'openai-responses', value }));
    const blocks = natives.map((block, index) => [{ type: 'open', index, block } as Event & { type: 'open' }] as const);
    const stream = clientFor(write(answer(...blocks)), 'text/event-stream').responses.stream({
      model: 'm',
      input: 'Hi',
    });
    const { output } = await stream.finalResponse();
    assert.deepEqual(
      output,
      natives.map((block) => block.type === 'native' && block.value),
    );
  });
});

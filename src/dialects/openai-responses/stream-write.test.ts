// What clients are sent: every event that they wait for, ids that stay the same, and the request's own words.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import OpenAI from 'openai';
import type { Block } from '../../canon/content.ts';
import { GatewayError } from '../../canon/error.ts';
import type { Event } from '../../canon/event.ts';
import { createFold, type Folded } from '../../canon/fold.ts';
import { isObject, type JsonObject, objectsIn } from '../../canon/json.ts';
import { answer, ask, client, eventsIn, rich, text, thought, upstream, write } from './streamed.ts';

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

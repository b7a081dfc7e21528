import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { buildAnswer } from '../answer.ts';
import { createIdMaker } from '../ids.ts';
import { type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { askedFrom, dialectNamed, eventsIn, jsonIn, STRICT } from '../probe.ts';
import type { Step } from '../scenario.ts';

const dialect = dialectNamed('openai-responses');

interface Written {
  readonly whole: JsonObject;
  readonly body: string;
  readonly events: readonly JsonObject[];
}

function written(step: Step, more: JsonObject = {}): Written {
  const asked = askedFrom('openai-responses', { model: 'gpt-5.5', input: 'hi', ...more });
  const answer = buildAnswer({ id: 'resp_1', ...step }, asked, createIdMaker(), dialect.prefixes);
  const body = dialect.stream(answer, asked).join('');
  return { whole: dialect.whole(answer, asked), body, events: jsonIn(body) };
}

const ofType = (events: readonly JsonObject[], type: string): JsonObject[] =>
  events.filter((event) => event.type === type);
const types = (events: readonly JsonObject[]): string[] => events.map(({ type }) => textOf(type));
const output = (response: unknown): JsonObject[] => listOf(objectOf(response).output).map(objectOf);
const joined = (events: readonly JsonObject[]): string => events.map(({ delta }) => textOf(delta)).join('');

const TALK: Step = {
  parts: [{ think: 'hm' }, 'hello 😀'],
  chunk: 4,
  usage: { input: 5, output: 7, cacheRead: 3, cacheWrite: 2, thinking: 1 },
};
const CALLS: Step = {
  parts: [
    { tool: 'A', id: 'call_a', input: { x: 'one' } },
    { tool: 'P', id: 'call_p', input: { input: 'a patch' } },
    { tool: 'I', id: 'call_i', input: {} },
  ],
  chunk: 5,
};
const TOOLS = [
  { type: 'function', name: 'A' },
  { type: 'custom', name: 'P' },
  { type: 'namespace', name: 'n', description: 'd', tools: [{ type: 'function', name: 'I' }] },
];

describe('answers in the language of Responses', () => {
  test('a whole answer', () => {
    const { whole } = written(TALK, { reasoning: { effort: 'low', summary: 'auto' } });
    assert.deepEqual(
      [whole.object, whole.status, whole.incomplete_details, whole.error],
      ['response', 'completed', null, null],
    );
    assert.deepEqual(whole.output, [
      { id: 'rs_1_0', type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] },
      {
        id: 'msg_1_1',
        type: 'message',
        status: 'completed',
        content: [{ type: 'output_text', annotations: [], logprobs: [], text: 'hello 😀' }],
        role: 'assistant',
      },
    ]);
    assert.deepEqual(whole.usage, {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 3, cache_write_tokens: 2 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 1 },
      total_tokens: 17,
    });
    assert.deepEqual(whole.reasoning, { effort: 'low', summary: 'auto' });
  });

  test('a stream says the same, event by event', () => {
    const { events, whole } = written(TALK, { reasoning: { summary: 'auto' } });
    assert.deepEqual(types(events), [
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    assert.deepEqual(
      events.map(({ sequence_number: number }) => number),
      events.map((_event, index) => index),
    );
    assert.equal(joined(ofType(events, 'response.output_text.delta')), 'hello 😀');
    const [first] = events;
    assert.deepEqual([objectOf(first!.response).status, output(first!.response)], ['in_progress', []]);
    const { output: said, usage } = objectOf(events.at(-1)!.response);
    assert.deepEqual([said, usage], [whole.output, whole.usage]);
    assert.deepEqual(
      ofType(events, 'response.output_item.done').map(({ item }) => item),
      whole.output,
    );
  });

  test('every event is named in its own line', () => {
    const { body, events } = written(TALK);
    assert.deepEqual(
      eventsIn(body).map(({ event }) => event),
      types(events),
    );
  });

  test('thinking is told only to those who ask, its secret likewise', () => {
    assert.deepEqual(written(TALK).whole.output, [
      { id: 'rs_1_0', type: 'reasoning', summary: [] },
      output(written(TALK).whole)[1],
    ]);
    const { events, whole } = written(TALK, { include: ['reasoning.encrypted_content'] });
    const secrets = [
      ...ofType(events, 'response.output_item.added').map(({ item }) => item),
      ...ofType(events, 'response.output_item.done').map(({ item }) => item),
      output(whole)[0],
    ].map((item) => objectOf(item).encrypted_content);
    assert.equal(new Set(secrets.filter((secret) => secret !== undefined)).size, 3);
  });

  test('thinking in parts, or as text of its own', () => {
    const asked = { reasoning: { summary: 'auto' } };
    const parts = written({ ...TALK, parts: [{ think: 'a\n\nb' }], responses: { summaryParts: true } }, asked);
    assert.deepEqual(output(parts.whole)[0]!.summary, [
      { type: 'summary_text', text: 'a' },
      { type: 'summary_text', text: 'b' },
    ]);
    assert.equal(ofType(parts.events, 'response.reasoning_summary_part.added').length, 2);
    const open = written({ ...TALK, responses: { reasoning: 'text' } });
    assert.deepEqual(output(open.whole)[0]!.content, [{ type: 'reasoning_text', text: 'hm' }]);
    assert.equal(joined(ofType(open.events, 'response.reasoning_text.delta')), 'hm');
  });

  test('calls of functions, of custom tools and of namespaces', () => {
    const { events, whole } = written(CALLS, { tools: TOOLS });
    assert.deepEqual(whole.output, [
      {
        id: 'fc_1_0',
        type: 'function_call',
        status: 'completed',
        call_id: 'call_a',
        name: 'A',
        arguments: '{"x":"one"}',
      },
      { id: 'ctc_1_1', type: 'custom_tool_call', status: 'completed', call_id: 'call_p', name: 'P', input: 'a patch' },
      {
        id: 'fc_1_2',
        type: 'function_call',
        status: 'completed',
        call_id: 'call_i',
        name: 'I',
        namespace: 'n',
        arguments: '{}',
      },
    ]);
    const [added] = ofType(events, 'response.output_item.added').map(({ item }) => objectOf(item));
    assert.deepEqual([added!.arguments, added!.status], ['', 'in_progress']);
    const pieces = ofType(events, 'response.function_call_arguments.delta').filter(
      ({ item_id: id }) => id === 'fc_1_0',
    );
    assert.equal(joined(pieces), '{"x":"one"}');
    assert.equal(joined(ofType(events, 'response.custom_tool_call_input.delta')), 'a patch');
    assert.equal(ofType(events, 'response.custom_tool_call_input.done')[0]!.input, 'a patch');
  });

  test('refusals, and why an answer is incomplete', () => {
    const { whole, events } = written({ parts: [{ refusal: 'no' }] });
    assert.equal(whole.status, 'completed');
    assert.deepEqual(output(whole)[0]!.content, [{ type: 'refusal', refusal: 'no' }]);
    assert.equal(joined(ofType(events, 'response.refusal.delta')), 'no');
    const reasons = (step: Step): unknown[] => {
      const { whole: told, events: stream } = written({ parts: ['x'], ...step });
      return [told.status, told.incomplete_details, output(told)[0]!.status, stream.at(-1)!.type];
    };
    const incomplete = (reason: string): unknown[] => ['incomplete', { reason }, 'incomplete', 'response.incomplete'];
    assert.deepEqual(reasons({ stop: 'length' }), incomplete('max_output_tokens'));
    assert.deepEqual(reasons({ stop: 'refusal' }), incomplete('content_filter'));
    assert.deepEqual(reasons({ stop: 'max_messages' }), incomplete('max_messages'));
    assert.deepEqual(reasons({ stop: 'failed' }), ['failed', null, 'completed', 'response.failed']);
  });

  test('pages that a text rests on', () => {
    const citations = [
      { type: 'web_search_result_location', url: 'https://a.example', title: 'A', cited_text: 'x' },
      { type: 'char_location', document_index: 0 },
      { url: 'https://b.example', title: 'B', start_index: 1, end_index: 2 },
    ];
    const { whole, events } = written({ parts: [{ text: 'abc', citations }] });
    const annotations = [
      { type: 'url_citation', start_index: 0, end_index: 3, title: 'A', url: 'https://a.example' },
      { type: 'url_citation', start_index: 1, end_index: 2, title: 'B', url: 'https://b.example' },
    ];
    assert.deepEqual(objectOf(listOf(output(whole)[0]!.content)[0]).annotations, annotations);
    assert.deepEqual(
      ofType(events, 'response.output_text.annotation.added').map(({ annotation }) => annotation),
      annotations,
    );
  });

  test('items of its own, of built-in tools', () => {
    const item = { id: 'ws_1', type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'q' } };
    const { whole, events } = written({ parts: [{ native: item, dialect: 'openai-responses' }, 'x'] });
    assert.deepEqual(output(whole)[0], item);
    assert.deepEqual(
      types(events).filter((type) => type.includes('web_search')),
      [
        'response.web_search_call.in_progress',
        'response.web_search_call.searching',
        'response.web_search_call.completed',
      ],
    );
    assert.deepEqual(
      output(written({ parts: [{ native: item }, 'x'] }).whole).map(({ type }) => type),
      ['message'],
    );
  });

  test('several texts are the content of one message', () => {
    const { whole, events } = written({ parts: ['a', 'b', { tool: 'A' }, 'c'] });
    assert.deepEqual(
      output(whole).map(({ type }) => type),
      ['message', 'function_call', 'message'],
    );
    assert.deepEqual(
      ofType(events, 'response.output_text.done').map((event) => [event.output_index, event.content_index, event.text]),
      [
        [0, 0, 'a'],
        [0, 1, 'b'],
        [2, 0, 'c'],
      ],
    );
  });

  test('variants of the stream', () => {
    const played = (responses: Step['responses'], step = CALLS): Written =>
      written({ ...step, ...(responses && { responses }) });
    assert.doesNotMatch(played({ eventLines: false }).body, /^event:/m);
    assert.doesNotMatch(played({ numbered: false }).body, /sequence_number/);
    assert.match(played({ done: true }).body, /data: \[DONE\]\n\n$/);
    assert.deepEqual(ofType(played({ omit: ['response.completed'] }).events, 'response.completed'), []);
    const { events: rotated } = played({ rotatingIds: true });
    const ids = rotated.map((event) => event.item_id ?? objectOf(event.item).id).filter((id) => id !== undefined);
    assert.equal(new Set(ids).size, ids.length);
    const places = played({ interleaved: true }).events.map((event) => event.output_index);
    assert.deepEqual(places.slice(2, 8), [0, 1, 2, 0, 1, 2]);
    assert.doesNotMatch(written({ ...TALK, stop: null }).body, /response\.completed/);
  });

  test('filling can be declined', () => {
    assert.ok(
      ofType(written(TALK).events, 'response.output_text.delta').every((event) => textOf(event.obfuscation) !== ''),
    );
    assert.doesNotMatch(written(TALK, { stream_options: { include_obfuscation: false } }).body, /obfuscation/);
  });

  test('an error in the middle goes on counting and ends the response', () => {
    const context = {
      path: '/v1/responses',
      query: new URLSearchParams(),
      headers: {},
      rules: STRICT,
      requestId: 'req_1',
    };
    const frame = dialect.errorFrame({ status: 429, message: 'Slow down' }, context, {}, 5);
    const [error, failed] = jsonIn(String(frame));
    assert.deepEqual(error, {
      type: 'error',
      sequence_number: 5,
      error: { type: 'rate_limit_exceeded', code: 'rate_limit_exceeded', message: 'Slow down', param: null },
    });
    assert.deepEqual([failed!.type, failed!.sequence_number], ['response.failed', 6]);
    assert.deepEqual(objectOf(failed!.response).error, { code: 'rate_limit_exceeded', message: 'Slow down' });
  });

  test('events have the members that recorded ones have', (context) => {
    const folder = new URL('../../../../shared/recordings/openai-responses/', import.meta.url);
    if (!existsSync(folder)) return context.skip('no recordings beside the repository');
    const recorded = new Map<string, Set<string>>();
    for (const name of readdirSync(folder).filter((file) => /^(openai|azure).*\.chunks\.txt$/.test(file))) {
      for (const line of readFileSync(new URL(name, folder), 'utf8').split('\n')) {
        if (line.trim() === '') continue;
        const event = objectOf(JSON.parse(line));
        const type = textOf(event.type);
        recorded.set(type, new Set([...(recorded.get(type) ?? []), ...Object.keys(event)]));
      }
    }
    const asked = { reasoning: { summary: 'auto' }, tools: TOOLS };
    const events = [...written(TALK, asked).events, ...written(CALLS, asked).events];
    let compared = 0;
    for (const event of events) {
      const members = recorded.get(textOf(event.type));
      if (members === undefined) continue;
      compared += 1;
      const told = Object.keys(event).filter((member) => member !== 'sequence_number' && member !== 'obfuscation');
      for (const member of told) assert.ok(members.has(member), `${textOf(event.type)}: ${member}`);
    }
    assert.ok(compared > 20);
  });
});

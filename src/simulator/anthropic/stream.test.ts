import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildAnswer } from '../answer.ts';
import { createIdMaker } from '../ids.ts';
import { type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { askedFrom, dialectNamed, eventsIn, jsonIn } from '../probe.ts';
import type { Step } from '../scenario.ts';
import { signThinking } from '../signature.ts';

const dialect = dialectNamed('anthropic');
const asked = askedFrom('anthropic', { model: 'claude-x', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] });

function written(step: Step): { whole: JsonObject; body: string; events: JsonObject[] } {
  const answer = buildAnswer({ id: 'msg_1', ...step }, asked, createIdMaker(), dialect.prefixes);
  const body = dialect.stream(answer, asked).join('');
  return { whole: dialect.whole(answer, asked), body, events: jsonIn(body) };
}

/** Puts a stream together again, as a client does. */
function folded(events: readonly JsonObject[]): JsonObject {
  const message: JsonObject = { ...objectOf(objectOf(events[0]).message), content: [] };
  const blocks: JsonObject[] = [];
  const inputs: string[] = [];
  for (const event of events) {
    const index = Number(event.index);
    const delta = objectOf(event.delta);
    if (event.type === 'content_block_start') blocks[index] = { ...objectOf(event.content_block) };
    const block = blocks[index] ?? {};
    if (event.type === 'content_block_delta') {
      if (typeof delta.text === 'string') block.text = `${textOf(block.text)}${delta.text}`;
      if (typeof delta.thinking === 'string') block.thinking = `${textOf(block.thinking)}${delta.thinking}`;
      if (typeof delta.signature === 'string') block.signature = delta.signature;
      if (delta.citation !== undefined) block.citations = [...listOf(block.citations), delta.citation];
      if (typeof delta.partial_json === 'string') inputs[index] = (inputs[index] ?? '') + delta.partial_json;
      if (delta.type === 'compaction_delta') block.content = delta.content;
    }
    if (event.type === 'content_block_stop' && inputs[index]) block.input = JSON.parse(inputs[index]) as JsonObject;
    if (event.type === 'message_delta') {
      Object.assign(message, delta, { usage: { ...objectOf(message.usage), ...objectOf(event.usage) } });
    }
  }
  return { ...message, content: blocks };
}

const RICH: Step = {
  parts: [
    { think: 'Let me see — 😀.' },
    { think: '', redacted: 'secret' },
    { text: 'Grüße an alle, die dies lesen und ein wenig mehr.' },
    { text: 'quoted', citations: [{ type: 'char_location', cited_text: 'q' }] },
    { native: { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } } },
    { native: { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [{ type: 'web_search_result' }] } },
    { tool: 'Write', id: 'toolu_1', input: { path: 'a', content: 'line\n"q" 😀' } },
    { tool: 'Empty', id: 'toolu_2', input: {} },
    { native: { type: 'compaction', content: 'summary', encrypted_content: null } },
  ],
  usage: { input: 5, output: 7, cacheRead: 3, cacheWrite: 4, cacheWriteHour: 1, thinking: 2, extra: { speed: 'fast' } },
  members: { container: { id: 'c' } },
  chunk: 5,
};

describe('answers in the Messages language', () => {
  test('a whole answer has every block and all counts', () => {
    const { whole } = written(RICH);
    assert.deepEqual(
      listOf(whole.content).map((block) => objectOf(block).type),
      'thinking redacted_thinking text text server_tool_use web_search_tool_result tool_use tool_use compaction'.split(
        ' ',
      ),
    );
    assert.deepEqual(objectOf(listOf(whole.content)[0]).signature, signThinking('Let me see — 😀.'));
    assert.equal(whole.stop_reason, 'tool_use');
    assert.deepEqual(whole.usage, {
      input_tokens: 5,
      cache_creation_input_tokens: 4,
      cache_read_input_tokens: 3,
      cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 1 },
      output_tokens: 7,
      output_tokens_details: { thinking_tokens: 2 },
      service_tier: 'standard',
      speed: 'fast',
    });
  });

  test('a stream, put together, is the whole answer', () => {
    const { whole, events } = written(RICH);
    assert.deepEqual(folded(events), whole);
  });

  test('the order of events is that of the service', () => {
    const { body } = written({ parts: ['hello'] });
    const events = eventsIn(body);
    assert.deepEqual(
      events.map(({ event }) => event),
      'message_start content_block_start ping content_block_delta content_block_stop message_delta message_stop'.split(
        ' ',
      ),
    );
    for (const { event, data } of events) assert.equal(objectOf(JSON.parse(data)).type, event);
  });

  const stops: readonly (readonly [Step, string | null])[] = [
    [{ parts: ['x'] }, 'end_turn'],
    [{ parts: [{ tool: 'T' }] }, 'tool_use'],
    [{ parts: [{ tool: 'T' }], stop: 'end' }, 'end_turn'],
    [{ parts: ['x'], stop: 'length' }, 'max_tokens'],
    [{ parts: ['x'], stop: 'sequence', stopSequence: '!' }, 'stop_sequence'],
    [{ parts: ['x'], stop: 'pause' }, 'pause_turn'],
    [{ parts: ['x'], stop: 'window' }, 'model_context_window_exceeded'],
    [{ parts: [{ refusal: 'no' }] }, 'refusal'],
    [{ parts: ['x'], stop: 'odd_word' }, 'odd_word'],
    [{ parts: ['x'], stop: null }, null],
  ];
  for (const [step, reason] of stops) {
    test(`it ends with ${reason}`, () => assert.equal(written(step).whole.stop_reason, reason));
  }

  test('a refusal says why', () => {
    const { whole } = written({ parts: [{ refusal: 'not this' }] });
    assert.deepEqual(whole.stop_details, { type: 'refusal', category: null, explanation: 'not this' });
    assert.deepEqual(whole.content, []);
  });

  const types = (step: Step): unknown[] => written(step).events.map(({ type }) => type);
  const text: Step = { parts: ['hello'] };

  test('variants of the stream', () => {
    assert.ok(
      eventsIn(written({ ...text, anthropic: { eventLines: false } }).body).every(({ event }) => event === undefined),
    );
    assert.deepEqual(types({ ...text, anthropic: { duplicateStart: true } }).slice(0, 2), [
      'message_start',
      'message_start',
    ]);
    for (const missing of ['message_start', 'content_block_stop', 'message_delta', 'message_stop']) {
      assert.ok(!types({ ...text, anthropic: { omit: [missing] } }).includes(missing));
    }
    assert.ok(!types({ ...text, anthropic: { ping: 'none' } }).includes('ping'));
    assert.equal(types({ ...text, anthropic: { ping: 'every' } }).filter((type) => type === 'ping').length, 5);
    assert.ok(types({ ...text, anthropic: { unknownEvent: true } }).includes('weather'));
    assert.equal(written({ ...text, anthropic: { firstIndex: 1 } }).events[1]!.index, 1);
    assert.match(written({ ...text, anthropic: { done: true } }).body, /data: \[DONE\]\n\n$/);
    assert.match(
      written({ ...text, newline: 'crlf', space: false }).body,
      /^event:message_start\r\ndata:\{.*\}\r\n\r\n/,
    );
    assert.match(written({ ...text, newline: 'cr' }).body, /^event: message_start\rdata: \{[^\n]*\}\r\r/);
  });

  test('variants of blocks and counts', () => {
    const start = (step: Step): JsonObject =>
      objectOf(written(step).events.find(({ type }) => type === 'content_block_start')?.content_block);
    assert.deepEqual(start({ parts: [{ tool: 'T', input: { a: 1 } }], anthropic: { inputInStart: true } }).input, {
      a: 1,
    });
    assert.equal(start({ ...text, anthropic: { textInStart: true } }).text, 'hello');
    const usage: Step = { ...text, usage: { input: 5, output: 7 } };
    const counts = (step: Step): unknown[] => {
      const { events } = written(step);
      return [objectOf(objectOf(events[0]!.message).usage).input_tokens, objectOf(events.at(-2)!.usage).input_tokens];
    };
    assert.deepEqual(counts(usage), [5, 5]);
    assert.deepEqual(counts({ ...usage, anthropic: { startUsage: 'zero' } }), [0, 5]);
    assert.deepEqual(counts({ ...usage, anthropic: { startUsage: 'none', deltaUsage: 'output' } }), [
      undefined,
      undefined,
    ]);
    assert.equal(written({ ...text, usage: null }).whole.usage, undefined);
  });

  test('arguments that are no JSON are written as they stand', () => {
    const { body } = written({ parts: [{ tool: 'T', rawInput: '{"a": ' }] });
    assert.ok(body.includes(JSON.stringify('{"a": ')));
  });

  test('no delta breaks a character', () => {
    const { events } = written({ parts: ['😀😀😀'], chunk: 1 });
    const texts = events.map(({ delta }) => objectOf(delta).text).filter((piece) => piece !== undefined);
    assert.deepEqual(texts, ['😀', '😀', '😀']);
  });
});

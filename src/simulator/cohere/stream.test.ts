import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildAnswer } from '../answer.ts';
import { createIdMaker } from '../ids.ts';
import { type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { askedFrom, dialectNamed, eventsIn, jsonIn } from '../probe.ts';
import type { Step } from '../scenario.ts';

const dialect = dialectNamed('cohere');
const asked = askedFrom('cohere', { model: 'command-x', messages: [{ role: 'user', content: 'hi' }] });

function written(step: Step): { whole: JsonObject; body: string; events: JsonObject[] } {
  const answer = buildAnswer({ id: 'id-1', ...step }, asked, createIdMaker(), dialect.prefixes);
  const body = dialect.stream(answer, asked).join('');
  return { whole: dialect.whole(answer, asked), body, events: jsonIn(body) };
}

/** Puts a stream together again, as a client does. */
function folded(events: readonly JsonObject[]): JsonObject {
  const content: JsonObject[] = [];
  const calls: JsonObject[] = [];
  const citations: JsonObject[] = [];
  let plan = '';
  let answer: JsonObject = { id: events[0]?.id };
  for (const { type, index, delta } of events) {
    const message = objectOf(objectOf(delta).message);
    const at = Number(index);
    const piece = objectOf(message.content);
    const call = objectOf(message.tool_calls);
    if (type === 'content-start') content[at] = piece;
    if (type === 'content-delta') {
      for (const [name, text] of Object.entries(piece))
        content[at] = { ...content[at], [name]: `${content[at]?.[name]}${text}` };
    }
    if (type === 'tool-plan-delta') plan += textOf(message.tool_plan);
    if (type === 'tool-call-start') calls[at] = call;
    if (type === 'tool-call-delta') {
      const { name, arguments: before } = objectOf(calls[at]?.function);
      const added = `${textOf(before)}${textOf(objectOf(call.function).arguments)}`;
      calls[at] = { ...calls[at], function: { name, arguments: added } };
    }
    if (type === 'citation-start') citations[at] = objectOf(message.citations);
    if (type === 'message-end') answer = { ...answer, ...objectOf(delta) };
  }
  const message = {
    role: 'assistant',
    ...(content.length === 0 ? {} : { content }),
    ...(plan === '' ? {} : { tool_plan: plan }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(citations.length === 0 ? {} : { citations }),
  };
  return { ...answer, message };
}

const CITATION = { start: 0, end: 4, text: 'Grüß', sources: [{ type: 'document', id: 'doc:0' }], type: 'TEXT_CONTENT' };

describe('answers in Cohere’s language', () => {
  test('thinking, a cited text and counts', () => {
    const { whole, events } = written({
      parts: [{ think: 'Let me see — 😀.' }, { text: 'Grüße an alle, die dies lesen.', citations: [CITATION] }],
      usage: { input: 5, output: 7, cacheRead: 3 },
      chunk: 5,
    });
    assert.deepEqual(objectOf(whole.message).content, [
      { type: 'thinking', thinking: 'Let me see — 😀.' },
      { type: 'text', text: 'Grüße an alle, die dies lesen.' },
    ]);
    assert.deepEqual(whole.usage, {
      billed_units: { input_tokens: 5, output_tokens: 7 },
      tokens: { input_tokens: 8, output_tokens: 7 },
      cached_tokens: 3,
    });
    assert.equal(whole.finish_reason, 'COMPLETE');
    assert.deepEqual(folded(events), whole);
  });

  test('a text before calls is their plan', () => {
    const { whole, events } = written({
      parts: [
        { think: 'hm' },
        'I will write.',
        { tool: 'Write', id: 'call_1', input: { path: '😀' } },
        { tool: 'Write', id: 'call_2', input: { path: 'b' } },
      ],
      chunk: 3,
    });
    const message = objectOf(whole.message);
    assert.equal(message.tool_plan, 'I will write.');
    assert.equal(whole.finish_reason, 'TOOL_CALL');
    assert.deepEqual(listOf(message.tool_calls)[0], {
      id: 'call_1',
      type: 'function',
      function: { name: 'Write', arguments: '{"path":"😀"}' },
    });
    assert.deepEqual(folded(events), whole);
  });

  test('a call without input has no arguments in a stream, and null in a whole answer', () => {
    const { whole, events } = written({ parts: [{ tool: 'Empty', id: 'call_1', input: {} }] });
    const [call] = listOf(objectOf(whole.message).tool_calls).map(objectOf);
    assert.equal(objectOf(call?.function).arguments, 'null');
    assert.deepEqual(
      events.map(({ type }) => type),
      ['message-start', 'tool-call-start', 'tool-call-end', 'message-end'],
    );
  });

  test('the events have their names, and an end follows', () => {
    const { body } = written({ parts: ['hi'] });
    const events = eventsIn(body);
    assert.equal(events.at(-1)?.data, '[DONE]');
    for (const { event, data } of events.slice(0, -1)) assert.equal(objectOf(JSON.parse(data)).type, event);
    assert.deepEqual(
      events.map(({ event }) => event),
      ['message-start', 'content-start', 'content-delta', 'content-end', 'message-end', undefined],
    );
  });

  const stops: readonly (readonly [Step, string | null])[] = [
    [{ parts: ['x'], stop: 'length' }, 'MAX_TOKENS'],
    [{ parts: ['x'], stop: 'sequence', stopSequence: '!' }, 'STOP_SEQUENCE'],
    [{ parts: [{ refusal: 'no' }] }, 'COMPLETE'],
    [{ parts: ['x'], stop: 'TIMEOUT' }, 'TIMEOUT'],
    [{ parts: ['x'], stop: null }, null],
  ];
  for (const [step, reason] of stops) {
    test(`it ends with ${reason}`, () => assert.equal(written(step).whole.finish_reason, reason));
  }

  test('members that a scenario adds', () => {
    const { whole } = written({ parts: ['x', { native: { extra: 1 }, dialect: 'cohere' }], members: { logprobs: [] } });
    assert.deepEqual([objectOf(whole.message).extra, whole.logprobs], [1, []]);
  });
});

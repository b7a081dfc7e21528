import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Event } from '../../canon/event.ts';
import { createFold, type Folded } from '../../canon/fold.ts';
import { createGuard, type Mend } from '../../canon/grammar.ts';
import type { JsonObject } from '../../canon/json.ts';
import { cohere } from './index.ts';

const frame = (event: JsonObject): string => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`;
const started = frame({ type: 'message-start', id: 'm1', delta: { message: { role: 'assistant', content: [] } } });
const content = (index: number, part: JsonObject, more: JsonObject = {}): string =>
  frame({ type: 'content-delta', index, delta: { message: { content: part } }, ...more });
const callStart = (index: number, call: JsonObject): string =>
  frame({ type: 'tool-call-start', index, delta: { message: { tool_calls: call } } });
const callDelta = (index: number, json: unknown): string =>
  frame({ type: 'tool-call-delta', index, delta: { message: { tool_calls: { function: { arguments: json } } } } });
const callEnd = (index: number): string => frame({ type: 'tool-call-end', index });
const cited = (citation: JsonObject): string =>
  frame({ type: 'citation-start', index: 0, delta: { message: { citations: citation } } });
const ended = (reason: string, more: JsonObject = {}): string =>
  frame({ type: 'message-end', delta: { finish_reason: reason, ...more } });
const look = { id: 'a', type: 'function', function: { name: 'look', arguments: '' } };

function eventsOf(...frames: string[]): Event[] {
  const events: Event[] = [];
  const reader = cohere.upstream.readStream((event) => events.push(event));
  reader.feed(Buffer.from(frames.join('')));
  reader.end();
  return events;
}

/** The answer as it leaves the guard, and what the guard had to do. */
function read(...frames: string[]): Folded & { mends: Mend[] } {
  const fold = createFold();
  const mends: Mend[] = [];
  const guard = createGuard(fold.sink, { onMend: (mend) => mends.push(mend) });
  for (const event of eventsOf(...frames)) guard.sink(event);
  guard.end();
  return { ...fold.result(), mends };
}

function whole(body: unknown): Folded {
  const fold = createFold();
  cohere.upstream.readResponse(body, fold.sink);
  return fold.result();
}

describe('calls', () => {
  const jsonOf = ({ content: blocks }: Folded): unknown[] =>
    blocks.map((block) => (block.type === 'tool_call' ? block.json : block.type));

  test('null and nothing are no arguments, in whatever pieces they come; n is not null', () => {
    assert.deepEqual(jsonOf(read(started, callStart(0, look), callEnd(0), ended('TOOL_CALL'))), ['{}']);
    for (const pieces of [['null'], ['n', 'ul', 'l'], [' ', 'null', ' ']]) {
      const deltas = pieces.map((piece) => callDelta(0, piece));
      assert.deepEqual(jsonOf(read(started, callStart(0, look), ...deltas, callEnd(0), ended('TOOL_CALL'))), ['{}']);
    }
    const cut = read(started, callStart(0, look), callDelta(0, 'n'), callDelta(0, 'o'), callEnd(0), ended('TOOL_CALL'));
    assert.deepEqual(jsonOf(cut), ['no']);
  });

  test('stream as they come', () => {
    const frames = [started, callStart(0, look), callDelta(0, '{"x"'), callDelta(0, ':1}')];
    const events = eventsOf(...frames).filter(({ type }) => type !== 'error');
    assert.deepEqual(
      events.map((event) => (event.type === 'json' ? event.json : event.type)),
      ['start', 'open', '{"x"', ':1}'],
    );
  });

  test('arguments in the start, as an object, and a start said twice', () => {
    const filled = { ...look, function: { name: 'look', arguments: { x: 1 } } };
    assert.deepEqual(jsonOf(read(started, callStart(0, filled), callEnd(0), ended('TOOL_CALL'))), ['{"x":1}']);
    const twice = read(
      started,
      callStart(0, look),
      callStart(0, look),
      callDelta(0, '{}'),
      callEnd(0),
      ended('TOOL_CALL'),
    );
    assert.deepEqual([jsonOf(twice), twice.mends], [['{}'], []]);
  });

  test('a call cut in its arguments is completed by nobody, unless the answer says that it was cut', () => {
    const begun = [started, callStart(0, look), callDelta(0, '{"x"')];
    assert.equal(read(...begun).error?.kind, 'bad_upstream');
    assert.equal(read(...begun, ended('TOOL_CALL')).error?.kind, 'bad_upstream');
    assert.equal(
      read(...begun, callStart(1, { ...look, id: 'b' }), callEnd(1), ended('TOOL_CALL')).error?.kind,
      'bad_upstream',
    );
    const limited = read(...begun, ended('MAX_TOKENS'));
    assert.deepEqual([limited.finish?.reason, jsonOf(limited)], ['length', ['{"x"']]);
  });

  test('arguments for a call that is over contradict what was sent', () => {
    const over = read(
      started,
      callStart(0, look),
      callDelta(0, '{}'),
      callEnd(0),
      callDelta(0, '1'),
      ended('TOOL_CALL'),
    );
    assert.equal(over.error?.kind, 'bad_upstream');
  });

  test('without an id they get one, without a name they are none', () => {
    const { id: _, ...nameless } = look;
    const one = read(
      started,
      callStart(0, nameless),
      callEnd(0),
      callStart(1, nameless),
      callEnd(1),
      ended('TOOL_CALL'),
    );
    const ids = one.content.map((block) => (block.type === 'tool_call' ? block.id : ''));
    assert.ok(ids.every((id) => id.startsWith('call_')) && new Set(ids).size === 2);
    assert.equal(read(started, callStart(0, { id: 'a' }), ended('TOOL_CALL')).error?.kind, 'bad_upstream');
  });
});

describe('content', () => {
  test('reasoning does not pass for text though its start is missing, and the plan is reasoning', () => {
    const { content: blocks } = read(
      started,
      content(0, { thinking: 'Hm.' }),
      content(0, { text: 'Yes.' }),
      frame({ type: 'tool-plan-delta', delta: { message: { tool_plan: 'I will ' } } }),
      frame({ type: 'tool-plan-delta', delta: { message: { tool_plan: 'look.' } } }),
      callStart(0, look),
      callEnd(0),
      ended('COMPLETE'),
    );
    assert.deepEqual(blocks, [
      { type: 'thinking', text: 'Hm.' },
      { type: 'text', text: 'Yes.' },
      { type: 'thinking', text: 'I will look.' },
      { type: 'tool_call', id: 'a', name: 'look', json: '{}' },
    ]);
  });

  test('each part is a block of its own, its end said or not', () => {
    const { content: blocks } = read(
      started,
      content(0, { text: 'One.' }),
      content(1, { text: 'Two.' }),
      ended('COMPLETE'),
    );
    assert.deepEqual(blocks, [
      { type: 'text', text: 'One.' },
      { type: 'text', text: 'Two.' },
    ]);
  });

  test('parts that nobody knows stay whole', () => {
    const odd = { type: 'image', image: { url: 'https://a.example' } };
    const start = frame({ type: 'content-start', index: 0, delta: { message: { content: odd } } });
    const streamed = read(started, start, content(0, { alt: 'a' }), ended('COMPLETE'));
    assert.deepEqual(streamed.content, [{ type: 'native', dialect: 'cohere', value: { ...odd, alt: 'a' } }]);
    const answer = whole({ id: 'm', message: { role: 'assistant', content: [odd] }, finish_reason: 'COMPLETE' });
    assert.deepEqual(answer.content, [{ type: 'native', dialect: 'cohere', value: odd }]);
  });

  test('claims find their text after its end, and those in plans are kept beside', () => {
    const citation = { start: 0, end: 3, text: 'Yes', sources: [], type: 'TEXT_CONTENT' };
    const { content: blocks, natives } = read(
      started,
      content(0, { text: 'Yes.' }),
      frame({ type: 'content-end', index: 0 }),
      cited(citation),
      cited({ ...citation, type: 'PLAN' }),
      cited({ ...citation, content_index: 4 }),
      ended('COMPLETE'),
    );
    assert.deepEqual(blocks, [
      {
        type: 'text',
        text: 'Yes.',
        citations: [{ kind: 'unknown', start: 0, end: 3, native: { dialect: 'cohere', value: citation } }],
      },
    ]);
    assert.equal(natives.length, 2);
  });

  test('a whole answer says its content as text where it is one', () => {
    const answer = whole({
      id: 'm',
      message: { role: 'assistant', content: 'Yes.', mood: 'good' },
      finish_reason: 'COMPLETE',
    });
    assert.deepEqual(answer.content, [{ type: 'text', text: 'Yes.' }]);
    assert.deepEqual(answer.natives[0]?.value, { message: { mood: 'good' } });
  });
});

describe('the end', () => {
  test('has a reason, known or not', () => {
    const finish = (word: string): unknown[] => {
      const { finish: end, ext } = read(started, content(0, { text: 'Yes.' }), ended(word));
      return [end?.reason, ext?.cohere?.['finish_reason']];
    };
    assert.deepEqual(finish('COMPLETE'), ['end', undefined]);
    assert.deepEqual(finish('STOP_SEQUENCE'), ['stop_sequence', undefined]);
    assert.deepEqual(finish('MAX_TOKENS'), ['length', undefined]);
    assert.deepEqual(finish('ERROR_TOXIC'), ['refusal', undefined]);
    assert.deepEqual(finish('TIRED'), ['end', 'TIRED']);
  });

  test('after calls is one that waits for their results', () => {
    const { finish, mends } = read(started, callStart(0, look), callEnd(0), ended('COMPLETE'));
    assert.deepEqual([finish?.reason, mends], ['tool_calls', []]);
  });

  test('in failure is an error, and what it cost is told', () => {
    const usage = { tokens: { input_tokens: 9, output_tokens: 2 } };
    const failed = read(started, content(0, { text: 'Yes' }), ended('ERROR', { usage }));
    assert.deepEqual([failed.error?.kind, failed.usage.output, failed.finish], ['internal', 2, undefined]);
    assert.equal(read(started, ended('TIMEOUT')).error?.kind, 'upstream_timeout');
    const said = read(started, ended('ERROR', { error: 'too many tokens: prompt is too long' }));
    assert.equal(said.error?.kind, 'context_overflow');
  });

  test('that never comes is an error; what comes after it is nothing', () => {
    assert.match(read(started, content(0, { text: 'Yes.' })).error?.message ?? '', /before it was complete/);
    assert.match(read().error?.message ?? '', /before it began/);
    const { content: blocks, error } = read(
      started,
      ended('COMPLETE'),
      content(0, { text: 'No.' }),
      'data: [DONE]\n\n',
    );
    assert.deepEqual([blocks, error], [[], undefined]);
  });

  test('may be an error in mid-stream, named or not', () => {
    for (const event of [
      { type: 'error', message: 'the model is overloaded' },
      { type: 'error', error: { message: 'Overloaded' } },
      { message: 'the model is overloaded' },
    ]) {
      const { error } = read(started, content(0, { text: 'Yes' }), `data: ${JSON.stringify(event)}\n\n`);
      assert.equal(error?.kind, 'overloaded');
    }
    assert.equal(read(started, 'data: <html>\n\n').error?.kind, 'bad_upstream');
  });

  test('of a whole answer may be no answer at all', () => {
    assert.equal(whole({ message: 'no api key supplied' }).error?.kind, 'authentication');
    assert.equal(whole({ texts: [] }).error?.kind, 'bad_upstream');
    assert.equal(whole('yes').error?.kind, 'bad_upstream');
    const failed = whole({ id: 'm', message: { role: 'assistant', content: [] }, finish_reason: 'ERROR' });
    assert.equal(failed.error?.kind, 'internal');
  });
});

describe('usage', () => {
  const usageOf = (usage: JsonObject): unknown =>
    whole({ id: 'm', message: {}, finish_reason: 'COMPLETE', usage }).usage;

  test('counts what came from the cache apart, and keeps what is billed', () => {
    const billed = { input_tokens: 5, output_tokens: 1 };
    assert.deepEqual(
      usageOf({ billed_units: billed, tokens: { input_tokens: 507, output_tokens: 10 }, cached_tokens: 448 }),
      { input: 59, cacheRead: 448, output: 10, ext: { cohere: { billed_units: billed } } },
    );
    assert.deepEqual(usageOf({ billed_units: billed }), {
      input: 5,
      output: 1,
      ext: { cohere: { billed_units: billed } },
    });
    assert.deepEqual(usageOf({ tokens: { input_tokens: 3.0 }, cached_tokens: 4 }), { input: 0, cacheRead: 4 });
  });
});

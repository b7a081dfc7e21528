// Bytes between two speakers of the language: what may pass, and who takes over from where.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../canon/json.ts';
import { pass } from './pass.ts';

const head = { id: 'resp_1', object: 'response', created_at: 1, model: 'm', output: [], status: 'in_progress' };
const created = { type: 'response.created', response: head };
const item = { type: 'message', id: 'msg_1', role: 'assistant', content: [], status: 'in_progress' };
const added = { type: 'response.output_item.added', output_index: 0, item };
const delta = (text: string, i = 0): JsonObject => ({
  type: 'response.output_text.delta',
  sequence_number: i,
  item_id: 'msg_1',
  output_index: 0,
  content_index: 0,
  delta: text,
});
const done = { type: 'response.output_item.done', output_index: 0, item: { ...item, status: 'completed' } };
const completed = {
  type: 'response.completed',
  response: { ...head, status: 'completed', usage: { input_tokens: 3, output_tokens: 4 } },
};

function watching(): { frame(event: JsonObject | string): boolean; watch: ReturnType<typeof pass.watch> } {
  const watch = pass.watch();
  return {
    watch,
    frame(event) {
      const text =
        typeof event === 'string' ? event : `event: ${String(event.type)}\ndata: ${JSON.stringify(event)}\n\n`;
      const bytes = Buffer.from(text);
      return watch.frame(bytes, 0, bytes.length);
    },
  };
}

describe('a stream that passes', () => {
  const { frame, watch } = watching();
  const events = [
    created,
    { type: 'response.in_progress', response: head },
    added,
    delta('Grüße', 1),
    delta(' and', 2),
    delta(' "so" on', 3),
    delta('.', 4),
  ];

  test('begins with its first item, and ends with its end', () => {
    for (const [i, event] of events.entries()) {
      assert.ok(frame(event), `event ${i}`);
      assert.equal(watch.started(), i >= 2);
    }
    const kept = watch.kept().map((bytes) => Buffer.from(bytes).toString());
    assert.equal(kept.length, 4);
    assert.ok(kept[3]?.includes('"delta":"Grüße and \\"so\\" on."'));
    assert.ok(frame(': ping\n\n'));
    assert.ok(frame(done));
    assert.ok(!watch.ended());
    assert.ok(frame(completed));
    assert.ok(watch.ended());
    assert.deepEqual(watch.usage(), { input: 3, output: 4 });
    assert.equal(watch.tail(), '');
  });

  test('says no more after its end', () => {
    assert.ok(!frame(delta('x')));
    assert.ok(!frame('data: [DONE]\n\n'));
  });
});

describe('what does not pass', () => {
  const call = { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'f', arguments: '' };
  const args = { type: 'response.function_call_arguments.delta', output_index: 0, item_id: 'fc_1', delta: '{"x"' };
  const before: { readonly [what: string]: readonly [readonly (JsonObject | string)[], JsonObject | string] } = {
    'an item before the answer': [[], added],
    'an answer that begins twice': [[created], created],
    'another name for the answer': [[created], { type: 'response.in_progress', response: { ...head, id: 'resp_2' } }],
    'a number that is left out': [[created], { ...added, output_index: 1 }],
    'an item inside another': [[created, added], { ...added, output_index: 1 }],
    'a piece of another item': [[created, added], { ...delta('x'), item_id: 'msg_2' }],
    'another name for the item': [[created, added], { ...done, item: { ...item, id: 'msg_2' } }],
    'half a character': [[created, added], delta('\ud83d')],
    'half a character in the whole': [
      [created, added],
      { ...done, item: { ...item, content: [{ type: 'output_text', text: '\ud83d' }] } },
    ],
    'arguments that are others than told': [
      [created, { ...added, item: call }, args],
      { type: 'response.output_item.done', output_index: 0, item: { ...call, arguments: '{}' } },
    ],
    'a call without a name': [[created], { ...added, item: { ...call, name: '' } }],
    'an end in the middle': [[created, added], completed],
    'an end under a wrong name': [[created], { ...completed, type: 'response.incomplete' }],
    'an error': [[created, added], { type: 'error', message: 'No.' }],
    'a failure before anything was said': [
      [created],
      { type: 'response.failed', response: { ...head, status: 'failed', error: { code: 'x', message: 'No.' } } },
    ],
    'a failure after something was said': [
      [created, added, delta('a')],
      { type: 'response.failed', response: { ...head, status: 'failed', error: { code: 'x', message: 'No.' } } },
    ],
    'another name than the frame says': [
      [created],
      'event: response.in_progress\ndata: {"type":"response.queued","response":{}}\n\n',
    ],
    'no event at all': [[created], 'data: <html>\n\n'],
  };
  for (const [what, [events, last]] of Object.entries(before)) {
    test(what, () => {
      const { frame } = watching();
      for (const event of events) assert.ok(frame(event));
      assert.ok(!frame(last));
    });
  }

  test('bytes that are no text', () => {
    const { watch } = watching();
    const bytes = Buffer.from('data: {"type":"response.created","x":"\xff"}\n\n', 'latin1');
    assert.ok(!watch.frame(bytes, 0, bytes.length));
  });

  test('a piece of an item that has ended', () => {
    const { frame } = watching();
    for (const event of [created, added, delta('a', 1), delta('b', 2), done]) assert.ok(frame(event));
    assert.ok(!frame(delta('c', 3)));
  });
});

test('a failure after something was said does not pass: another provider may go on', () => {
  const { frame } = watching();
  for (const event of [created, added, delta('a')]) assert.ok(frame(event));
  const failed = { ...head, status: 'failed', error: { code: 'x', message: 'No.' } };
  assert.ok(!frame({ type: 'response.failed', response: failed }));
});

test('usage of a whole answer is found without reading all of it', () => {
  const usage = { input_tokens: 10, input_tokens_details: { cached_tokens: 4 }, output_tokens: 2 };
  const body = { ...head, output: [{ text: '"usage": {' }], usage, user: null };
  assert.deepEqual(pass.usageOf(Buffer.from(JSON.stringify(body))), { input: 6, cacheRead: 4, output: 2 });
  assert.deepEqual(pass.usageOf(Buffer.from('{}')), {});
});

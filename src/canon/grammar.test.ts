import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from './event.ts';
import { createGuard, type GuardOptions, type Mend } from './grammar.ts';

const start: Event = { type: 'start', id: 'a', model: 'm' };
const openText = (index: number): Event => ({ type: 'open', index, block: { type: 'text' } });
const openCall = (index: number): Event => ({
  type: 'open',
  index,
  block: { type: 'tool_call', id: `c${index}`, name: 'f' },
});
const text = (index: number, value: string): Event => ({ type: 'text', index, text: value });
const json = (index: number, value: string): Event => ({ type: 'json', index, json: value });
const close = (index: number): Event => ({ type: 'close', index });
const finish = (reason: 'end' | 'tool_calls' | 'length'): Event => ({ type: 'finish', reason });

function guarded(events: readonly Event[], options: GuardOptions = {}): { out: Event[]; mends: Mend[] } {
  const out: Event[] = [];
  const mends: Mend[] = [];
  const guard = createGuard((event) => out.push(event), { ...options, onMend: (mend) => mends.push(mend) });
  for (const event of events) guard.sink(event);
  guard.end();
  assert.equal(guard.ended(), true);
  return { out, mends };
}

test('a legal answer passes as it is', () => {
  const events = [
    start,
    openText(0),
    text(0, 'hi'),
    close(0),
    openCall(1),
    json(1, '{}'),
    close(1),
    finish('tool_calls'),
  ];
  const { out, mends } = guarded(events);
  assert.deepEqual(mends, []);
  assert.deepEqual(out, events);
});

test('a missing start is made, a repeated one is swallowed', () => {
  assert.deepEqual(guarded([openText(0), text(0, 'x'), close(0), finish('end')]).mends, ['start_missing']);
  const { out, mends } = guarded([start, start, openText(0), text(0, 'x'), close(0), finish('end')]);
  assert.deepEqual(mends, ['start_repeated']);
  assert.equal(out.filter(({ type }) => type === 'start').length, 1);
});

test('a block left open is closed before the next, and before the end', () => {
  const { out, mends } = guarded([start, openText(0), text(0, 'a'), openText(1), text(1, 'b'), finish('end')]);
  assert.deepEqual(mends, ['block_left_open', 'block_left_open']);
  assert.deepEqual(
    out.map(({ type }) => type),
    ['start', 'open', 'text', 'close', 'open', 'text', 'close', 'finish'],
  );
});

test('a call whose arguments were cut is never completed', () => {
  for (const after of [openText(1), finish('end')]) {
    const { out, mends } = guarded([
      start,
      openCall(0),
      json(0, '{"cmd":"rm -rf /tm'),
      after,
      close(0),
      finish('tool_calls'),
    ]);
    assert.equal(mends[mends.indexOf('call_cut')], 'call_cut');
    assert.equal(out.at(-1)?.type, 'error');
    assert.equal(
      out.some(({ type }) => type === 'close' || type === 'finish'),
      false,
    );
  }
});

test('a call cut by the limit on length ends as the provider said', () => {
  const { out } = guarded([start, openCall(0), json(0, '{"a'), finish('length')]);
  assert.deepEqual(out.slice(-2), [close(0), finish('length')]);
});

test('the stop reason fits the content', () => {
  const called = guarded([start, openCall(0), json(0, '{}'), close(0), finish('end')]);
  assert.deepEqual(called.out.at(-1), finish('tool_calls'));
  assert.deepEqual(called.mends, ['stop_reason']);
  assert.deepEqual(guarded([start, finish('tool_calls')]).out.at(-1), finish('end'));
  assert.deepEqual(guarded([start, finish('end')], { calls: ['c7'] }).out.at(-1), finish('tool_calls'));
});

test('a call that code at the provider has made and used up does not make the answer wait', () => {
  const open: Event = { type: 'open', index: 0, block: { type: 'tool_call', id: 'c', name: 'f', indirect: true } };
  const answer = [start, open, json(0, '{}'), close(0)];
  assert.deepEqual(guarded([...answer, finish('end')]).out.at(-1), finish('end'));
  assert.deepEqual(guarded([...answer, finish('tool_calls')]).out.at(-1), finish('tool_calls'));
});

test('blocks are numbered without gaps, whatever the reader says', () => {
  const { out } = guarded(
    [start, openText(3), text(3, 'a'), close(3), openCall(9), json(9, '{}'), close(9), finish('tool_calls')],
    { firstIndex: 5 },
  );
  assert.deepEqual(
    out.flatMap((event) => ('index' in event ? [event.index] : [])),
    [5, 5, 5, 6, 6, 6],
  );
});

test('text without a block gets one; arguments without one are dropped', () => {
  const { out, mends } = guarded([start, text(0, 'lost'), json(4, '{}'), finish('end')]);
  assert.deepEqual(mends, ['block_not_open', 'block_not_open', 'block_left_open']);
  assert.deepEqual(
    out.map(({ type }) => type),
    ['start', 'open', 'text', 'close', 'finish'],
  );
});

test('a character that two events share leaves whole', () => {
  const [high, low] = ['😀'.slice(0, 1), '😀'.slice(1)];
  const { out } = guarded([start, openText(0), text(0, `a${high}`), text(0, `${low}b`), close(0), finish('end')]);
  assert.deepEqual(
    out.filter((event) => event.type === 'text').map((event) => event.text),
    ['a', '😀b'],
  );
});

test('a call that comes again is not made again', () => {
  const call = [openCall(0), json(0, '{}'), close(0)];
  const { out, mends } = guarded([start, ...call, ...call, openText(1), text(1, 'x'), close(1), finish('tool_calls')]);
  assert.deepEqual(mends, ['call_repeated']);
  assert.deepEqual(
    out.map(({ type }) => type),
    ['start', 'open', 'json', 'close', 'open', 'text', 'close', 'finish'],
  );
  const taken = guarded([start, ...call, finish('tool_calls')], { calls: ['c0'], firstIndex: 3 });
  assert.deepEqual(taken.mends, ['call_repeated']);
});

test('an answer that begins anew after it has been heard is not told twice', () => {
  for (const heard of [[openText(0), text(0, 'a'), close(0)], [openCall(0)], [openText(0)]]) {
    const { out, mends } = guarded([start, ...heard, start, ...heard, finish('end')]);
    assert.deepEqual(mends.slice(0, 1), ['start_repeated']);
    assert.equal(out.at(-1)?.type, 'error');
    assert.equal(out.filter(({ type }) => type === 'open').length, 1);
  }
  assert.equal(guarded([start], { firstIndex: 1 }).mends.includes('start_repeated'), false);
});

test('half a character that never gets its other half is marked as lost', () => {
  const events: Event[] = [
    start,
    openText(0),
    text(0, 'a\ud83d'),
    text(0, 'b\ude00c'),
    text(0, '\ud83d'),
    close(0),
    finish('end'),
  ];
  const texts = guarded(events).out.flatMap((event) => (event.type === 'text' ? [event.text] : []));
  assert.deepEqual(texts, ['a', '\ufffdb\ufffdc', '\ufffd']);
});

test('nothing leaves after the end, and an answer without an end gets an error', () => {
  const { out, mends } = guarded([start, finish('end'), openText(0), start]);
  assert.deepEqual(out, [start, finish('end')]);
  assert.deepEqual(mends, ['event_after_end', 'event_after_end']);
  const cut = guarded([start, openText(0), text(0, 'half')]);
  assert.deepEqual(cut.mends, ['end_missing']);
  assert.equal(cut.out.at(-1)?.type, 'error');
});

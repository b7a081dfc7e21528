import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Event } from './event.ts';
import { createGuard } from './grammar.ts';
import { eachOf, runOf, textOf, withoutRuns, writtenRun } from './run.ts';

const pieces = ['He said ', '\\"so\\"', ',\\n', 'Grüße 🙂'];
const text = 'He said "so",\nGrüße 🙂';
const run: Event = { type: 'text', index: 3, text, pieces: runOf(pieces) };
const single = ['He said ', '"so"', ',\n', 'Grüße 🙂'].map((one): Event => ({ type: 'text', index: 3, text: one }));

describe('a run', () => {
  test('says what its pieces say together', () => {
    assert.equal(textOf(pieces), text);
    assert.equal(textOf(['a']), 'a');
    assert.equal(textOf([]), '');
  });

  test('stands for as many events', () => {
    assert.deepEqual(eachOf({ type: 'text', index: 3, text, pieces: runOf(pieces) }), single);
    assert.deepEqual(eachOf({ type: 'json', index: 0, json: '{"a":1', pieces: runOf(['{\\"a\\"', ':1']) }), [
      { type: 'json', index: 0, json: '{"a"' },
      { type: 'json', index: 0, json: ':1' },
    ]);
    const heard: Event[] = [];
    const sink = withoutRuns((event) => heard.push(event));
    for (const event of [run, { type: 'close', index: 3 } as const]) sink(event);
    assert.deepEqual(heard, [...single, { type: 'close', index: 3 }]);
  });

  test('is written as they would be', () => {
    const each = single.map((event) => `<${JSON.stringify(event.type === 'text' ? event.text : '')}>`);
    assert.equal(writtenRun('<', runOf(pieces), '>'), each.join(''));
    assert.equal(writtenRun('<', runOf([]), '>'), '');
  });
});

describe('the guard', () => {
  const guarded = (events: readonly Event[]): Event[] => {
    const heard: Event[] = [];
    const { sink } = createGuard((event) => heard.push(event));
    for (const event of events) sink(event);
    return heard;
  };
  const open: Event = { type: 'open', index: 3, block: { type: 'text' } };

  test('passes a run under the number of its block', () => {
    assert.deepEqual(guarded([open, run]).at(-1), { ...run, index: 0 });
  });

  test('takes it piece by piece where half a character stands before it, or no block is open', () => {
    const half: Event = { type: 'text', index: 3, text: 'x\ud83d' };
    assert.deepEqual(guarded([open, half, run]), guarded([open, half, ...single]));
    assert.deepEqual(guarded([run]), guarded(single));
  });
});

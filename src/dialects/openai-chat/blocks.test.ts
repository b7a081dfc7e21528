import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Event } from '../../canon/event.ts';
import { eachOf, runOf, textOf } from '../../canon/run.ts';
import { Blocks, type Call } from './blocks.ts';

/** What is emitted, a run as the events that it stands for. */
function emitted(work: (blocks: Blocks) => void): Event[] {
  const events: Event[] = [];
  work(
    new Blocks((event) => events.push(...(event.type === 'text' || event.type === 'json' ? eachOf(event) : [event]))),
  );
  return events;
}

describe('pieces that came together', () => {
  const pieces = ['one', ' two', ' three'];

  test('open a block as they would one by one', () => {
    assert.deepEqual(
      emitted((blocks) => blocks.text('text', textOf(pieces), undefined, runOf(pieces))),
      emitted((blocks) => {
        for (const piece of pieces) blocks.text('text', piece);
      }),
    );
  });

  test('end a call for which others wait where one of them completes it', () => {
    const json = ['{\\"a\\":', '1}', ' '];
    const events = (together: boolean): Event[] =>
      emitted((blocks) => {
        const call: Call = { id: 'call_1', kind: 'function', name: 'f', json: '' };
        blocks.call(call);
        blocks.text('text', 'waits');
        if (together) assert.ok(blocks.fragment(call, textOf(json), runOf(json)));
        else for (const piece of json) assert.ok(blocks.fragment(call, textOf([piece])));
      });
    assert.deepEqual(events(true), events(false));
    assert.deepEqual(events(true).at(-1), { type: 'text', index: 1, text: 'waits' });
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Action, incidentsOf, planDelivery } from './delivery.ts';
import type { Fault, Manner } from './scenario.ts';

const FRAMES = ['aaaa', 'bbbb', 'cccc'];
const WRITER = { malformed: () => '<bad>', error: () => '<error>' };

function plan(faults: readonly Fault[], manner: Manner = {}): (string | number)[] {
  return planDelivery(FRAMES, manner, incidentsOf(faults, WRITER)).map((action: Action) => {
    if (action.kind === 'write') return action.bytes.toString();
    return action.kind === 'wait' ? action.ms : action.kind;
  });
}

describe('the plan of a delivery', () => {
  test('without faults everything leaves at once', () => assert.deepEqual(plan([]), ['aaaabbbbcccc', 'end']));

  test('with a pace every event leaves alone', () =>
    assert.deepEqual(plan([], { pace: 7 }), ['aaaa', 7, 'bbbb', 7, 'cccc', 'end']));

  test('in slices', () => assert.deepEqual(plan([], { slice: 5 }), ['aaaab', 0, 'bbbcc', 0, 'cc', 0, 'end']));

  test('frames may be bytes, also those that are part of a larger buffer', () => {
    const larger = new Uint8Array([0, 255, 254, 0]);
    const actions = planDelivery(['a', larger.subarray(1, 3)], {}, []);
    assert.deepEqual(actions[0], { kind: 'write', bytes: Buffer.from([0x61, 255, 254]) });
  });

  const at = (event: number) => ({ event });
  const byte = (count: number) => ({ byte: count });
  const cases: readonly (readonly [string, readonly Fault[], readonly (string | number)[]])[] = [
    ['cut after an event', [{ kind: 'cut', at: at(2) }], ['aaaabbbb', 'close']],
    ['cut before anything', [{ kind: 'cut', at: at(0), how: 'reset' }], ['reset']],
    ['cut after a byte', [{ kind: 'cut', at: byte(6), how: 'end' }], ['aaaabb', 'end']],
    ['cut between events by bytes', [{ kind: 'cut', at: byte(8) }], ['aaaabbbb', 'close']],
    ['cut after the end', [{ kind: 'cut', at: byte(500) }], ['aaaabbbbcccc', 'close']],
    ['cut before a text', [{ kind: 'cut', at: { before: 'bb' } }], ['aaaa', 'close']],
    ['cut after a text', [{ kind: 'cut', at: { after: 'bb' } }], ['aaaabbbb', 'close']],
    ['stall for ever', [{ kind: 'stall', at: byte(5) }], ['aaaab', 'hang']],
    ['stall and go on', [{ kind: 'stall', at: at(1), ms: 3 }], ['aaaa', 3, 'bbbbcccc', 'end']],
    ['strange bytes', [{ kind: 'bytes', at: at(1), bytes: 'WFg=', encoding: 'base64' }], ['aaaaXXbbbbcccc', 'end']],
    ['a broken frame', [{ kind: 'malformed', at: at(3) }], ['aaaabbbbcccc<bad>', 'end']],
    ['an error', [{ kind: 'error', at: at(1) }], ['aaaa<error>', 'end']],
    [
      'two faults',
      [
        { kind: 'stall', at: at(1), ms: 3 },
        { kind: 'cut', at: byte(5) },
      ],
      ['aaaa', 3, 'b', 'close'],
    ],
  ];
  for (const [name, faults, expected] of cases) test(name, () => assert.deepEqual(plan(faults), expected));
});

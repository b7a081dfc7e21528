import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from './content.ts';
import type { Loss } from './loss.ts';
import { pairedTurns } from './pairing.ts';
import type { Turn } from './request.ts';

const text = (said: string): Block => ({ type: 'text', text: said });
const call = (id: string): Block => ({ type: 'tool_call', id, name: 'f', json: '{}' });
const result = (id: string): Block => ({ type: 'tool_result', id, content: [text(`result ${id}`)] });
const user = (...content: Block[]): Turn => ({ role: 'user', content });
const model = (...content: Block[]): Turn => ({ role: 'assistant', content });

function paired(...turns: Turn[]): { turns: readonly Turn[]; losses: string[] } {
  const losses: Loss[] = [];
  return { turns: pairedTurns(turns, (loss) => losses.push(loss)), losses: losses.map(({ path }) => path) };
}

describe('paired turns', () => {
  test('are the same turns where all results stand right behind their calls', () => {
    const turns = [
      user(text('a')),
      model(text('b'), call('1'), call('2')),
      user(result('1'), result('2')),
      model(text('c')),
    ];
    assert.equal(
      pairedTurns(turns, () => undefined),
      turns,
    );
    const others: Turn[][] = [
      [user(result('1'))],
      [model(call('1')), user(result('1'), text('more'))],
      [model(call('1')), user(result('1')), user(text('more'))],
      [model(call('1'), call('2')), user(result('2'), result('1'))],
      [model(call('1')), user(result('1'), result('1'))],
      [model(call('1'))],
      [model(call('1')), { ...user(result('1')), name: 'n' }],
    ];
    for (const other of others)
      assert.notEqual(
        pairedTurns(other, () => undefined),
        other,
      );
  });

  test('have the results behind their calls, in the order of the calls, before what else is said', () => {
    const { turns, losses } = paired(
      user(text('a')),
      model(call('1'), call('2')),
      user(text('b'), result('2'), result('1')),
      model(text('c')),
    );
    assert.deepEqual(turns, [
      user(text('a')),
      model(call('1'), call('2')),
      user(result('1'), result('2'), text('b')),
      model(text('c')),
    ]);
    assert.deepEqual(losses, []);
  });

  test('take results from several turns, across instructions', () => {
    const system: Turn = { role: 'system', content: [text('s')] };
    const { turns } = paired(model(call('1'), call('2')), user(result('1')), system, user(result('2')));
    assert.deepEqual(turns, [model(call('1'), call('2')), user(result('1'), result('2')), system]);
  });

  test('answer calls that nobody answered, and tell results of no call as text', () => {
    const { turns, losses } = paired(model(call('1')), user(text('b'), result('9')));
    assert.deepEqual(turns[1]?.content, [
      { type: 'tool_result', id: '1', content: [text('(no result)')] },
      text('b'),
      text('Result of tool call 9:'),
      text('result 9'),
    ]);
    assert.deepEqual(losses, ['turns[0]', 'turns[1].content[1]']);
  });

  test('do not change when the conversation goes on', () => {
    const start = [user(text('a')), model(call('1')), user(result('1'))];
    const { turns } = paired(...start);
    const { turns: longer } = paired(...start, model(text('b')), user(text('c')));
    assert.deepEqual(longer.slice(0, turns.length), turns);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../canon/json.ts';
import { added, call, callsOf, completed, created, done, eventsOf, head, message, read } from './heard.ts';

describe('calls', () => {
  const delta = (index: number, json: string): JsonObject => ({
    type: 'response.function_call_arguments.delta',
    output_index: index,
    delta: json,
  });

  test('arguments come in pieces, at the end, with the item, as an object, or not at all', () => {
    const begun = { ...call('a', ''), name: 'f' };
    const whole = call('a', '{"x":1}');
    const asDone = { type: 'response.function_call_arguments.done', output_index: 0, arguments: '{"x":1}' };
    for (const events of [
      [added(0, begun), delta(0, '{"x"'), delta(0, ':1}'), done(0, whole)],
      [added(0, begun), asDone, done(0, whole)],
      [added(0, begun), done(0, whole)],
      [added(0, whole), done(0, whole)],
      [done(0, { ...whole, arguments: { x: 1 } })],
      [added(0, begun), delta(0, '{"x":1}')],
    ]) {
      const answer = read(created, ...events, completed());
      assert.deepEqual(callsOf(answer), [['a', 'f', '{"x":1}']]);
      assert.equal(answer.finish?.reason, 'tool_calls');
    }
    assert.deepEqual(callsOf(read(created, added(0, begun), done(0, begun), completed())), [['a', 'f', '']]);
  });

  test('a name or an id may come late', () => {
    const nameless = { type: 'function_call', id: 'fc_a', arguments: '' };
    const answer = read(
      created,
      added(0, { ...nameless, call_id: 'a' }),
      delta(0, '{}'),
      done(0, call('a', '{}')),
      completed(),
    );
    assert.deepEqual(callsOf(answer), [['a', 'f', '{}']]);
  });

  test('those that come at the same time are put in a row', () => {
    const [a, b] = [call('a', '{"x":1}'), call('b', '{"y":2}')];
    const events = eventsOf(
      created,
      added(0, call('a', '')),
      added(1, call('b', '')),
      delta(1, '{"y"'),
      delta(0, '{"x"'),
      delta(1, ':2}'),
      done(1, b),
      delta(0, ':1}'),
      done(0, a),
      completed(),
    );
    assert.deepEqual(
      events.map((event) => ('index' in event ? `${event.type} ${event.index}` : event.type)),
      ['start', 'open 0', 'json 0', 'json 0', 'close 0', 'open 1', 'json 1', 'close 1', 'finish'],
    );
  });

  test('arguments that are others than those that were told end in an error', () => {
    const answer = read(
      created,
      added(0, call('a', '')),
      delta(0, '{"x":1}'),
      done(0, call('a', '{"x":2}')),
      completed(),
    );
    assert.equal(answer.error?.kind, 'bad_upstream');
  });

  test('a call that was cut is no call, unless the limit cut it', () => {
    assert.equal(read(created, added(0, call('a', '')), delta(0, '{"x"'), completed()).error?.kind, 'bad_upstream');
    const cut = {
      type: 'response.incomplete',
      response: { ...head, status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    };
    assert.equal(read(created, added(0, call('a', '')), delta(0, '{"x"'), cut).finish?.reason, 'length');
  });

  test('built-in tools that the client runs are called like others; the complete item counts', () => {
    const begun = {
      type: 'tool_search_call',
      id: 'tsc_1',
      call_id: 'early',
      execution: 'client',
      status: 'in_progress',
      arguments: {},
    };
    const item = { ...begun, call_id: 'late', status: 'completed', arguments: { goal: 'weather' } };
    const answer = read(created, added(0, begun), done(0, item), completed([item]));
    assert.deepEqual(callsOf(answer), [['late', 'tool_search', '{"goal":"weather"}']]);
    assert.equal(answer.finish?.reason, 'tool_calls');
  });

  test('what runs at the provider is shown and awaited by nobody', () => {
    const shell = {
      type: 'shell_call',
      id: 'sh_1',
      call_id: 'a',
      action: { commands: ['ls'] },
      environment: { type: 'container_reference' },
    };
    const search = {
      type: 'custom_tool_call',
      id: 'ctc_1',
      call_id: 'xs_call_1',
      name: 'x_keyword_search',
      input: '{}',
    };
    const { content, finish } = read(
      created,
      added(0, shell),
      done(0, shell),
      added(1, search),
      done(1, search),
      done(2, message('Hi')),
      completed(),
    );
    assert.deepEqual(
      content.map(({ type }) => type),
      ['native', 'native', 'text'],
    );
    assert.equal(finish?.reason, 'end');
  });

  test('a shell that turns out to be in a container', () => {
    const begun = { type: 'shell_call', id: 'sh_1', call_id: 'a', action: { commands: [] } };
    const item = { ...begun, action: { commands: ['ls'] }, environment: { type: 'container_reference' } };
    assert.deepEqual(read(created, added(0, begun), done(0, item), completed()).content, [
      { type: 'native', dialect: 'openai-responses', value: item },
    ]);
  });
});

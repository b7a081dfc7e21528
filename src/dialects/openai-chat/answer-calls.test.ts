import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../canon/json.ts';
import { called, callsIn, ended, eventsOf, said } from './heard.ts';

describe('tool calls of compatible servers', () => {
  const a = { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } };
  const b = { index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } };
  const more = (index: number, json: string): JsonObject => ({ index, function: { arguments: json } });

  test('interleaved fragments become one call after the other', () => {
    const frames = [called(a), called(b), called(more(0, '{"x"')), called(more(1, '{"y":2}')), called(more(0, ':1}'))];
    assert.deepEqual(callsIn(...frames, ended('tool_calls')), ['f({"x":1})#a', 'g({"y":2})#b', 'tool_calls']);
  });

  test('the second call streams as soon as the first is complete', () => {
    const frames = [called(a), called(more(0, '{"x":1}')), called(b), called(more(1, '{"y"'))];
    const events = eventsOf(frames.join('')).filter(({ type }) => type !== 'error');
    assert.deepEqual(
      events.map((event) => (event.type === 'json' ? event.json : event.type)),
      ['start', 'open', '{"x":1}', 'close', 'open', '{"y"'],
    );
  });

  test('text that comes inside a call waits for its end', () => {
    const frames = [called(a), called(more(0, '{"x"')), said({ content: 'aside' }), called(more(0, ':1}'))];
    assert.deepEqual(callsIn(...frames, ended('tool_calls')), ['f({"x":1})#a', 'text', 'tool_calls']);
  });

  const one: { readonly [what: string]: readonly string[] } = {
    'the id in every fragment': [
      called({ ...a, function: { name: 'f', arguments: '{"x"' } }),
      called({ ...a, function: { name: 'f', arguments: ':1}' } }),
    ],
    'another id in every fragment': [
      called(a),
      called({ ...more(0, '{"x"'), id: 'z' }),
      called({ ...more(0, ':1}'), id: 'y' }),
    ],
    'empty ids in the fragments': [called(a), called({ ...more(0, '{"x":1}'), id: '' })],
    'an empty name in the fragments': [called(a), called({ index: 0, function: { name: '', arguments: '{"x":1}' } })],
    'the name in every fragment': [
      called(a),
      called({ index: 0, function: { name: 'f', arguments: '{"x"' } }),
      called({ index: 0, function: { name: 'f', arguments: ':1}' } }),
      called({ index: 0, function: { name: 'f', arguments: '' } }),
    ],
    'no index': [
      called({ id: 'a', function: { name: 'f', arguments: '{"x"' } }),
      called({ id: 'a', function: { arguments: ':1}' } }),
    ],
    'no index, and no id in the fragments': [
      called({ id: 'a', function: { name: 'f' } }),
      called({ function: { arguments: '{"x":1}' } }),
    ],
    'an index that begins at one': [called({ ...a, index: 1 }), called(more(1, '{"x":1}'))],
    'arguments as an object': [called({ ...a, function: { name: 'f', arguments: { x: 1 } } })],
    'null arguments first': [called({ ...a, function: { name: 'f', arguments: null } }), called(more(0, '{"x":1}'))],
    'the name after the id': [
      called({ index: 0, id: 'a', type: 'function', function: {} }),
      called({ index: 0, function: { name: 'f', arguments: '{"x":1}' } }),
    ],
    'white space after the arguments': [called(a), called(more(0, '{"x":1}')), called(more(0, '\n'))],
  };
  for (const [what, frames] of Object.entries(one)) {
    test(`${what}: one call`, () => {
      const [call, ...rest] = callsIn(...frames, ended('tool_calls'));
      assert.equal(call?.trim().replace('\n', ''), 'f({"x":1})#a');
      assert.deepEqual(rest, ['tool_calls']);
    });
  }

  const two: { readonly [what: string]: readonly string[] } = {
    'one index for all': [
      called({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }),
      called({ index: 0, id: 'b', function: { name: 'g', arguments: '{}' } }),
    ],
    'no index, ids only': [
      called(
        { id: 'a', function: { name: 'f', arguments: '{}' } },
        { id: 'b', function: { name: 'g', arguments: '{}' } },
      ),
    ],
    'the same name twice': [
      called({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }),
      called({ index: 0, id: 'b', function: { name: 'f', arguments: '{}' } }),
    ],
  };
  for (const [what, frames] of Object.entries(two)) {
    test(`${what}: two calls`, () => {
      const [first, second, reason] = callsIn(...frames, ended('tool_calls'));
      assert.match(String(first), /^f\(\{\}\)#a$/);
      assert.match(String(second), /^[fg]\(\{\}\)#b$/);
      assert.equal(reason, 'tool_calls');
    });
  }

  test('calls without ids get ids of their own, the same for the same answer', () => {
    const frames = [
      called({ function: { name: 'f', arguments: '{}' } }),
      called({ function: { name: 'f', arguments: '{}' } }),
      ended('stop'),
    ];
    const [first, second] = callsIn(...frames);
    assert.match(String(first), /#call_\w{24}$/);
    assert.notEqual(first, second);
    assert.equal(callsIn(...frames)[0], first);
  });

  test('two calls under one id are told apart', () => {
    const frames = [
      called({ ...a, function: { name: 'f', arguments: '{}' } }),
      called({ ...b, id: 'a', function: { name: 'g', arguments: '{}' } }),
    ];
    const [first, second] = callsIn(...frames, ended('tool_calls'));
    assert.equal(first, 'f({})#a');
    assert.match(String(second), /^g\(\{\}\)#call_\w+$/);
  });

  test('the older function form is a call', () => {
    const frames = [
      said({ function_call: { name: 'f', arguments: '{"x"' } }),
      said({ function_call: { arguments: ':1}' } }),
    ];
    const [call, reason] = callsIn(...frames, ended('function_call'));
    assert.match(String(call), /^f\(\{"x":1\}\)#call_/);
    assert.equal(reason, 'tool_calls');
  });

  test('`stop` with calls is a call; `tool_calls` without one is an end', () => {
    assert.deepEqual(callsIn(called({ ...a, function: { name: 'f', arguments: '{}' } }), ended('stop')), [
      'f({})#a',
      'tool_calls',
    ]);
    assert.deepEqual(callsIn(said({ content: 'x' }), ended('tool_calls')), ['text', 'end']);
  });

  test('half a call is never a call', () => {
    assert.equal(callsIn(called(a), called(more(0, '{"x"')), ended('tool_calls')).at(-1), 'error bad_upstream');
    assert.equal(callsIn(called(a), called(more(0, '{"x"'))).at(-1), 'error bad_upstream');
    assert.equal(callsIn(called(a), called(more(0, '{"x"')), ended('length')).at(-1), 'length');
    assert.equal(
      callsIn(called({ index: 0, id: 'a', function: { arguments: '{}' } }), ended('tool_calls')).at(-1),
      'error bad_upstream',
    );
    const goesOn = [called(a), called(more(0, '{}')), said({ content: 'x' }), called(more(0, '{"x":1}'))];
    assert.equal(callsIn(...goesOn, ended('tool_calls')).at(-1), 'error bad_upstream');
  });
});

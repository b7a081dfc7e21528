import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../canon/json.ts';
import type { PassWatch } from '../dialect.ts';
import { pass } from './pass.ts';

const base = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm' };
const frame = (chunk: JsonObject): string => `data: ${JSON.stringify({ ...base, ...chunk })}\n\n`;
const said = (delta: JsonObject, finish_reason: string | null = null): string =>
  frame({ choices: [{ index: 0, delta, finish_reason }] });
const first = said({ role: 'assistant', content: '' });
const opened = (index: number, id: string, json = ''): string =>
  said({ tool_calls: [{ index, id, type: 'function', function: { name: 'f', arguments: json } }] });
const more = (index: number, json: string): string => said({ tool_calls: [{ index, function: { arguments: json } }] });
const done = 'data: [DONE]\n\n';

/** Feeds frames; the number of the first that is not legal. */
function firstFault(frames: readonly string[], watch: PassWatch = pass.watch()): number {
  return frames.findIndex((text) => {
    const padded = Buffer.from(`xx${text}yy`);
    return !watch.frame(padded, 2, padded.length - 2);
  });
}

describe('legal streams pass', () => {
  const legal: { readonly [what: string]: readonly string[] } = {
    text: [
      first,
      ...['a', ' "quoted"', '\u00e9\ud83d\ude80', 'b\\'].map((content) => said({ content })),
      said({}, 'stop'),
      done,
    ],
    'comments, blank lines, no space': [': ping\n\n', '\n', first.replace('data: ', 'data:'), said({}, 'stop'), done],
    'CRLF line ends': [first, said({ content: 'x' }), said({}, 'stop'), done].map((text) =>
      text.replaceAll('\n', '\r\n'),
    ),
    'spaces in the JSON': [first, said({ content: 'x' }), said({}, 'stop'), done].map((text) =>
      text.replaceAll('":', '": '),
    ),
    'one call after the other': [
      first,
      opened(0, 'a'),
      more(0, '{"x"'),
      more(0, ':"\\"}"}'),
      opened(1, 'b', '{}'),
      said({}, 'tool_calls'),
      done,
    ],
    'another key order': [
      first,
      `data: {"choices":[{"delta":{"tool_calls":[{"id":"a","index":0,"function":{"arguments":"{}","name":"f"},"type":"function"}]},"index":0,"finish_reason":null}],"id":"x"}\n\n`,
      said({}, 'tool_calls'),
      done,
    ],
    'two choices': [
      first,
      frame({ choices: [{ index: 1, delta: { content: 'x' }, finish_reason: null }] }),
      said({}, 'stop'),
      done,
    ],
    'a content that speaks of fields': [
      first,
      said({ content: '"tool_calls":[{"index":0}],"finish_reason":"stop","error":1' }),
      said({}, 'stop'),
      done,
    ],
    'an escaped pair': [first, said({ content: 'x' }).replace('"x"', '"\\ud83d\\ude80"'), said({}, 'stop'), done],
    'text that looks like half a character': [first, said({ content: '\\ud83d \\\\' }), said({}, 'stop'), done],
    'no [DONE]': [first, said({ content: 'x' }), said({}, 'stop')],
  };
  for (const [what, frames] of Object.entries(legal)) {
    test(what, () => {
      const watch = pass.watch();
      assert.equal(firstFault(frames, watch), -1);
      assert.ok(watch.ended());
    });
  }

  test('usage is read on the way, the last count wins', () => {
    const watch = pass.watch();
    const usage = (n: number): JsonObject => ({ usage: { prompt_tokens: 5, completion_tokens: n } });
    const frames = [
      first,
      frame({ choices: [{ index: 0, delta: { content: 'x' }, finish_reason: null }], ...usage(1) }),
      said({}, 'stop'),
      frame({ choices: [], ...usage(2) }),
      done,
    ];
    assert.equal(firstFault(frames, watch), -1);
    assert.deepEqual(watch.usage(), { input: 5, output: 2 });
  });
});

describe('what is not legal is where the translator takes over', () => {
  const illegal: { readonly [what: string]: readonly [number, ...string[]] } = {
    'no JSON': [1, first, 'data: <html>\n\n'],
    'half a frame': [1, first, `${said({ content: 'x' }).slice(0, 60)}\n\n`],
    'broken JSON that looks whole': [0, 'data: {"choices":[}\n\n'],
    'an error': [1, first, frame({ error: { message: 'no' } })],
    'an error in a choice': [
      1,
      first,
      frame({ choices: [{ index: 0, delta: {}, finish_reason: 'error', error: {} }] }),
    ],
    'an event with a name': [1, first, 'event: error\ndata: {}\n\n'],
    'stop though a call was made': [2, first, opened(0, 'a', '{}'), said({}, 'stop')],
    'tool_calls though none was made': [1, first, said({}, 'tool_calls')],
    'an unknown reason': [1, first, said({}, 'eos')],
    'arguments as an object': [
      1,
      first,
      said({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: { x: 1 } } }] }),
    ],
    'an id again': [2, first, opened(0, 'a'), opened(0, 'a', '{}')],
    'a name again': [
      2,
      first,
      opened(0, 'a'),
      said({ tool_calls: [{ index: 0, function: { name: '', arguments: '{}' } }] }),
    ],
    'a call without id': [1, first, said({ tool_calls: [{ index: 0, function: { name: 'f', arguments: '{}' } }] })],
    'a call without index': [1, first, said({ tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }] })],
    'an index that begins at one': [1, first, opened(1, 'a')],
    'interleaved calls': [2, first, opened(0, 'a', '{"x"'), opened(1, 'b')],
    'the end before the reason': [2, first, said({ content: 'x' }), done],
    'more arguments behind half a frame': [
      2,
      first,
      opened(0, 'a'),
      `${more(0, '{"x"').slice(0, 70)}${more(0, ':1}')}`,
    ],
    'half a character': [1, first, said({ content: 'x' }).replace('"x"', '"\\ud83d"')],
    'no choices': [0, frame({})],
  };
  for (const [what, [at, ...frames]] of Object.entries(illegal)) {
    test(what, () => assert.equal(firstFault(frames), at));
  }

  test('bytes that are no UTF-8', () => {
    const watch = pass.watch();
    firstFault([first, said({ content: 'x' })], watch);
    const bytes = Buffer.from(said({ content: 'xy' }), 'latin1');
    bytes[bytes.indexOf('xy')] = 0xff;
    assert.equal(watch.frame(bytes, 0, bytes.length), false);
  });

  test('nothing has begun before anybody speaks', () => {
    const watch = pass.watch();
    assert.equal(firstFault([frame({ choices: [], prompt_filter_results: [] })], watch), -1);
    assert.deepEqual([watch.started(), watch.kept().length], [false, 0]);
    assert.equal(firstFault([first], watch), -1);
    assert.deepEqual([watch.started(), watch.kept().length], [true, 1]);
  });

  test('what a translator has to know is kept: the beginning, the calls, the end, and no text', () => {
    const watch = pass.watch();
    const frames = [
      first,
      said({ content: 'x' }),
      opened(0, 'a'),
      more(0, '{}'),
      said({ content: 'y' }),
      said({}, 'tool_calls'),
    ];
    assert.equal(firstFault(frames, watch), -1);
    assert.deepEqual(
      watch.kept().map((kept) => Buffer.from(kept).toString()),
      [frames[0], frames[2], frames[3], frames[5]],
    );
    assert.equal(watch.ended(), true);
    assert.equal(watch.tail(), 'data: [DONE]\n\n', 'the mark of the end is still to come');
  });

  test('frames that say that there are no calls are not kept', () => {
    for (const none of ['null', ' null', '[]', ' [ ]']) {
      const watch = pass.watch();
      firstFault([first], watch);
      for (let i = 0; i < 100; i++) {
        const unlike = said({ content: 'x' }).replace('"x"', `"x","tool_calls":${none}`).replace('chatcmpl-1', `${i}`);
        assert.equal(firstFault([unlike], watch), -1);
      }
      assert.equal(watch.kept().length, 1, none);
    }
  });

  test('arguments of which nothing but their form is looked at are kept and judged', () => {
    const pieces = Array.from({ length: 40 }, (_, i) => (i === 0 ? '{"a":[0' : `,${i},"\u00e9 \\n"`));
    const frames = [first, opened(0, 'a'), ...pieces.map((json) => more(0, json))];
    for (const [end, fault] of [
      ['', frames.length],
      [']}', -1],
    ] as const) {
      const watch = pass.watch();
      const all = [...frames, ...(end === '' ? [] : [more(0, end)])];
      let leaps = 0;
      for (const text of all) {
        const bytes = Buffer.from(text);
        if (watch.leap?.(bytes, 0) === bytes.length) leaps += 1;
        else assert.ok(watch.frame(bytes, 0, bytes.length));
      }
      assert.ok(leaps >= 38, `${leaps} leaps`);
      assert.equal(Buffer.concat(watch.kept()).toString(), all.join(''));
      const next = Buffer.from(opened(1, 'b', '{}'));
      assert.equal(watch.frame(next, 0, next.length), fault === -1);
      if (fault !== -1) continue;
      // Of the call before, which the next one has closed.
      const late = Buffer.from(more(0, ',1'));
      assert.equal(watch.leap?.(late, 0), 0);
      assert.equal(watch.frame(late, 0, late.length), false);
    }
  });
});

test('an answer that other clients would not read is seen, in any style of JSON', () => {
  const answer = (message: object, reason = 'stop'): object => ({
    choices: [{ index: 0, message, finish_reason: reason, logprobs: { content: [] } }],
    annotations: [],
  });
  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
  const foreign = (value: object): boolean[] =>
    [0, 1, '\t'].map((indent) => pass.isForeign?.(Buffer.from(JSON.stringify(value, undefined, indent))) === true);
  assert.deepEqual(foreign(answer({ content: 'An array: [1], "content":[2]' })), [false, false, false]);
  assert.deepEqual(foreign(answer({ content: null, tool_calls: [call] }, 'tool_calls')), [false, false, false]);
  assert.deepEqual(foreign(answer({ content: [{ type: 'text', text: 'a' }] })), [true, true, true]);
  assert.deepEqual(foreign(answer({ content: null, tool_calls: [call] })), [true, true, true]);
  const many = '[1] '.repeat(2000);
  assert.deepEqual(foreign(answer({ content: many })), [false, false, false]);
  assert.deepEqual(foreign(answer({ refusal: many, content: [{ type: 'text', text: 'a' }] })), [true, true, true]);
});

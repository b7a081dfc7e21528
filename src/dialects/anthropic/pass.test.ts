import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFold } from '../../canon/fold.ts';
import { createGuard } from '../../canon/grammar.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { PassWatch } from '../dialect.ts';
import { pass } from './pass.ts';
import { readStream } from './stream-read.ts';

const frame = (event: JsonObject): string => `event: ${String(event.type)}\ndata: ${JSON.stringify(event)}\n\n`;
const start = frame({
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [],
    usage: { input_tokens: 3, output_tokens: 1 },
  },
});
const begin = (index: number, block: JsonObject): string =>
  frame({ type: 'content_block_start', index, content_block: block });
const delta = (index: number, value: JsonObject): string => frame({ type: 'content_block_delta', index, delta: value });
const text = (index: number, value: string): string => delta(index, { type: 'text_delta', text: value });
const input = (index: number, value: string): string => delta(index, { type: 'input_json_delta', partial_json: value });
const close = (index: number): string => frame({ type: 'content_block_stop', index });
const ending = (reason: string | null): string =>
  frame({ type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null }, usage: { output_tokens: 5 } });
const stop = frame({ type: 'message_stop' });
const ping = frame({ type: 'ping' });
const textBlock = begin(0, { type: 'text', text: '' });
const callBlock = (index: number): string => begin(index, { type: 'tool_use', id: 'a', name: 'f', input: {} });

/** The frame, taken from the middle of a buffer as it is in a stream. */
function offer(watch: PassWatch, ...frames: readonly (string | Buffer)[]): boolean[] {
  return frames.map((each) => {
    const bytes = Buffer.concat([Buffer.from('event: x\n\n'), Buffer.from(each), Buffer.from('data: "}\n\n')]);
    return watch.frame(bytes, 10, bytes.length - 10);
  });
}

/** All but the last frame pass; whether the last does is the answer. */
function lastPasses(...frames: readonly (string | Buffer)[]): boolean {
  const watch = pass.watch();
  const passed = offer(watch, ...frames);
  assert.ok(passed.slice(0, -1).every(Boolean), `frame ${passed.indexOf(false)} was refused`);
  return passed.at(-1) === true;
}

test('a legal stream passes to its end, and its usage is known', () => {
  const watch = pass.watch();
  const stream = [
    ': hello\n\n',
    start,
    ping,
    textBlock,
    text(0, 'one'),
    text(0, ' two'),
    text(0, ' thr"ee \\ é😀\n'),
    text(0, ''),
    ping,
    close(0),
    callBlock(1),
    input(1, ''),
    input(1, '{"a":'),
    input(1, '"b\\n"}'),
    close(1),
    frame({ type: 'weather', sky: 'blue' }),
    ending(null),
    ending('tool_use'),
    stop,
  ];
  assert.deepEqual(
    offer(watch, ...stream),
    stream.map(() => true),
  );
  assert.equal(watch.ended(), true);
  assert.deepEqual(watch.usage(), { input: 3, output: 5 });
  assert.deepEqual([watch.closedBlocks(), watch.calls()], [2, ['a']]);
  assert.deepEqual(offer(watch, 'data: [DONE]\n\n'), [false]);
});

describe('other ways to write the same', () => {
  const rewrites: readonly [name: string, rewrite: (frame: string) => string][] = [
    ['line ends', (each) => each.replaceAll('\n', '\r\n')],
    ['no blanks after the colons', (each) => each.replaceAll(/^(event|data): /gm, '$1:')],
    ['blanks inside', (each) => each.replaceAll(/":/g, '": ').replaceAll(/,"/g, ', "')],
    ['padding', (each) => each.replace(/\}\}?\n\n$/, (end) => `${end.trim().split('').join('   ')}     \n\n`)],
    [
      'fields in another order',
      (each) => each.replace(/\{"type":"text_delta","text":("(?:[^"\\]|\\.)*")\}/, '{"text":$1,"type":"text_delta"}'),
    ],
  ];
  for (const [name, rewrite] of rewrites) {
    test(name, () => {
      const stream = [
        start,
        textBlock,
        text(0, 'a'),
        text(0, 'b'),
        text(0, 'text_delta'),
        text(0, 'c'),
        close(0),
        ending('end_turn'),
        stop,
      ];
      assert.ok(lastPasses(...stream.map(rewrite)));
    });
  }
});

describe('what is not legal where it stands is refused', () => {
  const open = [start, textBlock, text(0, 'a'), text(0, 'b')];
  const cases: readonly [name: string, frames: readonly (string | Buffer)[]][] = [
    ['a block before the message', [textBlock]],
    ['an error before the message', [frame({ type: 'error', error: { type: 'overloaded_error', message: 'x' } })]],
    [
      'an error after something was said',
      [...open, frame({ type: 'error', error: { type: 'api_error', message: 'x' } })],
    ],
    ['a second start', [start, start]],
    ['a start with content', [frame({ type: 'message_start', message: { id: 'm', content: [{}], usage: {} } })]],
    ['a start without usage', [frame({ type: 'message_start', message: { id: 'm', content: [] } })]],
    ['text in a start', [start, begin(0, { type: 'text', text: 'a' })]],
    ['input in a start', [start, begin(0, { type: 'tool_use', id: 'a', name: 'f', input: { a: 1 } })]],
    ['a call without an id', [start, begin(0, { type: 'tool_use', name: 'f', input: {} })]],
    ['a gap in the numbers', [start, begin(1, { type: 'text', text: '' })]],
    ['a block inside a block', [...open, callBlock(1)]],
    ['a delta of another block', [...open, text(1, 'c')]],
    ['a delta of another kind', [...open, input(0, '{}')]],
    ['a delta after its block', [...open, close(0), text(0, 'c')]],
    ['the end of another block', [...open, close(1)]],
    ['an end inside a block', [...open, ending('end_turn')]],
    ['a stop inside a block', [...open, stop]],
    ['a stop without a reason', [start, stop]],
    ['an end without counts', [start, frame({ type: 'message_delta', delta: { stop_reason: 'end_turn' } })]],
    ['calls that are not announced', [start, callBlock(0), close(0), ending('end_turn')]],
    ['calls that are not there', [start, textBlock, close(0), ending('tool_use')]],
    ['a block after the end', [start, ending('end_turn'), textBlock]],
    ['no event line', [...open, text(0, 'c').replace(/^event.*\n/, '')]],
    ['another name in the event line', [...open, text(0, 'c').replace('event: content_block_delta', 'event: ping')]],
    ['broken JSON', [...open, text(0, 'c').replace('}}', '}')]],
    ['too much JSON', [...open, text(0, 'c').replace('}}', '}}}')]],
    ['a quote that ends the text too early', [...open, text(0, 'c').replace('"c"', '"c"d"')]],
    ['an escape that is none', [...open, text(0, 'c').replace('"c"', '"\\x"')]],
    ['an escape that eats the quote', [...open, text(0, 'c').replace('"c"', '"c\\"')]],
    ['a control character', [...open, text(0, 'c').replace('"c"', '"\u0001"')]],
    ['half a character', [...open, text(0, 'c').replace('"c"', '"\\ud83d"')]],
    [
      'bytes that are no characters',
      [...open, Buffer.from(text(0, '~')).map((byte) => (byte === 0x7e ? 0xff : byte)) as Buffer],
    ],
    ['a second data line', [...open, text(0, 'c').replace(/\n\n$/, '\ndata: x\n\n')]],
    ['garbage', [...open, 'hello\ndata: world\n\n']],
  ];
  for (const [name, frames] of cases) test(name, () => assert.equal(lastPasses(...frames), false));
});

test('an error after the start is no part of the answer: another provider may go on', () => {
  const error = frame({ type: 'error', error: { type: 'api_error', message: 'x' } });
  assert.deepEqual(offer(pass.watch(), start, error), [true, false]);
});

describe('a reader that takes over is where the stream is', () => {
  function takeOver(
    frames: readonly string[],
    rest: readonly string[],
  ): ReturnType<ReturnType<typeof createFold>['result']> {
    const watch = pass.watch();
    assert.ok(offer(watch, ...frames).every(Boolean));
    const fold = createFold();
    const guard = createGuard(fold.sink, { firstIndex: watch.closedBlocks(), calls: watch.calls() });
    const reader = readStream((event) => {
      if (event.type === 'open') assert.equal(event.index, 0);
      guard.sink(event);
    });
    for (const each of watch.kept()) reader.feed(each);
    for (const each of rest) reader.feed(Buffer.from(each));
    reader.end();
    guard.end();
    return fold.result();
  }

  test('in mid-text', () => {
    const { content, finish, usage } = takeOver(
      [start, textBlock, close(0), begin(1, { type: 'text', text: '' }), text(1, 'a')],
      [text(1, 'b'), close(1), ending('end_turn'), stop],
    );
    assert.deepEqual(content, [{ type: 'text', text: 'b' }]);
    assert.deepEqual(finish, { reason: 'end' });
    assert.deepEqual(usage, { input: 3, output: 5 });
  });

  test('in mid-call: the whole of its input is known', () => {
    const begun = [start, callBlock(0), input(0, '{"a"'), input(0, ':[')];
    const { content } = takeOver(begun, [input(0, ']}'), close(0), ending('tool_use'), stop]);
    assert.deepEqual(content, [{ type: 'tool_call', id: 'a', name: 'f', json: '{"a":[]}' }]);
    assert.equal(takeOver(begun, [ending('tool_use'), stop]).error?.kind, 'bad_upstream');
  });

  test('after a call', () => {
    assert.deepEqual(takeOver([start, callBlock(0), close(0)], [ending('end_turn'), stop]).finish, {
      reason: 'tool_calls',
    });
  });

  test('before the last event', () => {
    assert.deepEqual(takeOver([start, ending('max_tokens')], []).finish, { reason: 'length' });
  });
});

describe('usage of a whole answer', () => {
  const usage = { input_tokens: 1, output_tokens: 2 };
  const expected = { input: 1, output: 2 };
  const cases: readonly [name: string, body: unknown, expected: unknown][] = [
    ['last', { content: [{ type: 'text', text: 'my "usage": {"input_tokens":9}' }], usage }, expected],
    ['first', { usage, content: [{ type: 'text', text: '"usage"' }] }, expected],
    ['beside a nested one', { usage, content: [{ type: 'x', usage: { input_tokens: 9 } }] }, expected],
    ['nested only', { content: [{ type: 'x', usage: { input_tokens: 9 } }] }, {}],
    ['none', { type: 'error' }, {}],
  ];
  for (const [name, body, wanted] of cases) {
    test(name, () => {
      assert.deepEqual(pass.usageOf(Buffer.from(JSON.stringify(body))), wanted);
      assert.deepEqual(pass.usageOf(Buffer.from(JSON.stringify(body, null, 2))), wanted);
    });
  }
  test('not JSON', () => assert.deepEqual(pass.usageOf(Buffer.from('<html>"usage"')), {}));
});

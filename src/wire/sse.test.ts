import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFrameSplitter, createSseReader, FrameTooLarge, type SseFrame } from './sse.ts';

function read(chunks: readonly Uint8Array[]): SseFrame[] {
  const frames: SseFrame[] = [];
  const reader = createSseReader((frame) => {
    if (frame.data !== undefined || frame.event !== '') frames.push(frame);
  });
  for (const chunk of chunks) reader.feed(chunk);
  reader.end();
  return frames;
}

const body =
  ': hello\n\nevent: one\ndata: {"a":"é😀"}\n\n\n\ndata:no space\nid: 7\nretry: 5\n\ndata: x\ndata: y\n\ndata\n\nevent: last\ndata: [DONE]';
const expected: SseFrame[] = [
  { event: 'one', data: '{"a":"é😀"}' },
  { event: '', data: 'no space' },
  { event: '', data: 'x\ny' },
  { event: '', data: '' },
  { event: 'last', data: '[DONE]' },
];

for (const [name, ending] of [
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
] as const) {
  test(`every split of a stream with ${name} line ends reads the same frames`, () => {
    const bytes = Buffer.from(body.replaceAll('\n', ending));
    assert.deepEqual(read([bytes]), expected);
    for (let i = 0; i <= bytes.length; i++) {
      assert.deepEqual(read([bytes.subarray(0, i), bytes.subarray(i)]), expected, `cut at ${i}`);
    }
    assert.deepEqual(read(Array.from(bytes, (byte) => Uint8Array.of(byte))), expected);
  });
}

test('a byte order mark is not part of the first field', () => {
  assert.deepEqual(read([Buffer.from('\ufeffdata: x\n\n')]), [{ event: '', data: 'x' }]);
});

test('frames that come whole are handed on without a copy, and their ranges cover every byte', () => {
  const chunk = Buffer.from('data: 1\n\ndata: 2\n\n');
  const seen: string[] = [];
  const splitter = createFrameSplitter((bytes, start, end) => {
    assert.equal(bytes, chunk);
    seen.push(bytes.toString('utf8', start, end));
  });
  splitter.feed(chunk);
  assert.deepEqual(seen, ['data: 1\n\n', 'data: 2\n\n']);
  assert.equal(splitter.rest().length, 0);
});

test('a frame beyond the limit is refused', () => {
  const splitter = createFrameSplitter(() => {}, { limit: 100 });
  splitter.feed(Buffer.alloc(60, 'x'));
  assert.throws(() => splitter.feed(Buffer.alloc(60, 'x')), FrameTooLarge);
});

test('frames that are taken at once are not cut again, however the bytes come', () => {
  const known = 'data: known\n\n';
  const frames = ['data: a\n\n', known, known, ': c\n\n', known, 'data: b\r\n\r\n', known];
  const stream = Buffer.from(frames.join(''));
  for (let size = 1; size <= stream.length; size++) {
    const seen: string[] = [];
    let leapt = 0;
    const splitter = createFrameSplitter((bytes, start, end) => seen.push(bytes.toString('utf8', start, end)), {
      leap(bytes, start) {
        if (!bytes.toString('utf8', start).startsWith(known)) return 0;
        seen.push(known);
        leapt += 1;
        return start + known.length;
      },
    });
    for (let at = 0; at < stream.length; at += size) splitter.feed(stream.subarray(at, at + size));
    assert.deepEqual(seen, frames, `pieces of ${size}`);
    assert.equal(leapt, 4);
    assert.equal(splitter.rest().length, 0);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeptFrames } from './kept-frames.ts';

test('frames are kept byte for byte, whatever becomes of the buffer they came in', () => {
  const kept = new KeptFrames();
  const bytes = Buffer.from('data: ä€😀\n\ndata: \x00\xff\n\n');
  const copy = Buffer.from(bytes);
  kept.keep(bytes, 0, 17);
  kept.keep(bytes, 17, bytes.length);
  bytes.fill(0);
  assert.equal(kept.size, 2);
  assert.deepEqual(kept.list(), [copy.subarray(0, 17), copy.subarray(17)]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pieces } from './pieces.ts';

test('replacing takes any range, however the bytes are cut', () => {
  const text = 'abcdefgh';
  for (let cut = 0; cut <= text.length; cut++) {
    for (let start = 0; start < text.length; start++) {
      for (let end = start; end <= text.length; end++) {
        const pieces = new Pieces([Buffer.from(text.slice(0, cut)), Buffer.from(text.slice(cut))]);
        const replaced = pieces.replaced(start, end, Buffer.from('XYZ'));
        const expected = `${text.slice(0, start)}XYZ${text.slice(end)}`;
        assert.equal(replaced.length, expected.length);
        assert.equal(replaced.whole().toString(), expected);
        assert.equal(pieces.whole().toString(), text);
      }
    }
  }
});

test('pieces are joined once', () => {
  const pieces = new Pieces([Buffer.from('a'), Buffer.from('b'), Buffer.from('c')]);
  const whole = pieces.whole();
  assert.equal(whole.toString(), 'abc');
  assert.equal(pieces.whole(), whole);
  assert.deepEqual(pieces.list, [whole]);
  assert.equal(new Pieces([]).whole().length, 0);
  assert.ok(Buffer.isBuffer(Pieces.of(new Uint8Array([1])).whole()));
});

test('of bytes that were let go of the number stays, and nobody takes nothing for them', () => {
  const pieces = new Pieces([Buffer.from('a'), Buffer.from('b')]);
  pieces.release();
  assert.deepEqual([pieces.length, pieces.list], [2, []]);
  assert.throws(() => pieces.whole(), /let go/);
  assert.throws(() => pieces.text(), /let go/);
});

test('the text is the same however the bytes are cut, and none where they are no UTF-8', () => {
  for (const text of ['', 'plain "text"', 'Zürich → ✓ 😀', '\ufeff{}']) {
    const bytes = Buffer.from(text);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const pieces = new Pieces([bytes.subarray(0, cut), bytes.subarray(cut)]);
      assert.equal(pieces.text(), bytes.toString());
    }
  }
  assert.equal(new Pieces([Buffer.from('a'), Buffer.from([0xe2, 0x86])]).text(), undefined);
});

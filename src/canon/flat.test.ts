import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flat, flatFrom } from './flat.ts';

test('parts are joined, and the end of a text is what begins where it is said', () => {
  assert.equal(flat('data:', 'image/png', ';base64,', 'QUJD'), 'data:image/png;base64,QUJD');
  assert.deepEqual(
    [0, 3, 4, 5, 9].map((from) => flatFrom('märz', from)),
    ['märz', 'z', '', '', ''],
  );
});

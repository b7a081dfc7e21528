import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readRedacted, writeRedacted } from './redacted.ts';

test('bytes stay as they are, and everything comes back', () => {
  assert.equal(writeRedacted('AAEC'), 'AAEC');
  assert.equal(writeRedacted('AAE='), 'AAE=');
  // What clients would write another way: bits that count for nothing, no padding, other letters.
  for (const value of ['AAF=', 'AAE', 'A_-_', 'no bytes', '', 'text:', writeRedacted('x')]) {
    assert.notEqual(writeRedacted(value), value);
    assert.equal(readRedacted(writeRedacted(value)), value);
  }
});

test('a client that decodes and encodes the bytes changes nothing', () => {
  const values = fc.oneof(
    fc.string(),
    fc.base64String(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
    fc.string().map((text) => writeRedacted(text)),
  );
  fc.assert(
    fc.property(values, (value) => {
      const carried = Buffer.from(writeRedacted(value), 'base64').toString('base64');
      assert.equal(readRedacted(carried), value);
    }),
  );
});

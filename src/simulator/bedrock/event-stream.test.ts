import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeEvent, encodeException } from './event-stream.ts';

/** As Amazon's own codec writes it. */
const MESSAGE_START =
  '000000760000005296d5fade0b3a6576656e742d7479706507000c6d65737361676553746172740d3a636f6e74656e742d7479706507001061' +
  '70706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22726f6c65223a22617373697374616e74227d' +
  '6fa8c599';

test('an event is written byte by byte as Amazon writes it', () => {
  assert.equal(encodeEvent('messageStart', '{"role":"assistant"}').toString('hex'), MESSAGE_START);
});

test('lengths count bytes, not characters', () => {
  const message = encodeEvent('chunk', '{"text":"😀"}');
  assert.equal(message.readUInt32BE(0), message.length);
  const payload = message.subarray(12 + message.readUInt32BE(4), -4).toString('utf8');
  assert.equal(payload, '{"text":"😀"}');
});

test('an exception has a name that begins small', () => {
  const text = encodeException('ThrottlingException', 'slow').toString('latin1');
  assert.ok(text.includes(':exception-type\u0007\u0000\u0013throttlingException'));
  assert.ok(text.includes(':message-type\u0007\u0000\u0009exception'));
  assert.ok(text.includes('{"message":"slow"}'));
});

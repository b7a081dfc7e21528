import { crc32 } from 'node:zlib';

/** Amazon's binary frames: the member of the event names its type. */
export function framed(events: readonly { readonly [type: string]: unknown }[]): Buffer {
  return Buffer.concat(events.flatMap((event) => Object.entries(event).map(([type, value]) => frame(type, value))));
}

function frame(type: string, value: unknown): Buffer {
  const isException = /Exception$/.test(type);
  const headers = Buffer.concat([
    header(':message-type', isException ? 'exception' : 'event'),
    header(isException ? ':exception-type' : ':event-type', type),
    header(':content-type', 'application/json'),
  ]);
  const payload = Buffer.from(JSON.stringify(value));
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + headers.length + payload.length, 0);
  prelude.writeUInt32BE(headers.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const whole = Buffer.concat([prelude, headers, payload, Buffer.alloc(4)]);
  whole.writeUInt32BE(crc32(whole.subarray(0, -4)), whole.length - 4);
  return whole;
}

function header(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([
    Buffer.of(Buffer.byteLength(name)),
    Buffer.from(name),
    Buffer.of(7),
    length,
    Buffer.from(value),
  ]);
}

/** The messages in a stream, each under its type. @throws where a checksum is wrong. */
export function messagesIn(bytes: Buffer): { readonly type: string; readonly value: unknown }[] {
  const found: { type: string; value: unknown }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const headers = bytes.readUInt32BE(at + 4);
    const message = bytes.subarray(at, at + length);
    if (crc32(message.subarray(0, -4)) !== message.readUInt32BE(length - 4)) throw new Error('a wrong checksum');
    const names = message.toString('latin1', 12, 12 + headers);
    const type = /:(?:event|exception)-type.{3}([A-Za-z-]+)/s.exec(names)?.[1] ?? '';
    found.push({ type, value: JSON.parse(message.toString('utf8', 12 + headers, length - 4)) });
    at += length;
  }
  return found;
}

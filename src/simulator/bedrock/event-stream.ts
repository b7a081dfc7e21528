import { crc32 } from 'node:zlib';

/** Content type of a stream of these messages. */
export const EVENT_STREAM = 'application/vnd.amazon.eventstream';

/** Type byte of a header whose value is a string. */
const STRING = 7;
/** Bytes before the headers: two lengths and their checksum. */
const PRELUDE = 12;
const CHECKSUM = 4;

/** One message of Amazon's event stream: lengths, checksum, headers (all strings), payload, checksum. */
export function encodeMessage(headers: Readonly<Record<string, string>>, payload: string): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)));
  const body = Buffer.from(payload);
  const message = Buffer.alloc(PRELUDE + head.length + body.length + CHECKSUM);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(head.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  head.copy(message, PRELUDE);
  body.copy(message, PRELUDE + head.length);
  message.writeUInt32BE(crc32(message.subarray(0, message.length - CHECKSUM)), message.length - CHECKSUM);
  return message;
}

/** One event of an answer. */
export function encodeEvent(type: string, payload: string): Buffer {
  return encodeMessage({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, payload);
}

/** What ends a stream that goes wrong; the name is written with a small first letter, as in `throttlingException`. */
export function encodeException(name: string, message: string): Buffer {
  const type = `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
  return encodeMessage(
    { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
    JSON.stringify({ message }),
  );
}

function encodeHeader(name: string, value: string): Buffer {
  const key = Buffer.from(name);
  const text = Buffer.from(value);
  const header = Buffer.alloc(1 + key.length + 3 + text.length);
  header.writeUInt8(key.length, 0);
  key.copy(header, 1);
  header.writeUInt8(STRING, 1 + key.length);
  header.writeUInt16BE(text.length, 2 + key.length);
  text.copy(header, 4 + key.length);
  return header;
}

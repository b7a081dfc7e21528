/**
 * Messages of `application/vnd.amazon.eventstream`, all numbers big-endian:
 * total length (4), length of the headers (4), CRC-32 of these eight (4), headers, payload, CRC-32 of all before (4).
 */
import { crc32 } from './crc32.ts';

/** Headers of a message. Values that are not text are told as text: numbers, `true`, base64, a UUID, an ISO time. */
export type MessageHeaders = { readonly [name: string]: string };

/** Takes one message. `payload` is only valid during the call; `headers` may be the same object for several messages. */
export type MessageSink = (headers: MessageHeaders, payload: Buffer) => void;

/** A stream that is no sequence of whole messages: too large, damaged, or cut. */
export class BadEventStream extends Error {}

/** Cuts a byte stream into messages. */
export interface EventStreamReader {
  /** @throws BadEventStream where the bytes cannot be such messages; whatever comes after is refused as well. */
  feed(chunk: Uint8Array): void;
  /** The bytes are over. @throws BadEventStream in the middle of a message. */
  end(): void;
}

const preludeLength = 12;
const crcLength = 4;
const leastLength = preludeLength + crcLength;
const nothing = Buffer.alloc(0);

/** @param limit bytes a message may have, its frame included; the format itself allows this many. */
export function createEventStreamReader(onMessage: MessageSink, limit = 24 * 1024 * 1024): EventStreamReader {
  return new MessageCutter(onMessage, limit);
}

/**
 * Messages that lie whole in a chunk are handed on without a copy; only one that spans chunks is gathered, in a buffer
 * that doubles, so that the cost stays linear however small the chunks are, and no larger than what really came.
 */
class MessageCutter implements EventStreamReader {
  readonly #onMessage: MessageSink;
  readonly #limit: number;
  readonly #headers = new HeaderReader();
  #held = nothing;
  #length = 0;
  /** Total length of the message being gathered; zero while its prelude is not complete. */
  #total = 0;
  #broken: BadEventStream | undefined;

  constructor(onMessage: MessageSink, limit: number) {
    this.#onMessage = onMessage;
    this.#limit = limit;
  }

  feed(chunk: Uint8Array): void {
    if (this.#broken !== undefined) throw this.#broken;
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    while (at < bytes.length) at = this.#length > 0 ? this.#goOn(bytes, at) : this.#begin(bytes, at);
  }

  end(): void {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#length > 0) throw this.#fault('The stream ends in the middle of a message.');
  }

  /** A message begins at `at`; returns where it ends, or the end of the bytes. */
  #begin(bytes: Buffer, at: number): number {
    if (bytes.length - at >= preludeLength) {
      const total = this.#readPrelude(bytes, at);
      if (bytes.length - at >= total) {
        this.#message(bytes, at, total);
        return at + total;
      }
      this.#total = total;
    }
    this.#gather(bytes, at, bytes.length);
    return bytes.length;
  }

  /** More of the message that is being gathered; returns how far the bytes belong to it. */
  #goOn(bytes: Buffer, at: number): number {
    const wanted = (this.#total === 0 ? preludeLength : this.#total) - this.#length;
    const end = Math.min(bytes.length, at + wanted);
    this.#gather(bytes, at, end);
    if (this.#total === 0 && this.#length === preludeLength) this.#total = this.#readPrelude(this.#held, 0);
    if (this.#length === this.#total) {
      const total = this.#total;
      this.#length = 0;
      this.#total = 0;
      this.#message(this.#held, 0, total);
    }
    return end;
  }

  #gather(bytes: Buffer, from: number, to: number): void {
    const needed = this.#length + to - from;
    if (needed > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#held.length * 2, 4096));
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    bytes.copy(this.#held, this.#length, from, to);
    this.#length = needed;
  }

  /** The total length of the message whose prelude stands at `at`, proved by its checksum before it is believed. */
  #readPrelude(bytes: Buffer, at: number): number {
    const total = bytes.readUInt32BE(at);
    const headers = bytes.readUInt32BE(at + 4);
    if (crc32(bytes, at, at + 8) !== bytes.readUInt32BE(at + 8))
      throw this.#fault('The beginning of a message does not match its checksum.');
    if (total < leastLength || headers > total - leastLength)
      throw this.#fault('A message gives lengths that contradict each other.');
    if (total > this.#limit) throw this.#fault(`A message of the stream is larger than ${this.#limit} bytes.`);
    return total;
  }

  #message(bytes: Buffer, at: number, total: number): void {
    const end = at + total - crcLength;
    if (crc32(bytes, at, end) !== bytes.readUInt32BE(end))
      throw this.#fault('A message of the stream does not match its checksum.');
    const payload = at + preludeLength + bytes.readUInt32BE(at + 4);
    const headers = this.#headers.read(bytes, at + preludeLength, payload);
    if (headers === undefined) throw this.#fault('The headers of a message cannot be read.');
    this.#onMessage(headers, bytes.subarray(payload, end));
  }

  #fault(message: string): BadEventStream {
    this.#broken = new BadEventStream(message);
    return this.#broken;
  }
}

/** Reads headers. Most messages of a stream repeat those of the one before, byte for byte: these are read once. */
class HeaderReader {
  #bytes = nothing;
  #headers: MessageHeaders = {};

  /** Nothing where the bytes are no headers. */
  read(bytes: Buffer, start: number, end: number): MessageHeaders | undefined {
    if (bytes.compare(this.#bytes, 0, this.#bytes.length, start, end) === 0) return this.#headers;
    const headers = readHeaders(bytes, start, end);
    if (headers === undefined) return undefined;
    this.#bytes = Buffer.from(bytes.subarray(start, end));
    this.#headers = headers;
    return headers;
  }
}

function readHeaders(bytes: Buffer, start: number, end: number): MessageHeaders | undefined {
  const headers: { [name: string]: string } = {};
  let at = start;
  while (at < end) {
    const nameEnd = at + 1 + (bytes[at] as number);
    if (nameEnd === at + 1 || nameEnd >= end) return undefined;
    const name = bytes.toString('utf8', at + 1, nameEnd);
    const type = bytes[nameEnd] as number;
    const valueStart = nameEnd + 1;
    const valueEnd = endOfValue(bytes, type, valueStart, end);
    if (valueEnd === undefined || valueEnd > end) return undefined;
    headers[name] = readValue(bytes, type, valueStart, valueEnd);
    at = valueEnd;
  }
  return headers;
}

/** Bytes of values whose type tells their length, by type: true, false, byte, short, integer, long; a time, a UUID. */
const lengths: { readonly [type: number]: number } = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };
const byteArray = 6;
const text = 7;

/** Where a value ends; nothing for an unknown type. */
function endOfValue(bytes: Buffer, type: number, start: number, end: number): number | undefined {
  if (type !== byteArray && type !== text) {
    const length = lengths[type];
    return length === undefined ? undefined : start + length;
  }
  return start + 2 <= end ? start + 2 + bytes.readUInt16BE(start) : undefined;
}

function readValue(bytes: Buffer, type: number, start: number, end: number): string {
  switch (type) {
    case 0:
      return 'true';
    case 1:
      return 'false';
    case 2:
      return String(bytes.readInt8(start));
    case 3:
      return String(bytes.readInt16BE(start));
    case 4:
      return String(bytes.readInt32BE(start));
    case 5:
      return String(bytes.readBigInt64BE(start));
    case byteArray:
      return bytes.toString('base64', start + 2, end);
    case text:
      return bytes.toString('utf8', start + 2, end);
    case 8:
      return timeOf(bytes.readBigInt64BE(start));
    default:
      return bytes.toString('hex', start, end).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }
}

/** Milliseconds since 1970 as ISO 8601; as the number where no calendar reaches. */
function timeOf(milliseconds: bigint): string {
  const date = new Date(Number(milliseconds));
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString();
}

/** Makes messages that all have the same headers, which are put together once. @throws RangeError for a header that is too long. */
export function createMessageWriter(headers: MessageHeaders): (payload: string | Uint8Array) => Buffer {
  const head = writeHeaders(headers);
  return (payload) => {
    const size = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
    const total = leastLength + head.length + size;
    const message = Buffer.allocUnsafe(total);
    message.writeUInt32BE(total, 0);
    message.writeUInt32BE(head.length, 4);
    message.writeUInt32BE(crc32(message, 0, 8), 8);
    message.set(head, preludeLength);
    if (typeof payload === 'string') message.write(payload, preludeLength + head.length);
    else message.set(payload, preludeLength + head.length);
    message.writeUInt32BE(crc32(message, 0, total - crcLength), total - crcLength);
    return message;
  };
}

function writeHeaders(headers: MessageHeaders): Buffer {
  return Buffer.concat(
    Object.entries(headers).map(([name, value]) => {
      const [nameLength, valueLength] = [Buffer.byteLength(name), Buffer.byteLength(value)];
      if (nameLength === 0 || nameLength > 0xff) throw new RangeError(`No header may be named "${name}".`);
      if (valueLength > 0xffff) throw new RangeError(`The header ${name} is longer than 65535 bytes.`);
      const header = Buffer.allocUnsafe(nameLength + valueLength + 4);
      header[0] = nameLength;
      header.write(name, 1);
      header[1 + nameLength] = text;
      header.writeUInt16BE(valueLength, 2 + nameLength);
      header.write(value, 4 + nameLength);
      return header;
    }),
  );
}

import { checkTrailers, mayBecomeHead, type ResponseHead, readResponseHead } from './response-head.ts';

/** What a head may have, bytes; as in Node. The line before a chunk and the trailers may have as much. */
const maxHeadBytes = 16 * 1024;
/** Digits of the size that chunks have; longer ones are read as well. */
const usualDigits = 6;
/** Larger numbers could not be counted with exactly. */
const maxChunkBytes = 2 ** 48;

const lf = 0x0a;
const cr = 0x0d;
const semicolon = 0x3b;
const lineEnd = '\r\n';
const headEnd = '\r\n\r\n';
const empty = Buffer.alloc(0);

/** What has to come next. */
const expecting = {
  head: 0,
  counted: 1,
  untilClose: 2,
  size: 3,
  moreSize: 4,
  extension: 5,
  sizeEnd: 6,
  chunk: 7,
  chunkCr: 8,
  chunkLf: 9,
  trailers: 10,
  nothing: 11,
  /** The bytes were no answer; whatever comes is not looked at. */
  ruined: 12,
} as const;

type Expecting = (typeof expecting)[keyof typeof expecting];

/**
 * Reads one answer out of bytes that come in any pieces. After `feed` its fields tell what has become known: the head,
 * the payload that was in these bytes, whether the answer is over or was none. It calls nobody, so nobody can call it back.
 */
export class ResponseParser {
  head: ResponseHead | undefined;
  /** Why these bytes are no answer; what was read before is good. */
  error: Error | undefined;
  /** Bytes have come after the end of the answer. */
  excess = false;
  /** The payload of the last feed lies in these bytes, in one piece. */
  bytes: Buffer = empty;
  from = 0;
  to = 0;
  #expecting: Expecting = expecting.head;
  /** Bytes that the body, or its chunk, still lacks. */
  #left = 0;
  #extensionBytes = 0;
  /** A head without its end. */
  #begun: Buffer | undefined;
  /** What has come of the trailers, behind the end of the last chunk's line: so it looks like the end of a head. */
  #trailers = lineEnd;

  /** Gets ready for the next answer. */
  reset(): void {
    this.head = undefined;
    this.error = undefined;
    this.excess = false;
    this.bytes = empty;
    this.from = 0;
    this.to = 0;
    this.#expecting = expecting.head;
    this.#begun = undefined;
    this.#trailers = lineEnd;
  }

  /** The whole answer has come. */
  get done(): boolean {
    return this.#expecting === expecting.nothing;
  }

  /** Takes the next bytes, up to `end`. They are overwritten where payload has to be moved together. */
  feed(bytes: Buffer, end: number = bytes.length): void {
    this.bytes = bytes;
    this.from = 0;
    this.to = 0;
    try {
      if (this.#expecting === expecting.head) this.#feedHead(bytes, end);
      else this.#feedBody(0, end);
    } catch (error) {
      this.#expecting = expecting.ruined;
      this.error = error as Error;
    }
  }

  /** The peer has closed the connection. False when that was too early. */
  close(): boolean {
    if (this.#expecting === expecting.untilClose) this.#expecting = expecting.nothing;
    return this.done;
  }

  #feedHead(fed: Buffer, fedEnd: number): void {
    const bytes = this.#begun === undefined ? fed : Buffer.concat([this.#begun, fed.subarray(0, fedEnd)]);
    const end = this.#begun === undefined ? fedEnd : bytes.length;
    this.bytes = bytes;
    this.#begun = undefined;
    let at = 0;
    for (;;) {
      // Some servers end a body with an empty line that belongs to nothing.
      while (at < end && (bytes[at] === cr || bytes[at] === lf)) at += 1;
      const found = bytes.indexOf(headEnd, at, 'latin1');
      const complete = found >= 0 && found + headEnd.length <= end;
      const text = bytes.toString('latin1', at, complete ? found + lineEnd.length : end);
      if (text.length > maxHeadBytes) throw new Error('The head of the answer is too large');
      if (!complete) {
        if (!mayBecomeHead(text)) throw new Error('The answer does not begin as HTTP/1 does');
        if (at < end) this.#begun = Buffer.from(bytes.subarray(at, end));
        return;
      }
      const head = readResponseHead(text, behind(bytes, at));
      at = found + headEnd.length;
      if (head.status === 101) throw new Error('The server changes the protocol without being asked');
      if (head.status < 200) continue;
      this.head = head;
      this.#left = head.length;
      this.#expecting = bodyExpected(head);
      this.#feedBody(at, end);
      return;
    }
  }

  #feedBody(start: number, end: number): void {
    this.from = start;
    this.to = start;
    if (this.#expecting === expecting.untilClose) this.to = end;
    else if (this.#expecting === expecting.counted) this.#feedCounted(start, end);
    else if (this.#expecting === expecting.nothing) this.excess ||= start < end;
    else if (this.#expecting !== expecting.ruined) this.#feedChunks(start, end);
  }

  #feedCounted(start: number, end: number): void {
    this.to = Math.min(start + this.#left, end);
    this.#left -= this.to - start;
    if (this.#left > 0) return;
    this.#expecting = expecting.nothing;
    this.excess = this.to < end;
  }

  /** Moves the payload of all chunks together, so that it can be handed on in one piece. */
  #feedChunks(start: number, end: number): void {
    const { bytes } = this;
    for (let at = start; at < end; ) {
      if (this.#expecting === expecting.chunk) {
        const next = Math.min(at + this.#left, end);
        if (this.to !== at) bytes.copyWithin(this.to, at, next);
        this.to += next - at;
        this.#left -= next - at;
        at = next;
        if (this.#left === 0) at = this.#nextChunk(at, end);
      } else if (this.#expecting === expecting.trailers) {
        this.#feedTrailers(at, end);
        return;
      } else {
        this.#expecting = this.#after(bytes[at] as number);
        at += 1;
      }
    }
  }

  /**
   * From the end of a chunk to the payload of the next one, where what stands between them is as usual and is here; else
   * each byte is looked at by itself. In bursts there is one for each event.
   */
  #nextChunk(from: number, end: number): number {
    const { bytes } = this;
    let at = from + lineEnd.length;
    let size = 0;
    for (const most = Math.min(at + usualDigits, end); at < most; at++) {
      const digit = hexDigit(bytes[at] as number);
      if (digit < 0) break;
      size = size * 16 + digit;
    }
    const isUsual = size > 0 && at + 1 < end && isLineEnd(bytes, from) && isLineEnd(bytes, at);
    this.#expecting = isUsual ? expecting.chunk : expecting.chunkCr;
    if (!isUsual) return from;
    this.#left = size;
    return at + lineEnd.length;
  }

  /** What has to come after a byte that stands between the payloads of chunks. */
  #after(byte: number): Expecting {
    switch (this.#expecting) {
      case expecting.size:
        this.#left = 0;
        this.#extensionBytes = 0;
        return this.#afterDigit(byte);
      case expecting.moreSize:
        if (byte === cr) return expecting.sizeEnd;
        return byte === semicolon ? expecting.extension : this.#afterDigit(byte);
      case expecting.extension:
        return byte === cr ? expecting.sizeEnd : this.#afterExtension(byte);
      case expecting.sizeEnd:
        if (byte === lf) return this.#left === 0 ? expecting.trailers : expecting.chunk;
        break;
      case expecting.chunkCr:
        if (byte === cr) return expecting.chunkLf;
        break;
      case expecting.chunkLf:
        if (byte === lf) return expecting.size;
        break;
      default:
    }
    throw new Error('A chunk of the answer does not end where its size says');
  }

  #afterDigit(byte: number): Expecting {
    const digit = hexDigit(byte);
    this.#left = this.#left * 16 + digit;
    if (digit < 0 || this.#left > maxChunkBytes) throw new Error('A chunk of the answer has no proper size');
    return expecting.moreSize;
  }

  /** Extensions are passed over, whatever they say. */
  #afterExtension(byte: number): Expecting {
    this.#extensionBytes += 1;
    const printable = byte >= 0x20 ? byte !== 0x7f : byte === 0x09;
    if (printable && this.#extensionBytes <= maxHeadBytes) return expecting.extension;
    throw new Error('A chunk of the answer has no proper extension');
  }

  #feedTrailers(start: number, end: number): void {
    const before = this.#trailers;
    const text = before + this.bytes.toString('latin1', start, end);
    const found = text.indexOf(headEnd);
    const lines = text.slice(0, (found < 0 ? text.lastIndexOf(lineEnd) : found) + lineEnd.length);
    checkTrailers(lines);
    if ((found < 0 ? text : lines).length > maxHeadBytes) throw new Error('The trailers of the answer are too large');
    this.#trailers = text;
    if (found < 0) return;
    this.#expecting = expecting.nothing;
    this.excess = start + found + headEnd.length - before.length < end;
  }
}

function bodyExpected({ framing, length }: ResponseHead): Expecting {
  if (framing === 'chunked') return expecting.size;
  if (framing === 'close') return expecting.untilClose;
  return length > 0 && framing === 'length' ? expecting.counted : expecting.nothing;
}

function isLineEnd(bytes: Buffer, at: number): boolean {
  return bytes[at] === cr && bytes[at + 1] === lf;
}

/** The value of a hexadecimal digit; negative for anything else. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function behind(bytes: Buffer, at: number): Buffer {
  return at === 0 ? bytes : bytes.subarray(at);
}

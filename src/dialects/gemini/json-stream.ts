import { FrameTooLarge } from '../../wire/sse.ts';

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const nothing = Buffer.alloc(0);
/** Bytes an object may have. */
const limit = 64 * 1024 * 1024;

/**
 * Cuts objects out of a stream of JSON: the elements of one long array, or objects behind one another. What stands
 * between them is passed over. An object that spans chunks is gathered in a buffer that doubles.
 */
export class JsonStream {
  readonly #onObject: (text: string) => void;
  #held = nothing;
  #length = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor(onObject: (text: string) => void) {
    this.#onObject = onObject;
  }

  feed(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (this.#inString) this.#step(byte);
      else if (byte === quote) this.#inString = this.#depth > 0;
      else if (byte === openBrace) {
        if (this.#depth === 0) start = at;
        this.#depth += 1;
      } else if (byte === closeBrace && this.#depth > 0) {
        this.#depth -= 1;
        if (this.#depth === 0) this.#take(bytes.subarray(start, at + 1));
      }
    }
    if (this.#depth > 0) this.#hold(bytes.subarray(start));
  }

  /** Whether an object has begun and not ended. */
  cut(): boolean {
    return this.#depth > 0;
  }

  #step(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === backslash) this.#escaped = true;
    else if (byte === quote) this.#inString = false;
  }

  #take(rest: Buffer): void {
    if (this.#length === 0) return this.#onObject(rest.toString());
    this.#hold(rest);
    const whole = this.#held.toString('utf8', 0, this.#length);
    this.#length = 0;
    this.#onObject(whole);
  }

  #hold(bytes: Buffer): void {
    const needed = this.#length + bytes.length;
    if (needed > limit) throw new FrameTooLarge(`A frame of the stream is larger than ${limit} bytes.`);
    if (needed > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#held.length * 2, 4096));
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    bytes.copy(this.#held, this.#length);
    this.#length = needed;
  }
}

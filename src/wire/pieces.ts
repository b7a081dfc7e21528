import { isAscii, isUtf8 } from 'node:buffer';

/** Bytes in the pieces in which they came. They are joined only for who needs them in one, and then once. */
export class Pieces {
  readonly length: number;
  #list: readonly Buffer[];

  constructor(list: readonly Buffer[]) {
    this.#list = list;
    let length = 0;
    for (const piece of list) length += piece.length;
    this.length = length;
  }

  static of(bytes: Uint8Array): Pieces {
    return new Pieces([asBuffer(bytes)]);
  }

  static ofText(text: string): Pieces {
    return new Pieces([Buffer.from(text)]);
  }

  get list(): readonly Buffer[] {
    return this.#list;
  }

  /** Lets go of the bytes, for whoever holds them: nobody will look at them again. Their number stays known. */
  release(): void {
    this.#list = [];
  }

  whole(): Buffer {
    const [first] = this.#list;
    if (first === undefined && this.length > 0) throw new Error('the bytes have been let go of');
    const joined = this.#list.length === 1 && first !== undefined ? first : Buffer.concat(this.#list);
    this.#list = [joined];
    return joined;
  }

  /** The bytes as UTF-8 has them; nothing where they are none. ASCII needs no decoding, and makes a text of one byte a character. */
  text(): string | undefined {
    const bytes = this.whole();
    if (isAscii(bytes)) return bytes.toString('latin1');
    return isUtf8(bytes) ? bytes.toString() : undefined;
  }

  /** The bytes from `start` to `end`, a character for each. */
  latin1(start: number, end: number): string {
    let text = '';
    let at = 0;
    for (const piece of this.#list) {
      const next = at + piece.length;
      if (start < next && end > at) text += piece.toString('latin1', Math.max(0, start - at), Math.min(end, next) - at);
      at = next;
    }
    return text;
  }

  /** The same bytes with those from `start` to `end` replaced; nothing is copied. */
  replaced(start: number, end: number, by: Buffer): Pieces {
    const list: Buffer[] = [];
    let at = 0;
    let done = false;
    for (const piece of this.#list) {
      const next = at + piece.length;
      if (start > at) list.push(start >= next ? piece : piece.subarray(0, start - at));
      if (!done && start < next) {
        list.push(by);
        done = true;
      }
      if (end < next) list.push(end <= at ? piece : piece.subarray(end - at));
      at = next;
    }
    return new Pieces(list);
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

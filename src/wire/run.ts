/** How the inside of a JSON string is spelt: with bytes beyond ASCII, with escapes, with others than `JSON.stringify` would write. */
export const wide = 1;
export const escaped = 2;
export const odd = 4;

/** Longer strings are copied by the platform. */
const shortest = 64;

const nothing: Buffer = Buffer.alloc(0);

/** The strings of frames that follow each other, by their places in the bytes: what they say is read only when it is asked for. */
export class Run {
  readonly #froms: number[] = [];
  readonly #tos: number[] = [];
  #bytes: Buffer = nothing;
  #count = 0;
  /** How any of them is spelt. */
  #spelling = 0;
  /** The strings behind one another, and what these bytes are; empty until that is asked for. */
  #joined: Buffer = nothing;
  #inside = '';

  reset(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#count = 0;
    this.#spelling = 0;
    this.#inside = '';
  }

  /** One more, which is sound. */
  add(from: number, to: number, spelling: number): void {
    const i = this.#count;
    this.#froms[i] = from;
    this.#tos[i] = to;
    this.#count = i + 1;
    this.#spelling |= spelling;
  }

  /** What all of them say together. */
  text(): string {
    const inside = this.#read();
    return (this.#spelling & escaped) === 0 ? inside : (JSON.parse(`"${inside}"`) as string);
  }

  /** The inside of each as `JSON.stringify` writes it; those that say nothing are left out. */
  list(): string[] {
    const pieces: string[] = [];
    const isPlain = (this.#spelling & (wide | odd)) === 0;
    const inside = isPlain ? this.#read() : '';
    let at = 0;
    for (let i = 0; i < this.#count; i++) {
      const from = this.#froms[i] as number;
      const to = this.#tos[i] as number;
      const end = at + to - from;
      // Slices of one string take a tenth of what as many strings do.
      if (end > at) pieces.push(isPlain ? inside.slice(at, end) : writtenAnew(this.#bytes, from, to));
      at = end;
    }
    return pieces;
  }

  /**
   * Each as `JSON.stringify` writes it, between the same head and tail; those that say nothing are left out. Copying bytes
   * takes a third of making texts of them and bytes of those. Nothing where they are spelt in another way, and for a single
   * one, which is written sooner than room for it is made.
   */
  between(head: string, tail: string): Buffer | undefined {
    if (this.#count === 1 || (this.#spelling & odd) !== 0) return undefined;
    const seam = Buffer.from(`"${tail}${head}"`);
    const tailLength = Buffer.byteLength(tail) + 1;
    let length = 0;
    for (let i = 0; i < this.#count; i++) {
      const said = (this.#tos[i] as number) - (this.#froms[i] as number);
      if (said > 0) length += said + seam.length;
    }
    if (length === 0) return nothing;
    const written = Buffer.allocUnsafe(length);
    let before = seam.subarray(tailLength);
    let at = 0;
    for (let i = 0; i < this.#count; i++) {
      const from = this.#froms[i] as number;
      const to = this.#tos[i] as number;
      if (to === from) continue;
      written.set(before, at);
      at = this.#copy(from, to, written, at + before.length);
      before = seam;
    }
    written.set(seam.subarray(0, tailLength), at);
    return written;
  }

  #read(): string {
    if (this.#inside !== '' || this.#count === 0) return this.#inside;
    const coding = (this.#spelling & wide) === 0 ? 'latin1' : 'utf8';
    if (this.#count === 1) this.#inside = this.#bytes.toString(coding, this.#froms[0], this.#tos[0]);
    else {
      const length = this.#join();
      this.#inside = this.#joined.toString(coding, 0, length);
    }
    return this.#inside;
  }

  /** Returns the length of them all. */
  #join(): number {
    let length = 0;
    for (let i = 0; i < this.#count; i++) length += (this.#tos[i] as number) - (this.#froms[i] as number);
    if (this.#joined.length < length) this.#joined = Buffer.allocUnsafeSlow(2 * length);
    let at = 0;
    for (let i = 0; i < this.#count; i++) {
      at = this.#copy(this.#froms[i] as number, this.#tos[i] as number, this.#joined, at);
    }
    return length;
  }

  /** Copies a string to a place in other bytes; returns the place behind it. */
  #copy(from: number, to: number, target: Buffer, at: number): number {
    const bytes = this.#bytes;
    if (to - from > shortest) return at + bytes.copy(target, at, from, to);
    let end = at;
    for (let i = from; i < to; i++) target[end++] = bytes[i] as number;
    return end;
  }
}

/** The inside of a JSON string, which may be spelt in any way. */
function writtenAnew(bytes: Buffer, from: number, to: number): string {
  return JSON.stringify(JSON.parse(bytes.toString('utf8', from - 1, to + 1))).slice(1, -1);
}

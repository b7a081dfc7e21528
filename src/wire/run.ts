/** How the inside of a JSON string is spelt: with bytes beyond ASCII, with escapes, with others than `JSON.stringify` would write. */
export const wide = 1;
export const escaped = 2;
export const odd = 4;

/** Longer strings are copied by the platform. */
const shortest = 64;

/** The strings of frames that follow each other, by their places in the bytes: what they say is read only when it is asked for. */
export class Run {
  readonly #froms: number[] = [];
  readonly #tos: number[] = [];
  #count = 0;
  /** How any of them is spelt. */
  #spelling = 0;
  /** The strings behind one another, and what these bytes are; empty until that is asked for. */
  #joined = Buffer.alloc(0);
  #inside = '';

  reset(): void {
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
  text(bytes: Buffer): string {
    const inside = this.#read(bytes);
    return (this.#spelling & escaped) === 0 ? inside : (JSON.parse(`"${inside}"`) as string);
  }

  /** The inside of each as `JSON.stringify` writes it; those that say nothing are left out. */
  pieces(bytes: Buffer): string[] {
    const pieces: string[] = [];
    const isPlain = (this.#spelling & (wide | odd)) === 0;
    const inside = isPlain ? this.#read(bytes) : '';
    let at = 0;
    for (let i = 0; i < this.#count; i++) {
      const from = this.#froms[i] as number;
      const to = this.#tos[i] as number;
      const end = at + to - from;
      // Slices of one string take a tenth of what as many strings do.
      if (end > at) pieces.push(isPlain ? inside.slice(at, end) : writtenAnew(bytes, from, to));
      at = end;
    }
    return pieces;
  }

  #read(bytes: Buffer): string {
    if (this.#inside !== '' || this.#count === 0) return this.#inside;
    const coding = (this.#spelling & wide) === 0 ? 'latin1' : 'utf8';
    if (this.#count === 1) this.#inside = bytes.toString(coding, this.#froms[0], this.#tos[0]);
    else {
      const length = this.#join(bytes);
      this.#inside = this.#joined.toString(coding, 0, length);
    }
    return this.#inside;
  }

  /** Returns the length of them all. */
  #join(bytes: Buffer): number {
    let length = 0;
    for (let i = 0; i < this.#count; i++) length += (this.#tos[i] as number) - (this.#froms[i] as number);
    if (this.#joined.length < length) this.#joined = Buffer.allocUnsafeSlow(2 * length);
    const joined = this.#joined;
    let at = 0;
    for (let i = 0; i < this.#count; i++) {
      const from = this.#froms[i] as number;
      const to = this.#tos[i] as number;
      if (to - from > shortest) at += bytes.copy(joined, at, from, to);
      else for (let k = from; k < to; k++) joined[at++] = bytes[k] as number;
    }
    return length;
  }
}

/** The inside of a JSON string, which may be spelt in any way. */
function writtenAnew(bytes: Buffer, from: number, to: number): string {
  return JSON.stringify(JSON.parse(bytes.toString('utf8', from - 1, to + 1))).slice(1, -1);
}

/**
 * Frames that are kept for as long as a stream lasts. They are kept as text of one byte a character: small buffers are
 * slices of a large one that others have long let go of, and each keeps all of it.
 */
export class KeptFrames {
  readonly #frames: string[] = [];

  keep(bytes: Buffer, start: number, end: number): void {
    this.#frames.push(bytes.toString('latin1', start, end));
  }

  get size(): number {
    return this.#frames.length;
  }

  /** All of them, in the order in which they came. */
  list(): Buffer[] {
    return this.#frames.map((frame) => Buffer.from(frame, 'latin1'));
  }
}

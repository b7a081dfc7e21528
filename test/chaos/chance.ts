/** Chance that can be had again: the same numbers for the same seed. */
export class Chance {
  #state: number;

  constructor(...seeds: readonly number[]) {
    this.#state = 0x9e3779b9;
    for (const seed of seeds) this.#state = Math.imul(this.#state ^ (seed >>> 0), 0x85ebca6b) ^ (this.#state >>> 13);
  }

  /** From 0 to 1, without 1. */
  share(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** True so often. @param part 0 to 1 */
  is(part: number): boolean {
    return this.share() < part;
  }

  one<T>(of: readonly T[]): T {
    return of[Math.floor(this.share() * of.length)] as T;
  }
}

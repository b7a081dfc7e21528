/** Something looked at from time to time while it is in a ticker. `now` is milliseconds of `performance.now()`. */
export interface Ticking {
  tick(now: number): void;
}

/**
 * One timer for any number of calls: each would otherwise set and clear several of its own. It runs only while
 * there is something to look at, and does not keep the process alive.
 */
export class Ticker {
  readonly #everyMs: number;
  readonly #members = new Set<Ticking>();
  #timer: NodeJS.Timeout | undefined;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  add(member: Ticking): void {
    this.#members.add(member);
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => {
      const now = performance.now();
      for (const each of this.#members) each.tick(now);
    }, this.#everyMs);
    this.#timer.unref();
  }

  delete(member: Ticking): void {
    this.#members.delete(member);
    if (this.#members.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  get size(): number {
    return this.#members.size;
  }
}

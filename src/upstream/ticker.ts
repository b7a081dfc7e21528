/** Something looked at from time to time while it is in a ticker. `now` is milliseconds of `performance.now()`. */
export interface Ticking {
  tick(now: number): void;
}

/**
 * One timer for any number of calls: each would otherwise set and clear several of its own. It stops when it finds
 * nothing to look at, and does not keep the process alive.
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
    this.#timer = setInterval(() => this.#tick(), this.#everyMs);
    this.#timer.unref();
  }

  delete(member: Ticking): void {
    this.#members.delete(member);
  }

  #tick(): void {
    if (this.#members.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const now = performance.now();
    for (const each of this.#members) each.tick(now);
  }

  get size(): number {
    return this.#members.size;
  }
}

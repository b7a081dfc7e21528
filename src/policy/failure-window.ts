const buckets = 10;

/** Counts calls and failures of a stretch of time that moves on, in a ring of buckets; nothing is allocated once it stands. */
export class FailureWindow {
  readonly #bucketMs: number;
  readonly #calls = new Uint32Array(buckets);
  readonly #failures = new Uint32Array(buckets);
  /** Number of the stretch that the newest bucket stands for. */
  #newest = 0;

  /** @param windowMs how far back it counts, milliseconds */
  constructor(windowMs: number) {
    this.#bucketMs = windowMs / buckets;
  }

  add(now: number, failed: boolean): void {
    const stretch = Math.floor(now / this.#bucketMs);
    this.#moveTo(stretch);
    const at = stretch % buckets;
    this.#calls[at] = (this.#calls[at] ?? 0) + 1;
    if (failed) this.#failures[at] = (this.#failures[at] ?? 0) + 1;
  }

  /** Whether of at least so many `calls` that part has failed; as of the last one that was added. */
  isBad({ calls, rate }: { readonly calls: number; readonly rate: number }): boolean {
    let all = 0;
    let bad = 0;
    for (let at = 0; at < buckets; at++) {
      all += this.#calls[at] ?? 0;
      bad += this.#failures[at] ?? 0;
    }
    return all >= calls && bad >= all * rate;
  }

  #moveTo(stretch: number): void {
    const steps = Math.min(stretch - this.#newest, buckets);
    for (let step = 0; step < steps; step++) {
      const at = (stretch - step) % buckets;
      this.#calls[at] = 0;
      this.#failures[at] = 0;
    }
    if (stretch > this.#newest) this.#newest = stretch;
  }
}

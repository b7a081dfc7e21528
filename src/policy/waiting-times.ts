const buckets = 64;
/** The first bucket ends here, milliseconds; each next one a fifth later. */
const first = 10;
const growth = 1.2;
const perStep = 1 / Math.log(growth);
/** Fewer tell nothing of how they are spread. */
const enough = 20;
/** When so many have been counted all are halved, so that the newer ones decide. */
const full = 400;
/** What the newest one counts for in the average. */
const newest = 0.2;

/** How long a target takes to begin its answers: a moving average, and a rough picture of how the times are spread. */
export class WaitingTimes {
  readonly #counts = new Uint16Array(buckets);
  #total = 0;
  #average: number | undefined;

  /** Moving average, milliseconds; absent before the first. */
  get averageMs(): number | undefined {
    return this.#average;
  }

  add(ms: number): void {
    if (!(ms >= 0)) return;
    this.#average = this.#average === undefined ? ms : this.#average + (ms - this.#average) * newest;
    const at = bucketOf(ms);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#total += 1;
    if (this.#total >= full) this.#halve();
  }

  /** The time within which that part of the answers begins, at most a fifth too long; absent where too few are known. */
  quantileMs(part: number): number | undefined {
    if (this.#total < enough) return undefined;
    let left = Math.min(Math.max(part, 0), 1) * this.#total;
    for (let at = 0; at < buckets; at++) {
      const count = this.#counts[at] ?? 0;
      left -= count;
      if (count > 0 && left <= 0) return first * growth ** at;
    }
    return first * growth ** (buckets - 1);
  }

  #halve(): void {
    this.#total = 0;
    for (let at = 0; at < buckets; at++) {
      const half = (this.#counts[at] ?? 0) >> 1;
      this.#counts[at] = half;
      this.#total += half;
    }
  }
}

function bucketOf(ms: number): number {
  if (ms <= first) return 0;
  return Math.min(buckets - 1, Math.ceil(Math.log(ms / first) * perStep));
}

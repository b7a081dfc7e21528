/** How many retries calls may cause. */
export interface RetryBudgetOptions {
  /** What a call earns, as a part of one retry. */
  readonly share: number;
  /** Retries that may be made in any ten seconds although nothing was earned, so that a quiet gateway retries too. */
  readonly least: number;
  /** Milliseconds of a steady clock. */
  readonly now?: () => number;
}

/** Most that is saved up, retries. */
const most = 100;
/** How long the free retries have to do, milliseconds. */
const freeEveryMs = 10_000;

/** Keeps retries to a share of the calls: where everything fails, trying everything again would make it worse. */
export class RetryBudget {
  readonly #share: number;
  readonly #least: number;
  readonly #now: () => number;
  #saved = 0;
  #free: number;
  #freeSince: number;

  constructor({ share, least, now = () => performance.now() }: RetryBudgetOptions) {
    this.#share = share;
    this.#least = least;
    this.#now = now;
    this.#free = least;
    this.#freeSince = now();
  }

  /** A call has come in. */
  earn(): void {
    if (this.#saved < most) this.#saved += this.#share;
  }

  /** Whether there may be one more retry, which is taken from the budget then. */
  spend(): boolean {
    if (this.#saved >= 1) {
      this.#saved -= 1;
      return true;
    }
    const now = this.#now();
    if (now - this.#freeSince >= freeEveryMs) {
      this.#freeSince = now;
      this.#free = this.#least;
    }
    if (this.#free < 1) return false;
    this.#free -= 1;
    return true;
  }
}

import type { CountedTokens } from './token-worker.ts';

/** Weight of one more answer once enough are known. */
const learningRate = 0.1;
/** How much the first assumption counts against what was seen: little, but it decides where nothing was. */
const ridge = 0.002;
const leastError = 0.02;
/** No tokenizer is that far from another: whoever counts so counts something else, such as what was not cached. */
const leastFactor = 0.3;
const mostFactor = 5;

/**
 * By what a model's tokens differ from those that were counted here: one factor for texts in Latin letters and code, one
 * for other scripts, for which vocabularies differ most. Both are fitted to what answers have shown (least squares of the
 * relative error, older answers fading), so that mixed prompts teach both.
 */
export class TokenFactors {
  readonly #assumed: number;
  readonly #assumedError: number;
  #error: number;
  #samples = 0;
  // Means of the products of the two shares, and of the shares themselves.
  #plainPlain = 0;
  #plainOther = 0;
  #otherOther = 0;
  #plain = 0;
  #other = 0;

  /** @param factor that is taken to hold for both, and how far off it may be, as a share. */
  constructor(factor: number, error: number) {
    this.#assumed = factor;
    this.#assumedError = error;
    this.#error = error;
  }

  /** Answers that taught it. */
  get samples(): number {
    return this.#samples;
  }

  /** Takes note of what the provider counted. */
  learn(counted: CountedTokens, tokens: number): void {
    const factor = tokens / (counted.plain + counted.other);
    if (!(factor > leastFactor && factor < mostFactor)) return;
    const plain = counted.plain / tokens;
    const other = counted.other / tokens;
    const rate = Math.max(learningRate, 1 / (this.#samples + 1));
    // Twice the mean deviation covers most answers, which is what a bound is for.
    const off = 2 * Math.abs(this.tokens({ plain, other }) - 1);
    this.#error = this.#samples === 0 ? this.#assumedError / 2 : follow(this.#error, off, rate);
    this.#plainPlain = follow(this.#plainPlain, plain * plain, rate);
    this.#plainOther = follow(this.#plainOther, plain * other, rate);
    this.#otherOther = follow(this.#otherOther, other * other, rate);
    this.#plain = follow(this.#plain, plain, rate);
    this.#other = follow(this.#other, other, rate);
    this.#samples += 1;
  }

  /** What the model would count. */
  tokens({ plain, other }: CountedTokens): number {
    const a = this.#plainPlain + ridge;
    const b = this.#plainOther;
    const c = this.#otherOther + ridge;
    const p = this.#plain + ridge * this.#assumed;
    const q = this.#other + ridge * this.#assumed;
    return (plain * (p * c - q * b) + other * (q * a - p * b)) / (a * c - b * b);
  }

  /** How far off that may be, as a share. A script that was never seen has only the assumption. */
  error({ plain, other }: CountedTokens): number {
    const known = (seen: number): number => seen / (seen + ridge);
    const errorOf = (seen: number): number =>
      known(seen) * this.#error + (1 - known(seen)) * Math.max(this.#error, this.#assumedError);
    const share = plain + other === 0 ? 1 : plain / (plain + other);
    return Math.max(leastError, share * errorOf(this.#plainPlain) + (1 - share) * errorOf(this.#otherOther));
  }
}

function follow(mean: number, seen: number, rate: number): number {
  return mean + rate * (seen - mean);
}

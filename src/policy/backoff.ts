/** When a failed call is tried again. */
export interface RetryOptions {
  /** Tries after the first one. */
  readonly most: number;
  /** Before the first retry, milliseconds; it doubles with each further one. */
  readonly baseMs: number;
  /** Longest that the doubling leads to, milliseconds. */
  readonly maxMs: number;
  /** Longest that a call is made to wait for one retry, milliseconds. */
  readonly patienceMs: number;
}

/** What is waited beyond the time a provider gave, as a share of it, so that not all come back in the same moment. */
const spread = 0.1;

/**
 * Milliseconds to wait before the same target is tried again; nothing where that is longer than anybody should wait.
 * Half of the time is certain and half is chance; it is never shorter than the provider said.
 *
 * @param retry counted from 1
 * @param random from 0 to 1
 * @param restMs how long the provider said to leave it alone
 */
export function waitMs(retry: number, options: RetryOptions, random: () => number, restMs = 0): number | undefined {
  const full = Math.min(options.maxMs, options.baseMs * 2 ** (retry - 1));
  const own = full / 2 + (random() * full) / 2;
  if (Math.max(own, restMs) > options.patienceMs) return undefined;
  return Math.round(Math.max(own, restMs * (1 + spread * random())));
}

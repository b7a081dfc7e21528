/** Something that is good for a while. */
export interface Fetched<T> {
  readonly value: T;
  /** Milliseconds. */
  readonly life: number;
}

interface Held<T> {
  readonly value: T;
  /** From here on another one is fetched in the background, while this one is still used. */
  readonly renewAt: number;
  readonly expiresAt: number;
}

/** Nothing is used in its last moments: it must not expire on its way. */
const marginMs = 30_000;
/** After a renewal failed, the next try waits: a service that is down is not hammered while the old value lives. */
const retryAfterMs = 10_000;

/** One value for all calls, fetched once however many wait for it, renewed before it expires. */
export class Renewed<T extends object> {
  readonly #fetch: () => Promise<Fetched<T>>;
  readonly #now: () => number;
  #held: Held<T> | undefined;
  #fetching: Promise<T> | undefined;
  #notBefore = 0;

  /** @param now milliseconds since the epoch; a test turns it. */
  constructor(fetch: () => Promise<Fetched<T>>, now: () => number = Date.now) {
    this.#fetch = fetch;
    this.#now = now;
  }

  /** A promise only where there is nothing that is still good. */
  get(signal?: AbortSignal): T | Promise<T> {
    const now = this.#now();
    const held = this.#held;
    if (held === undefined || now >= held.expiresAt) return untilAborted(this.#fetchOnce(), signal);
    if (now >= held.renewAt && now >= this.#notBefore && this.#fetching === undefined) {
      this.#fetchOnce().catch(() => {
        this.#notBefore = this.#now() + retryAfterMs;
      });
    }
    return held.value;
  }

  /** Only this very value is given up: another call may have fetched a new one meanwhile. */
  giveUp(value: T): void {
    if (this.#held?.value === value) this.#held = undefined;
  }

  /** The fetch belongs to all who wait for it, so that no one of them can abort it. */
  #fetchOnce(): Promise<T> {
    this.#fetching ??= this.#renew().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #renew(): Promise<T> {
    const { value, life } = await this.#fetch();
    const now = this.#now();
    const expiresAt = now + Math.max(life - marginMs, life / 2);
    this.#held = { value, expiresAt, renewAt: now + Math.min(life * 0.8, expiresAt - now) };
    return value;
  }
}

/** The same promise, except that an aborted caller stops waiting for it. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

import { GatewayError } from '../canon/error.ts';

/** How much one key may have under way at a time; absent: any number. */
export interface ShareLimits {
  readonly callsPerKey?: number;
  readonly streamsPerKey?: number;
}

/** What one key has under way. */
export interface Share {
  calls: number;
  streams: number;
}

/** What callers have under way, each by its key. Who has nothing takes no room. */
export class Shares {
  readonly #shares = new Map<string, Share>();

  of(caller: string): Share {
    let share = this.#shares.get(caller);
    if (share === undefined) {
      share = { calls: 0, streams: 0 };
      this.#shares.set(caller, share);
    }
    return share;
  }

  /** A call is over. */
  left(caller: string, share: Share): void {
    if (share.calls === 0) this.#shares.delete(caller);
  }

  get size(): number {
    return this.#shares.size;
  }
}

/** Seconds after which a caller with too much under way may try again: its calls end at any time. */
const retryAfter = 1;

/** @throws rate_limit when there is as much as there may be. */
export function checkShare(what: 'calls' | 'streams', has: number, most: number | undefined): void {
  if (most === undefined || has < most) return;
  throw new GatewayError('rate_limit', `This key has ${most} ${what} under way, and may have no more at a time.`, {
    retryAfter,
  });
}

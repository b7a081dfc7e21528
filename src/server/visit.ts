import type { ReplyHost } from './client-reply.ts';
import type { Serving } from './serving.ts';
import { checkShare, type Share } from './shares.ts';

/** A call from when it comes to when it is over, as far as it counts against limits. */
export class Visit implements ReplyHost {
  readonly #serving: Serving;
  #isCounted = true;
  #caller = '';
  #share: Share | undefined;
  #isStream = false;

  constructor(serving: Serving) {
    this.#serving = serving;
    serving.turn.enter();
  }

  get isLast(): boolean {
    return this.#serving.door.isDraining;
  }

  closed(): void {
    this.uncount();
    const { door } = this.#serving;
    const share = this.#share;
    if (share === undefined) return;
    share.calls -= 1;
    if (this.#isStream) share.streams -= 1;
    this.#share = undefined;
    door.shares.left(this.#caller, share);
  }

  /** It is no call of those that are counted as under way. */
  uncount(): void {
    if (this.#isCounted) this.#serving.turn.leave();
    this.#isCounted = false;
  }

  /** Counts the call as one of this caller's. Gives what is to be told when it turns out to be streamed. @throws rate_limit */
  counted(caller: string): (() => void) | undefined {
    const { door, shareLimits } = this.#serving;
    if (shareLimits === undefined) return undefined;
    const share = door.shares.of(caller);
    checkShare('calls', share.calls, shareLimits.callsPerKey);
    share.calls += 1;
    this.#caller = caller;
    this.#share = share;
    return () => {
      if (this.#share === undefined || this.#isStream) return;
      checkShare('streams', this.#share.streams, shareLimits.streamsPerKey);
      this.#share.streams += 1;
      this.#isStream = true;
    };
  }
}

import type { ReplyHost } from './http-reply.ts';
import type { Serving } from './serving.ts';
import { checkShare, type Share } from './shares.ts';

/** A call from when it comes to when it is over, as far as it counts against limits. */
export class Visit implements ReplyHost {
  readonly #serving: Serving;
  readonly #id: string;
  #caller = '';
  #share: Share | undefined;
  #isStream = false;

  constructor(serving: Serving, id: string) {
    this.#serving = serving;
    this.#id = id;
    serving.open.add(id);
    serving.turn.enter();
  }

  get isLast(): boolean {
    return this.#serving.door.isDraining;
  }

  closed(): void {
    const { open, turn, door } = this.#serving;
    open.delete(this.#id);
    turn.leave();
    const share = this.#share;
    if (share === undefined) return;
    share.calls -= 1;
    if (this.#isStream) share.streams -= 1;
    this.#share = undefined;
    door.shares.left(this.#caller, share);
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

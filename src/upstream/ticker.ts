/** Something looked at from time to time while it is in a ticker. `now` is milliseconds of `performance.now()`. */
export interface Ticking {
  /** Its place among the others in its ticker, which alone sets it; absent while it is in none. */
  seat?: number | undefined;
  tick(now: number): void;
}

/**
 * One timer for any number of calls: each would otherwise set and clear several of its own. It stops when it finds
 * nothing to look at, and does not keep the process alive.
 *
 * Members have seats in a list. A set would leave one table after the other behind, as calls come and go: once one of
 * them is in the old generation, the next ones follow, with every call that they ever held.
 */
export class Ticker<T extends Ticking = Ticking> {
  readonly #everyMs: number;
  readonly #members: T[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  add(member: T): void {
    if (member.seat !== undefined) return;
    member.seat = this.#members.push(member) - 1;
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#tick(), this.#everyMs);
    this.#timer.unref();
  }

  delete(member: T): void {
    const { seat } = member;
    if (seat === undefined) return;
    member.seat = undefined;
    const last = this.#members.pop();
    if (last === undefined || last === member) return;
    this.#members[seat] = last;
    last.seat = seat;
  }

  #tick(): void {
    if (this.#members.length === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const now = performance.now();
    this.each((member) => member.tick(now));
  }

  each(visit: (member: T) => void): void {
    // From the end: who takes the place of one that leaves has been visited.
    for (let i = this.#members.length - 1; i >= 0; i--) {
      const member = this.#members[i];
      if (member !== undefined) visit(member);
    }
  }

  get size(): number {
    return this.#members.length;
  }
}

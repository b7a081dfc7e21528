import type { ErrorKind } from '../canon/error.ts';
import type { CircuitChange, CircuitState } from '../observe/circuit-change.ts';
import { FailureWindow } from './failure-window.ts';

/** When a circuit opens, and for how long. */
export interface CircuitOptions {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** Milliseconds in which failures are counted; those in a row must not lie farther apart either. */
  readonly windowMs: number;
  /** Part of the calls in the window that fail which opens it, 0 to 1, once there were so many `calls`. */
  readonly rate: number;
  readonly calls: number;
  /** How long it is open the first time, milliseconds; it doubles with each time that it has to open again. */
  readonly openMs: number;
  readonly maxOpenMs: number;
  /** After this a probe that has not reported back counts as lost, milliseconds. */
  readonly probeMs: number;
}

/** What a circuit needs of whoever keeps it. */
export interface CircuitKeeper {
  /** From 0 to 1. */
  readonly random: () => number;
  readonly changed: (change: CircuitChange) => void;
}

/**
 * Keeps calls away from what fails. Closed, it lets everything through and counts; open, nothing; after its time is up
 * it is half open and lets one call through, which closes it or opens it for longer.
 *
 * There are no timers: what is due is seen when somebody asks. Milliseconds of any steady clock.
 */
export class Circuit {
  readonly scope: string;
  readonly #options: CircuitOptions;
  readonly #keeper: CircuitKeeper;
  #state: CircuitState = 'closed';
  #why: ErrorKind = 'internal';
  /** Failures since the last success. */
  #inARow = 0;
  #lastFailure = 0;
  /** Made at the first failure: most circuits never need one. */
  #window: FailureWindow | undefined;
  /** When an open circuit lets a probe through; when the probe of a half-open one counts as lost, 0 where there is none. */
  #until = 0;
  /** Openings that followed closely one upon the other. */
  #openings = 0;
  #closedAt = Number.NEGATIVE_INFINITY;

  constructor(scope: string, options: CircuitOptions, keeper: CircuitKeeper) {
    this.scope = scope;
    this.#options = options;
    this.#keeper = keeper;
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** Kind of the error that opened it last. */
  get why(): ErrorKind {
    return this.#why;
  }

  /** Until when it lets nothing through; 0 where a call may pass now. */
  restsUntil(now: number): number {
    return this.#state === 'closed' || this.#until <= now ? 0 : this.#until;
  }

  /** A call that `restsUntil` does not keep away goes through. Where the circuit is not closed it is the probe. */
  enter(now: number): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'open') this.#become('half_open', now);
    this.#until = now + this.#options.probeMs;
  }

  succeeded(now: number): void {
    if (this.#state === 'closed') {
      this.#inARow = 0;
      this.#window?.add(now, false);
    } else if (this.#state === 'open') {
      // It may have begun before the circuit opened; as a sign of life it is worth a probe.
      this.#until = Math.min(this.#until, now);
    } else this.#close(now);
  }

  /** @param failures that must come in a row to open it, where it is not the usual number */
  failed(now: number, why: ErrorKind, failures: number = this.#options.failures): void {
    if (this.#state === 'open') return;
    if (this.#state === 'half_open') return this.#open(now, why);
    this.#inARow = now - this.#lastFailure > this.#options.windowMs ? 1 : this.#inARow + 1;
    this.#lastFailure = now;
    this.#window ??= new FailureWindow(this.#options.windowMs);
    this.#window.add(now, true);
    if (this.#inARow >= failures || this.#window.isBad(this.#options)) this.#open(now, why);
  }

  /** A probe is over and nothing was learnt: the next call is one. */
  left(): void {
    if (this.#state === 'half_open') this.#until = 0;
  }

  /** What a probe from outside has found: the next call may be let through. */
  allow(now: number): void {
    if (this.#state === 'open') this.#until = Math.min(this.#until, now);
  }

  /** Somebody else has found that it must rest. */
  openUntil(until: number, now: number, why: ErrorKind): void {
    const latest = Math.min(until, now + this.#options.maxOpenMs);
    if (latest <= now || (this.#state === 'open' && this.#until >= latest)) return;
    this.#why = why;
    this.#until = latest;
    if (this.#state !== 'open') this.#become('open', now);
  }

  #open(now: number, why: ErrorKind): void {
    const { openMs, maxOpenMs, windowMs } = this.#options;
    this.#openings = now - this.#closedAt > windowMs && this.#state === 'closed' ? 1 : this.#openings + 1;
    const full = Math.min(maxOpenMs, openMs * 2 ** Math.min(this.#openings - 1, 30));
    this.#why = why;
    // Several gateways that opened together shall not come back together.
    this.#until = now + full / 2 + (this.#keeper.random() * full) / 2;
    this.#become('open', now);
  }

  #close(now: number): void {
    this.#inARow = 0;
    this.#until = 0;
    this.#closedAt = now;
    this.#window = undefined;
    this.#become('closed', now);
  }

  #become(to: CircuitState, at: number): void {
    const from = this.#state;
    this.#state = to;
    const restMs = Math.round(this.#until - at);
    this.#keeper.changed({ scope: this.scope, from, to, why: this.#why, ...(to === 'open' && { restMs }), at });
  }
}

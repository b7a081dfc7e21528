import type { ErrorKind } from '../canon/error.ts';
import type { Circuit } from './circuit.ts';
import type { Verdict } from './verdict.ts';
import { WaitingTimes } from './waiting-times.ts';

/** The circuits that a target hangs on; each of them serves other targets, too. */
export interface TargetCircuits {
  readonly provider: Circuit;
  readonly key: Circuit;
  readonly model: Circuit;
}

/** How long a target rests that is asked too much and does not say for how long. */
export interface RestOptions {
  /** The first time, milliseconds; it doubles while the refusals go on. */
  readonly restMs: number;
  readonly maxRestMs: number;
}

/** What a target needs of whoever keeps it. */
export interface TargetKeeper {
  /** From 0 to 1. */
  readonly random: () => number;
  /** It has begun to rest, because it was asked too much. */
  readonly rested: (target: TargetHealth, restMs: number, why: ErrorKind) => void;
}

/** Refusals of a key in a row until it rests: one that has no money left is certain, others may be about one model. */
const keyFailures: { readonly [kind in ErrorKind]?: number } = { billing: 1 };
const usualKeyFailures = 3;

/** What is known of one model by one key: whether it may be called, how busy it is, how fast. Milliseconds of a steady clock. */
export class TargetHealth {
  readonly provider: string;
  readonly model: string;
  readonly circuits: TargetCircuits;
  readonly #options: RestOptions;
  readonly #keeper: TargetKeeper;
  #busy = 0;
  /** A call under way is the probe of a circuit that is half open. */
  #probing = false;
  /** Until when it rests because it was asked too much; 0: it does not. */
  #restUntil = 0;
  /** Rests in a row. */
  #rests = 0;
  #waits: WaitingTimes | undefined;

  constructor(
    name: { readonly provider: string; readonly model: string },
    circuits: TargetCircuits,
    options: RestOptions,
    keeper: TargetKeeper,
  ) {
    this.provider = name.provider;
    this.model = name.model;
    this.circuits = circuits;
    this.#options = options;
    this.#keeper = keeper;
  }

  /** Whether a call may be sent now. Where a circuit is half open the answer is true once, and that call is its probe. */
  admits(now: number): boolean {
    if (this.#isWell()) return true;
    if (this.restsUntil(now) > 0) return false;
    this.#restUntil = 0;
    const { provider, key, model } = this.circuits;
    this.#probing = provider.state !== 'closed' || key.state !== 'closed' || model.state !== 'closed';
    provider.enter(now);
    key.enter(now);
    model.enter(now);
    return true;
  }

  /** Until when it should be left alone; 0: a call may be sent now. */
  restsUntil(now: number): number {
    if (this.#isWell()) return 0;
    const { provider, key, model } = this.circuits;
    return Math.max(
      this.#restUntil > now ? this.#restUntil : 0,
      provider.restsUntil(now),
      key.restsUntil(now),
      model.restsUntil(now),
    );
  }

  /** Calls under way. */
  get busy(): number {
    return this.#busy;
  }

  /** Time to the first byte of an answer, recently, milliseconds; absent where nothing is known. */
  get latencyMs(): number | undefined {
    return this.#waits?.averageMs;
  }

  /** Whether it has ever answered. */
  get hasAnswered(): boolean {
    return this.#waits !== undefined;
  }

  /** The time within which that part of its answers begins, milliseconds; absent where too few are known. */
  quantileMs(part: number): number | undefined {
    return this.#waits?.quantileMs(part);
  }

  /** A call is sent. Each one ends with `succeeded`, `failed` or `left`. */
  began(): void {
    this.#busy += 1;
  }

  /** @param firstByteMs time to the first byte of the answer */
  succeeded(now: number, firstByteMs: number): void {
    this.#over();
    this.#rests = 0;
    this.#waits ??= new WaitingTimes();
    this.#waits.add(firstByteMs);
    const { provider, key, model } = this.circuits;
    provider.succeeded(now);
    key.succeeded(now);
    model.succeeded(now);
  }

  failed(now: number, verdict: Verdict): void {
    const { provider, key, model } = this.circuits;
    const { blame, why, restMs } = verdict;
    const wasProbe = this.#over();
    if (blame === 'provider') provider.failed(now, why);
    // Whatever it says, it can be reached.
    else if (blame === 'model' || blame === 'key') provider.succeeded(now);
    if (blame === 'model') {
      model.failed(now, why);
      if (restMs !== undefined) this.rest(now + restMs, now, why);
    } else if (why === 'rate_limit') this.#restFor(restMs, now);
    else if (blame === 'key') {
      key.failed(now, why, keyFailures[why] ?? usualKeyFailures);
      if (restMs !== undefined) key.openUntil(now + restMs, now, why);
    }
    if (wasProbe) this.#release();
  }

  /** A call is over and tells nothing: the client has gone, or another target was faster. */
  left(): void {
    if (this.#over()) this.#release();
  }

  /** Leaves it alone until then, as it said itself. */
  rest(until: number, now: number, why: ErrorKind): void {
    const latest = Math.min(until, now + this.#options.maxRestMs);
    if (latest <= now || latest <= this.#restUntil) return;
    // What is refused together with it makes the rest longer by no more than moments.
    const begins = this.#restUntil <= now;
    this.#restUntil = latest;
    if (begins) this.#keeper.rested(this, Math.round(latest - now), why);
  }

  #isWell(): boolean {
    const { provider, key, model } = this.circuits;
    return this.#restUntil === 0 && model.state === 'closed' && key.state === 'closed' && provider.state === 'closed';
  }

  #restFor(restMs: number | undefined, now: number): void {
    if (restMs !== undefined && restMs > 0) return this.rest(now + restMs, now, 'rate_limit');
    // Calls that were under way together are refused together, and that is one refusal.
    if (this.#restUntil > now) return;
    const full = Math.min(this.#options.maxRestMs, this.#options.restMs * 2 ** Math.min(this.#rests, 30));
    this.#rests += 1;
    this.rest(now + full / 2 + (this.#keeper.random() * full) / 2, now, 'rate_limit');
  }

  /** True when the call that is over was the probe. */
  #over(): boolean {
    if (this.#busy > 0) this.#busy -= 1;
    const probing = this.#probing;
    this.#probing = false;
    return probing;
  }

  /** What the probe has not decided, the next call does. */
  #release(): void {
    this.circuits.provider.left();
    this.circuits.key.left();
    this.circuits.model.left();
  }
}

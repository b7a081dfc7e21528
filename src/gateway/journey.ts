import type { GatewayError } from '../canon/error.ts';
import type { ChatRequest } from '../canon/request.ts';
import { type RetryOptions, waitMs } from '../policy/backoff.ts';
import type { Plan, Target } from '../policy/plan.ts';
import type { TargetHealth } from '../policy/target-health.ts';
import { judge } from '../policy/verdict.ts';
import { type Call, noteFailure } from './call.ts';
import type { ClientAnswer } from './client-answer.ts';
import type { Delivered } from './delivery.ts';
import { costOf, type Gateway } from './gateway.ts';
import type { Incoming } from './incoming.ts';
import { issuerOf } from './proofs.ts';

/** A target that may do better after a while. */
interface Candidate {
  readonly target: Target;
  /** How long it is best left alone, milliseconds. */
  readonly restMs: number;
}

type Failed = Extract<Delivered, { readonly delivered: false }>;

/** What is taken from target to target. */
export interface Traveller {
  readonly call: Call;
  /** A streamed answer that others may go on with. */
  readonly answer?: ClientAnswer;
  request?(): ChatRequest;
  /** What was asked may have been done although the answer says otherwise, and must not be done twice. */
  readonly isOnce?: boolean;
}

/**
 * The way of one call from target to target: where it goes first, and, when that fails, whether another one or the same
 * one after a while may do better.
 */
export class Journey<Source extends Traveller = Incoming> {
  #source: Source;
  readonly #gateway: Gateway;
  readonly #plan: Plan;
  /** Those of this round, the best first. */
  #round: readonly Target[];
  #at = 0;
  #retries = 0;
  /** Those that may do better after a while. */
  #again: Candidate[] | undefined;
  /** Of the target that is being asked. */
  #health: TargetHealth | undefined;
  /** By `performance.now()`. */
  #began = Number.NaN;
  /** The error said that it cannot do what was asked of it: another one may. */
  #isUnable = false;

  /** @param order all targets of the plan, the best first. */
  constructor(gateway: Gateway, source: Source, plan: Plan, order: readonly Target[] = plan.targets) {
    this.#gateway = gateway;
    this.#source = source;
    this.#plan = plan;
    this.#round = order;
    gateway.retries.budget.earn();
  }

  /** The call as whoever answers it has it. */
  get source(): Source {
    return this.#source;
  }

  /** From now on somebody else's part in the call is what counts. */
  turnTo(source: Source): void {
    this.#source = source;
  }

  get target(): Target {
    return this.#round[this.#at] as Target;
  }

  /**
   * Begins at the first target that is well. Where none is, the one that rests for the shortest time is asked all the
   * same: a circuit chooses among targets, and nobody is served by one that refuses calls which might have been answered.
   */
  begin(): void {
    if (this.#admits() || this.#nextInRound()) return;
    const now = performance.now();
    const rests = this.#round.map((target) => this.#healthOf(target).restsUntil(now));
    this.#at = rests.indexOf(Math.min(...rests));
    this.#again = undefined;
    this.#ask(this.#healthOf(this.target), now);
  }

  #admits(): boolean {
    const now = performance.now();
    const health = this.#healthOf(this.target);
    if (!health.admits(now)) return false;
    this.#ask(health, now);
    return true;
  }

  #ask(health: TargetHealth, now: number): void {
    health.began();
    this.#health = health;
    this.#began = now;
  }

  /** After how many milliseconds somebody else is to be asked beside the target, should it not have begun to answer. */
  get hedgeMs(): number | undefined {
    const { hedge } = this.#plan;
    return hedge === undefined ? undefined : this.#health?.quantileMs(hedge);
  }

  /** Who may be asked beside the target: the next one that is well, or the same one where there is no other. */
  spare(): Target | undefined {
    const now = performance.now();
    const others = this.#round.slice(this.#at + 1);
    const isWell = (target: Target): boolean => this.#healthOf(target).restsUntil(now) === 0;
    return others.find(isWell) ?? (others.length === 0 && isWell(this.target) ? this.target : undefined);
  }

  /** Somebody else was faster than the target. @param result what came of the target. */
  overtaken(result: Delivered, by: Target, began: number): void {
    if (result.delivered) this.#health?.left();
    else this.#health?.failed(performance.now(), judge(result.error));
    this.#at = this.#round.indexOf(by);
    this.#health = this.#healthOf(by);
    this.#began = began;
  }

  /** Takes note of what came of it. True when the client has not got its answer. */
  hasFailed(result: Delivered): result is Failed {
    const now = performance.now();
    const health = this.#health;
    this.#health = undefined;
    if (!result.delivered) {
      health?.failed(now, judge(result.error));
      this.#isUnable = this.#plan.targets.length > 1 && this.#gateway.capabilities.learn(this.target, result.error);
      return true;
    }
    const { record, began } = this.source.call;
    if (result.unanswered === true || record.firstByteMs === undefined) health?.left();
    else {
      const at = began + record.firstByteMs;
      // Of an answer that somebody else began nothing is known but how long such answers take.
      health?.succeeded(now, at >= this.#began ? at - this.#began : (health.latencyMs ?? 0));
    }
    return false;
  }

  /** The call is over, whatever came of it: a target that was asked and of which nothing was heard is let go of. */
  leave(): void {
    this.#health?.left();
    this.#health = undefined;
  }

  /** Turns to whoever may do better, waiting if need be. False when nobody is left to be asked. */
  async goOn(result: Failed): Promise<boolean> {
    const failed = this.target;
    const sent = this.#began;
    const ms = performance.now() - sent;
    const { answer, call } = this.source;
    const verdict = judge(result.error);
    if (result.cut === true && !this.#canGoOn(result.error)) return false;
    if (!verdict.elsewhere && !verdict.again && !this.#isUnable) return false;
    if (verdict.again) this.#note(failed, verdict.restMs);
    if (!this.#nextInRound() && !(await this.#anotherRound())) return false;
    noteFailure(call, failed, result.error, { began: sent, ms });
    answer?.goOn(this.target);
    return true;
  }

  /** Whether an answer that the client has seen a part of may be gone on with. */
  #canGoOn(error: GatewayError): boolean {
    const { provider, model } = this.target;
    const { sealer, estimator } = this.#gateway;
    const { call, request } = this.source;
    const broken = this.source.answer?.breakOff({
      ...{ error, from: this.target, policy: this.#plan.onCut },
      unproven: sealer.seal({ issuer: issuerOf(provider, model), form: 'signature', value: '' }),
      costOf: (record) => costOf(this.#gateway, record),
      promptTokens: () =>
        request === undefined ? 0 : estimator.guess(`${provider}/${model}`, request(), call.record.requestBytes).tokens,
    });
    return broken === true;
  }

  #note(target: Target, restMs = 0): void {
    this.#again ??= [];
    this.#again.push({ target, restMs });
  }

  #nextInRound(): boolean {
    while (this.#at + 1 < this.#round.length) {
      this.#at += 1;
      if (this.#admits()) return true;
      this.#note(this.target);
    }
    return false;
  }

  /** All have been asked: those that may do better are asked again after a while, as long as there are retries to spend. */
  async #anotherRound(): Promise<boolean> {
    if (this.#source.isOnce === true) return false;
    for (;;) {
      this.#retries += 1;
      const candidates = this.#again?.filter(({ target }) => this.#retries <= this.#retriesOf(target).most) ?? [];
      const wait = this.#shortestWait(candidates);
      if (wait === undefined || !this.#gateway.retries.budget.spend()) return false;
      if (!(await waited(this.source.call, wait))) return false;
      this.#round = candidates.map(({ target }) => target);
      this.#again = undefined;
      this.#at = -1;
      if (this.#nextInRound()) return true;
    }
  }

  /** Milliseconds; nothing where all want to be left alone for longer than a call may wait. */
  #shortestWait(candidates: readonly Candidate[]): number | undefined {
    const now = performance.now();
    const waits = candidates.flatMap(({ target, restMs }) => {
      const rest = Math.max(restMs, this.#healthOf(target).restsUntil(now) - now);
      return waitMs(this.#retries, this.#retriesOf(target), Math.random, rest) ?? [];
    });
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  #retriesOf({ provider }: Target): RetryOptions {
    return this.#gateway.retries.of(this.#gateway.provider(provider).configName);
  }

  #healthOf({ provider, model }: Target): TargetHealth {
    return this.#gateway.health.of(provider, model);
  }
}

/** True when the time is over and the client is still there. */
function waited({ reply }: Call, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), ms);
    reply.onGone(() => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}

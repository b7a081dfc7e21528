import { hash32 } from '../canon/fingerprint.ts';
import type { Plan, Target } from './plan.ts';

/** A session that nobody has spoken in for so many others is forgotten. */
const maxHomes = 20_000;

/** Remembers where sessions are at home whose target was chosen by what held then: latency, cost, load. */
export class SessionHomes {
  /** The one that was used longest ago is the first. */
  readonly #homes = new Map<number, Target>();
  readonly #plans = new WeakMap<Plan, number>();

  /** The target that the session's calls went to, if it is one of these still. */
  of(plan: Plan, session: string): Target | undefined {
    const key = this.#key(plan, session);
    const home = this.#homes.get(key);
    if (home === undefined) return undefined;
    this.#homes.delete(key);
    this.#homes.set(key, home);
    return plan.targets.find(({ provider, model }) => provider === home.provider && model === home.model);
  }

  /** From now on it is at home there. */
  move(plan: Plan, session: string, target: Target): void {
    const key = this.#key(plan, session);
    this.#homes.delete(key);
    if (this.#homes.size >= maxHomes) this.#homes.delete(this.#homes.keys().next().value as number);
    this.#homes.set(key, target);
  }

  get size(): number {
    return this.#homes.size;
  }

  /** 53 bits: that two sessions share one is as good as impossible, and would do no harm. */
  #key(plan: Plan, session: string): number {
    let seed = this.#plans.get(plan);
    if (seed === undefined) {
      // The same plan made anew has the same number.
      seed = hash32(plan.targets.map(({ provider, model }) => `${provider}/${model}`).join(' '), 0);
      this.#plans.set(plan, seed);
    }
    return hash32(session, seed) * 2 ** 21 + (hash32(session, ~seed) >>> 11);
  }
}

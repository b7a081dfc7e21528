import type { RuleTarget } from '../config/config.ts';
import type { cutPolicies, strategies } from '../config/route-schema.ts';

/** How the first target for a call is chosen, and with it the order of the others. */
export type Strategy = (typeof strategies)[number];

/**
 * What happens when an answer breaks off that the client has seen a part of. `continue`: it goes on from the next target
 * in the same message; `restart_if_silent`: only where nothing of its content has been said; `error`: the client is told.
 */
export type CutPolicy = (typeof cutPolicies)[number];

/** Which calls a target is for: each condition that is there must hold. */
export type Conditions = NonNullable<RuleTarget['when']>;

/** Where a call may go. */
export interface Target {
  /** Name of a provider; that of one with several keys says which one: `openai#2`. */
  readonly provider: string;
  /** The model's name as that provider has it. */
  readonly model: string;
  /** Whether a call of which something would be lost is refused. */
  readonly strict: boolean;
  /** Its share of calls, relative to the others'; without it, 1. */
  readonly weight?: number;
  /** Without it, it is for all calls. */
  readonly when?: Conditions;
  /** Targets with the same number are the same model by several keys of one provider. */
  readonly spread?: number;
}

/** What the configuration says of calls for one model. */
export interface Plan {
  /** In the order in which they are written. */
  readonly targets: readonly Target[];
  readonly strategy: Strategy;
  /** Whether calls of one session stay where the first one went, as long as that target is well; false where there is no choice. */
  readonly sticky: boolean;
  readonly onCut: CutPolicy;
  /** A second request is sent when the first has not begun to answer after this quantile of its usual time; absent: never. */
  readonly hedge?: number;
}

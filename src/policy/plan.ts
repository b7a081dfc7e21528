/** How the first target for a call is chosen, and with it the order of the others. */
export const strategies = ['ordered', 'weighted', 'least_latency', 'least_cost', 'least_busy'] as const;

export type Strategy = (typeof strategies)[number];

/**
 * What happens when an answer breaks off that the client has seen a part of. `continue`: it goes on from the next target
 * in the same message; `restart_if_silent`: only where nothing of its content has been said; `error`: the client is told.
 */
export const cutPolicies = ['continue', 'restart_if_silent', 'error'] as const;

export type CutPolicy = (typeof cutPolicies)[number];

/** Where a call may go. */
export interface Target {
  /** Name of a configured provider. */
  readonly provider: string;
  /** The model's name as that provider has it. */
  readonly model: string;
  /** Whether a call of which something would be lost is refused. */
  readonly strict: boolean;
  /** Its share of calls, relative to the others'; without it, 1. */
  readonly weight?: number;
}

/** What the configuration says of calls for one model. */
export interface Plan {
  /** In the order in which they are written. */
  readonly targets: readonly Target[];
  readonly strategy: Strategy;
  /** Whether calls of one session stay where the first one went, as long as that target is well. */
  readonly sticky: boolean;
  readonly onCut: CutPolicy;
  /** A second request is sent when the first has not begun to answer after this quantile of its usual time; absent: never. */
  readonly hedge?: number;
}

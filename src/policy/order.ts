import { type Needs, unmet } from './needs.ts';
import type { Plan, Target } from './plan.ts';
import { attraction, sessionNumber, weighted } from './rendezvous.ts';
import type { SessionHomes } from './session-homes.ts';

/** What the order looks at of a target's health. */
export interface Condition {
  /** Until when it should be left alone; 0: it is well. */
  restsUntil(now: number): number;
  /** Calls under way. */
  readonly busy: number;
  /** Milliseconds to the first byte, of late; nothing where nobody knows. */
  readonly latencyMs: number | undefined;
}

/** What holds at the time of a call. */
export interface OrderContext {
  /** Milliseconds, by the clock that health goes by. */
  readonly now: number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** The key of the session that the call belongs to. */
  readonly session?: string | undefined;
  /** Where sessions stay whose target is not chosen by their key; without it, they do not. */
  readonly homes?: SessionHomes | undefined;
  health(target: Target): Condition;
  /** What such a call costs there, as far as that is known; only to be compared. */
  costOf?(target: Target): number | undefined;
  /** What the call needs; without it, conditions and abilities are not looked at. */
  readonly needs?: Needs | undefined;
  /** Whether a target is believed to be able to do what is needed. */
  capable?(target: Target, needs: Needs): boolean;
}

/** One call of so many that no session binds goes to a target drawn by lot: what is slow today may be quick tomorrow. */
const exploredShare = 1 / 50;

/**
 * All targets that a call may go to, the best first. Those whose conditions exclude the call are left out, unless
 * nothing would remain. Those that are believed unable to do what it needs come after the others, since the belief may
 * be wrong; those that rest come last, the one that is well again soonest first. The plan's own array where nothing
 * changes.
 */
export function ordered(plan: Plan, context: OrderContext): readonly Target[] {
  const { targets } = plan;
  if (targets.length < 2) return targets;
  const possible = possibleOf(targets, context.needs);
  const { session, homes } = context;
  if (homes === undefined || !plan.sticky || session === undefined || !measured.has(plan.strategy))
    return lastThoseThatCannot(preferred(plan, possible, context, exploredOf(plan, possible, context)), context);
  const home = homes.of(plan, session);
  if (home !== undefined && possible.includes(home) && restOf(home, context) === 0)
    return lastThoseThatCannot(firstThis(home, preferred(plan, possible, context)), context);
  const explored = exploredOf(plan, possible, context);
  const order = lastThoseThatCannot(preferred(plan, possible, context, explored), context);
  const [first] = order;
  // A call that its home is not for moves no session, and nobody settles where a call is only tried.
  const isHomeless = home === undefined || possible.includes(home);
  if (isHomeless && first !== undefined && first !== explored && isFitToStay(plan, first, context))
    homes.move(plan, session, first);
  return order;
}

/** Strategies that look at what holds now, so that the session's key alone does not say where it was. */
const measured: ReadonlySet<Plan['strategy']> = new Set(['least_latency', 'least_cost', 'least_busy']);

/** A target that is tried although it is not the quickest. */
function exploredOf({ strategy }: Plan, targets: readonly Target[], { random }: OrderContext): Target | undefined {
  return strategy === 'least_latency' && random() < exploredShare
    ? targets[Math.floor(random() * targets.length)]
    : undefined;
}

function isFitToStay({ strategy }: Plan, target: Target, context: OrderContext): boolean {
  return strategy !== 'least_latency' || context.health(target).latencyMs !== undefined;
}

function possibleOf(targets: readonly Target[], needs: Needs | undefined): readonly Target[] {
  if (needs === undefined || targets.every(({ when }) => when === undefined)) return targets;
  const possible = targets.filter(({ when }) => when === undefined || unmet(when, needs) === undefined);
  return possible.length > 0 ? possible : targets;
}

/** By the strategy alone. */
function preferred(
  plan: Plan,
  targets: readonly Target[],
  context: OrderContext,
  explored?: Target,
): readonly Target[] {
  if (plan.strategy === 'ordered' && targets.every(({ spread }) => spread === undefined)) return targets;
  const session = plan.sticky && context.session !== undefined ? sessionNumber(context.session) : undefined;
  const draw = (target: Target): number =>
    session === undefined ? weighted(target, context.random()) : attraction(target, session);
  const rank = rankOf(plan.strategy, targets, context);
  const order = targets
    .map((target, i) => ({ target, rank: rank(target, i), drawn: isDrawn(plan, target) ? draw(target) : 0 }))
    .sort((a, b) => compared(a.rank, b.rank) || compared(b.drawn, a.drawn))
    .map(({ target }) => target);
  return explored === undefined ? order : firstThis(explored, order);
}

/** Whether equals of its rank are put into an order by lot, and not as they are written. */
function isDrawn({ strategy }: Plan, { spread }: Target): boolean {
  return strategy === 'weighted' || strategy === 'least_busy' || strategy === 'least_latency' || spread !== undefined;
}

type Rank = (target: Target, index: number) => number;

/** Less is better. */
function rankOf(strategy: Plan['strategy'], targets: readonly Target[], context: OrderContext): Rank {
  switch (strategy) {
    case 'ordered':
      // The keys of one provider stand where the first of them does.
      return ({ spread }, i) => (spread === undefined ? i : targets.findIndex((other) => other.spread === spread));
    case 'weighted':
      return () => 0;
    case 'least_cost':
      return (target) => context.costOf?.(target) ?? Number.POSITIVE_INFINITY;
    case 'least_busy':
      return (target) => (context.health(target).busy + 1) / (target.weight ?? 1);
    case 'least_latency':
      // One that nobody knows is tried as soon as it has nothing else to do, and counts as slow as long as it has.
      return (target) => {
        const { latencyMs, busy } = context.health(target);
        if (latencyMs !== undefined) return latencyMs;
        return busy === 0 ? 0 : Number.POSITIVE_INFINITY;
      };
  }
}

function compared(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function firstThis(target: Target, targets: readonly Target[]): readonly Target[] {
  return targets[0] === target ? targets : [target, ...targets.filter((other) => other !== target)];
}

/** The same order within those that can, those that are believed not to, and those that rest. */
function lastThoseThatCannot(targets: readonly Target[], context: OrderContext): readonly Target[] {
  if (!targets.some((target) => restOf(target, context) > 0 || isUnable(target, context))) return targets;
  return targets
    .map((target) => ({ target, rest: restOf(target, context), unable: isUnable(target, context) ? 1 : 0 }))
    .sort((a, b) => (a.rest > 0 || b.rest > 0 ? compared(a.rest, b.rest) : a.unable - b.unable))
    .map(({ target }) => target);
}

function restOf(target: Target, context: OrderContext): number {
  return context.health(target).restsUntil(context.now);
}

function isUnable(target: Target, context: OrderContext): boolean {
  return context.needs !== undefined && context.capable?.(target, context.needs) === false;
}

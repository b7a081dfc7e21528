import type { DialectName } from '../canon/content.ts';
import type { Config } from '../config/config.ts';
import { weighing } from '../config/route-schema.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Lack } from '../policy/capabilities.ts';
import type { ModelRouter } from '../policy/models.ts';
import { type Needs, unmet } from '../policy/needs.ts';
import { ordered } from '../policy/order.ts';
import type { Plan, Target } from '../policy/plan.ts';
import { usualCost } from '../policy/usual-cost.ts';

/** What is asked about a route. */
export interface RouteQuestion {
  readonly model: string;
  readonly needs: Needs;
  readonly session?: string;
}

/** One target of a route. */
export interface ExplainedTarget {
  /** `provider/model`. */
  readonly target: string;
  readonly speaks?: DialectName;
  /** US dollars for a million tokens, and for the call that was asked about. */
  readonly input?: number;
  readonly output?: number;
  readonly cost?: number;
  /** Tokens of prompt and answer together. */
  readonly window?: number;
  readonly weight?: number;
  /** What it cannot do. */
  readonly lacks: readonly Lack[];
  /** Why it stands where it does, or is left out. */
  readonly why: readonly string[];
}

/** Where calls for a name go, and why. */
export interface RouteExplanation {
  readonly model: string;
  /** What decides where the name goes. */
  readonly because: string;
  readonly strategy: Plan['strategy'];
  readonly sticky: boolean;
  readonly onCut: Plan['onCut'];
  readonly hedge?: number;
  readonly needs: Needs;
  /** The best first. */
  readonly order: readonly ExplainedTarget[];
  /** Targets that such a call does not go to. */
  readonly leftOut: readonly ExplainedTarget[];
}

/** What explanations are made from. */
interface Known {
  readonly config: Config;
  readonly gateway: Gateway;
  readonly router: ModelRouter;
}

/** Works out where a call would go if all targets were well and idle. Throws `not_found`. */
export function explainRoute(known: Known, { model, needs, session }: RouteQuestion): RouteExplanation {
  const { gateway, router } = known;
  const plan = router.planRoute(model);
  const order = ordered(plan, {
    now: 0,
    // Without a session, whoever has the most weight is the first.
    random: () => 0.5,
    session,
    health: () => ({ restsUntil: () => 0, busy: 0, latencyMs: undefined }),
    costOf: (target) => costAt(gateway, target, needs.input),
    needs,
    capable: (target, wanted) => gateway.capabilities.can(target, wanted),
  });
  const { strategy, sticky, onCut, hedge } = plan;
  const explained = (target: Target): ExplainedTarget => explainTarget(gateway, target, needs, plan);
  return {
    model,
    because: becauseOf(known, model),
    ...{ strategy, sticky, onCut, needs },
    ...(hedge !== undefined && { hedge }),
    order: order.map(explained),
    leftOut: plan.targets.filter((target) => !order.includes(target)).map(explained),
  };
}

function becauseOf({ config, router }: Known, model: string): string {
  const whence = router.whence(model);
  switch (whence.by) {
    case 'rule':
      return `the rule "${whence.pattern}", ${config.source.keyPlace(['models', whence.pattern]).where}`;
    case 'alias':
      return 'an alias for what is usual at the default provider, or what the environment says';
    case 'prefix':
      return 'the name of a provider before the slash';
    case 'family':
      return 'the maker of models of that name, or what stands in for them';
    case 'default':
      return `the default provider, ${config.default_provider}`;
  }
}

function explainTarget(gateway: Gateway, target: Target, needs: Needs, plan: Plan): ExplainedTarget {
  const provider = gateway.provider(target.provider);
  const { model, weight, when } = target;
  const speaks = provider.routes(model)[0]?.speaks;
  const priced = { kind: provider.kind, provider: provider.configName, model };
  const perMillion = (usage: { input: number } | { output: number }): number | undefined => {
    const dollars = gateway.prices.costOf({ ...priced, usage });
    return dollars === undefined ? undefined : Number((dollars * 1000).toPrecision(6));
  };
  const input = perMillion({ input: 1000 });
  const output = perMillion({ output: 1000 });
  const cost = costAt(gateway, target, needs.input);
  const window = gateway.capabilities.window(target);
  const condition = when === undefined ? undefined : unmet(when, needs);
  return {
    target: `${target.provider}/${model}`,
    ...(speaks !== undefined && { speaks }),
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(cost !== undefined && { cost }),
    ...(window !== undefined && { window }),
    ...(weight !== undefined && weighing.has(plan.strategy) && { weight }),
    lacks: gateway.capabilities.lacks(target),
    why: [
      ...(condition === undefined ? [] : [`not for this call: when ${condition}`]),
      ...reasonsOf(plan, target, cost),
      ...gateway.capabilities
        .lacks(target, needs)
        .map(({ ability, why, madeUp }) => `${madeUp ? 'makes do without' : 'cannot do'} ${ability}: ${why}`),
      ...(provider.missing === undefined ? [] : [`has no credential: ${provider.missing}`]),
    ],
  };
}

function reasonsOf({ strategy, targets }: Plan, { weight = 1, spread }: Target, cost: number | undefined): string[] {
  const reasons: string[] = [];
  if (targets.length === 1) return reasons;
  if (strategy === 'weighted') {
    const whole = targets.reduce((sum, target) => sum + (target.weight ?? 1), 0);
    reasons.push(whole === 0 ? 'no weight' : `${Number(((100 * weight) / whole).toFixed(1))} % of sessions`);
  }
  if (strategy === 'least_cost') reasons.push(cost === undefined ? 'its price is not known' : dollarsText(cost));
  if (strategy === 'least_latency' || strategy === 'least_busy') reasons.push('its place is found while running');
  if (spread !== undefined) reasons.push('one of several keys');
  return reasons;
}

function dollarsText(dollars: number): string {
  return dollars === 0 ? 'costs nothing' : `$${Number(dollars.toPrecision(3))} for such a call`;
}

function costAt(
  { provider: named, prices }: Gateway,
  { provider: name, model }: Target,
  input: number,
): number | undefined {
  const { kind, configName } = named(name);
  return usualCost(prices, { kind, provider: configName, model }, input);
}

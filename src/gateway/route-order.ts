import { GatewayError } from '../canon/error.ts';
import { type Needs, needsOf } from '../policy/needs.ts';
import { ordered } from '../policy/order.ts';
import type { Plan, Target } from '../policy/plan.ts';
import { usualCost } from '../policy/usual-cost.ts';
import type { Gateway } from './gateway.ts';
import type { Incoming } from './incoming.ts';
import { sessionKey } from './session-key.ts';

/** All targets of the plan that this call may go to, the best first. */
export function routeOrder(gateway: Gateway, source: Incoming, plan: Plan): readonly Target[] {
  if (plan.targets.length === 1) return plan.targets;
  const { capabilities, health, prices, homes } = gateway;
  const needs = capabilities.matter(plan.targets, source.call.body.length) ? needsIn(source) : undefined;
  return ordered(plan, {
    now: performance.now(),
    random: Math.random,
    session: plan.sticky ? sessionKey(source.call) : undefined,
    homes,
    health: ({ provider, model }) => health.of(provider, model),
    costOf: ({ provider, model }) => {
      const { kind, configName } = gateway.provider(provider);
      return usualCost(prices, { kind, provider: configName, model }, needs?.input);
    },
    needs,
    capable: (target, wanted) => capabilities.can(target, wanted),
  });
}

/** A body that only its own language's providers understand is theirs to judge. */
function needsIn({ call, outline }: Incoming): Needs | undefined {
  try {
    return needsOf(outline().request, call.body.length);
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

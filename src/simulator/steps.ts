import { type Asked, conversationOf } from './asked.ts';
import { isFor } from './match.ts';
import { type Scenario, type Step, stepOf } from './scenario.ts';

/** Counts are forgotten, oldest first, beyond this many. */
const MAX_COUNTS = 10_000;

/** Counts by name, bounded. */
export interface Counts {
  /** Adds one and gives the new count. */
  add(name: string): number;
  get(name: string): number;
}

/** New counts, all zero. */
export function createCounts(): Counts {
  const counts = new Map<string, number>();
  return {
    get: (name) => counts.get(name) ?? 0,
    add(name) {
      const count = (counts.get(name) ?? 0) + 1;
      counts.delete(name);
      counts.set(name, count);
      const oldest = counts.keys().next();
      if (counts.size > MAX_COUNTS && oldest.done !== true) counts.delete(oldest.value);
      return count;
    },
  };
}

/** Gives each request its step, or undefined when the scenario has none (left) for it. */
export type StepChooser = (asked: Asked) => Step | undefined;

/** Steps are counted from the moment the scenario starts to play. */
export function createStepChooser(scenario: Scenario): StepChooser {
  const counts = createCounts();
  const steps = (scenario.steps ?? []).map(stepOf);
  return (asked) => {
    const given = scenario.answer?.(asked);
    if (given !== undefined) return stepOf(given);
    const whose = countedWith(scenario.per, asked);
    for (const [index, step] of steps.entries()) {
      const name = `${index} ${whose}`;
      const times = step.times ?? 1;
      if (!isFor(step.when, asked)) continue;
      if (times !== 'always' && counts.get(name) >= times) continue;
      counts.add(name);
      return step;
    }
    return undefined;
  };
}

function countedWith(per: Scenario['per'], asked: Asked): string {
  if (per === 'session') return asked.session;
  return per === 'conversation' ? conversationOf(asked) : '';
}

import type { ModelRule } from '../config/config.ts';

/** Where a rule sends calls, in a line: `a/x, then b/y`, or `weighted: a/x (3), b/y`. */
export function ruleText({ to, strategy }: ModelRule): string {
  const isWeighted = to.some(({ weight }) => weight !== undefined);
  const manner = strategy ?? (isWeighted ? 'weighted' : 'ordered');
  const targets = to.map(({ target, weight }) => (weight === undefined ? target : `${target} (${weight})`));
  return manner === 'ordered' || to.length === 1 ? targets.join(', then ') : `${manner}: ${targets.join(', ')}`;
}

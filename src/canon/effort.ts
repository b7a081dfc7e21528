import type { Effort, Reasoning } from './request.ts';

/** Words for effort, the least first. */
export const efforts: readonly string[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** Tokens of thinking that an effort is worth where only a number can be said, and the other way round. */
const budgets: readonly (readonly [effort: string, tokens: number])[] = [
  ['low', 2048],
  ['medium', 8192],
  ['high', 16384],
];

/** Whether the client wants no reasoning at all. */
export function isOff({ mode, effort }: Reasoning): boolean {
  return mode === 'off' || (mode === undefined && effort === 'none');
}

/** The effort that a budget of so many tokens stands for. */
export function effortOf(budget: number): Effort {
  return budgets.find(([effort, tokens]) => effort !== 'high' && budget <= tokens)?.[0] ?? 'high';
}

/** Tokens of thinking that an effort stands for. */
export function budgetOf(effort: Effort): number {
  const rank = efforts.indexOf(effort);
  if (rank !== -1 && rank < efforts.indexOf('low')) return 1024;
  return budgets.find(([known]) => known === effort)?.[1] ?? 32768;
}

/** Of the words that a server takes, the one closest to the effort; the effort itself where it is no known word. */
export function nearestEffort(effort: Effort, taken: readonly string[]): Effort {
  if (taken.includes(effort)) return effort;
  const rank = efforts.indexOf(effort);
  if (rank === -1) return effort;
  let best: string = effort;
  let distance = Number.POSITIVE_INFINITY;
  for (const word of taken) {
    const away = Math.abs(efforts.indexOf(word) - rank);
    if (efforts.includes(word) && away < distance) {
      best = word;
      distance = away;
    }
  }
  return best;
}

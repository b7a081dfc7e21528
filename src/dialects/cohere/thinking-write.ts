import { budgetOf, efforts, isOff } from '../../canon/effort.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest, Effort } from '../../canon/request.ts';
import type { Writing } from './writing.ts';

/** Whether to think, and for how many tokens; nothing where the client leaves it to the model. */
export function writeThinkingWish({ reasoning }: ChatRequest, { quirks, lose }: Writing): JsonObject | undefined {
  if (reasoning === undefined || Object.keys(reasoning).every((field) => field === 'display')) return undefined;
  if (quirks.reasoning_request === 'none') {
    lose('dropped', 'reasoning', 'the provider takes no wish about reasoning');
    return undefined;
  }
  const { effort, budget } = reasoning;
  if (isOff(reasoning)) {
    if (effort !== undefined && effort !== 'none') lose('dropped', 'reasoning.effort', 'reasoning is off');
    return { type: 'disabled' };
  }
  if (budget !== undefined && budget > 0) {
    if (effort !== undefined) lose('dropped', 'reasoning.effort', 'the budget is said instead');
    return { type: 'enabled', token_budget: budget };
  }
  if (effort === undefined) return { type: 'enabled' };
  const tokens = budgetFor(effort);
  lose('approximated', 'reasoning.effort', 'an effort is told as a budget');
  return { type: 'enabled', ...(tokens !== undefined && { token_budget: tokens }) };
}

/** Without a budget the model thinks as long as it likes, which is what the highest efforts ask for. */
function budgetFor(effort: Effort): number | undefined {
  return efforts.indexOf(effort) > efforts.indexOf('high') ? undefined : budgetOf(effort);
}

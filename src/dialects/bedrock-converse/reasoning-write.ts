import { effortOf, isOff, nearestEffort } from '../../canon/effort.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Effort, Reasoning } from '../../canon/request.ts';
import type { Writing } from './writing.ts';

/** Fewest tokens of thinking that Claude can be asked for. */
const leastBudget = 1024;
const typeOf: ReadonlyMap<string, string> = new Map([
  ['budget', 'enabled'],
  ['off', 'disabled'],
]);
const claudeEfforts: readonly string[] = ['low', 'medium', 'high', 'xhigh', 'max'];
const plainEfforts: readonly string[] = ['low', 'medium', 'high'];

/** How the model shall think. */
export interface WrittenReasoning {
  /** For `additionalModelRequestFields`. */
  readonly additional: JsonObject;
  /** For `outputConfig`. */
  readonly effort?: string;
  /** Parameters that may not be chosen beside it, and why. */
  readonly excludes?: { readonly fields: readonly string[]; readonly why: string };
}

/** Writes the wish in the words of the model's maker. `maxTokens` is the whole answer's limit, thinking included. */
export function writeReasoning(to: Writing, maxTokens: number, forced: boolean): WrittenReasoning {
  const wish = to.request.reasoning;
  if (wish === undefined) return { additional: {} };
  switch (to.quirks.reasoning_request ?? to.family) {
    case 'thinking':
    case 'claude':
      return writeClaude(wish, maxTokens, forced, to);
    case 'nova':
      return writeNova(wish, to);
    case 'reasoning_effort':
    case 'openai':
      return writeOpenai(wish, to);
    default:
      to.lose('dropped', 'reasoning', 'the model takes no wish about reasoning');
      return { additional: {} };
  }
}

function writeClaude(wish: Reasoning, maxTokens: number, forced: boolean, to: Writing): WrittenReasoning {
  const effort = isOff(wish) && !to.own ? undefined : claudeEffort(wish.effort, to);
  const mode = modeOf(wish, to.own);
  const said = effort === undefined ? {} : { effort };
  if (mode === undefined) return { additional: {}, ...said };
  if (!to.own && forced && mode !== 'off') {
    to.lose('approximated', 'reasoning', 'no thinking where a tool call is forced');
    return { additional: {}, ...said };
  }
  const budget = mode === 'budget' ? fittingBudget(wish.budget ?? leastBudget, maxTokens, to) : undefined;
  if (budget === 0) return { additional: {}, ...said };
  const thinking = {
    type: typeOf.get(mode) ?? mode,
    ...(budget !== undefined && { budget_tokens: budget }),
    ...(wish.display !== undefined && { display: displayOf(wish.display, to) }),
  };
  const excludes = { fields: ['temperature', 'top_k'], why: 'it cannot be chosen while the model thinks' };
  return { additional: { thinking }, ...said, ...(mode !== 'off' && !to.own && { excludes }) };
}

/** Other words are for betas that are not known here. */
function displayOf(display: string, to: Writing): string {
  if (to.own || display === 'summarized' || display === 'omitted') return display;
  to.lose('approximated', 'reasoning.display', `${display} is told as summarized`);
  return 'summarized';
}

function claudeEffort(effort: Effort | undefined, to: Writing): string | undefined {
  if (effort === undefined || (effort === 'none' && !to.own)) return undefined;
  return to.own ? effort : nearest(effort, claudeEfforts, to);
}

/** A client of this language that only names an effort has said nothing about thinking; any other client has asked for it. */
function modeOf({ mode, effort, budget, display }: Reasoning, own: boolean): string | undefined {
  if (mode !== undefined || own) return mode;
  if (effort === 'none') return 'off';
  if (budget !== undefined) return budget > 0 ? 'budget' : 'off';
  return effort !== undefined || display !== undefined ? 'adaptive' : undefined;
}

/** Zero where an answer is too short to think in. */
function fittingBudget(budget: number, maxTokens: number, to: Writing): number {
  if (to.own) return budget;
  if (maxTokens <= leastBudget) {
    to.lose('approximated', 'reasoning', `no thinking in an answer of ${maxTokens} tokens`);
    return 0;
  }
  const fitting = Math.max(leastBudget, Math.min(budget, maxTokens - 1));
  if (fitting !== budget)
    to.lose('approximated', 'reasoning.budget', `${fitting} tokens: at least ${leastBudget}, less than the answer`);
  return fitting;
}

/** Nova's highest effort takes as long as it takes: it wants no limit and no sampling beside it. */
function writeNova(wish: Reasoning, to: Writing): WrittenReasoning {
  if (isOff(wish)) return { additional: { reasoningConfig: { type: 'disabled' } } };
  const effort = plainEffort(wish, to);
  const isHigh = effort === 'high' && !to.own;
  const fields = ['temperature', 'top_p', 'top_k', 'max_tokens'];
  return {
    additional: { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } },
    ...(isHigh && { excludes: { fields, why: 'it cannot be chosen beside the highest effort' } }),
  };
}

function writeOpenai(wish: Reasoning, to: Writing): WrittenReasoning {
  if (isOff(wish)) {
    to.lose('approximated', 'reasoning', 'the least effort is low');
    return { additional: { reasoning_effort: 'low' } };
  }
  return { additional: { reasoning_effort: plainEffort(wish, to) } };
}

/** One of three words, whatever was said. */
function plainEffort({ effort, budget, display }: Reasoning, to: Writing): string {
  if (display !== undefined) to.lose('dropped', 'reasoning.display', 'how reasoning is shown cannot be chosen');
  if (effort !== undefined) {
    if (budget !== undefined) to.lose('dropped', 'reasoning.budget', 'the effort is said instead');
    return nearest(effort, plainEfforts, to);
  }
  if (budget === undefined) {
    to.lose('approximated', 'reasoning', 'a medium effort is what the model is asked for');
    return 'medium';
  }
  to.lose('approximated', 'reasoning.budget', 'a budget is told as an effort');
  return nearest(effortOf(budget), plainEfforts, to);
}

function nearest(effort: Effort, taken: readonly string[], to: Writing): string {
  const best = nearestEffort(effort, to.quirks.efforts ?? taken);
  if (best !== effort) to.lose('approximated', 'reasoning.effort', `${effort} is told as ${best}`);
  return best;
}

import { budgetOf, effortOf, isOff, nearestEffort } from '../../canon/effort.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Effort, Reasoning } from '../../canon/request.ts';
import type { Writing } from './writing.ts';

/** Words taken where the provider's data name none: those that every server with the field knows. */
const plainEfforts: readonly string[] = ['none', 'minimal', 'low', 'medium', 'high'];
const openRouterEfforts: readonly string[] = [...plainEfforts, 'xhigh'];

/** How hard to think, in the form that the provider takes. */
export function writeReasoningWish(wish: Reasoning | undefined, writing: Writing): JsonObject {
  if (wish === undefined) return {};
  if (Object.keys(wish).every((field) => field === 'display')) {
    writing.lose('dropped', 'reasoning', 'how reasoning is shown cannot be chosen');
    return {};
  }
  if (isOff(wish) && wish.effort !== undefined && wish.effort !== 'none') {
    writing.lose('dropped', 'reasoning.effort', 'reasoning is off');
  }
  switch (writing.quirks.reasoning_request ?? formFor(wish, writing)) {
    case 'reasoning_effort':
      return writeEffort(wish, writing);
    case 'reasoning':
      return writeOpenRouter(wish, writing);
    case 'thinking':
      return writeThinking(wish, writing);
    case 'none':
      writing.lose('dropped', 'reasoning', 'the provider takes no wish about reasoning');
      return {};
  }
}

/** OpenAI's own form; for a client that said what only a relay's form can say, that one. */
function formFor(wish: Reasoning, { own }: Writing): 'reasoning_effort' | 'reasoning' {
  const isPlain = wish.budget === undefined && wish.mode !== 'adaptive';
  return own && !isPlain ? 'reasoning' : 'reasoning_effort';
}

function writeEffort(wish: Reasoning, writing: Writing): JsonObject {
  if (isOff(wish)) return { reasoning_effort: nearest('none', plainEfforts, writing) };
  if (wish.effort !== undefined) {
    if (wish.budget !== undefined) writing.lose('dropped', 'reasoning.budget', 'the effort is said instead');
    return { reasoning_effort: nearest(wish.effort, plainEfforts, writing) };
  }
  if (wish.budget === undefined) {
    writing.lose('dropped', 'reasoning', 'reasoning without an effort is what the model does anyway');
    return {};
  }
  writing.lose('approximated', 'reasoning.budget', 'a budget is told as an effort');
  return { reasoning_effort: nearest(effortOf(wish.budget), plainEfforts, writing) };
}

function writeOpenRouter(wish: Reasoning, writing: Writing): JsonObject {
  if (isOff(wish)) return { reasoning: { enabled: false } };
  if (wish.mode === 'budget' && wish.budget !== undefined) {
    if (wish.effort !== undefined) writing.lose('dropped', 'reasoning.effort', 'a budget excludes an effort');
    return { reasoning: { max_tokens: wish.budget } };
  }
  if (wish.effort !== undefined) return { reasoning: { effort: nearest(wish.effort, openRouterEfforts, writing) } };
  return { reasoning: { enabled: true } };
}

function writeThinking(wish: Reasoning, writing: Writing): JsonObject {
  if (isOff(wish)) return { thinking: { type: 'disabled' } };
  if (wish.effort !== undefined && (wish.mode ?? wish.budget) !== undefined) {
    writing.lose('dropped', 'reasoning.effort', 'the provider takes no effort');
  }
  if (wish.budget !== undefined) return { thinking: { type: 'enabled', budget_tokens: wish.budget } };
  if (wish.mode !== undefined) {
    return { thinking: { type: wish.mode } };
  }
  writing.lose('approximated', 'reasoning.effort', 'an effort is told as a budget');
  return { thinking: { type: 'enabled', budget_tokens: budgetOf(wish.effort ?? 'medium') } };
}

/** The word itself where the server takes it, else the one closest to it. A client of this language chose its own. */
function nearest(effort: Effort, fallback: readonly string[], writing: Writing): string {
  const taken = writing.quirks.efforts ?? fallback;
  if (taken.includes(effort) || (writing.quirks.efforts === undefined && writing.own)) return effort;
  const best = nearestEffort(effort, taken);
  if (best !== effort) writing.lose('approximated', 'reasoning.effort', `${effort} is told as ${best}`);
  return best;
}

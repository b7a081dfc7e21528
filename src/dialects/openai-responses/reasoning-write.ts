import { effortOf, isOff, nearestEffort } from '../../canon/effort.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest, Effort, Reasoning } from '../../canon/request.ts';
import type { Writing } from './writing.ts';

/** Words taken where the provider's data name none: those that every model with the field knows. */
const plainEfforts: readonly string[] = ['none', 'minimal', 'low', 'medium', 'high'];

/** How hard to think, and whether a summary of it is wanted. */
export function writeReasoningWish(wish: Reasoning | undefined, writing: Writing): JsonObject {
  if (wish === undefined) return {};
  if (writing.quirks.reasoning_request === 'none') {
    writing.lose('dropped', 'reasoning', 'the provider takes no wish about reasoning');
    return {};
  }
  if (isOff(wish)) return writeOff(wish, writing);
  const effort = writeEffort(wish, writing);
  const summary = writeSummary(wish, writing);
  return { ...(effort !== undefined && { effort }), ...(summary !== undefined && { summary }) };
}

function writeOff({ effort, display }: Reasoning, writing: Writing): JsonObject {
  if (effort !== undefined && effort !== 'none') writing.lose('dropped', 'reasoning.effort', 'reasoning is off');
  if (display !== undefined && writing.own) return { effort: 'none', summary: 'auto' };
  if (display !== undefined) writing.lose('dropped', 'reasoning.display', 'reasoning is off');
  return { effort: nearest('none', writing) };
}

function writeEffort({ mode, effort, budget }: Reasoning, writing: Writing): string | undefined {
  if (effort !== undefined) {
    if (budget !== undefined) writing.lose('dropped', 'reasoning.budget', 'the effort is said instead');
    return nearest(effort, writing);
  }
  if (budget !== undefined) {
    writing.lose('approximated', 'reasoning.budget', 'a budget is told as an effort');
    return nearest(effortOf(budget), writing);
  }
  if (mode !== undefined) writing.lose('mapped', 'reasoning', 'without an effort the model decides how hard it thinks');
  return undefined;
}

/** Who asks another language's model to think sees what it thinks, unless he does not want to. */
function writeSummary({ display }: Reasoning, writing: Writing): string | undefined {
  if (writing.own) return display === undefined || display === 'omitted' ? undefined : 'auto';
  if (display === 'omitted') return undefined;
  if (display !== undefined) {
    writing.lose(
      'approximated',
      'reasoning.display',
      'what is shown of reasoning is the summary that the model chooses',
    );
  }
  return 'auto';
}

/** The word itself where the server takes it, else the one closest to it. A client of this language chose its own. */
function nearest(effort: Effort, { quirks, own, lose }: Writing): string {
  const taken = quirks.efforts ?? plainEfforts;
  if (taken.includes(effort) || (quirks.efforts === undefined && own)) return effort;
  const best = nearestEffort(effort, taken);
  if (best !== effort) lose('approximated', 'reasoning.effort', `${effort} is told as ${best}`);
  return best;
}

/**
 * Whether the model is known to reason, so that its reasoning can be asked for in the form in which it may come back:
 * the client asks it to, the provider's data say so, or it has done so before.
 */
export function reasons({ reasoning, turns }: ChatRequest, { quirks }: Writing): boolean {
  if (quirks.reasoning === 'none') return false;
  if (reasoning !== undefined) return !isOff(reasoning);
  if (quirks.efforts?.some((effort) => effort !== 'none') === true) return true;
  return turns.some(({ content }) =>
    content.some((block) => block.type === 'thinking' && block.signature !== undefined),
  );
}

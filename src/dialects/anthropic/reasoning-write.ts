import type { JsonObject } from '../../canon/json.ts';
import type { Reasoning } from '../../canon/request.ts';
import { fieldsOf, undotted } from './ext.ts';
import type { Writing } from './writing.ts';

/** Fewest tokens of thinking that can be asked for. */
const leastBudget = 1024;
const typeOf: ReadonlyMap<string, string> = new Map([
  ['budget', 'enabled'],
  ['off', 'disabled'],
]);

/** How the model shall think and in what form it shall answer, in this language's fields. */
export interface WrittenOutput {
  readonly fields: JsonObject;
  /** The model will think: some other parameters are refused then. */
  readonly thinks: boolean;
  /** What has to be said in words because there is no field for it. */
  readonly instruction?: string;
}

/**
 * Writes `thinking` and `output_config`.
 * @param maxTokens the whole answer's limit, thinking included.
 * @param unthought the answer goes on with one that did not begin by thinking.
 */
export function writeOutput(to: Writing, maxTokens: number, unthought: boolean): WrittenOutput {
  const own = fieldsOf(to.request.ext);
  const thinking: JsonObject = { ...writeThinking(to, maxTokens, unthought), ...undotted('thinking', own) };
  const { format, instruction } = writeFormat(to);
  const effort = writeEffort(to);
  const config = {
    ...(effort !== undefined && { effort }),
    ...(format !== undefined && { format }),
    ...undotted('output_config', own),
  };
  return {
    fields: {
      ...(Object.keys(thinking).length > 0 && { thinking }),
      ...(Object.keys(config).length > 0 && { output_config: config }),
    },
    thinks: thinking.type !== undefined && thinking.type !== 'disabled',
    ...(instruction !== undefined && { instruction }),
  };
}

function writeThinking(to: Writing, maxTokens: number, unthought: boolean): JsonObject {
  const { reasoning, toolChoice } = to.request;
  if (reasoning === undefined) return {};
  if (to.quirks.reasoning_request === 'none') {
    to.lose('dropped', 'reasoning', 'the provider lets nobody steer it');
    return {};
  }
  const mode = modeOf(reasoning, to.foreign);
  if (mode === undefined) return {};
  if (to.foreign && mode !== 'off' && (toolChoice?.type === 'required' || toolChoice?.type === 'tool')) {
    to.lose('approximated', 'reasoning', 'no thinking where a tool call is forced');
    return {};
  }
  if (to.foreign && mode === 'budget' && unthought) {
    to.lose('approximated', 'reasoning', 'no thinking: it goes on with an answer whose thinking is not there');
    return {};
  }
  const budget = mode === 'budget' ? fittingBudget(reasoning.budget ?? leastBudget, maxTokens, to) : undefined;
  if (budget === 0) return {};
  return {
    type: typeOf.get(mode) ?? mode,
    ...(budget !== undefined && { budget_tokens: budget }),
    ...(reasoning.display !== undefined && { display: reasoning.display }),
  };
}

/** A client of this language that only names an effort has said nothing about thinking; any other client has asked for it. */
function modeOf({ mode, effort, budget, display }: Reasoning, foreign: boolean): string | undefined {
  if (effort === 'none' && mode === undefined) return 'off';
  if (mode !== undefined || !foreign) return mode;
  if (budget !== undefined) return budget > 0 ? 'budget' : 'off';
  return effort !== undefined || display !== undefined ? 'adaptive' : undefined;
}

/** Zero where an answer is too short to think in. */
function fittingBudget(budget: number, maxTokens: number, to: Writing): number {
  if (!to.foreign) return budget;
  if (maxTokens <= leastBudget) {
    to.lose('approximated', 'reasoning', `no thinking in an answer of ${maxTokens} tokens`);
    return 0;
  }
  const fitting = Math.max(leastBudget, Math.min(budget, maxTokens - 1));
  if (fitting !== budget)
    to.lose('approximated', 'reasoning.budget', `${fitting} tokens: at least ${leastBudget}, less than the answer`);
  return fitting;
}

function writeEffort(to: Writing): string | undefined {
  const effort = to.request.reasoning?.effort;
  if (effort === undefined || effort === 'none' || to.quirks.reasoning_request === 'none') return undefined;
  if (effort !== 'minimal') return effort;
  to.lose('approximated', 'reasoning.effort', 'the lowest effort is low');
  return 'low';
}

function writeFormat(to: Writing): { readonly format?: JsonObject; readonly instruction?: string } {
  const { format } = to.request;
  if (format === undefined) return {};
  if (format.type === 'json') {
    to.lose('approximated', 'format', 'JSON without a schema is asked for in the instructions');
    return { instruction: 'Answer with a single JSON object and nothing else: no prose around it, no code fence.' };
  }
  if (to.quirks.json_schema === false) {
    to.lose('approximated', 'format', 'the schema is asked for in the instructions');
    return {
      instruction: `Answer with a single JSON value that satisfies this JSON Schema, and nothing else:\n${JSON.stringify(format.schema)}`,
    };
  }
  if (format.description !== undefined) to.lose('dropped', 'format.description', 'a format has no description here');
  return { format: { type: 'json_schema', schema: format.schema } };
}

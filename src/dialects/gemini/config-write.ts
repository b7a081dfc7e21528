import { budgetOf, effortOf, isOff, nearestEffort } from '../../canon/effort.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';
import type { Reasoning } from '../../canon/request.ts';
import { fieldsOf } from './ext.ts';
import { isEarlier } from './model-family.ts';
import { acceptableSchema } from './schema.ts';
import type { Writing } from './writing.ts';

/** `generationConfig`, and what has to be said in words because there is no field for it. */
export interface WrittenConfig {
  readonly fields: JsonObject;
  readonly instruction?: string;
}

/** Writes what steers the answer. */
export function writeGenerationConfig(to: Writing): WrittenConfig {
  const { thinkingConfig: ownThinking, ...own } = ownConfig(to);
  const { instruction, ...format } = writeFormat(to);
  const thinking = { ...writeThinking(to), ...(isObject(ownThinking) && ownThinking) };
  const fields = {
    ...writeSampling(to),
    ...writeMaxTokens(to),
    ...writeStop(to),
    ...(Object.keys(thinking).length > 0 && { thinkingConfig: thinking }),
    ...format,
    ...own,
  };
  return { fields, ...(instruction !== undefined && { instruction }) };
}

function ownConfig({ request }: Writing): JsonObject {
  const own = fieldsOf(request.ext)?.generationConfig;
  return isObject(own) ? own : {};
}

/** Largest seed: a signed number of 32 bits. */
const largestSeed = 2 ** 31 - 1;

function writeSampling({ request, own, lose }: Writing): JsonObject {
  const { temperature, topP, topK, frequencyPenalty, presencePenalty, seed } = request.sampling;
  const fits = own || seed === undefined || Math.abs(seed) <= largestSeed;
  if (!fits) lose('approximated', 'seed', 'seeds have 32 bits here');
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(frequencyPenalty !== undefined && { frequencyPenalty }),
    ...(presencePenalty !== undefined && { presencePenalty }),
    ...(seed !== undefined && { seed: fits ? seed : seed % largestSeed }),
  };
}

function writeMaxTokens({ request: { maxTokens }, quirks, own, lose }: Writing): JsonObject {
  if (maxTokens === undefined) return {};
  const most = quirks.max_output_tokens ?? Number.POSITIVE_INFINITY;
  const given = Math.min(own ? maxTokens : Math.max(1, maxTokens), most);
  if (given !== maxTokens) lose('approximated', 'max_tokens', `${maxTokens} is told as ${given}`);
  return { maxOutputTokens: given };
}

function writeStop({ request: { stop }, quirks, own, lose }: Writing): JsonObject {
  if (stop === undefined) return {};
  const most = quirks.stop_max ?? (own ? Number.POSITIVE_INFINITY : 5);
  const given = stop.slice(0, most);
  if (given.length < stop.length) lose('dropped', 'stop', `the provider takes ${most} stop sequences`);
  return given.length > 0 || own ? { stopSequences: given } : {};
}

function writeFormat(to: Writing): JsonObject & { instruction?: string } {
  const { request, quirks, own, lose } = to;
  const { format } = request;
  if (format === undefined) return {};
  // Earlier models call functions or answer in a form, not both.
  const apart = !own && isEarlier(to.family) && request.tools.some(({ type }) => type !== 'native');
  if (format.type === 'json') {
    if (!apart) return { responseMimeType: 'application/json' };
    lose('approximated', 'format', 'JSON is asked for in the instructions: the model has functions to call');
    return { instruction: 'Answer with one JSON object and nothing else: no prose around it, no code fence.' };
  }
  if (format.description !== undefined) lose('dropped', 'format.description', 'a format has no description here');
  const schema = acceptableSchema(format.schema, (keyword) =>
    lose('dropped', `format.schema.${keyword}`, 'the provider refuses it'),
  );
  if (!apart && quirks.json_schema !== false) {
    return { responseMimeType: 'application/json', responseJsonSchema: schema };
  }
  lose('approximated', 'format', 'the schema is told in the instructions');
  const instruction = `Answer with one JSON value and nothing else. It must satisfy this JSON Schema:\n${JSON.stringify(schema)}`;
  return { ...(!apart && { responseMimeType: 'application/json' }), instruction };
}

function writeThinking(to: Writing): JsonObject {
  const { reasoning } = to.request;
  if (reasoning === undefined) return {};
  if (to.own) return asSaid(reasoning);
  const { generation } = to.family;
  const thoughtless = generation !== undefined && generation < 2.5;
  if (thoughtless || to.quirks.reasoning_request === 'none') {
    to.lose('dropped', 'reasoning', 'the model does not think');
    return {};
  }
  const isOlder = generation !== undefined && generation < 3;
  const how = isOlder ? writeBudget(reasoning, to) : writeLevel(reasoning, to);
  return { ...how, ...writeDisplay(reasoning, to) };
}

/** A client of this language knows what its words do. */
function asSaid({ mode, effort, budget, display }: Reasoning): JsonObject {
  const tokens = budget ?? (mode === 'off' ? 0 : undefined) ?? (mode === 'adaptive' ? -1 : undefined);
  return {
    ...(display !== undefined && { includeThoughts: display !== 'omitted' }),
    ...(tokens !== undefined && { thinkingBudget: tokens }),
    ...(effort !== undefined && { thinkingLevel: effort.toUpperCase() }),
  };
}

/** Thoughts are shown to whoever asked for thinking, unless he said that he does not want to see them. */
function writeDisplay(reasoning: Reasoning, { lose }: Writing): JsonObject {
  if (isOff(reasoning)) return {};
  const { display } = reasoning;
  if (display !== undefined && display !== 'omitted') {
    lose('approximated', 'reasoning.display', 'thoughts are shown as the provider sums them up');
  }
  return { includeThoughts: display !== 'omitted' };
}

/** Tokens of thinking that models of the second generation take, by their size; `least` is what they cannot go below. */
const budgets = {
  pro: { least: 128, most: 32768, off: false },
  flash: { least: 0, most: 24576, off: true },
  'flash-lite': { least: 512, most: 24576, off: true },
  '': { least: 0, most: 24576, off: true },
} as const;

function writeBudget(reasoning: Reasoning, to: Writing): JsonObject {
  const { least, most, off } = budgets[to.family.size];
  if (isOff(reasoning)) {
    if (!off) to.lose('approximated', 'reasoning', 'the model cannot be kept from thinking');
    return { thinkingBudget: off ? 0 : least };
  }
  const { budget, effort } = reasoning;
  if (budget !== undefined) {
    if (effort !== undefined) to.lose('dropped', 'reasoning.effort', 'the budget is said instead');
    const given = Math.max(least, Math.min(budget, most));
    if (given !== budget) to.lose('approximated', 'reasoning.budget', `${budget} tokens are told as ${given}`);
    return { thinkingBudget: given };
  }
  if (effort === undefined) return { thinkingBudget: -1 };
  to.lose('approximated', 'reasoning.effort', 'an effort is told as a budget');
  return { thinkingBudget: Math.max(least, Math.min(budgetOf(effort), most)) };
}

/** Levels that a model takes. The first model of the third generation knows two, larger ones do not go to the least. */
function levelsOf({ quirks, family, request }: Writing): readonly string[] {
  if (quirks.efforts !== undefined) return quirks.efforts.map((word) => word.toLowerCase());
  if (/gemini-3-pro/.test(request.model)) return ['low', 'high'];
  return family.size === 'pro' ? ['low', 'medium', 'high'] : ['minimal', 'low', 'medium', 'high'];
}

function writeLevel(reasoning: Reasoning, to: Writing): JsonObject {
  const levels = levelsOf(to);
  const { budget, effort } = reasoning;
  if (isOff(reasoning)) {
    const least = nearestEffort('none', levels);
    if (effort !== undefined && effort !== 'none') to.lose('dropped', 'reasoning.effort', 'reasoning is off');
    to.lose('approximated', 'reasoning', `the model cannot be kept from thinking: ${least} is the least`);
    return { thinkingLevel: least.toUpperCase() };
  }
  if (effort !== undefined) {
    if (budget !== undefined) to.lose('dropped', 'reasoning.budget', 'the effort is said instead');
    return { thinkingLevel: levelFor(effort, levels, to) };
  }
  if (budget === undefined) return {};
  const level = nearestEffort(effortOf(budget), levels);
  to.lose('approximated', 'reasoning.budget', `${budget} tokens are told as ${level}`);
  return { thinkingLevel: level.toUpperCase() };
}

function levelFor(effort: string, levels: readonly string[], to: Writing): string {
  const level = nearestEffort(effort, levels);
  if (level !== effort) to.lose('approximated', 'reasoning.effort', `${effort} is told as ${level}`);
  return level.toUpperCase();
}

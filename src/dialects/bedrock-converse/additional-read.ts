import { isObject, type JsonObject, numberIn, otherFields, stringIn } from '../../canon/json.ts';
import type { Reasoning, ToolChoice } from '../../canon/request.ts';
import { aCount, isAbsent, optional, requiredObject } from './field.ts';

/** What a model's own parameters say in words that other languages have too. `others` is the rest. */
export interface Additional {
  readonly reasoning: Reasoning;
  readonly topK?: number;
  readonly parallel?: boolean;
  readonly choice?: ToolChoice;
  readonly betas?: string;
  readonly others: JsonObject;
}

const path = 'additionalModelRequestFields';
const known: ReadonlySet<string> = new Set([
  'thinking',
  'output_config',
  'top_k',
  'tool_choice',
  'anthropic_beta',
  'reasoningConfig',
  'reasoning_effort',
  'inferenceConfig',
]);
const modes: ReadonlyMap<string, Reasoning['mode']> = new Map([
  ['enabled', 'budget'],
  ['disabled', 'off'],
]);
/** Of each object, the fields that have been understood. */
const understood: { readonly [field: string]: ReadonlySet<string> } = {
  thinking: new Set(['type', 'budget_tokens', 'display']),
  output_config: new Set(['effort']),
  tool_choice: new Set(['type', 'name', 'disable_parallel_tool_use']),
  reasoningConfig: new Set(['type', 'maxReasoningEffort']),
  inferenceConfig: new Set(['topK']),
};

/** Reads `additionalModelRequestFields`, whose words are those of the model's maker: Claude's, Nova's, gpt-oss'. */
export function readAdditional(value: unknown): Additional {
  const fields = optional(value, path, requiredObject) ?? {};
  const thinking = optional(fields.thinking, `${path}.thinking`, requiredObject) ?? {};
  const choice = objectIn(fields.tool_choice);
  const betas = Array.isArray(fields.anthropic_beta) ? fields.anthropic_beta.map(String) : [];
  const topK = numberIn(fields.top_k) ?? numberIn(objectIn(fields.inferenceConfig).topK);
  return {
    reasoning: {
      ...readThinking(thinking),
      ...readNova(objectIn(fields.reasoningConfig)),
      ...readEffort(stringIn(objectIn(fields.output_config).effort) ?? stringIn(fields.reasoning_effort)),
    },
    ...(topK !== undefined && { topK }),
    ...(typeof choice.disable_parallel_tool_use === 'boolean' && { parallel: !choice.disable_parallel_tool_use }),
    ...choiceOf(choice),
    ...(betas.length > 0 && { betas: betas.join(',') }),
    others: othersIn(fields),
  };
}

function readThinking(thinking: JsonObject): Reasoning {
  const type = stringIn(thinking.type);
  if (type === undefined) return {};
  const budget = optional(thinking.budget_tokens, `${path}.thinking.budget_tokens`, aCount);
  const display = stringIn(thinking.display);
  return {
    mode: modes.get(type) ?? type,
    ...(budget !== undefined && { budget }),
    ...(display !== undefined && { display }),
  };
}

function readNova({ type, maxReasoningEffort }: JsonObject): Reasoning {
  if (type === 'disabled') return { mode: 'off' };
  if (typeof maxReasoningEffort === 'string') return { effort: maxReasoningEffort };
  return type === 'enabled' ? { mode: 'adaptive' } : {};
}

function readEffort(effort: string | undefined): Reasoning {
  return effort === undefined ? {} : { effort };
}

/** `none` is what the language itself cannot say; the others have their place elsewhere, unless they stand here alone. */
function choiceOf({ type, name }: JsonObject): { choice?: ToolChoice } {
  if (type === 'none' || type === 'auto') return { choice: { type } };
  if (type === 'any') return { choice: { type: 'required' } };
  return type === 'tool' && typeof name === 'string' ? { choice: { type, name } } : {};
}

function othersIn(fields: JsonObject): JsonObject {
  const others: JsonObject = { ...otherFields(fields, known) };
  for (const [field, names] of Object.entries(understood)) {
    const value = fields[field];
    const rest = isObject(value) ? otherFields(value, names) : value;
    if (!isAbsent(rest)) others[field] = rest;
  }
  return others;
}

function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

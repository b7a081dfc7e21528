import { isObject, type JsonObject, numberIn } from '../../canon/json.ts';
import { totalInput, type Usage } from '../../canon/usage.ts';
import { asExt, fieldsOf, otherFields } from './ext.ts';

/** Fields that the canonical counts stand for; all others ride in `ext`. */
const counted: ReadonlySet<string> = new Set([
  'promptTokenCount',
  'cachedContentTokenCount',
  'cacheWriteTokenCount',
  'candidatesTokenCount',
  'thoughtsTokenCount',
  'totalTokenCount',
]);

/**
 * Counts as Google gives them: what came from the cache is part of the prompt, what a tool brought is not; thoughts stand
 * beside the answer, unless the total says that they are part of it.
 */
export function readUsage(value: JsonObject): Usage {
  const prompt = count(value.promptTokenCount);
  const tools = count(value.toolUsePromptTokenCount) ?? 0;
  const cacheRead = count(value.cachedContentTokenCount);
  const cacheWrite = count(value.cacheWriteTokenCount);
  const candidates = count(value.candidatesTokenCount);
  const reasoning = count(value.thoughtsTokenCount);
  const inside = reasoning !== undefined && reasoning > 0 && isInside(value, reasoning);
  return {
    ...(prompt !== undefined && { input: Math.max(0, prompt + tools - (cacheRead ?? 0) - (cacheWrite ?? 0)) }),
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...((candidates !== undefined || reasoning !== undefined) && {
      output: (candidates ?? 0) + (inside ? 0 : (reasoning ?? 0)),
    }),
    ...(reasoning !== undefined && { reasoning }),
    ...asExt(otherFields(value, counted)),
  };
}

/** Whether the thoughts are counted among the candidates' tokens: then the total leaves them out. */
function isInside(value: JsonObject, reasoning: number): boolean {
  const candidates = count(value.candidatesTokenCount) ?? 0;
  const rest = (count(value.totalTokenCount) ?? 0) - (count(value.promptTokenCount) ?? 0);
  return candidates >= reasoning && rest - (count(value.toolUsePromptTokenCount) ?? 0) === candidates;
}

/** Counts as Google's clients read them. What was written to a cache has no field of its own there and gets one. */
export function writeUsage(usage: Usage): JsonObject {
  const rest = fieldsOf(usage.ext) ?? {};
  const { cacheRead, cacheWrite, reasoning } = usage;
  const tools = count(rest.toolUsePromptTokenCount) ?? 0;
  const input = totalInput(usage);
  const output = usage.output ?? 0;
  return {
    ...(usage.input !== undefined && { promptTokenCount: Math.max(0, input - tools) }),
    ...(cacheRead !== undefined && { cachedContentTokenCount: cacheRead }),
    ...(cacheWrite !== undefined && { cacheWriteTokenCount: cacheWrite }),
    ...(usage.output !== undefined && { candidatesTokenCount: Math.max(0, output - (reasoning ?? 0)) }),
    ...(reasoning !== undefined && { thoughtsTokenCount: reasoning }),
    ...((usage.input ?? usage.output) !== undefined && { totalTokenCount: input + output }),
    ...rest,
  };
}

/** The counts of a chunk or a whole answer. */
export function usageIn(body: JsonObject): Usage | undefined {
  return isObject(body.usageMetadata) ? readUsage(body.usageMetadata) : undefined;
}

/** Large numbers are texts in some servers' JSON. */
function count(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : numberIn(value);
  return number === undefined ? undefined : Math.max(0, Math.round(number));
}

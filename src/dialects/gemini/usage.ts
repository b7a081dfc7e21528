import type { Ext } from '../../canon/content.ts';
import { isObject, type JsonObject, numberIn, otherFields } from '../../canon/json.ts';
import { totalInput, type Usage } from '../../canon/usage.ts';
import { asExt, fieldsOf } from './ext.ts';

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
 * @param rest what `uncounted` says of it, where that is known.
 */
export function readUsage(value: JsonObject, rest = uncounted(value)): Usage {
  const prompt = count(value.promptTokenCount);
  const tools = count(value.toolUsePromptTokenCount) ?? 0;
  const cacheRead = count(value.cachedContentTokenCount);
  const cacheWrite = count(value.cacheWriteTokenCount);
  const candidates = count(value.candidatesTokenCount);
  const reasoning = count(value.thoughtsTokenCount);
  const inside = reasoning !== undefined && reasoning > 0 && isInside(value, reasoning);
  // Streams tell all of it with each chunk: written field by field, it costs a third of what it does when put together.
  const usage: { -readonly [field in keyof Usage]: Usage[field] } = {};
  if (prompt !== undefined) usage.input = Math.max(0, prompt + tools - (cacheRead ?? 0) - (cacheWrite ?? 0));
  if (cacheRead !== undefined) usage.cacheRead = cacheRead;
  if (cacheWrite !== undefined) usage.cacheWrite = cacheWrite;
  if (candidates !== undefined || reasoning !== undefined) {
    usage.output = (candidates ?? 0) + (inside ? 0 : (reasoning ?? 0));
  }
  if (reasoning !== undefined) usage.reasoning = reasoning;
  if (rest !== undefined) usage.ext = rest;
  return usage;
}

/** What of the counts canon has no word for. */
export function uncounted(value: JsonObject): Ext | undefined {
  return asExt(otherFields(value, counted)).ext;
}

/** Whether a count is one that canon has a word for. */
export function isCounted(name: string): boolean {
  return counted.has(name);
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

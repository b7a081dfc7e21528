import { countIn, isObject, type JsonObject, objectsIn, otherFields } from '../../canon/json.ts';
import { totalInput, type Usage } from '../../canon/usage.ts';
import { asExt, fieldsOf } from './ext.ts';

/** The fields that end in `Count` say the same once more; sums can be made anew. */
const counted: ReadonlySet<string> = new Set([
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'cacheReadInputTokens',
  'cacheWriteInputTokens',
  'cacheReadInputTokenCount',
  'cacheWriteInputTokenCount',
  'cacheDetails',
  'reasoningTokens',
]);

/** Counts as this language gives them; nothing where there are none. `inputTokens` leaves out what came from or went to a cache, as ours does. */
export function readUsage(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  const input = countIn(value.inputTokens);
  const output = countIn(value.outputTokens);
  const cacheRead = countIn(value.cacheReadInputTokens) ?? countIn(value.cacheReadInputTokenCount);
  const cacheWrite = countIn(value.cacheWriteInputTokens) ?? countIn(value.cacheWriteInputTokenCount);
  const reasoning = countIn(value.reasoningTokens);
  const details = objectsIn(value.cacheDetails).filter(({ ttl }) => ttl === '1h');
  const cacheWrite1h = details.reduce((sum, { inputTokens }) => sum + (countIn(inputTokens) ?? 0), 0);
  return {
    ...(input !== undefined && { input }),
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(details.length > 0 && { cacheWrite1h }),
    ...(output !== undefined && { output }),
    ...(reasoning !== undefined && { reasoning }),
    ...asExt(uncounted(value)),
  };
}

/** What is left, empty objects left out: the service sends some with every answer. */
function uncounted(value: JsonObject): JsonObject {
  const others = Object.entries(otherFields(value, counted) ?? {});
  return Object.fromEntries(others.filter(([, other]) => !isObject(other) || Object.keys(other).length > 0));
}

/** Whether anything is known of what an answer cost. */
export function isCounted(usage: Usage): boolean {
  return Object.keys(usage).length > 0;
}

/**
 * Counts as clients expect them: those that every answer has are there, zero where nobody counted. The service itself
 * says nothing of reasoning; it stands beside the others under a name of ours.
 */
export function writeUsage(usage: Usage): JsonObject {
  const { input = 0, output = 0, cacheRead, cacheWrite, cacheWrite1h, reasoning, ext } = usage;
  const short = Math.max(0, (cacheWrite ?? cacheWrite1h ?? 0) - (cacheWrite1h ?? 0));
  return {
    inputTokens: input,
    outputTokens: output,
    totalTokens: totalInput(usage) + output,
    ...(reasoning !== undefined && { reasoningTokens: reasoning }),
    ...(cacheRead !== undefined && { cacheReadInputTokens: cacheRead }),
    ...(cacheWrite !== undefined && { cacheWriteInputTokens: cacheWrite }),
    ...(cacheWrite1h !== undefined && {
      cacheDetails: [
        { ttl: '1h', inputTokens: cacheWrite1h },
        ...(short > 0 ? [{ ttl: '5m', inputTokens: short }] : []),
      ],
    }),
    ...fieldsOf(ext),
  };
}

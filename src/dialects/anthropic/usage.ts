import { countIn, isObject, type JsonObject, otherFields } from '../../canon/json.ts';
import type { Usage } from '../../canon/usage.ts';
import { anthropicName, fieldsOf } from './ext.ts';

const counted: ReadonlySet<string> = new Set([
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'output_tokens_details',
]);

const countedDetails: ReadonlySet<string> = new Set(['thinking_tokens']);

/** Counts as this language gives them; nothing where there are none. `input_tokens` leaves out what came from a cache, as ours does. */
export function readUsage(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  const input = countIn(value.input_tokens);
  const output = countIn(value.output_tokens);
  const cacheRead = countIn(value.cache_read_input_tokens);
  const cacheWrite = countIn(value.cache_creation_input_tokens);
  const cacheWrite1h = countOf(value.cache_creation, 'ephemeral_1h_input_tokens');
  const reasoning = countOf(value.output_tokens_details, 'thinking_tokens');
  // Passed answers are read as well: written field by field, it costs a third of what it does when put together.
  const usage: { -readonly [field in keyof Usage]: Usage[field] } = {};
  if (input !== undefined) usage.input = input;
  if (cacheRead !== undefined) usage.cacheRead = cacheRead;
  if (cacheWrite !== undefined) usage.cacheWrite = cacheWrite;
  if (cacheWrite1h !== undefined) usage.cacheWrite1h = cacheWrite1h;
  if (output !== undefined) usage.output = output;
  if (reasoning !== undefined) usage.reasoning = reasoning;
  const rest = uncounted(value);
  if (rest !== undefined) usage.ext = { [anthropicName]: rest };
  return usage;
}

function uncounted(value: JsonObject): JsonObject | undefined {
  const details = isObject(value.output_tokens_details)
    ? otherFields(value.output_tokens_details, countedDetails)
    : undefined;
  const others = otherFields(value, counted);
  return details === undefined ? others : { ...others, output_tokens_details: value.output_tokens_details };
}

function countOf(value: unknown, field: string): number | undefined {
  return isObject(value) ? countIn(value[field]) : undefined;
}

/** Usage of a whole answer, or at a stream's start: every field that clients look for is there, null where nobody counted. */
export function writeUsage(usage: Usage): JsonObject {
  return {
    input_tokens: 0,
    cache_creation_input_tokens: null,
    cache_read_input_tokens: null,
    output_tokens: 0,
    ...writeCounts(usage),
  };
}

/** Usage at a stream's end: what is known, over what the start said. Clients read `output_tokens` unasked. */
export function writeFinalUsage(usage: Usage): JsonObject {
  return { ...writeCounts(usage), output_tokens: usage.output ?? 0 };
}

function writeCounts({ input, cacheRead, cacheWrite, cacheWrite1h, output, reasoning, ext }: Usage): JsonObject {
  const counts: JsonObject = {};
  if (input !== undefined) counts.input_tokens = input;
  if (cacheWrite !== undefined) counts.cache_creation_input_tokens = cacheWrite;
  if (cacheRead !== undefined) counts.cache_read_input_tokens = cacheRead;
  if (cacheWrite1h !== undefined) {
    counts.cache_creation = {
      ephemeral_5m_input_tokens: Math.max(0, (cacheWrite ?? cacheWrite1h) - cacheWrite1h),
      ephemeral_1h_input_tokens: cacheWrite1h,
    };
  }
  if (output !== undefined) counts.output_tokens = output;
  if (reasoning !== undefined) counts.output_tokens_details = { thinking_tokens: reasoning };
  const own = fieldsOf(ext);
  return own === undefined ? counts : { ...counts, ...own };
}

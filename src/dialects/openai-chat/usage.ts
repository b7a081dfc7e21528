import { countIn, isObject, type JsonObject, objectsIn } from '../../canon/json.ts';
import { totalInput, type Usage } from '../../canon/usage.ts';

/** Fields of the wire's usage that the canonical counts stand for; all others ride in `ext`. */
const counted = new Set([
  'prompt_tokens',
  'input_tokens',
  'completion_tokens',
  'output_tokens',
  'total_tokens',
  'prompt_tokens_details',
  'completion_tokens_details',
  'prompt_cache_hit_tokens',
  'prompt_cache_miss_tokens',
  'cached_tokens',
  'num_cached_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
]);

const ticksPerDollar = 1e10;

/**
 * Reads a usage object of any compatible server. `prompt_tokens` includes what a cache gave or took, unless the
 * cached counts are larger than it; `completion_tokens` includes reasoning, unless `total_tokens` says otherwise.
 */
export function readUsage(wire: JsonObject): Usage {
  const prompt = count(wire['prompt_tokens']) ?? count(wire['input_tokens']);
  const completion = count(wire['completion_tokens']) ?? count(wire['output_tokens']);
  const promptDetails = objectIn(wire['prompt_tokens_details']);
  const completionDetails = objectIn(wire['completion_tokens_details']);
  const cacheRead =
    count(promptDetails['cached_tokens']) ??
    count(wire['prompt_cache_hit_tokens']) ??
    count(wire['cached_tokens']) ??
    count(wire['num_cached_tokens']) ??
    count(wire['cache_read_input_tokens']);
  const cacheWrite =
    count(promptDetails['cache_write_tokens']) ??
    count(promptDetails['cache_creation_tokens']) ??
    count(wire['cache_creation_input_tokens']);
  const reasoning = count(completionDetails['reasoning_tokens']);
  const total = count(wire['total_tokens']);
  const cost = costOf(wire);
  const rest = restOf(wire, promptDetails, completionDetails);
  // Passed answers are read as well: written field by field, it costs a third of what it does when put together.
  const usage: { -readonly [field in keyof Usage]: Usage[field] } = {};
  if (prompt !== undefined) {
    const totalIn = total === undefined ? undefined : total - (completion ?? 0);
    usage.input = uncached(prompt, (cacheRead ?? 0) + (cacheWrite ?? 0), totalIn);
  }
  if (cacheRead !== undefined) usage.cacheRead = cacheRead;
  if (cacheWrite !== undefined) usage.cacheWrite = cacheWrite;
  if (completion !== undefined) usage.output = withReasoning(prompt ?? 0, completion, reasoning ?? 0, total);
  if (reasoning !== undefined) usage.reasoning = reasoning;
  if (cost !== undefined) usage.cost = cost;
  if (rest !== undefined) usage.ext = { 'openai-chat': rest };
  return usage;
}

/** A few servers count cached tokens beside the prompt, as Anthropic does: larger numbers, or the total, tell. */
function uncached(prompt: number, cached: number, totalIn: number | undefined): number {
  const beside = cached > prompt || (cached > 0 && totalIn === prompt + cached);
  return beside ? prompt : prompt - cached;
}

/** Some servers count reasoning beside the completion; only the total tells. */
function withReasoning(prompt: number, completion: number, reasoning: number, total: number | undefined): number {
  const beside = reasoning > 0 && total === prompt + completion + reasoning;
  return beside ? completion + reasoning : completion;
}

function costOf(wire: JsonObject): number | undefined {
  const cost = wire['cost'];
  if (isObject(cost)) return countIn(cost['total_cost']);
  const ticks = countIn(wire['cost_in_usd_ticks']);
  return countIn(cost) ?? (ticks === undefined ? undefined : ticks / ticksPerDollar);
}

const promptCounts = new Set(['cached_tokens', 'cache_write_tokens', 'cache_creation_tokens']);
const completionCounts = new Set(['reasoning_tokens']);

function restOf(wire: JsonObject, prompt: JsonObject, completion: JsonObject): JsonObject | undefined {
  let rest: JsonObject | undefined;
  for (const field in wire) {
    const value = wire[field];
    if (counted.has(field) || value === null || (field === 'cost' && !isObject(value))) continue;
    rest ??= {};
    rest[field] = value;
  }
  if (hasOthers(prompt, promptCounts)) {
    const { cached_tokens: _c, cache_write_tokens: _w, cache_creation_tokens: _n, ...promptRest } = prompt;
    rest ??= {};
    rest['prompt_tokens_details'] = promptRest;
  }
  if (hasOthers(completion, completionCounts)) {
    const { reasoning_tokens: _r, ...completionRest } = completion;
    rest ??= {};
    rest['completion_tokens_details'] = completionRest;
  }
  return rest;
}

function hasOthers(counts: JsonObject, known: ReadonlySet<string>): boolean {
  for (const field in counts) if (!known.has(field)) return true;
  return false;
}

/** Writes usage as OpenAI counts it: cached and cache-written tokens are part of `prompt_tokens`. */
export function writeUsage(usage: Usage): JsonObject {
  const {
    prompt_tokens_details: promptRest,
    completion_tokens_details: completionRest,
    ...rest
  } = usage.ext?.['openai-chat'] ?? {};
  const prompt = totalInput(usage);
  const completion = usage.output ?? 0;
  const promptDetails: JsonObject = {
    ...(usage.cacheRead !== undefined && { cached_tokens: usage.cacheRead }),
    ...(usage.cacheWrite !== undefined && { cache_write_tokens: usage.cacheWrite }),
    ...objectIn(promptRest),
  };
  const completionDetails: JsonObject = {
    ...(usage.reasoning !== undefined && { reasoning_tokens: usage.reasoning }),
    ...objectIn(completionRest),
  };
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(Object.keys(promptDetails).length > 0 && { prompt_tokens_details: promptDetails }),
    ...(Object.keys(completionDetails).length > 0 && { completion_tokens_details: completionDetails }),
    ...(usage.cost !== undefined && { cost: usage.cost }),
    ...rest,
  };
}

/** The usage object of a chunk or a whole answer, wherever the server put it. */
export function usageIn(body: JsonObject): JsonObject | undefined {
  if (isObject(body['usage'])) return body['usage'];
  const groq = body['x_groq'];
  if (isObject(groq) && isObject(groq['usage'])) return groq['usage'];
  const [choice] = objectsIn(body['choices']);
  return choice !== undefined && isObject(choice['usage']) ? choice['usage'] : undefined;
}

function count(value: unknown): number | undefined {
  const number = countIn(value);
  return number === undefined ? undefined : Math.max(0, Math.round(number));
}

function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

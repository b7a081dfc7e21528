import { countIn, isObject, type JsonObject } from '../../canon/json.ts';
import { totalInput, type Usage } from '../../canon/usage.ts';
import { asExt, ownFields } from './ext.ts';

const counted: ReadonlySet<string> = new Set([
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'input_tokens_details',
  'output_tokens_details',
  'cost_in_usd_ticks',
]);

const ticksPerDollar = 1e10;

/** Reads usage. `input_tokens` includes what a cache gave or took; `output_tokens` includes reasoning, unless the total says otherwise. */
export function readUsage(wire: JsonObject): Usage {
  const prompt = count(wire.input_tokens);
  const answer = count(wire.output_tokens);
  const { cached_tokens, cache_write_tokens, ...inputRest } = objectIn(wire.input_tokens_details);
  const { reasoning_tokens, ...outputRest } = objectIn(wire.output_tokens_details);
  const cacheRead = count(cached_tokens);
  const cacheWrite = count(cache_write_tokens);
  const reasoning = count(reasoning_tokens);
  const cost = costOf(wire);
  const rest = restOf(wire, inputRest, outputRest);
  const beside = reasoning !== undefined && isBeside(wire, prompt ?? 0, answer ?? 0, reasoning);
  return {
    ...(prompt !== undefined && { input: uncached(prompt, (cacheRead ?? 0) + (cacheWrite ?? 0)) }),
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(answer !== undefined && { output: beside ? answer + reasoning : answer }),
    ...(reasoning !== undefined && { reasoning }),
    ...(cost !== undefined && { cost }),
    ...asExt(rest),
  };
}

/** A cache larger than the prompt can only have been counted beside it. */
function uncached(prompt: number, cached: number): number {
  return cached > prompt ? prompt : prompt - cached;
}

function isBeside(wire: JsonObject, prompt: number, answer: number, reasoning: number): boolean {
  return reasoning > 0 && count(wire.total_tokens) === prompt + answer + reasoning;
}

function costOf(wire: JsonObject): number | undefined {
  const ticks = countIn(wire.cost_in_usd_ticks);
  return countIn(wire.cost) ?? (ticks === undefined ? undefined : ticks / ticksPerDollar);
}

function restOf(wire: JsonObject, input: JsonObject, output: JsonObject): JsonObject {
  const rest: JsonObject = {};
  for (const field in wire) {
    const value = wire[field];
    if (counted.has(field) || value === null || (field === 'cost' && typeof value === 'number')) continue;
    rest[field] = value;
  }
  if (Object.keys(input).length > 0) rest.input_tokens_details = input;
  if (Object.keys(output).length > 0) rest.output_tokens_details = output;
  return rest;
}

/** Writes usage: what a cache gave or took is part of `input_tokens`. */
export function writeUsage(usage: Usage): JsonObject {
  const { input_tokens_details: inputRest, output_tokens_details: outputRest, ...rest } = ownFields(usage.ext);
  const input = totalInput(usage);
  const output = usage.output ?? 0;
  return {
    input_tokens: input,
    input_tokens_details: {
      // Some clients insist on it.
      cached_tokens: usage.cacheRead ?? 0,
      ...(usage.cacheWrite !== undefined && { cache_write_tokens: usage.cacheWrite }),
      ...objectIn(inputRest),
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoning ?? 0, ...objectIn(outputRest) },
    total_tokens: input + output,
    ...(usage.cost !== undefined && { cost: usage.cost }),
    ...rest,
  };
}

function count(value: unknown): number | undefined {
  const number = countIn(value);
  return number === undefined ? undefined : Math.max(0, Math.round(number));
}

function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

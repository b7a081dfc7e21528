import { countIn, isObject, type JsonObject } from '../../canon/json.ts';
import type { Usage } from '../../canon/usage.ts';
import { cohereName } from './name.ts';

const counted: ReadonlySet<string> = new Set(['tokens', 'cached_tokens']);

/**
 * Reads `usage`. `tokens` counts what the model was given and made, the cached part of the prompt included; `billed_units`
 * leaves out what the service itself has added, and stands in only where there is nothing else.
 */
export function readUsage(wire: JsonObject): Usage {
  const billed = isObject(wire['billed_units']) ? wire['billed_units'] : {};
  const tokens = isObject(wire['tokens']) ? wire['tokens'] : billed;
  const prompt = countOf(tokens['input_tokens']);
  const output = countOf(tokens['output_tokens']);
  const cached = countOf(wire['cached_tokens']);
  const rest = Object.fromEntries(
    Object.entries(wire).filter(([field, value]) => !counted.has(field) && value !== null),
  );
  return {
    ...(prompt !== undefined && { input: prompt - Math.min(prompt, cached ?? 0) }),
    ...(cached !== undefined && { cacheRead: cached }),
    ...(output !== undefined && { output }),
    ...(Object.keys(rest).length > 0 && { ext: { [cohereName]: rest } }),
  };
}

function countOf(value: unknown): number | undefined {
  const number = countIn(value);
  return number === undefined ? undefined : Math.max(0, Math.round(number));
}

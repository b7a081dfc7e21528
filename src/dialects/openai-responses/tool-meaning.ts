import { isObject, type JsonObject, numberIn, stringIn } from '../../canon/json.ts';
import type { NativeTool, ToolMeaning } from '../../canon/request.ts';

/** What a tool of the provider's own is, in words that other languages share; nothing where they have none. */
export function readToolMeaning(tool: JsonObject): ToolMeaning | undefined {
  const type = stringIn(tool.type) ?? '';
  if (type.startsWith('web_search')) return readSearch(tool);
  if (type === 'code_interpreter' || type === 'code_execution') return { type: 'code_execution' };
  return undefined;
}

const placeParts = ['city', 'region', 'country', 'timezone'] as const;

function readSearch(tool: JsonObject): ToolMeaning {
  const filters = isObject(tool.filters) ? tool.filters : tool;
  const allowed = textsIn(filters.allowed_domains);
  const blocked = textsIn(filters.blocked_domains ?? filters.excluded_domains);
  const place = isObject(tool.user_location) ? tool.user_location : {};
  const location = Object.fromEntries(
    placeParts.flatMap((part) => {
      const said = stringIn(place[part]);
      return said === undefined ? [] : [[part, said] as const];
    }),
  );
  const maxUses = numberIn(tool.max_uses);
  return {
    type: 'web_search',
    ...(maxUses !== undefined && { maxUses }),
    ...(allowed.length > 0 && { allowedDomains: allowed }),
    ...(blocked.length > 0 && { blockedDomains: blocked }),
    ...(Object.keys(location).length > 0 && { location }),
  };
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** A tool of this language for what another language has as its own; nothing for what this one lacks. */
export function writeToolMeaning(
  means: ToolMeaning,
  lose: (what: 'dropped', why: string) => void,
): JsonObject | undefined {
  if (means.type === 'code_execution') return { type: 'code_interpreter', container: { type: 'auto' } };
  if (means.type !== 'web_search') return undefined;
  const { maxUses, allowedDomains, blockedDomains, location } = means;
  if (maxUses !== undefined) lose('dropped', 'the number of searches cannot be limited');
  if (blockedDomains !== undefined) lose('dropped', 'no domain can be left out of a search');
  return {
    type: 'web_search',
    ...(allowedDomains !== undefined && { filters: { allowed_domains: allowedDomains } }),
    ...(location !== undefined && { user_location: { type: 'approximate', ...location } }),
  };
}

/** Whether a tool says something that its meaning does not. */
export function saysMore({ name, value, means }: NativeTool): boolean {
  const known = new Set<unknown>([name, ...leavesOf(means)]);
  const { type: _, ...rest } = value;
  return leavesOf(rest).some((leaf) => !known.has(leaf));
}

function leavesOf(value: unknown): unknown[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [value];
  return Object.values(value).flatMap(leavesOf);
}

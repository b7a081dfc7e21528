import { isObject, type Json, type JsonObject } from './json.ts';
import type { RefusedField } from './scenario.ts';

/** A field that the rules refuse and that the body has. */
export interface FoundField {
  /** Where it is, such as `messages.1.role`. */
  readonly path: string;
  /** What the scenario says then; undefined leaves it to the dialect. */
  readonly message: string | undefined;
  readonly status: number;
}

/**
 * The first refused field that the body has. A path is names and numbers with dots between them; `*` is any member;
 * `=value` at the end means that value only.
 */
export function findRefused(body: JsonObject, fields: readonly RefusedField[] | undefined): FoundField | undefined {
  for (const entry of fields ?? []) {
    const { field, message, status } =
      typeof entry === 'string' ? { field: entry, message: undefined, status: 400 } : entry;
    const [path = '', ...value] = field.split('=');
    const found = find(body, path.split('.'), value.length === 0 ? undefined : value.join('='), '');
    if (found !== undefined) return { path: found, message, status: status ?? 400 };
  }
  return undefined;
}

function find(
  place: Json | undefined,
  names: readonly string[],
  value: string | undefined,
  path: string,
): string | undefined {
  const [name, ...rest] = names;
  if (name === undefined) {
    const there =
      place !== undefined &&
      (value === undefined || (typeof place === 'string' ? place : JSON.stringify(place)) === value);
    return there ? path.slice(1) : undefined;
  }
  const members: readonly (readonly [string, Json | undefined])[] = Array.isArray(place)
    ? place.map((item, index) => [String(index), item] as const)
    : Object.entries(isObject(place) ? place : {});
  for (const [key, member] of members) {
    if (name !== '*' && name !== key) continue;
    const found = find(member, rest, value, `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

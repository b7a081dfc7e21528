import type { JsonObject } from '../../src/canon/json.ts';
import { isObject, parseJson } from '../../src/canon/json.ts';
import type { ChatRequest } from '../../src/canon/request.ts';

/** Something the request says, made unique, so that it can be recognized wherever it arrives. */
export interface Planted {
  /** Where it stands, as losses name places. */
  readonly path: string;
  /** What it is part of: a loss may be told at the first place only, for all of its kind. */
  readonly kind: string;
  /** Any of these, inside some string of what was written; a number stands for itself. */
  readonly needles?: readonly (string | number)[];
  /** How often it has to be there. */
  readonly times?: number;
  /** For what has no text of its own: the request that does not say it, and has to be written differently. */
  readonly without?: ChatRequest;
}

/** Hands out texts that occur nowhere else; letters and digits only, so that every language and every id can hold them. */
export interface Markers {
  next(): string;
  /** The same new name for the same old name. */
  name(old: string): string;
  /** The same new id for the same old id. */
  id(old: string): string;
}

export function createMarkers(): Markers {
  let count = 0;
  const names = new Map<string, string>();
  const ids = new Map<string, string>();
  const next = (): string => {
    count += 1;
    return `mk${count}km`;
  };
  const renamed = (known: Map<string, string>, old: string, make: () => string): string => {
    const made = known.get(old) ?? make();
    known.set(old, made);
    return made;
  };
  return {
    next,
    name: (old) => renamed(names, old, () => `${old.slice(0, 48)}_${next()}`),
    id: (old) => renamed(ids, old, () => `call_${next()}`),
  };
}

/** A copy in which every string that may be altered carries a marker; `plant` is told each one. */
export function markStrings(
  value: unknown,
  path: string,
  markers: Markers,
  plant: (path: string, text: string) => void,
): unknown {
  if (typeof value === 'string') {
    const text = `${value} ${markers.next()}`;
    plant(path, text);
    return text;
  }
  if (Array.isArray(value)) return value.map((one, i) => markStrings(one, `${path}[${i}]`, markers, plant));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([field, inner]) =>
    field === 'type' ? [field, inner] : [field, markStrings(inner, `${path}.${field}`, markers, plant)],
  );
  return Object.fromEntries(entries) as JsonObject;
}

/** Every string and number in a body, also those inside strings that are JSON themselves, and inside base64 of text. */
export function scalarsIn(value: unknown): (string | number)[] {
  if (typeof value === 'number') return [value];
  if (typeof value === 'string') {
    const inner = /^\s*[[{]/.test(value) ? parseJson(value) : undefined;
    return inner === undefined ? [value] : [value, ...scalarsIn(inner)];
  }
  if (Array.isArray(value)) return value.flatMap(scalarsIn);
  return isObject(value) ? Object.values(value).flatMap(scalarsIn) : [];
}

/** How many of the scalars hold one of the needles. */
export function countOf(needles: readonly (string | number)[], scalars: readonly (string | number)[]): number {
  const holds = (scalar: string | number): boolean =>
    needles.some((needle) =>
      typeof needle === 'number' || typeof scalar === 'number' ? needle === scalar : scalar.includes(needle),
    );
  return scalars.filter(holds).length;
}

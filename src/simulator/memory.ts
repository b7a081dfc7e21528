import type { JsonObject } from './json.ts';

/** Entries are forgotten, oldest first, beyond this many. */
const MAX_ENTRIES = 256;

/** What the simulated services keep between requests, by id. */
export interface Memory {
  get(id: string): JsonObject | undefined;
  set(id: string, value: JsonObject): void;
}

/** A new memory, empty and bounded. */
export function createMemory(): Memory {
  const entries = new Map<string, JsonObject>();
  return {
    get: (id) => entries.get(id),
    set(id, value) {
      entries.delete(id);
      entries.set(id, value);
      const oldest = entries.keys().next();
      if (entries.size > MAX_ENTRIES && oldest.done !== true) entries.delete(oldest.value);
    },
  };
}

import type { Ext } from './content.ts';
import type { JsonObject } from './json.ts';

/** Both owners' fields; where both have one, the later one's. */
export function mergeExt(earlier: Ext | undefined, later: Ext | undefined): Ext | undefined {
  if (later === undefined) return earlier;
  if (earlier === undefined) return later;
  const merged: { [owner: string]: JsonObject } = { ...earlier };
  for (const [owner, fields] of Object.entries(later)) merged[owner] = { ...merged[owner], ...fields };
  return merged;
}

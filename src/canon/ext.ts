import type { DialectName, Ext } from './content.ts';
import type { JsonObject } from './json.ts';

/** Both owners' fields; where both have one, the later one's. */
export function mergeExt(earlier: Ext | undefined, later: Ext | undefined): Ext | undefined {
  if (later === undefined || later === earlier) return earlier;
  if (earlier === undefined || covers(later, earlier)) return later;
  const merged: { [owner: string]: JsonObject } = { ...earlier };
  for (const [owner, fields] of Object.entries(later)) merged[owner] = { ...merged[owner], ...fields };
  return merged;
}

/** Whether one has each field of the other, which may be none of it. */
export function hasAll(one: object, other: object): boolean {
  for (const field in other) if (!(field in one)) return false;
  return true;
}

function covers(later: Ext, earlier: Ext): boolean {
  for (const owner of Object.keys(earlier) as DialectName[]) {
    const fields = later[owner];
    if (fields === undefined || !hasAll(fields, earlier[owner] ?? {})) return false;
  }
  return true;
}

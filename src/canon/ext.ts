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

/** Whether each field of each owner is there that the earlier one has. */
function covers(later: Ext, earlier: Ext): boolean {
  return (Object.keys(earlier) as DialectName[]).every((owner) => {
    const fields = later[owner];
    return fields !== undefined && Object.keys(earlier[owner] ?? {}).every((field) => field in fields);
  });
}

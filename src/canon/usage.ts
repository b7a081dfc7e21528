import type { Ext } from './content.ts';

/** Tokens of one answer. The three input counts exclude each other; `reasoning` is part of `output`. */
export interface Usage {
  /** Input that was neither read from nor written to a cache. */
  readonly input?: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  /** The share of `cacheWrite` that is kept for an hour. */
  readonly cacheWrite1h?: number;
  readonly output?: number;
  readonly reasoning?: number;
  /** What the provider says it charged, US dollars. */
  readonly cost?: number;
  readonly ext?: Ext;
}

/** Later counts win: a provider's counts are cumulative. A field the later one is silent about stays. */
export function mergeUsage(earlier: Usage, later: Usage): Usage {
  const ext = later.ext === undefined ? earlier.ext : mergeExt(earlier.ext, later.ext);
  return ext === undefined ? { ...earlier, ...later } : { ...earlier, ...later, ext };
}

function mergeExt(earlier: Ext | undefined, later: Ext): Ext {
  const merged: { [owner: string]: unknown } = { ...earlier };
  for (const [owner, fields] of Object.entries(later)) {
    merged[owner] = { ...(merged[owner] as object | undefined), ...fields };
  }
  return merged as Ext;
}

/** All input tokens, cached or not. */
export function totalInput(usage: Usage): number {
  return (usage.input ?? 0) + (usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0);
}

import type { Ext } from './content.ts';
import { hasAll, mergeExt } from './ext.ts';

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
  const ext = mergeExt(earlier.ext, later.ext);
  // Some providers say all of it with each event.
  if (ext === later.ext && hasAll(later, earlier)) return later;
  return ext === undefined ? { ...earlier, ...later } : { ...earlier, ...later, ext };
}

/** All input tokens, cached or not. */
export function totalInput(usage: Usage): number {
  return (usage.input ?? 0) + (usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0);
}

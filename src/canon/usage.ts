import type { Ext } from './content.ts';
import { mergeExt } from './ext.ts';

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
  if (ext === later.ext && saysAll(later, earlier)) return later;
  return ext === undefined ? { ...earlier, ...later } : { ...earlier, ...later, ext };
}

/** Whether each count is there that the earlier one has. By name: a loop over names costs ten times as much. */
function saysAll(later: Usage, earlier: Usage): boolean {
  return (
    (later.input !== undefined || earlier.input === undefined) &&
    (later.output !== undefined || earlier.output === undefined) &&
    (later.reasoning !== undefined || earlier.reasoning === undefined) &&
    (later.cacheRead !== undefined || earlier.cacheRead === undefined) &&
    (later.cacheWrite !== undefined || earlier.cacheWrite === undefined) &&
    (later.cacheWrite1h !== undefined || earlier.cacheWrite1h === undefined) &&
    (later.cost !== undefined || earlier.cost === undefined)
  );
}

/** All input tokens, cached or not. */
export function totalInput(usage: Usage): number {
  return (usage.input ?? 0) + (usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0);
}

/** What all tries cost together; the later ones count their own tokens alone. */
export function summedUsage(tries: readonly Usage[]): Usage {
  return tries.reduce((sum, usage) => {
    const whole: { [count: string]: unknown } = { ...mergeUsage(sum, usage) };
    for (const [count, value] of Object.entries(usage)) {
      const before = sum[count as keyof Usage];
      if (typeof value === 'number' && typeof before === 'number') whole[count] = before + value;
    }
    return whole;
  }, {});
}

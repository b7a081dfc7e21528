import { type Count, type Counts, counted } from './counting.ts';

/** How much is allowed: so many, and so many times the length of the request and of the answer (of a stream: of one frame). */
export interface Most {
  readonly plus?: number;
  readonly request?: number;
  readonly answer?: number;
}

/** A bound, and what it is made of. */
export type Bound = readonly [most: number | Most, why: string];

/** A bound for everything that is counted. */
export type Bounds = { readonly [count in Count]: Bound };

/** Bytes that the bounds refer to. */
export interface Lengths {
  readonly request: number;
  readonly answer: number;
}

function allowed(most: number | Most, { request, answer }: Lengths): number {
  if (typeof most === 'number') return most;
  return (most.plus ?? 0) + (most.request ?? 0) * request + (most.answer ?? 0) * answer;
}

/** What exceeds its bound, told so that one knows where to look. */
export function excessesOf(
  counts: Partial<Counts>,
  bounds: Partial<Bounds>,
  lengths: Lengths,
  told: { readonly lane: string; readonly unit: string; readonly look: string },
): string[] {
  return Object.entries(bounds).flatMap(([name, [most, why]]) => {
    const count = name as Count;
    const value = counts[count] ?? 0;
    const limit = allowed(most, lengths);
    if (value <= limit) return [];
    const [seen, may] = [value, limit].map((amount) => Number(amount.toFixed(2)));
    return [
      `${told.lane}: ${seen} ${counted[count]} ${told.unit}, ${may} allowed (${why}). Look at ${told.look}; if it has to be, change the bound in test/hot-path/bounds.ts.`,
    ];
  });
}

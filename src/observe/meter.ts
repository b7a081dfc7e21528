import { totalInput } from '../canon/usage.ts';
import type { CallRecord } from './call.ts';

/** Sums of a provider's calls since the start. */
export interface ProviderTotals {
  calls: number;
  errors: { [kind: string]: number };
  input_tokens: number;
  output_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  /** US dollars, as far as it is known. */
  cost: number;
  /** What had to be put right in the provider's answers. */
  mends: { [mend: string]: number };
  /** Calls in which something did not arrive as it was said. */
  lossy: number;
  /** Prompts that the provider's cache had lost: in how many calls, tokens paid for again, and what that cost. */
  cache_misses: { calls: number; tokens: number; cost: number };
  carriage: { passed: number; amended: number; translated: number };
}

/** Adds up what calls told of themselves, by provider. */
export class Meter {
  readonly #totals = new Map<string, ProviderTotals>();

  settle(record: CallRecord): void {
    if (record.provider === undefined) return;
    const totals = this.#of(record.provider);
    totals.calls += 1;
    if (record.error !== undefined) totals.errors[record.error] = (totals.errors[record.error] ?? 0) + 1;
    totals.input_tokens += totalInput(record.usage);
    totals.output_tokens += record.usage.output ?? 0;
    totals.cache_read_tokens += record.usage.cacheRead ?? 0;
    totals.cache_write_tokens += record.usage.cacheWrite ?? 0;
    totals.cost += record.cost ?? 0;
    for (const mend of record.mends) totals.mends[mend] = (totals.mends[mend] ?? 0) + 1;
    if (record.losses.length > 0) totals.lossy += 1;
    if (record.cacheMiss !== undefined) {
      totals.cache_misses.calls += 1;
      totals.cache_misses.tokens += record.cacheMiss.tokens;
      totals.cache_misses.cost += record.cacheMiss.cost ?? 0;
    }
    if (record.carriage !== undefined) totals.carriage[record.carriage] += 1;
  }

  report(): { readonly [provider: string]: ProviderTotals } {
    return Object.fromEntries(this.#totals);
  }

  #of(provider: string): ProviderTotals {
    let totals = this.#totals.get(provider);
    if (totals === undefined) {
      totals = {
        calls: 0,
        errors: {},
        input_tokens: 0,
        output_tokens: 0,
        cache_read_tokens: 0,
        cache_write_tokens: 0,
        cost: 0,
        mends: {},
        lossy: 0,
        cache_misses: { calls: 0, tokens: 0, cost: 0 },
        carriage: { passed: 0, amended: 0, translated: 0 },
      };
      this.#totals.set(provider, totals);
    }
    return totals;
  }
}

import { totalInput, type Usage } from '../canon/usage.ts';

/** What is known of a conversation's prompt in a provider's cache after an answer. */
export interface Cached {
  /** Tokens that the next call should find. */
  readonly tokens: number;
  /** Tokens of the whole prompt. */
  readonly prompt: number;
  /** Whether the provider says what it writes: then what has been written is there, not merely likely to be. */
  readonly certain: boolean;
  /** Whether all that was written stays for an hour; nothing where the provider does not say. */
  readonly hour: boolean | undefined;
}

/** Fewer tokens no provider caches, and fewer lost are not worth a word. */
export const leastTokens = 1024;

/** The share of what should have been read that may be missing: marks move, and counts are rounded. */
const tolerance = 0.05;

/** The same where caching is the provider's best effort. */
const bestEffort = 0.5;

/** What a conversation has in the cache after this answer. */
export function cachedAfter(usage: Usage, before: Cached | undefined): Cached {
  const written = usage.cacheWrite ?? 0;
  const told = usage.cacheWrite1h === undefined ? undefined : usage.cacheWrite1h >= written;
  return {
    tokens: (usage.cacheRead ?? 0) + written,
    prompt: totalInput(usage),
    certain: written > 0 || before?.certain === true,
    hour: written > 0 ? told : before?.hour,
  };
}

/** Tokens that should have been read from the cache by this call and were not; 0 where that means nothing. */
export function lostTokens(usage: Usage, before: Cached): number {
  return lostOf(usage, before.tokens, before.certain ? tolerance : bestEffort);
}

/**
 * The same where nothing was ever read in this conversation: so many tokens there are that a provider could have read
 * which caches by itself. That it has lost them still has to be shown.
 */
export function unreadTokens(usage: Usage, before: Cached): number {
  return usage.cacheWrite === undefined ? lostOf(usage, before.prompt, bestEffort) : 0;
}

function lostOf(usage: Usage, held: number, tolerated: number): number {
  const due = Math.min(held, totalInput(usage));
  const lost = due - (usage.cacheRead ?? 0);
  return lost >= Math.max(leastTokens, due * tolerated) ? lost : 0;
}

/** The usage as it would have been, had these tokens been read from the cache. */
export function usageWithout(lost: number, usage: Usage): Usage {
  const { cost: _, cacheWrite = 0, cacheWrite1h, ...rest } = usage;
  const rewritten = Math.min(lost, cacheWrite);
  const hours = cacheWrite1h === undefined ? {} : { cacheWrite1h: Math.max(0, cacheWrite1h - rewritten) };
  return {
    ...rest,
    ...hours,
    cacheWrite: cacheWrite - rewritten,
    input: Math.max(0, (usage.input ?? 0) - (lost - rewritten)),
    cacheRead: (usage.cacheRead ?? 0) + lost,
  };
}

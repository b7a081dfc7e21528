import type { CacheMiss } from '../observe/call.ts';
import { promptOf } from '../policy/prompt-blocks.ts';
import { promptChange } from '../policy/prompt-change.ts';
import { bodyIn, type KeptPrompt, textOf } from './kept-prompts.ts';

/** Why a cache was lost, and which share of the prompt (0 to 1) was there before, so that it is paid for again. */
export type Reason = Pick<CacheMiss, 'at' | 'how' | 'by'> & { readonly repeated: number };

/** When nobody can say. */
export const unknownReason: Reason = { at: 'unknown', by: 'unknown', repeated: 1 };

/** A change of the client's so much further behind than the one in what was sent is not the cause of it. */
const apart = 0.2;

/**
 * Compares a call's prompt to that of the call before it.
 * @param read the share of the prompt, from 0 to 1, that was read from the cache.
 */
export function reasonFor(before: KeptPrompt, now: KeptPrompt, read: number): Reason {
  const change = changeBetween(before.outgoing, now.outgoing, read);
  if (change === undefined) return unknownReason;
  if (change === 'none') return { at: 'unknown', by: 'provider', repeated: 1 };
  if (before.client === undefined && now.client === undefined) return { ...change, by: 'client' };
  const own = changeBetween(before.client ?? before.outgoing, now.client ?? now.outgoing, read);
  if (own === undefined || own === 'none' || own.repeated < change.repeated - apart)
    return { ...change, by: 'gateway' };
  return { ...own, repeated: change.repeated, by: 'client' };
}

function changeBetween(
  before: KeptPrompt['outgoing'],
  now: KeptPrompt['outgoing'],
  read: number,
): ReturnType<typeof promptChange> | 'none' {
  const old = bodyIn(textOf(before));
  const one = bodyIn(textOf(now));
  if (old === undefined || one === undefined) return undefined;
  return promptChange(promptOf(old), promptOf(one), read) ?? 'none';
}

const minute = 60_000;
const times: { readonly [word: string]: number } = {
  '30m': 30 * minute,
  '1h': 60 * minute,
  '12h': 720 * minute,
  '24h': 1440 * minute,
};

/** How long the provider keeps a prompt that nobody asks for when it was not told how long, milliseconds. */
export const usualLife = 5 * minute;

/** How long the provider keeps this prompt, milliseconds; five minutes when the prompt does not say, or is forgotten. */
export function lifeOf({ outgoing }: KeptPrompt): number {
  let life = usualLife;
  for (const [, word = ''] of (textOf(outgoing) ?? '').matchAll(/"(?:ttl|prompt_cache_retention)"\s*:\s*"(\w+)"/g)) {
    life = Math.max(life, times[word] ?? 0);
  }
  return life;
}

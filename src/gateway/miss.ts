import type { CacheMiss } from '../observe/call.ts';
import { promptOf } from '../policy/prompt-blocks.ts';
import { type PromptChange, type PromptCounts, promptChange } from '../policy/prompt-change.ts';
import { bodyIn, type KeptPrompt, textOf } from './kept-prompts.ts';

/** Why a cache was lost, and which share of the prompt (0 to 1) was there before, so that it is paid for again. */
export type Reason = Pick<CacheMiss, 'at' | 'how' | 'by'> & { readonly repeated: number };

/** When nobody can say. */
export const unknownReason: Reason = { at: 'unknown', by: 'unknown', repeated: 1 };

/** A change of the client's so much further behind than the one in what was sent is not the cause of it. */
const apart = 0.2;

/**
 * Compares a call's prompt to that of the call before it.
 * @param unbilled the line for Anthropic's bills, which is another one in each call, has done no harm to this conversation.
 */
export function reasonFor(before: KeptPrompt, now: KeptPrompt, counts: PromptCounts, unbilled: boolean): Reason {
  const change = changeBetween(before.outgoing, now.outgoing, counts, unbilled);
  if (change === undefined) return unknownReason;
  if (change === 'none') return { at: 'unknown', by: 'provider', repeated: 1 };
  if (before.client === undefined && now.client === undefined) return { ...change, by: 'client' };
  const own = changeBetween(before.client ?? before.outgoing, now.client ?? now.outgoing, counts, unbilled);
  if (own === undefined || own === 'none' || own.repeated < change.repeated - apart)
    return { ...change, by: 'gateway' };
  return { ...own, repeated: change.repeated, by: 'client' };
}

function changeBetween(
  before: KeptPrompt['outgoing'],
  now: KeptPrompt['outgoing'],
  counts: PromptCounts,
  unbilled: boolean,
): PromptChange | 'none' | undefined {
  const old = bodyIn(textOf(before));
  const one = bodyIn(textOf(now));
  if (old === undefined || one === undefined) return undefined;
  const changed = (billed: boolean): PromptChange | undefined =>
    promptChange(promptOf(old, billed), promptOf(one, billed), counts);
  return changed(false) ?? (unbilled ? undefined : changed(true)) ?? 'none';
}

const minute = 60_000;
const times: { readonly [word: string]: number } = {
  '30m': 30 * minute,
  '1h': 60 * minute,
  '12h': 720 * minute,
  '24h': 1440 * minute,
};

/** How long providers keep a prompt that nobody asks for when they were not told how long, milliseconds. */
const usualLife = 5 * minute;

/** Clocks differ, and calls take time to arrive, milliseconds. */
const slack = 10_000;

/**
 * Whether the provider has kept this prompt for as long as it was to. Nothing when that cannot be said.
 * @param age milliseconds. @param hour whether the provider has said that it keeps all of it for an hour.
 */
export function isExpired({ outgoing }: KeptPrompt, age: number, hour: boolean | undefined): boolean | undefined {
  if (age < usualLife - slack) return false;
  if (hour !== undefined) return age >= (hour ? 60 * minute : usualLife) - slack;
  const text = textOf(outgoing);
  if (text === undefined) return age >= 60 * minute ? true : undefined;
  let life = usualLife;
  for (const [, word = ''] of text.matchAll(/"(?:ttl|prompt_cache_retention)"\s*:\s*"(\w+)"/g)) {
    life = Math.max(life, times[word] ?? 0);
  }
  return age >= life - slack;
}

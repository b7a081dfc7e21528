import type { Prompt, PromptBlock } from './prompt-blocks.ts';

/** Why a prompt does not begin as the one before it did. */
export interface PromptChange {
  /** Path of the first block that differs, in the new body; in the old one where it has been removed. */
  readonly at: string;
  readonly how: 'changed' | 'added' | 'removed' | 'moved' | 'shortened';
  /** The share of the prompt, from 0 to 1, that stands behind the change and stood in the old prompt as well. */
  readonly repeated: number;
}

/** What is known to have been read before the change does not have to be exact: characters are not tokens. */
const sure = 0.8;

/** Of so much fewer turns one says that the conversation has been shortened. */
const shorter = 0.6;

/** How many blocks before a mark a provider looks for a prefix that it keeps. */
const lookBack = 20;

type Difference = Pick<PromptChange, 'at' | 'how'> & {
  readonly index: number;
  /** Weight of what was changed and not replaced as a whole. */
  readonly same: number;
};

/**
 * The first difference between two prompts of one conversation that can have cost the cache, or nothing when the old
 * one stands at the beginning of the new one.
 * @param read the share of the prompt, from 0 to 1, that was read from the cache: no change can lie in it.
 */
export function promptChange(before: Prompt, now: Prompt, read: number): PromptChange | undefined {
  const blocks = [...now.tools, ...now.system, ...now.turns];
  const total = Math.max(1, weightOf(blocks));
  const fewer = now.turnCount < before.turnCount * shorter;
  let start = 0;
  for (const part of ['tools', 'system', 'turns'] as const) {
    const harmless = read * total * sure;
    const found = difference(before[part], now[part], part === 'turns', harmless - weightOf(blocks.slice(0, start)));
    if (found !== undefined) {
      const known = new Set([...before.tools, ...before.system, ...before.turns].map(({ text }) => text));
      const behind = blocks.slice(start + found.index).filter(({ text }) => known.has(text));
      const repeated = Math.min(1, (weightOf(behind) + found.same) / total);
      return { at: found.at, how: fewer && part === 'turns' ? 'shortened' : found.how, repeated };
    }
    start += now[part].length;
  }
  return changedSetting(before, now, blocks);
}

/** @param grows what comes behind the old blocks is no change. @param harmless weight in which a change cost nothing. */
function difference(
  before: readonly PromptBlock[],
  now: readonly PromptBlock[],
  grows: boolean,
  harmless: number,
): Difference | undefined {
  let behind = 0;
  for (let index = 0; index < Math.max(before.length, now.length); index++) {
    const old = before[index];
    const one = now[index];
    if (old === undefined && grows) return undefined;
    behind += one?.weight ?? 0;
    if (old?.text === one?.text || behind < harmless) continue;
    return { index, ...nature(before, now, old, one) };
  }
  return undefined;
}

function nature(
  before: readonly PromptBlock[],
  now: readonly PromptBlock[],
  old: PromptBlock | undefined,
  one: PromptBlock | undefined,
): Omit<Difference, 'index'> {
  if (one === undefined) return { at: old?.path ?? '', how: 'removed', same: 0 };
  if (old === undefined) return { at: one.path, how: 'added', same: 0 };
  const stays = now.some(({ text }) => text === old.text);
  const stood = before.some(({ text }) => text === one.text);
  if (stays && stood) return { at: one.path, how: 'moved', same: 0 };
  if (stays) return { at: one.path, how: 'added', same: 0 };
  if (stood) return { at: old.path, how: 'removed', same: 0 };
  return { at: one.path, how: 'changed', same: Math.min(old.weight, one.weight) };
}

/** Some settings are told to the model between its instructions and the conversation. */
function changedSetting(before: Prompt, now: Prompt, blocks: readonly PromptBlock[]): PromptChange | undefined {
  const repeated = weightOf(now.turns) / Math.max(1, weightOf(blocks));
  if (before.marked && !now.marked) return { at: 'cache_control', how: 'removed', repeated: 1 };
  if (now.marked && isOutOfReach(before, blocks)) return { at: 'cache_control', how: 'moved', repeated: 1 };
  const field = [...new Set([...Object.keys(before.settings), ...Object.keys(now.settings)])].find(
    (name) => before.settings[name] !== now.settings[name],
  );
  if (field === undefined) return undefined;
  const [old, one] = [before.settings[field], now.settings[field]];
  if (old === undefined) return { at: field, how: 'added', repeated };
  return { at: field, how: one === undefined ? 'removed' : 'changed', repeated };
}

/** Whether every mark stands so far behind the last one of before that the provider does not look back to it, or before it. */
function isOutOfReach(before: Prompt, blocks: readonly PromptBlock[]): boolean {
  const last = [...before.tools, ...before.system, ...before.turns].findLastIndex(({ marked }) => marked);
  return last !== -1 && !blocks.slice(last, last + lookBack).some(({ marked }) => marked);
}

function weightOf(blocks: readonly PromptBlock[]): number {
  let weight = 0;
  for (const block of blocks) weight += block.weight;
  return weight;
}

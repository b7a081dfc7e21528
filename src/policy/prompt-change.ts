import type { Prompt, PromptBlock } from './prompt-blocks.ts';

/** Why a prompt does not begin as the one before it did. */
export interface PromptChange {
  /** Path of the first block that differs, in the new body; in the old one where it has been removed. */
  readonly at: string;
  readonly how: 'changed' | 'added' | 'removed' | 'moved' | 'shortened';
  /** The share of the prompt, from 0 to 1, that stood in the old prompt as well and was not read. */
  readonly repeated: number;
}

/** Tokens of the new prompt: those that were read from the cache, and all. */
export interface PromptCounts {
  readonly read: number;
  readonly all: number;
}

/** What is known to have been read before the change does not have to be exact: characters are not tokens. */
const sure = 0.8;

/** Of so much fewer turns one says that the conversation has been shortened. */
const shorter = 0.6;

/** How many blocks before a mark a provider looks for a prefix that it keeps. */
const lookBack = 20;

/** Prompts of so many tokens every provider keeps that is asked to; some do not keep shorter ones. */
const surelyKept = 4096;

type Difference = Pick<PromptChange, 'at' | 'how'> & {
  readonly index: number;
  /** Weight of what was changed and not replaced as a whole. */
  readonly same: number;
};

/**
 * The first difference between two prompts of one conversation that can have cost the cache, or nothing when the old
 * one stands at the beginning of the new one.
 * What was read cannot have changed.
 */
export function promptChange(before: Prompt, now: Prompt, counts: PromptCounts): PromptChange | undefined {
  const read = counts.read / Math.max(1, counts.all);
  const blocks = [...now.tools, ...now.system, ...now.turns];
  const total = Math.max(1, weightOf(blocks));
  let start = 0;
  for (const part of ['tools', 'system', 'turns'] as const) {
    const harmless = read * total * sure;
    const found = difference(before[part], now[part], part === 'turns', harmless - weightOf(blocks.slice(0, start)));
    if (found !== undefined) {
      const cause = causeOf(before, now, { ...found, index: start + found.index }, counts);
      return cause ?? changedSetting(before, now, blocks, read);
    }
    start += now[part].length;
  }
  return changedSetting(before, now, blocks, read);
}

/** Nothing where more is lost than stands behind the difference: then that is not the cause. */
function causeOf(
  before: Prompt,
  now: Prompt,
  { index, at, how, same }: Difference,
  counts: PromptCounts,
): PromptChange | undefined {
  const read = counts.read / Math.max(1, counts.all);
  const old = [...before.tools, ...before.system, ...before.turns];
  const blocks = [...now.tools, ...now.system, ...now.turns];
  const total = Math.max(1, weightOf(blocks));
  const ahead = weightOf(blocks.slice(0, index)) / total;
  const mark = blocks.findLastIndex(({ marked }, i) => i < index && marked && old[i]?.marked === true);
  const due = now.marked ? weightOf(blocks.slice(0, mark + 1)) / total : ahead;
  const isSure = now.marked ? due * counts.all > surelyKept : due > 0.5;
  if (isSure && read < due / 2) return undefined;
  const known = new Set(old.map(({ text }) => text));
  const behind = weightOf(blocks.slice(index).filter(({ text }) => known.has(text)));
  const isTurn = index >= now.tools.length + now.system.length;
  // What differs in the last turn is what is said now.
  const isNew = isTurn && turnOf(at) === turnOf(blocks.at(-1)?.path ?? '');
  const repeated = unread(ahead, (behind + (isNew ? 0 : same)) / total, read);
  const fewer = now.turnCount < before.turnCount * shorter && isTurn;
  return { at, how: fewer ? 'shortened' : how, repeated };
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
  return { at: one.path, how: 'changed', same: Math.min(one.weight, alike(old.text, one.text)) };
}

/** Characters that two texts have in common at the beginning and at the end. */
function alike(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let start = 0;
  while (start < most && one.charCodeAt(start) === other.charCodeAt(start)) start += 1;
  let end = 0;
  while (end < most - start && one.charCodeAt(one.length - 1 - end) === other.charCodeAt(other.length - 1 - end))
    end += 1;
  return start + end;
}

/** `messages[3]` of `messages[3].content[0]`. */
function turnOf(path: string): string {
  return /^\w+\[\d+\]/.exec(path)?.[0] ?? path;
}

/** Some settings are told to the model between its instructions and the conversation. */
function changedSetting(
  before: Prompt,
  now: Prompt,
  blocks: readonly PromptBlock[],
  read: number,
): PromptChange | undefined {
  const turns = weightOf(now.turns) / Math.max(1, weightOf(blocks));
  const repeated = unread(1 - turns, turns, read);
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

/** What stands before a change was read but for the end, where no mark stood; or none of it was. All are shares. */
function unread(ahead: number, behind: number, read: number): number {
  return Math.min(1, behind + (read < ahead / 2 ? ahead - read : 0));
}

function weightOf(blocks: readonly PromptBlock[]): number {
  let weight = 0;
  for (const block of blocks) weight += block.weight;
  return weight;
}

import type { Block, TextBlock, ToolCallBlock } from '../canon/content.ts';
import { parseJson } from '../canon/json.ts';
import type { ToldAnswer } from './told.ts';

/** Where an answer broke off, and so what it takes to go on with it. */
export type Break =
  /** Not a word was said, though there may have been reasoning: the same question may be asked again. */
  | { readonly type: 'unsaid' }
  /** In the middle of a text, or behind it. */
  | { readonly type: 'text'; readonly sent: string; readonly said: readonly Block[] }
  /** In the middle of a call, which nobody may complete but a model that makes it again. */
  | {
      readonly type: 'call';
      readonly call: ToolCallBlock;
      readonly made: readonly ToolCallBlock[];
      readonly said: readonly Block[];
    }
  /** Every call is whole: nothing is missing but the end. */
  | { readonly type: 'called' }
  /** In the middle of something that only its provider could go on with. */
  | { readonly type: 'lost' };

/**
 * Where it broke off.
 * @param begun a call that has been begun to be written: some languages say nothing of it before it is whole.
 */
export function breakOf({ blocks: heard, isOpen }: ToldAnswer, begun: ToolCallBlock | undefined): Break {
  const isHeld = begun !== undefined && !(isOpen && heard.at(-1)?.type === 'tool_call');
  const blocks = isHeld ? [...heard, begun] : heard;
  const last = blocks.at(-1);
  const said = blocks.filter(({ type }) => type !== 'thinking');
  if (last?.type === 'refusal' || (isOpen && last?.type === 'native')) return { type: 'lost' };
  if (!said.some(isSaid)) return { type: 'unsaid' };
  const calls = said.filter((block): block is ToolCallBlock => block.type === 'tool_call');
  if (last?.type === 'tool_call' && !isWhole(last, isOpen || isHeld)) {
    const made = calls.slice(0, -1);
    return { type: 'call', call: last, made, said: said.filter(({ type }) => type !== 'tool_call') };
  }
  if (calls.length > 0) return { type: 'called' };
  return { type: 'text', sent: last?.type === 'text' ? last.text : '', said };
}

/** What its provider has done on the way is done again; what it has said is not said again. */
function isSaid(block: Block): boolean {
  return block.type === 'text' ? block.text !== '' : block.type !== 'native';
}

/** A whole object is the beginning of no other one; of free text nobody knows. */
function isWhole({ json, kind }: ToolCallBlock, isOpen: boolean): boolean {
  if (!isOpen) return true;
  return kind !== 'custom' && json !== '' && typeof parseJson(json) === 'object';
}

/** Characters of what has been said. */
export function lengthOf({ blocks }: ToldAnswer): number {
  return blocks.reduce((sum, block) => sum + lengthOfBlock(block), 0);
}

/** The same of one block. */
export function lengthOfBlock(block: Block): number {
  if (block.type === 'tool_call') return block.name.length + block.json.length;
  return 'text' in block ? (block as TextBlock).text.length : 0;
}

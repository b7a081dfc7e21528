import type { Block } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import { documentLines, searchResultText } from '../../canon/prose.ts';
import { writeBlock, writePlain } from './block-write.ts';
import type { Writing } from './writing.ts';

/** What an answer of the past could not hold, on its way into the next message of the user. */
export interface Carried {
  readonly path: string;
  readonly content: readonly JsonObject[];
}

const bulky: ReadonlySet<unknown> = new Set(['image', 'document', 'search_result']);

/**
 * The content of an answer that another service gave. Answers hold no pictures and no documents here: texts become text,
 * all else leaves a word behind and is given to `carry`.
 */
export function writeForeignAnswer(
  blocks: readonly Block[],
  turn: number,
  to: Writing,
  carry: (carried: Carried) => void,
): JsonObject[] {
  const written: JsonObject[] = [];
  for (const [i, block] of blocks.entries()) {
    const wire = writePlain(block) ?? writeAny(block, `turns[${turn}].content[${i}]`, to, carry);
    if (wire !== undefined) written.push(wire);
  }
  return written;
}

function writeAny(block: Block, at: string, to: Writing, carry: (carried: Carried) => void): JsonObject | undefined {
  const wire = writeBlock(asText(block, at, to), at, to);
  if (wire === undefined || !bulky.has(wire.type)) return wire;
  to.lose('moved', at, 'an answer holds none here: it follows in a message of the user');
  const what = block.type === 'image' ? 'image' : 'document';
  carry({ path: at, content: [{ type: 'text', text: `The ${what} of the answer above:` }, wire] });
  return { type: 'text', text: `[${what}: it follows]` };
}

function asText(block: Block, path: string, to: Writing): Block {
  if (block.type === 'search_result') {
    to.lose('approximated', path, 'a search result in an answer is told as text');
    return { type: 'text', text: searchResultText(block) };
  }
  if (block.type !== 'document' || block.source.type !== 'text') return block;
  to.lose('mapped', path, 'a text document in an answer is told as text');
  return { type: 'text', text: [...documentLines(block), block.source.text].join('\n') };
}

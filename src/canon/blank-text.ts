import type { Block } from './content.ts';

/** Blocks without texts of white space alone, for services that refuse such: it goes to the text beside it. */
export function withoutBlankTexts(blocks: readonly Block[]): readonly Block[] {
  if (!blocks.some((block) => blankIn(block) !== '')) return blocks;
  const kept: Block[] = [];
  let waiting = '';
  for (const block of blocks) {
    const blank = blankIn(block);
    const last = kept.at(-1);
    if (blank === '') {
      kept.push(waiting !== '' && block.type === 'text' ? { ...block, text: waiting + block.text } : block);
      waiting = '';
    } else if (last?.type === 'text' && last.text !== '') kept[kept.length - 1] = { ...last, text: last.text + blank };
    else waiting += blank;
  }
  return kept;
}

/** The white space of a block that is nothing else. */
function blankIn(block: Block): string {
  return block.type === 'text' && block.text.trim() === '' ? block.text : '';
}

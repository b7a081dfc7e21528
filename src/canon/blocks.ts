import type { Block } from './content.ts';
import type { ChatRequest, Turn } from './request.ts';

/** The text of a block that says nothing else: no mark, no source, nothing that only one language has. Most blocks are so. */
export function plainTextOf(block: Block): string | undefined {
  return block.type === 'text' && block.cache === undefined && block.ext === undefined && block.citations === undefined
    ? block.text
    : undefined;
}

/** What a block becomes; the block itself where it stays. `path` tells where it stands, for losses and errors. */
export type ChangeBlock = (block: Block, path: () => string) => Block;

/**
 * The request with each block of its turns changed, those inside tool results, search results and documents first.
 * Whatever stays as it was is the same object, the request too.
 */
export function withBlocks(request: ChatRequest, change: ChangeBlock): ChatRequest {
  const turns = mapped(request.turns, (turn, i): Turn => {
    const content = changed(turn.content, () => `turns[${i}].content`, change);
    return content === turn.content ? turn : { ...turn, content };
  });
  return turns === request.turns ? request : { ...request, turns };
}

/** Whether there is such a block in a request's turns, those inside tool results, search results and documents included. */
export function hasBlock({ turns }: ChatRequest, is: (block: Block) => boolean): boolean {
  for (const { content } of turns) if (holds(content, is)) return true;
  return false;
}

function holds(blocks: readonly Block[], is: (block: Block) => boolean): boolean {
  for (const block of blocks) {
    if (is(block)) return true;
    if (block.type === 'tool_result' || block.type === 'search_result') {
      if (holds(block.content, is)) return true;
    } else if (block.type === 'document' && block.source.type === 'parts' && holds(block.source.parts, is)) return true;
  }
  return false;
}

function changed(blocks: readonly Block[], path: () => string, change: ChangeBlock): readonly Block[] {
  return mapped(blocks, (block, i) => {
    const at = (): string => `${path()}[${i}]`;
    return change(changedWithin(block, at, change), at);
  });
}

function changedWithin(block: Block, path: () => string, change: ChangeBlock): Block {
  if (block.type === 'tool_result' || block.type === 'search_result') {
    const content = changed(block.content, () => `${path()}.content`, change);
    return content === block.content ? block : { ...block, content };
  }
  if (block.type === 'document' && block.source.type === 'parts') {
    const parts = changed(block.source.parts, () => `${path()}.parts`, change);
    return parts === block.source.parts ? block : { ...block, source: { type: 'parts', parts } };
  }
  return block;
}

/** The list with each element changed; the list itself when none was. */
function mapped<T>(list: readonly T[], change: (element: T, i: number) => T): readonly T[] {
  let copy: T[] | undefined;
  list.forEach((element, i) => {
    const next = change(element, i);
    if (next === element) return;
    copy ??= [...list];
    copy[i] = next;
  });
  return copy ?? list;
}

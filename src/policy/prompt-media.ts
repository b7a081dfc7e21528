import type { Block } from '../canon/content.ts';
import type { ChatRequest } from '../canon/request.ts';

/** English and JSON lie near this. */
export const bytesPerToken = 3.6;

/** What an image or a page-sized attachment costs, roughly, whatever its bytes. */
export const tokensPerMedia = 1500;

/** What of a prompt is no text. */
export interface PromptMedia {
  count: number;
  /** Of those that stand in the request itself, as it is written there. */
  bytes: number;
  images: number;
  pdfs: number;
}

/** Counts what is no text in the turns of a request, tool results and documents included. */
export function mediaIn(request: ChatRequest): PromptMedia {
  const found: PromptMedia = { count: 0, bytes: 0, images: 0, pdfs: 0 };
  for (const turn of request.turns) look(turn.content, found);
  return found;
}

function look(blocks: readonly Block[], found: PromptMedia): void {
  for (const block of blocks) {
    if (block.type === 'tool_result') look(block.content, found);
    if (block.type !== 'image' && block.type !== 'document' && block.type !== 'audio' && block.type !== 'video')
      continue;
    const { source } = block;
    if (source.type === 'parts') look(source.parts, found);
    if (source.type === 'text' || source.type === 'parts') continue;
    found.count += 1;
    if (source.type === 'base64') found.bytes += source.data.length;
    if (block.type === 'image') found.images += 1;
    if (block.type === 'document') found.pdfs += 1;
  }
}

import type { Block, DocumentBlock, SearchResultBlock } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';

/** Whether there is anything that the client wants to see cited. */
export function asksForCitations({ turns }: ChatRequest): boolean {
  return turns.some(({ role, content }) => role === 'user' && content.some(isCitableWithin));
}

function isCitableWithin(block: Block): boolean {
  return isCitable(block) || (block.type === 'tool_result' && block.content.some(isCitableWithin));
}

/** Whether a block is a text that claims can be cited from, and shall be. */
export function isCitable(block: Block): block is DocumentBlock | SearchResultBlock {
  if (block.type === 'search_result')
    return block.citations === true && block.content.every(({ type }) => type === 'text');
  return block.type === 'document' && block.citations === true && textOf(block) !== undefined;
}

/** A citable block as a document: the service passes each member of `data` to the model under its name. */
export function writeDocument(block: DocumentBlock | SearchResultBlock): JsonObject {
  if (block.type === 'search_result') {
    return { data: { title: block.title, url: block.source, text: textsOf(block.content) } };
  }
  return {
    data: {
      ...(block.title !== undefined && { title: block.title }),
      ...(block.context !== undefined && { context: block.context }),
      text: textOf(block) ?? '',
    },
  };
}

/** The text of a document that is text; nothing for all others. */
export function textOf({ source }: DocumentBlock): string | undefined {
  if (source.type === 'text') return source.text;
  if (source.type === 'parts') {
    return source.parts.every((part) => part.type === 'text') ? textsOf(source.parts) : undefined;
  }
  if (source.type !== 'base64' || !/^text\/|^application\/json\b/.test(source.mediaType)) return undefined;
  return Buffer.from(source.data, 'base64').toString();
}

function textsOf(blocks: readonly Block[]): string {
  return blocks.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
}

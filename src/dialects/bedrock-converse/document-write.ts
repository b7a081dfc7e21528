import type { Block, DocumentBlock } from '../../canon/content.ts';
import { type JsonObject, stringIn } from '../../canon/json.ts';
import { documentLines, omitted } from '../../canon/prose.ts';
import { fieldsOf } from './ext.ts';
import { writeMedia } from './media-write.ts';
import { reasonAgainst, writeSource } from './source.ts';
import type { Writing } from './writing.ts';

/** A document as blocks: itself, and behind it what of its content a document cannot hold. */
export function writeDocument(block: DocumentBlock, to: Writing): JsonObject[] {
  const { source } = block;
  const path = to.at(block);
  if (to.quirks.files === false || !to.roomForDocument()) return writeUntaken(block, path, to);
  switch (source.type) {
    case 'text':
      return [documentOf(block, { format: formatOf(block) ?? 'txt', source: { text: source.text } }, path, to)];
    case 'parts': {
      const format = formatOf(block);
      const content = source.parts.flatMap(textOf);
      const document = documentOf(block, { ...(format && { format }), source: { content } }, path, to);
      return [document, ...writeOthers(source.parts, to)];
    }
    default: {
      const written = writeSource('document', source, fieldsOf(block.ext));
      if (written !== undefined) return [documentOf(block, { ...written }, path, to)];
      return writeUnsent(block, reasonAgainst('document', source), path, to);
    }
  }
}

function formatOf({ ext }: DocumentBlock): string | undefined {
  return stringIn(fieldsOf(ext).format);
}

function documentOf(block: DocumentBlock, source: JsonObject, path: string, to: Writing): JsonObject {
  const { title, context, citations, ext } = block;
  const { format: _, bucketOwner: __, cachePoint: ___, ...own } = fieldsOf(ext);
  const name = to.documentName(title);
  if (title !== undefined && name !== title)
    to.lose('approximated', path, 'names of documents differ, and have letters, digits, spaces and brackets only');
  return {
    document: {
      ...source,
      name,
      ...(context !== undefined && { context }),
      ...(citations !== undefined && { citations: { enabled: citations } }),
      ...own,
    },
  };
}

function textOf(part: Block): JsonObject[] {
  if (part.type === 'text') return part.text === '' ? [] : [{ text: part.text }];
  return part.type === 'native' && part.dialect === 'bedrock-converse' ? [part.value] : [];
}

/** Pictures in a document can only stand behind it. */
function writeOthers(parts: readonly Block[], to: Writing): JsonObject[] {
  return parts.flatMap((part) => {
    if (part.type === 'text' || part.type === 'native') return [];
    if (part.type !== 'image') {
      to.lose('dropped', to.at(part), 'documents hold text only');
      return [];
    }
    to.loseOnce('moved', to.at(part), 'pictures of a document stand behind it');
    return writeMedia(part, to);
  });
}

/** For models that take no documents: text is told as such. */
function writeUntaken(block: DocumentBlock, path: string, to: Writing): JsonObject[] {
  const { source } = block;
  const head = documentLines(block).join('\n');
  if (source.type === 'text') {
    to.loseOnce('mapped', path, 'text documents are told as text');
    return [{ text: [...documentLines(block), source.text].join('\n') }];
  }
  if (source.type !== 'parts') return writeUnsent(block, 'the model takes no documents', path, to);
  to.loseOnce('mapped', path, 'text documents are told as text');
  const texts = source.parts.flatMap(textOf);
  return [...(head === '' ? [] : [{ text: head }]), ...texts, ...writeOthers(source.parts, to)];
}

/** Words in the place of a document. */
function writeUnsent(block: DocumentBlock, why: string, path: string, to: Writing): JsonObject[] {
  const { source, title } = block;
  const context = block.context === undefined ? [] : [{ text: block.context }];
  if (source.type === 'url') {
    to.lose('approximated', path, 'the document is named by its address only');
    return [...context, { text: `Document: ${title === undefined ? source.url : `${title} (${source.url})`}` }];
  }
  to.lose('dropped', path, why);
  return [...context, { text: omitted(title === undefined ? 'document' : `document ${title}`, why) }];
}

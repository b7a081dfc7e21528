import type { Block, DocumentBlock, ImageBlock } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import { urlOf } from '../../canon/media.ts';
import { documentLines, omitted, searchResultText, toolReferenceText } from '../../canon/prose.ts';
import { isCitable, textOf } from './document.ts';
import { cohereName } from './name.ts';
import type { Writing } from './writing.ts';

const details: ReadonlySet<string> = new Set(['auto', 'low', 'high']);

/** A text part. */
export function textPart(text: string): JsonObject {
  return { type: 'text', text };
}

/** Whether a part is text. */
export function isText(part: JsonObject): boolean {
  return part['type'] === 'text';
}

/** One block as parts of a user's message; text for what is no picture. Calls, results and reasoning are no parts and are not expected. */
export function writePart(block: Block, writing: Writing): JsonObject[] {
  const path = writing.at(block);
  switch (block.type) {
    case 'text':
    case 'refusal':
      return block.text === '' ? [] : [textPart(block.text)];
    case 'image':
      return [writeImage(block, path, writing)];
    case 'audio':
      return [textPart(omitted('recording', 'the model takes no recordings'))];
    case 'video':
      return [textPart(omitted('video', 'the model takes no videos'))];
    case 'document':
      return writeDocumentParts(block, path, writing);
    case 'search_result':
      writing.loseOnce('approximated', path, 'search results are told as text');
      return [
        textPart(searchResultText(block)),
        ...block.content.flatMap((inner) => (inner.type === 'text' ? [] : writePart(inner, writing))),
      ];
    case 'tool_reference':
      writing.loseOnce('mapped', path, 'tool references are told as text');
      return [textPart(toolReferenceText(block.name))];
    case 'native':
      return block.dialect === cohereName ? [block.value] : [];
    default:
      return [];
  }
}

/** Instead of what the provider cannot take: the model shall know that something was there. */
function absent(what: string, path: string, why: string, { lose }: Writing): JsonObject {
  lose('dropped', path, why);
  return textPart(omitted(what, why));
}

function writeImage({ source, detail }: ImageBlock, path: string, writing: Writing): JsonObject {
  if (writing.quirks.images === false) return absent('image', path, 'the model takes no images', writing);
  if (source.type === 'file') return absent('image', path, 'it lies with another provider', writing);
  const known = detail !== undefined && details.has(detail);
  if (detail !== undefined && !known) writing.lose('dropped', `${path}.detail`, `there is no detail ${detail} here`);
  const url = urlOf(source);
  return { type: 'image_url', image_url: { url, ...(known && { detail }) } };
}

function writeDocumentParts(block: DocumentBlock, path: string, writing: Writing): JsonObject[] {
  const { source, title, context } = block;
  if (block.citations === true && !isCitable(block))
    writing.loseOnce('dropped', path, 'only what is nothing but text can be cited');
  const head = documentLines(block);
  const text = textOf(block);
  if (text !== undefined) {
    writing.loseOnce('mapped', path, 'text documents are told as text');
    return [textPart([...head, text].join('\n'))];
  }
  if (source.type === 'parts') {
    writing.loseOnce('mapped', path, 'text documents are told as text');
    const parts = source.parts.flatMap((part) => writePart(part, writing));
    return head.length > 0 ? [textPart(head.join('\n')), ...parts] : parts;
  }
  const about = context === undefined ? [] : [textPart(context)];
  if (source.type === 'url') {
    writing.lose('approximated', path, 'the document is named by its address only');
    return [...about, textPart(`Document: ${title === undefined ? source.url : `${title} (${source.url})`}`)];
  }
  const what = title === undefined ? 'document' : `document ${title}`;
  const why = source.type === 'file' ? 'it lies with another provider' : 'the model takes no files';
  return [...about, absent(what, path, why, writing)];
}

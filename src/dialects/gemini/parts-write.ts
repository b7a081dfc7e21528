import type { AudioBlock, Block, DocumentBlock, ImageBlock, Source, VideoBlock } from '../../canon/content.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';
import { mediaTypeOfName } from '../../canon/media.ts';
import { documentLines, omitted, searchResultText, toolReferenceText } from '../../canon/prose.ts';
import { fieldsOf, geminiName } from './ext.ts';
import type { Place, Writing } from './writing.ts';

/** A block as parts, none where it cannot be said. `at` is where it stands. Calls, results and thoughts are no such parts. */
export function writeParts(block: Block, at: Place, to: Writing): JsonObject[] {
  switch (block.type) {
    case 'text':
      return block.text === '' && block.ext === undefined ? [] : [{ text: block.text, ...fieldsOf(block.ext) }];
    case 'refusal':
      to.loseOnce('mapped', at, 'a refusal in the past is told as text');
      return block.text === '' ? [] : [{ text: block.text }];
    case 'image':
    case 'audio':
    case 'video':
      return writeMedia(block, at, to);
    case 'document':
      return writeDocument(block, at, to);
    case 'search_result':
      to.lose('approximated', at, 'search results are told as text');
      return [{ text: searchResultText(block) }];
    case 'tool_reference':
      to.loseOnce('mapped', at, 'tool references are told as text');
      return [{ text: toolReferenceText(block.name) }];
    case 'native':
      return block.dialect === geminiName ? [block.value] : [];
    case 'thinking':
    case 'tool_call':
    case 'tool_result':
      return [];
  }
}

/** Instead of what the provider cannot take: the model shall know that something was there. */
function absent(what: string, at: Place, why: string, to: Writing): JsonObject {
  to.lose('dropped', at, why);
  return { text: omitted(what, why) };
}

const types = { image: 'image/jpeg', audio: 'audio/mpeg', video: 'video/mp4', document: 'application/pdf' } as const;

function writeMedia(block: ImageBlock | AudioBlock | VideoBlock, at: Place, to: Writing): JsonObject[] {
  if (block.type === 'image') {
    if (to.quirks.images === false) return [absent('image', at, 'the model takes no images', to)];
    if (block.detail !== undefined && block.detail !== 'auto')
      to.lose('dropped', () => `${at()}.detail`, 'images have no detail here');
  }
  const part = dataPart(block.source, to.own ? undefined : types[block.type], fieldsOf(block.ext));
  return [part ?? absent(block.type, at, 'it lies with another provider', to)];
}

/**
 * Bytes, an address, or one of Google's own files; nothing for a file that lies elsewhere.
 * @param usual the type of what lies at an address that tells none; absent where none shall be guessed.
 */
export function dataPart(source: Source, usual: string | undefined, own: JsonObject = {}): JsonObject | undefined {
  const { displayName, inlineData, fileData, ...rest } = own;
  const name = displayName === undefined ? {} : { displayName };
  switch (source.type) {
    case 'base64': {
      const { mediaType: mimeType, data } = source;
      return { inlineData: { mimeType, data, ...name, ...(isObject(inlineData) && inlineData) }, ...rest };
    }
    case 'url': {
      const guess = usual === undefined ? undefined : (mediaTypeOfName(source.url) ?? usual);
      const mimeType = source.mediaType ?? guess;
      const file = { fileUri: source.url, ...(mimeType !== undefined && { mimeType }), ...name };
      return { fileData: { ...file, ...(isObject(fileData) && fileData) }, ...rest };
    }
    case 'file':
      if (source.owner !== geminiName) return undefined;
      return { fileData: { fileUri: source.id, ...name, ...(isObject(fileData) && fileData) }, ...rest };
  }
}

function writeDocument(block: DocumentBlock, at: Place, to: Writing): JsonObject[] {
  const { source, title } = block;
  if (source.type === 'text') {
    to.loseOnce('mapped', at, 'text documents are told as text');
    return [{ text: [...documentLines(block), source.text].join('\n') }];
  }
  const head = to.own ? [] : documentLines(block);
  const about = head.length > 0 ? [{ text: head.join('\n') }] : [];
  if (source.type === 'parts') {
    to.loseOnce('mapped', at, 'text documents are told as text');
    const parts = source.parts.flatMap((part, i) => writeParts(part, () => `${at()}.source.parts[${i}]`, to));
    return [...about, ...parts];
  }
  const name = title === undefined ? 'document' : `document ${title}`;
  if (to.quirks.files === false) return [...about, absent(name, at, 'the model takes no files', to)];
  const own = to.own && title !== undefined ? { displayName: title, ...fieldsOf(block.ext) } : fieldsOf(block.ext);
  const part = dataPart(source, to.own ? undefined : types.document, own);
  return [...about, part ?? absent(name, at, 'it lies with another provider', to)];
}

import type { AudioBlock, Block, CacheMark, DocumentBlock, ImageBlock, Source } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import { urlOf } from '../../canon/media.ts';
import { documentLines, omitted, searchResultText, toolReferenceText } from '../../canon/prose.ts';
import type { Writing } from './writing.ts';

/** A user's blocks as content parts. `path` says where they stand, for what gets lost. */
export function writeParts(blocks: readonly Block[], path: string, writing: Writing): JsonObject[] {
  return blocks.flatMap((block, i) => writePart(block, `${path}[${i}]`, writing));
}

/** One block as parts: none where it cannot be said at all. Tool calls and results are no parts and are not expected. */
export function writePart(block: Block, path: string, writing: Writing): JsonObject[] {
  const parts = bareParts(block, path, writing);
  const last = parts.at(-1);
  if (last === undefined || block.type === 'native') return parts;
  if (block.cache === undefined && block.ext === undefined) return parts;
  const { prompt_cache_breakpoint: breakpoint, ...own } = block.ext?.['openai-chat'] ?? {};
  const mark = last['text'] === '' ? undefined : markOf(block.cache, breakpoint, path, writing);
  return [...parts.slice(0, -1), { ...last, ...mark, ...own }];
}

/** The mark as the client of this language wrote it, else as the server takes it. */
function markOf(
  cache: CacheMark | undefined,
  breakpoint: unknown,
  path: string,
  writing: Writing,
): JsonObject | undefined {
  if (cache === undefined || breakpoint === undefined) return writing.mark(cache, path);
  return { prompt_cache_breakpoint: breakpoint };
}

function bareParts(block: Block, path: string, writing: Writing): JsonObject[] {
  switch (block.type) {
    case 'text':
      return [textPart(block.text)];
    case 'refusal':
      return [{ type: 'refusal', refusal: block.text }];
    case 'image':
      return [writeImage(block, path, writing)];
    case 'audio':
      return [writeAudio(block, path, writing)];
    case 'video':
      return [absent('video', path, 'the language has no videos', writing)];
    case 'document':
      return writeDocument(block, path, writing);
    case 'search_result':
      writing.lose('approximated', path, 'search results are told as text');
      return [textPart(searchResultText(block))];
    case 'tool_reference':
      return [textPart(toolReferenceText(block.name))];
    case 'native':
      return block.dialect === 'openai-chat' ? [block.value] : [];
    default:
      return [];
  }
}

/** A text part. */
export function textPart(text: string): JsonObject {
  return { type: 'text', text };
}

/** Instead of what the provider cannot take: the model shall know that something was there. */
function absent(what: string, path: string, why: string, writing: Writing): JsonObject {
  writing.lose('dropped', path, why);
  return textPart(omitted(what, why));
}

function writeImage({ source, detail }: ImageBlock, path: string, writing: Writing): JsonObject {
  if (writing.quirks.images === false) return absent('image', path, 'the model takes no images', writing);
  if (source.type === 'file') return absent('image', path, 'it lies with another provider', writing);
  const url = { url: urlOf(source), ...(detail !== undefined && { detail }) };
  return { type: 'image_url', image_url: url };
}

const formatOfMediaType: ReadonlyMap<string, string> = new Map([
  ['audio/mpeg', 'mp3'],
  ['audio/mp3', 'mp3'],
  ['audio/x-wav', 'wav'],
  ['audio/wave', 'wav'],
]);

function writeAudio({ source }: AudioBlock, path: string, writing: Writing): JsonObject {
  if (source.type !== 'base64') return absent('recording', path, 'only its bytes can be sent', writing);
  const format = formatOfMediaType.get(source.mediaType) ?? source.mediaType.slice(source.mediaType.indexOf('/') + 1);
  return { type: 'input_audio', input_audio: { data: source.data, format } };
}

function writeDocument(block: DocumentBlock, path: string, writing: Writing): JsonObject[] {
  const { source, title, context } = block;
  const about = context === undefined ? [] : [textPart(context)];
  if (source.type === 'text') {
    writing.loseOnce('mapped', path, 'text documents are told as text');
    return [textPart([...documentLines(block), source.text].join('\n'))];
  }
  if (source.type === 'parts') {
    writing.loseOnce('mapped', path, 'text documents are told as text');
    const head = documentLines(block);
    const parts = writeParts(source.parts, `${path}.source.parts`, writing);
    return head.length > 0 ? [textPart(head.join('\n')), ...parts] : parts;
  }
  const asAddress = writing.quirks.file_part === 'document_url';
  if (source.type === 'url' && !asAddress) {
    writing.lose('approximated', path, 'the document is named by its address only');
    return [...about, textPart(`Document: ${title === undefined ? source.url : `${title} (${source.url})`}`)];
  }
  if (writing.quirks.files === false)
    return [...about, absent(nameOf(block), path, 'the model takes no files', writing)];
  if (source.type === 'file' && source.owner !== 'openai-chat') {
    return [...about, absent(nameOf(block), path, 'it lies with another provider', writing)];
  }
  if (asAddress) return [...about, addressPart(source, title)];
  if (source.type === 'url') return about;
  return [...about, { type: 'file', file: fileOf(source, title) }];
}

/** Mistral's form: an address, which may hold the bytes, or a file of its own. */
function addressPart(source: Source, title: string | undefined): JsonObject {
  if (source.type === 'file') return { type: 'file', file_id: source.id };
  return { type: 'document_url', document_url: urlOf(source), ...(title !== undefined && { document_name: title }) };
}

function fileOf(source: Exclude<Source, { type: 'url' }>, title: string | undefined): JsonObject {
  if (source.type === 'file') return { file_id: source.id, ...(title !== undefined && { filename: title }) };
  return { file_data: urlOf(source), filename: title ?? defaultName(source.mediaType) };
}

function defaultName(mediaType: string): string {
  return `document.${mediaType === 'application/pdf' ? 'pdf' : (mediaType.split('/')[1] ?? 'bin')}`;
}

function nameOf({ title }: DocumentBlock): string {
  return title === undefined ? 'document' : `document ${title}`;
}

import type { AudioBlock, Block, DocumentBlock, ImageBlock, Source } from '../../canon/content.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';
import { urlOf } from '../../canon/media.ts';
import { documentLines, omitted, searchResultText, toolReferenceText } from '../../canon/prose.ts';
import { ownFields, responsesName } from './ext.ts';
import type { Writing } from './writing.ts';

/** One block of a user's message, or of a tool's result, as parts: none where it cannot be said at all. */
export function writePart(block: Block, path: string, writing: Writing): JsonObject[] {
  const parts = bareParts(block, path, writing);
  const last = parts.at(-1);
  if (last === undefined || block.type === 'native') return parts;
  const mark = last.text === '' ? undefined : writing.mark(block.cache, path);
  return [...parts.slice(0, -1), { ...last, ...mark, ...ownFields(block.ext) }];
}

function bareParts(block: Block, path: string, writing: Writing): JsonObject[] {
  switch (block.type) {
    case 'text':
    case 'refusal':
      return block.text === '' ? [] : [textPart(block.text)];
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
      writing.loseOnce('mapped', path, 'tool references are told as text');
      return [textPart(toolReferenceText(block.name))];
    case 'native':
      return block.dialect === responsesName ? [partOf(block.value)] : [];
    default:
      return [];
  }
}

/** A part that was not known when it was read. */
function partOf(value: JsonObject): JsonObject {
  return isObject(value.part) ? value.part : value;
}

/** A text part. */
export function textPart(text: string): JsonObject {
  return { type: 'input_text', text };
}

/** Whether a part is text and nothing else, so that a string can stand for it. */
export function isPlainText(part: JsonObject | undefined): boolean {
  return part?.type === 'input_text' && Object.keys(part).length === 2;
}

/** Instead of what the provider cannot take: the model shall know that something was there. */
function absent(what: string, path: string, why: string, { lose }: Writing): JsonObject {
  lose('dropped', path, why);
  return textPart(omitted(what, why));
}

function writeImage({ source, detail }: ImageBlock, path: string, writing: Writing): JsonObject {
  if (writing.quirks.images === false) return absent('image', path, 'the model takes no images', writing);
  if (source.type === 'file' && source.owner !== responsesName) {
    return absent('image', path, 'it lies with another provider', writing);
  }
  const where = source.type === 'file' ? { file_id: source.id } : { image_url: urlOf(source) };
  return { type: 'input_image', ...where, ...(detail !== undefined && { detail }) };
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
  if (source.type === 'text' || source.type === 'parts') {
    writing.loseOnce('mapped', path, 'text documents are told as text');
    if (source.type === 'text') return [textPart([...documentLines(block), source.text].join('\n'))];
    const head = documentLines(block);
    const parts = source.parts.flatMap((part, i) => writePart(part, `${path}.source.parts[${i}]`, writing));
    return head.length > 0 ? [textPart(head.join('\n')), ...parts] : parts;
  }
  if (writing.quirks.files === false)
    return [...about, absent(nameOf(block), path, 'the model takes no files', writing)];
  if (source.type === 'file' && source.owner !== responsesName) {
    return [...about, absent(nameOf(block), path, 'it lies with another provider', writing)];
  }
  const name = title ?? (source.type === 'base64' && !writing.own ? defaultName(source.mediaType) : undefined);
  return [...about, { type: 'input_file', ...(name !== undefined && { filename: name }), ...fileOf(source) }];
}

function fileOf(source: Source): JsonObject {
  if (source.type === 'file') return { file_id: source.id };
  return source.type === 'url' ? { file_url: source.url } : { file_data: urlOf(source) };
}

function defaultName(mediaType: string): string {
  return `document.${mediaType.split('/')[1] ?? 'bin'}`;
}

function nameOf({ title }: DocumentBlock): string {
  return title === undefined ? 'document' : `document ${title}`;
}

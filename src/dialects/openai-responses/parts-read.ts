import type { Block, CacheMark, DocumentBlock, Ext, ImageBlock, Source } from '../../canon/content.ts';
import { isObject, type JsonObject, objectsIn, stringIn } from '../../canon/json.ts';
import { mediaTypeOfName, parseDataUrl } from '../../canon/media.ts';
import { readAnnotation } from './citation.ts';
import { asExt, otherFields, responsesName } from './ext.ts';
import { missingField, object, objects, optional, required, string, wrongType } from './fields.ts';

/** Content as blocks: a string, or parts. An empty string says nothing. `path` names it in errors. */
export function readContent(content: unknown, path: string): Block[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw wrongType(path, 'one of a string or array of objects', content);
  return objects(content, path).map((part, i) => readPart(part, `${path}[${i}]`));
}

const partFields: ReadonlySet<string> = new Set([
  'type',
  'text',
  'refusal',
  'annotations',
  'image_url',
  'file_id',
  'file_url',
  'file_data',
  'filename',
  'input_audio',
  'prompt_cache_breakpoint',
]);
const imageFields: ReadonlySet<string> = new Set([...partFields, 'detail']);

function readPart(part: JsonObject, path: string): Block {
  const type = required(part, 'type', string, `${path}.`);
  switch (type) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'summary_text':
      return { type: 'text', text: required(part, 'text', string, `${path}.`), ...readCitations(part), ...rest(part) };
    case 'refusal':
      return { type: 'refusal', text: required(part, 'refusal', string, `${path}.`), ...rest(part) };
    case 'input_image':
    case 'computer_screenshot':
      return readImage(part, path);
    case 'input_file':
      return readFile(part, path);
    case 'input_audio':
      return { ...readAudio(required(part, 'input_audio', object, `${path}.`), path), ...rest(part) };
    default:
      // Whoever writes it again has to know that it was no item of its own.
      return { type: 'native', dialect: responsesName, value: { type: 'content_part', part } };
  }
}

function rest(part: JsonObject, known = partFields): { cache?: CacheMark; ext?: Ext } {
  const cache = readCacheMark(part);
  return { ...(cache !== undefined && { cache }), ...asExt(otherFields(part, known)) };
}

/** The end of a prefix that is to be cached. */
export function readCacheMark({ prompt_cache_breakpoint: mark }: JsonObject): CacheMark | undefined {
  if (!isObject(mark)) return undefined;
  const ttl = stringIn(mark.ttl);
  return ttl === undefined ? {} : { ttl };
}

function readCitations(part: JsonObject): Pick<Extract<Block, { type: 'text' }>, 'citations'> {
  const annotations = objectsIn(part.annotations);
  return annotations.length > 0 ? { citations: annotations.map(readAnnotation) } : {};
}

function readImage(part: JsonObject, path: string): ImageBlock {
  const url = optional(part, 'image_url', string, `${path}.`);
  const id = optional(part, 'file_id', string, `${path}.`);
  const detail = optional(part, 'detail', string, `${path}.`);
  if (url === undefined && id === undefined) throw missingField(`${path}.image_url`);
  return {
    type: 'image',
    source: url === undefined ? fileById(id ?? '') : readUrl(url),
    ...(detail !== undefined && detail !== 'auto' && { detail }),
    ...rest(part, imageFields),
  };
}

function readFile(part: JsonObject, path: string): DocumentBlock {
  const title = optional(part, 'filename', string, `${path}.`);
  const data = optional(part, 'file_data', string, `${path}.`);
  const url = optional(part, 'file_url', string, `${path}.`);
  const id = optional(part, 'file_id', string, `${path}.`);
  let source: Source;
  if (data !== undefined) source = readFileData(data, title);
  else if (url !== undefined) source = readUrl(url);
  else if (id !== undefined) source = fileById(id);
  else throw missingField(`${path}.file_data`);
  return { type: 'document', source, ...(title !== undefined && { title }), ...rest(part) };
}

/** The bytes as a data URL, or as base64 alone: then only the name tells what they are. */
function readFileData(data: string, name: string | undefined): Source {
  if (data.startsWith('data:')) return readUrl(data);
  const mediaType = (name === undefined ? undefined : mediaTypeOfName(name)) ?? 'application/pdf';
  return { type: 'base64', mediaType, data };
}

/** A URL as a source; the bytes themselves where it holds them. */
export function readUrl(url: string): Source {
  const held = parseDataUrl(url);
  return held === undefined ? { type: 'url', url } : { type: 'base64', ...held };
}

function fileById(id: string): Source {
  return { type: 'file', id, owner: responsesName };
}

const mediaTypeOfFormat: ReadonlyMap<string, string> = new Map([['mp3', 'audio/mpeg']]);

function readAudio(audio: JsonObject, path: string): Extract<Block, { type: 'audio' }> {
  const data = required(audio, 'data', string, `${path}.input_audio.`);
  const format = required(audio, 'format', string, `${path}.input_audio.`);
  const mediaType = mediaTypeOfFormat.get(format) ?? `audio/${format}`;
  return { type: 'audio', source: { type: 'base64', mediaType, data } };
}

import type { Block, CacheMark, DocumentBlock, Ext, Source } from '../../canon/content.ts';
import { flatFrom } from '../../canon/flat.ts';
import { isObject, type JsonObject, otherFields, stringIn } from '../../canon/json.ts';
import {
  at,
  missingField,
  nth,
  object,
  objects,
  optional,
  required,
  string,
  within,
  wrongType,
  wrongValue,
} from './fields.ts';

/** Content as blocks: a string, or parts. `path` names it in errors. */
export function readContent(content: unknown, path: string): Block[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw wrongType(path, 'one of a string or array of objects', content);
  return objects(content, path).map((part, i) => readPart(part, nth(path, i)));
}

const partFields = new Set([
  'type',
  'text',
  'refusal',
  'image_url',
  'input_audio',
  'file',
  'file_id',
  'document_url',
  'document_name',
  'cache_control',
]);

function readPart(part: JsonObject, path: string): Block {
  const type = string(part['type'] ?? guessType(part, path), at(path, 'type'));
  const more = readMore(part);
  switch (type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return { type: 'text', text: required(part, 'text', string, within(path)), ...more };
    case 'refusal':
      return { type: 'refusal', text: required(part, 'refusal', string, within(path)), ...more };
    case 'image_url':
      return { ...readImage(part['image_url'], at(path, 'image_url')), ...more };
    case 'input_audio':
      // Mistral's form says bytes alone, and not which.
      if (typeof part['input_audio'] === 'string') return { type: 'native', dialect: 'openai-chat', value: part };
      return { ...readAudio(required(part, 'input_audio', object, within(path)), at(path, 'input_audio')), ...more };
    case 'file':
      if (part['file'] === undefined && typeof part['file_id'] === 'string')
        return { type: 'document', source: fileById(part['file_id']), ...more };
      return { ...readFile(required(part, 'file', object, within(path)), at(path, 'file')), ...more };
    case 'document_url':
      return { ...readDocumentUrl(part, path), ...more };
    default:
      return { type: 'native', dialect: 'openai-chat', value: part };
  }
}

/** Clients forget the type where the field names it. */
function guessType(part: JsonObject, path: string): string {
  for (const type of ['text', 'image_url', 'input_audio', 'file']) if (part[type] !== undefined) return type;
  throw missingField(at(path, 'type'));
}

function readMore(part: JsonObject): { cache?: CacheMark; ext?: Ext } {
  const cache = readCacheMark(part);
  const rest = otherFields(part, partFields);
  return { ...(cache !== undefined && { cache }), ...(rest !== undefined && { ext: { 'openai-chat': rest } }) };
}

/** A cache mark on a part, message or tool: OpenAI's `prompt_cache_breakpoint`, or Anthropic's field, which relays take. */
export function readCacheMark(fields: JsonObject): CacheMark | undefined {
  const mark = fields['prompt_cache_breakpoint'] ?? fields['cache_control'];
  if (!isObject(mark)) return undefined;
  const ttl = stringIn(mark['ttl']);
  return ttl === undefined ? {} : { ttl };
}

function readImage(image: unknown, path: string): Extract<Block, { type: 'image' }> {
  if (image === undefined) throw missingField(path);
  if (typeof image === 'string') return { type: 'image', source: checkedUrl(image, path) };
  const fields = object(image, path);
  const detail = optional(fields, 'detail', string, within(path));
  const source = checkedUrl(required(fields, 'url', string, within(path)), at(path, 'url'));
  return { type: 'image', source, ...(detail !== undefined && { detail }) };
}

function checkedUrl(url: string, path: string): Source {
  const source = readUrl(url);
  if (source.type === 'url' && url.startsWith('data:')) {
    const example = 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU=';
    throw wrongValue(
      path,
      `Invalid '${path}'. Expected a base64-encoded data URL with an image MIME type (e.g. '${example}').`,
    );
  }
  return source;
}

/** A URL as a source; the bytes themselves where it holds them. */
export function readUrl(url: string): Source {
  const comma = url.startsWith('data:') ? url.indexOf(',') : -1;
  if (comma === -1) return { type: 'url', url };
  const [mediaType, ...parameters] = url.slice('data:'.length, comma).split(';');
  if (parameters.at(-1)?.trim().toLowerCase() !== 'base64') return { type: 'url', url };
  return { type: 'base64', mediaType: mediaType || 'application/octet-stream', data: flatFrom(url, comma + 1) };
}

const mediaTypeOfFormat: ReadonlyMap<string, string> = new Map([['mp3', 'audio/mpeg']]);

function readAudio(audio: JsonObject, path: string): Extract<Block, { type: 'audio' }> {
  const data = required(audio, 'data', string, within(path));
  const format = required(audio, 'format', string, within(path));
  return {
    type: 'audio',
    source: { type: 'base64', mediaType: mediaTypeOfFormat.get(format) ?? `audio/${format}`, data },
  };
}

function readFile(file: JsonObject, path: string): DocumentBlock {
  const title = optional(file, 'filename', string, within(path));
  const id = optional(file, 'file_id', string, within(path));
  const data = optional(file, 'file_data', string, within(path));
  if (id === undefined && data === undefined) throw missingField(at(path, 'file_data'));
  const source = data === undefined ? fileById(id ?? '') : readFileData(data);
  return { type: 'document', source, ...(title !== undefined && { title }) };
}

function fileById(id: string): Source {
  return { type: 'file', id, owner: 'openai-chat' };
}

/** The bytes as a data URL, as base64 alone, or, where a relay fetches files, as an address. */
function readFileData(data: string): Source {
  if (data.startsWith('data:') || /^https?:/.test(data)) return readUrl(data);
  return { type: 'base64', mediaType: 'application/pdf', data };
}

function readDocumentUrl(part: JsonObject, path: string): DocumentBlock {
  const title = optional(part, 'document_name', string, within(path));
  const source = readUrl(required(part, 'document_url', string, within(path)));
  return { type: 'document', source, ...(title !== undefined && { title }) };
}

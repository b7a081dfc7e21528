import type { Block, Citation, DocumentBlock, Source, TextBlock } from '../../canon/content.ts';
import { booleanIn, isObject, type JsonObject, stringIn } from '../../canon/json.ts';
import { readCitation } from './citation.ts';
import { anthropicName } from './ext.ts';
import { aBoolean, isAbsent, optional, requiredList, requiredObject, requiredString, wrongField } from './field.ts';
import { readCacheMark, readMarks } from './mark.ts';

const known = {
  text: new Set(['type', 'text', 'citations']),
  image: new Set(['type', 'source']),
  document: new Set(['type', 'source', 'title', 'context', 'citations']),
  search_result: new Set(['type', 'source', 'title', 'content', 'citations']),
  thinking: new Set(['type', 'thinking', 'signature']),
  redacted_thinking: new Set(['type', 'data']),
  tool_use: new Set(['type', 'id', 'name', 'input']),
  tool_result: new Set(['type', 'tool_use_id', 'content', 'is_error']),
  tool_reference: new Set(['type', 'tool_name']),
} as const satisfies { readonly [type: string]: ReadonlySet<string> };

/** Content as a client sends it, text or blocks. An empty text is no content. */
export function readContent(value: unknown, path: string): Block[] {
  if (typeof value === 'string') return value === '' ? [] : [{ type: 'text', text: value }];
  if (!Array.isArray(value)) throw wrongField(path, 'Input should be a valid string or list');
  return value.map((block, i) => readBlock(block, `${path}.${i}`));
}

/** One block of a request. What this dialect does not know stays whole, as `native`. */
export function readBlock(value: unknown, path: string): Block {
  const block = requiredObject(value, path);
  const type = requiredString(block.type, `${path}.type`);
  switch (type) {
    case 'text':
      return readTextBlock(block, path);
    case 'image': {
      const source = readSource(block.source, `${path}.source`);
      return source === undefined ? native(block, path) : { type, source, ...readMarks(block, known.image, path) };
    }
    case 'document':
      return readDocument(block, path);
    case 'search_result':
      return readSearchResult(block, path);
    case 'thinking':
      return readThinking(block, path);
    case 'redacted_thinking': {
      const redacted = requiredString(block.data, `${path}.data`);
      return { type: 'thinking', text: '', redacted, ...readMarks(block, known.redacted_thinking, path) };
    }
    case 'tool_use':
      return readToolUse(block, path);
    case 'tool_result':
      return readToolResult(block, path);
    case 'tool_reference': {
      const name = requiredString(block.tool_name, `${path}.tool_name`);
      return { type, name, ...readMarks(block, known.tool_reference, path) };
    }
    default:
      return native(block, path);
  }
}

/** A text block, the only kind that instructions may consist of. */
export function readTextBlock(block: JsonObject, path: string): TextBlock {
  const citations = readCitations(block.citations, `${path}.citations`);
  return {
    type: 'text',
    text: requiredString(block.text, `${path}.text`),
    ...(citations.length > 0 && { citations }),
    ...readMarks(block, known.text, path),
  };
}

function readCitations(value: unknown, path: string): Citation[] {
  const list = optional(value, path, requiredList) ?? [];
  return list.map((citation, i) => readCitation(requiredObject(citation, `${path}.${i}`)));
}

function native(value: JsonObject, path: string): Block {
  const cache = readCacheMark(value.cache_control, `${path}.cache_control`);
  return { type: 'native', dialect: anthropicName, value, ...(cache !== undefined && { cache }) };
}

/** Where the bytes are; nothing for a kind of source that is not known here. */
function readSource(value: unknown, path: string): Source | undefined {
  const source = requiredObject(value, path);
  switch (requiredString(source.type, `${path}.type`)) {
    case 'base64':
      return {
        type: 'base64',
        mediaType: requiredString(source.media_type, `${path}.media_type`),
        data: requiredString(source.data, `${path}.data`),
      };
    case 'url':
      return { type: 'url', url: requiredString(source.url, `${path}.url`) };
    case 'file':
      return { type: 'file', id: requiredString(source.file_id, `${path}.file_id`), owner: anthropicName };
    default:
      return undefined;
  }
}

function readDocument(block: JsonObject, path: string): Block {
  const source = readDocumentSource(block.source, `${path}.source`);
  if (source === undefined) return native(block, path);
  const title = optional(block.title, `${path}.title`, requiredString);
  const context = optional(block.context, `${path}.context`, requiredString);
  const citations = citationsWanted(block.citations, `${path}.citations`);
  return {
    type: 'document',
    source,
    ...(title !== undefined && { title }),
    ...(context !== undefined && { context }),
    ...(citations !== undefined && { citations }),
    ...readMarks(block, known.document, path),
  };
}

function readDocumentSource(value: unknown, path: string): DocumentBlock['source'] | undefined {
  if (isObject(value) && value.type === 'text')
    return { type: 'text', text: requiredString(value.data, `${path}.data`) };
  if (isObject(value) && value.type === 'content') {
    return { type: 'parts', parts: readContent(value.content, `${path}.content`) };
  }
  return readSource(value, path);
}

function citationsWanted(value: unknown, path: string): boolean | undefined {
  return booleanIn(optional(value, path, requiredObject)?.enabled);
}

function readSearchResult(block: JsonObject, path: string): Block {
  const citations = citationsWanted(block.citations, `${path}.citations`);
  return {
    type: 'search_result',
    source: requiredString(block.source, `${path}.source`),
    title: requiredString(block.title, `${path}.title`),
    content: readContent(block.content, `${path}.content`),
    ...(citations !== undefined && { citations }),
    ...readMarks(block, known.search_result, path),
  };
}

function readThinking(block: JsonObject, path: string): Block {
  const signature = stringIn(block.signature);
  return {
    type: 'thinking',
    text: requiredString(block.thinking, `${path}.thinking`),
    ...(signature !== undefined && signature !== '' && { signature }),
    ...readMarks(block, known.thinking, path),
  };
}

function readToolUse(block: JsonObject, path: string): Block {
  const input = optional(block.input, `${path}.input`, requiredObject) ?? {};
  return {
    type: 'tool_call',
    id: requiredString(block.id, `${path}.id`),
    name: requiredString(block.name, `${path}.name`),
    json: JSON.stringify(input),
    ...readMarks(block, known.tool_use, path),
  };
}

function readToolResult(block: JsonObject, path: string): Block {
  const isError = optional(block.is_error, `${path}.is_error`, aBoolean);
  return {
    type: 'tool_result',
    id: requiredString(block.tool_use_id, `${path}.tool_use_id`),
    content: isAbsent(block.content) ? [] : readContent(block.content, `${path}.content`),
    ...(isError !== undefined && { isError }),
    ...readMarks(block, known.tool_result, path),
  };
}

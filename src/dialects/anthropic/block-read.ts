import type {
  Block,
  Citation,
  DocumentBlock,
  ImageBlock,
  SearchResultBlock,
  Source,
  TextBlock,
  ThinkingBlock,
  ToolCallBlock,
  ToolReferenceBlock,
  ToolResultBlock,
} from '../../canon/content.ts';
import { booleanIn, isObject, type JsonObject, stringIn } from '../../canon/json.ts';
import { readCitation } from './citation.ts';
import { anthropicName } from './ext.ts';
import { aBoolean, at, isAbsent, optional, requiredList, requiredObject, requiredString, wrongField } from './field.ts';
import { marked, readCacheMark } from './mark.ts';

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
  return value.map((block, i) => readBlock(block, at(path, i)));
}

/** One block of a request. What this dialect does not know stays whole, as `native`. */
export function readBlock(value: unknown, path: string): Block {
  const block = requiredObject(value, path);
  const type = requiredString(block.type, at(path, 'type'));
  switch (type) {
    case 'text':
      return readTextBlock(block, path);
    case 'image': {
      const source = readSource(block.source, at(path, 'source'));
      return source === undefined
        ? native(block, path)
        : marked<ImageBlock>({ type, source }, block, known.image, path);
    }
    case 'document':
      return readDocument(block, path);
    case 'search_result':
      return readSearchResult(block, path);
    case 'thinking':
      return readThinking(block, path);
    case 'redacted_thinking': {
      const redacted = requiredString(block.data, at(path, 'data'));
      return marked<ThinkingBlock>({ type: 'thinking', text: '', redacted }, block, known.redacted_thinking, path);
    }
    case 'tool_use':
      return readToolUse(block, path);
    case 'tool_result':
      return readToolResult(block, path);
    case 'tool_reference': {
      const name = requiredString(block.tool_name, at(path, 'tool_name'));
      return marked<ToolReferenceBlock>({ type, name }, block, known.tool_reference, path);
    }
    default:
      return native(block, path);
  }
}

/** A text block, the only kind that instructions may consist of. */
export function readTextBlock(block: JsonObject, path: string): TextBlock {
  const citations = readCitations(block.citations, at(path, 'citations'));
  const text = requiredString(block.text, at(path, 'text'));
  const read: TextBlock = citations === undefined ? { type: 'text', text } : { type: 'text', text, citations };
  return marked(read, block, known.text, path);
}

/** Nothing where there are none. */
function readCitations(value: unknown, path: string): Citation[] | undefined {
  const list = optional(value, path, requiredList);
  if (list === undefined || list.length === 0) return undefined;
  return list.map((citation, i) => readCitation(requiredObject(citation, at(path, i))));
}

function native(value: JsonObject, path: string): Block {
  const cache = readCacheMark(value.cache_control, at(path, 'cache_control'));
  return { type: 'native', dialect: anthropicName, value, ...(cache !== undefined && { cache }) };
}

/** Where the bytes are; nothing for a kind of source that is not known here. */
function readSource(value: unknown, path: string): Source | undefined {
  const source = requiredObject(value, path);
  switch (requiredString(source.type, at(path, 'type'))) {
    case 'base64':
      return {
        type: 'base64',
        mediaType: requiredString(source.media_type, at(path, 'media_type')),
        data: requiredString(source.data, at(path, 'data')),
      };
    case 'url':
      return { type: 'url', url: requiredString(source.url, at(path, 'url')) };
    case 'file':
      return { type: 'file', id: requiredString(source.file_id, at(path, 'file_id')), owner: anthropicName };
    default:
      return undefined;
  }
}

function readDocument(block: JsonObject, path: string): Block {
  const source = readDocumentSource(block.source, at(path, 'source'));
  if (source === undefined) return native(block, path);
  const title = optional(block.title, at(path, 'title'), requiredString);
  const context = optional(block.context, at(path, 'context'), requiredString);
  const citations = citationsWanted(block.citations, at(path, 'citations'));
  const read: DocumentBlock = {
    type: 'document',
    source,
    ...(title !== undefined && { title }),
    ...(context !== undefined && { context }),
    ...(citations !== undefined && { citations }),
  };
  return marked(read, block, known.document, path);
}

function readDocumentSource(value: unknown, path: string): DocumentBlock['source'] | undefined {
  if (isObject(value) && value.type === 'text')
    return { type: 'text', text: requiredString(value.data, at(path, 'data')) };
  if (isObject(value) && value.type === 'content') {
    return { type: 'parts', parts: readContent(value.content, at(path, 'content')) };
  }
  return readSource(value, path);
}

function citationsWanted(value: unknown, path: string): boolean | undefined {
  return booleanIn(optional(value, path, requiredObject)?.enabled);
}

function readSearchResult(block: JsonObject, path: string): Block {
  const citations = citationsWanted(block.citations, at(path, 'citations'));
  const read: SearchResultBlock = {
    type: 'search_result',
    source: requiredString(block.source, at(path, 'source')),
    title: requiredString(block.title, at(path, 'title')),
    content: readContent(block.content, at(path, 'content')),
    ...(citations !== undefined && { citations }),
  };
  return marked(read, block, known.search_result, path);
}

function readThinking(block: JsonObject, path: string): Block {
  const signature = stringIn(block.signature);
  const text = requiredString(block.thinking, at(path, 'thinking'));
  const isProven = signature !== undefined && signature !== '';
  const read: ThinkingBlock = isProven ? { type: 'thinking', text, signature } : { type: 'thinking', text };
  return marked(read, block, known.thinking, path);
}

function readToolUse(block: JsonObject, path: string): Block {
  const input = optional(block.input, at(path, 'input'), requiredObject) ?? {};
  const id = requiredString(block.id, at(path, 'id'));
  const name = requiredString(block.name, at(path, 'name'));
  const read: ToolCallBlock = { type: 'tool_call', id, name, json: JSON.stringify(input) };
  return marked(read, block, known.tool_use, path);
}

function readToolResult(block: JsonObject, path: string): Block {
  const isError = optional(block.is_error, at(path, 'is_error'), aBoolean);
  const id = requiredString(block.tool_use_id, at(path, 'tool_use_id'));
  const content = isAbsent(block.content) ? [] : readContent(block.content, at(path, 'content'));
  const read: ToolResultBlock =
    isError === undefined ? { type: 'tool_result', id, content } : { type: 'tool_result', id, content, isError };
  return marked(read, block, known.tool_result, path);
}

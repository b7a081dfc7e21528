import { plainTextOf } from '../../canon/blocks.ts';
import type {
  Block,
  Citation,
  DocumentBlock,
  ImageBlock,
  NativeBlock,
  SearchResultBlock,
  Source,
  TextBlock,
  ThinkingBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '../../canon/content.ts';
import { isObject, type JsonObject, parseJson } from '../../canon/json.ts';
import { anthropicName } from './ext.ts';
import { withMarks, writeCacheMark, writeMarks } from './mark.ts';
import { legalToolId } from './tool-id.ts';
import type { Writing } from './writing.ts';

/** The blocks of a turn, those left out that the service has no place for. */
export function writeContent(blocks: readonly Block[], turn: number, to: Writing): JsonObject[] {
  const written: JsonObject[] = [];
  for (let i = 0; i < blocks.length; i++) {
    const block = blocks[i] as Block;
    const wire = writePlain(block) ?? writeBlock(block, `turns[${turn}].content[${i}]`, to);
    if (wire !== undefined) written.push(wire);
  }
  return written;
}

/**
 * A text, a call or a result without a mark or a field that only one language has, as most blocks are: nothing of it can be
 * lost, so that nobody has to know where it stands. Nothing for all others.
 */
export function writePlain(block: Block): JsonObject | undefined {
  switch (block.type) {
    case 'text': {
      const text = plainTextOf(block);
      return text === undefined || text === '' ? undefined : { type: 'text', text };
    }
    case 'tool_call': {
      if (block.cache !== undefined || block.ext !== undefined) return undefined;
      const { input, asSaid } = inputOf(block);
      return asSaid ? { type: 'tool_use', id: legalToolId(block.id), name: block.name, input } : undefined;
    }
    case 'tool_result':
      return writePlainResult(block);
    default:
      return undefined;
  }
}

function writePlainResult({ id, content, isError, cache, ext }: ToolResultBlock): JsonObject | undefined {
  if (cache !== undefined || ext !== undefined || content.length === 0) return undefined;
  const texts: JsonObject[] = [];
  for (let i = 0; i < content.length; i++) {
    const text = plainTextOf(content[i] as Block);
    if (text === undefined || text === '') return undefined;
    texts.push({ type: 'text', text });
  }
  const written: JsonObject = { type: 'tool_result', tool_use_id: legalToolId(id), content: texts };
  if (isError !== undefined) written.is_error = isError;
  return written;
}

/** Blocks of a request, those left out that the service has no place for. `path` says where they stood. */
export function writeBlocks(blocks: readonly Block[], path: string, to: Writing): JsonObject[] {
  const written: JsonObject[] = [];
  blocks.forEach((block, i) => {
    const wire = writeBlock(block, `${path}[${i}]`, to);
    if (wire !== undefined) written.push(wire);
  });
  return written;
}

/** One block; nothing where the service has no place for it. */
export function writeBlock(block: Block, path: string, to: Writing): JsonObject | undefined {
  switch (block.type) {
    case 'text':
      return writeTextBlock(block, path, to);
    case 'image':
      return writeImage(block, path, to);
    case 'audio':
    case 'video':
      return leftOut(block.type);
    case 'document':
      return writeDocument(block, path, to);
    case 'search_result':
      return writeSearchResult(block, path, to);
    case 'thinking':
      return writeThinking(block, path, to);
    case 'tool_call':
      return writeToolCall(block, path, to);
    case 'tool_result':
      return writeToolResult(block, path, to);
    case 'tool_reference':
      return { type: 'tool_reference', tool_name: block.name, ...writeMarks(block, to.marks) };
    case 'refusal':
      to.lose('mapped', path, 'a refusal in the past is said as text');
      return block.text === '' ? undefined : { type: 'text', text: block.text, ...writeMarks(block, to.marks) };
    case 'native':
      return writeNative(block, to);
  }
}

/** What stands where something could not be said, so that the model knows, and no turn becomes empty. */
function leftOut(what: string): JsonObject {
  return { type: 'text', text: `[${what} left out]` };
}

/** Nothing for an empty text: the service refuses it. */
function writeTextBlock(block: TextBlock, path: string, to: Writing): JsonObject | undefined {
  if (block.text === '') return undefined;
  const written: JsonObject = { type: 'text', text: block.text };
  const citations = (block.citations ?? []).flatMap((citation, i) =>
    writeOwnCitation(citation, `${path}.citations[${i}]`, to),
  );
  if (citations.length > 0) written.citations = citations;
  return withMarks(written, block, to.marks);
}

/** The service checks citations against its own searches, so only its own can go back. */
function writeOwnCitation({ native }: Citation, path: string, to: Writing): JsonObject[] {
  if (native?.dialect === anthropicName) return [native.value];
  to.lose('dropped', path, 'a citation that is not of this service');
  return [];
}

function writeImage(block: ImageBlock, path: string, to: Writing): JsonObject {
  if (to.quirks.images === false) return refusedPart('image', path, to);
  const source = writeSource(block.source, path, to);
  if (source === undefined) return leftOut('image');
  if (block.detail !== undefined && block.detail !== 'auto')
    to.lose('dropped', `${path}.detail`, 'images have no detail here');
  return { type: 'image', source, ...writeMarks(block, to.marks) };
}

function refusedPart(what: string, path: string, to: Writing): JsonObject {
  to.lose('dropped', path, `the provider takes no ${what}s`);
  return leftOut(what);
}

function writeSource(source: Source, path: string, to: Writing): JsonObject | undefined {
  switch (source.type) {
    case 'base64':
      return { type: 'base64', media_type: source.mediaType, data: source.data };
    case 'url':
      return { type: 'url', url: source.url };
    case 'file':
      if (source.owner === anthropicName) return { type: 'file', file_id: source.id };
      to.lose('dropped', path, `the file lies with another provider (${source.owner})`);
      return undefined;
  }
}

function writeDocument(block: DocumentBlock, path: string, to: Writing): JsonObject {
  if (to.quirks.files === false) return refusedPart('document', path, to);
  const source = writeDocumentSource(block.source, path, to);
  if (source === undefined) return leftOut('document');
  return {
    type: 'document',
    source,
    ...(block.title !== undefined && { title: block.title }),
    ...(block.context !== undefined && { context: block.context }),
    ...(block.citations !== undefined && { citations: { enabled: block.citations } }),
    ...writeMarks(block, to.marks),
  };
}

function writeDocumentSource(source: DocumentBlock['source'], path: string, to: Writing): JsonObject | undefined {
  switch (source.type) {
    case 'text':
      return { type: 'text', media_type: 'text/plain', data: source.text };
    case 'parts':
      return { type: 'content', content: writeBlocks(source.parts, `${path}.source.parts`, to) };
    case 'base64':
      // Bytes are taken for PDF; whatever is text goes as text.
      if (!source.mediaType.startsWith('text/')) return writeSource(source, path, to);
      return { type: 'text', media_type: 'text/plain', data: Buffer.from(source.data, 'base64').toString() };
    default:
      return writeSource(source, path, to);
  }
}

function writeSearchResult(block: SearchResultBlock, path: string, to: Writing): JsonObject {
  return {
    type: 'search_result',
    source: block.source,
    title: block.title,
    content: writeBlocks(block.content, `${path}.content`, to),
    ...(block.citations !== undefined && { citations: { enabled: block.citations } }),
    ...writeMarks(block, to.marks),
  };
}

/** Past reasoning is taken back only with its proof; a client of this language gets the service's own judgement of what it sends. */
function writeThinking(block: ThinkingBlock, path: string, to: Writing): JsonObject | undefined {
  const { text, signature, redacted } = block;
  if (to.quirks.reasoning === 'none') {
    to.lose('dropped', path, 'the provider takes no past reasoning');
    return undefined;
  }
  if (redacted !== undefined) return { type: 'redacted_thinking', data: redacted, ...writeMarks(block, false) };
  if (signature === undefined && to.foreign) {
    to.lose('dropped', path, 'reasoning without a signature is not taken back');
    return undefined;
  }
  return { type: 'thinking', thinking: text, signature: signature ?? '', ...writeMarks(block, false) };
}

function writeToolCall(block: ToolCallBlock, path: string, to: Writing): JsonObject {
  const { input, asSaid } = inputOf(block);
  if (!asSaid) to.lose('approximated', path, 'arguments that are not a JSON object');
  return { type: 'tool_use', id: legalToolId(block.id), name: block.name, input, ...writeMarks(block, to.marks) };
}

/** A call's arguments as the object they have to be. `asSaid` is false where text had to be wrapped into one. */
export function inputOf({ json, kind }: Pick<ToolCallBlock, 'json' | 'kind'>): { input: JsonObject; asSaid: boolean } {
  if (kind === 'custom') return { input: { input: json }, asSaid: true };
  const parsed = json.trim() === '' ? {} : parseJson(json);
  return isObject(parsed) ? { input: parsed, asSaid: true } : { input: { _raw: json }, asSaid: false };
}

function writeToolResult(block: ToolResultBlock, path: string, to: Writing): JsonObject {
  const content = writeBlocks(block.content, `${path}.content`, to);
  return {
    type: 'tool_result',
    tool_use_id: legalToolId(block.id),
    ...(content.length > 0 && { content }),
    ...(block.isError !== undefined && { is_error: block.isError }),
    ...writeMarks(block, to.marks),
  };
}

function writeNative(block: NativeBlock, to: Writing): JsonObject | undefined {
  if (block.dialect !== anthropicName) return undefined;
  const mark = to.marks && block.value.cache_control === undefined ? writeCacheMark(block.cache) : {};
  return { ...block.value, ...mark };
}

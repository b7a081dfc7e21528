import type { Block, TextBlock } from '../../canon/content.ts';
import { booleanIn, isObject, type JsonObject, objectsIn, otherFields, stringIn } from '../../canon/json.ts';
import { readCitation } from './citation.ts';
import { asExt, converseName } from './ext.ts';
import { isAbsent, optional, requiredList, requiredObject, requiredString } from './field.ts';
import { markedBy } from './mark.ts';
import { readRedacted } from './redacted.ts';
import { readSource } from './source.ts';

const textFields: ReadonlySet<string> = new Set(['text', 'type']);
const mediaFields: ReadonlySet<string> = new Set(['format', 'source']);
const documentFields: ReadonlySet<string> = new Set(['format', 'source', 'name', 'context', 'citations']);
const searchFields: ReadonlySet<string> = new Set(['source', 'title', 'content', 'citations']);
const toolUseFields: ReadonlySet<string> = new Set(['toolUseId', 'name', 'input']);
const resultFields: ReadonlySet<string> = new Set(['toolUseId', 'content', 'status']);

/** Content as a client sends it. A cache point marks the block before it. */
export function readContent(value: unknown, path: string): Block[] {
  const blocks: Block[] = [];
  requiredList(value, path).forEach((item, i) => {
    const object = requiredObject(item, `${path}[${i}]`);
    const marked = markedBy(blocks.at(-1), object);
    if (marked === undefined) blocks.push(readBlock(object, `${path}[${i}]`));
    else blocks[blocks.length - 1] = marked;
  });
  return blocks;
}

/** The readers of what a block may be, by the member that says which. */
const readers: {
  readonly [member: string]: (value: JsonObject, path: string, block: JsonObject) => Block | undefined;
} = {
  image: (value) => readMedia('image', value),
  audio: (value) => readMedia('audio', value),
  video: (value) => readMedia('video', value),
  document: readDocument,
  searchResult: readSearchResult,
  toolUse: readToolUse,
  toolResult: readToolResult,
  reasoningContent: readReasoning,
  citationsContent: readCited,
  guardContent: readGuarded,
};

/** One block of a request. What this dialect does not know stays whole, as `native`. */
function readBlock(block: JsonObject, path: string): Block {
  if (!isAbsent(block.text)) return readText(block, path);
  for (const member of Object.keys(block)) {
    if (isAbsent(block[member])) continue;
    const known = readers[member]?.(requiredObject(block[member], `${path}.${member}`), `${path}.${member}`, block);
    if (known !== undefined) return known;
  }
  return native(block);
}

/** A text block, also where it is wrapped to be judged by a guardrail; nothing for anything else. */
export function readTextBlock(block: JsonObject, path: string): TextBlock | undefined {
  if (!isAbsent(block.text)) return readText(block, path);
  const guarded = isObject(block.guardContent) ? readGuarded(block.guardContent) : undefined;
  return guarded?.type === 'text' ? guarded : undefined;
}

function readText(block: JsonObject, path: string): TextBlock {
  return { type: 'text', text: requiredString(block.text, `${path}.text`), ...asExt(otherFields(block, textFields)) };
}

function native(value: JsonObject): Block {
  return { type: 'native', dialect: converseName, value };
}

/** Nothing for a kind of source that is not known here. */
function readMedia(type: 'image' | 'audio' | 'video', value: JsonObject): Block | undefined {
  const read = readSource(type, value.source, stringIn(value.format));
  if (read === undefined) return undefined;
  return { type, source: read.source, ...asExt({ ...otherFields(value, mediaFields), ...read.others }) };
}

/** Content for a guardrail's eyes is content all the same; that it is meant for them is noted beside it. */
function readGuarded(value: JsonObject): Block | undefined {
  if (isObject(value.text) && typeof value.text.text === 'string') {
    const { text, ...rest } = value.text;
    return { type: 'text', text, ...asExt({ guardContent: rest }) };
  }
  const image = isObject(value.image) ? readMedia('image', value.image) : undefined;
  if (image?.type !== 'image') return undefined;
  return { ...image, ...asExt({ ...image.ext?.[converseName], guardContent: {} }) };
}

function readDocument(value: JsonObject, path: string): Block | undefined {
  const format = stringIn(value.format);
  const read = readDocumentSource(value.source, format);
  if (read === undefined) return undefined;
  const title = optional(value.name, `${path}.name`, requiredString);
  const context = optional(value.context, `${path}.context`, requiredString);
  const citations = wanted(value.citations);
  return {
    type: 'document',
    source: read.source,
    ...(title !== undefined && { title }),
    ...(context !== undefined && { context }),
    ...(citations !== undefined && { citations }),
    ...asExt({ ...otherFields(value, documentFields), ...read.others }),
  };
}

type DocumentSource = Extract<Block, { type: 'document' }>['source'];

function readDocumentSource(
  value: unknown,
  format: string | undefined,
): { readonly source: DocumentSource; readonly others: JsonObject } | undefined {
  const read = readSource('document', value, format);
  if (read !== undefined || !isObject(value)) return read;
  // What is given as text is plain text unless its format says otherwise.
  const others = format === undefined || format === 'txt' ? {} : { format };
  if (typeof value.text === 'string') return { source: { type: 'text', text: value.text }, others };
  if (!Array.isArray(value.content)) return undefined;
  return { source: { type: 'parts', parts: readContent(value.content, 'content') }, others };
}

function wanted(citations: unknown): boolean | undefined {
  return isObject(citations) ? booleanIn(citations.enabled) : undefined;
}

function readSearchResult(value: JsonObject, path: string): Block {
  const citations = wanted(value.citations);
  return {
    type: 'search_result',
    source: requiredString(value.source, `${path}.source`),
    title: requiredString(value.title, `${path}.title`),
    content: readContent(value.content, `${path}.content`),
    ...(citations !== undefined && { citations }),
    ...asExt(otherFields(value, searchFields)),
  };
}

/** A call; those that the provider's own tools answer are nobody else's concern. */
function readToolUse(value: JsonObject, path: string, block: JsonObject): Block {
  if (!isAbsent(value.type)) return native(block);
  return {
    type: 'tool_call',
    id: requiredString(value.toolUseId, `${path}.toolUseId`),
    name: requiredString(value.name, `${path}.name`),
    json: JSON.stringify(value.input ?? {}),
    ...asExt(otherFields(value, toolUseFields)),
  };
}

function readToolResult(value: JsonObject, path: string, block: JsonObject): Block {
  if (!isAbsent(value.type)) return native(block);
  const status = optional(value.status, `${path}.status`, requiredString);
  const known = status === 'error' || status === 'success';
  return {
    type: 'tool_result',
    id: requiredString(value.toolUseId, `${path}.toolUseId`),
    content: isAbsent(value.content) ? [] : readResultContent(value.content, `${path}.content`),
    ...(known && { isError: status === 'error' }),
    ...asExt({ ...otherFields(value, resultFields), ...(status !== undefined && !known && { status }) }),
  };
}

/** JSON is text with a note that it was JSON. */
function readResultContent(value: unknown, path: string): Block[] {
  return requiredList(value, path).map((item, i) => {
    const part = requiredObject(item, `${path}[${i}]`);
    if (isAbsent(part.json)) return readBlock(part, `${path}[${i}]`);
    if (typeof part.json === 'string') return { type: 'text', text: part.json, ...asExt({ json: 'string' }) };
    return { type: 'text', text: JSON.stringify(part.json), ...asExt({ json: true }) };
  });
}

function readReasoning(value: JsonObject): Block | undefined {
  const { reasoningText, redactedContent } = value;
  if (isObject(reasoningText)) {
    const signature = stringIn(reasoningText.signature) ?? '';
    const text = stringIn(reasoningText.text) ?? '';
    return { type: 'thinking', text, ...(signature !== '' && { signature }) };
  }
  if (typeof redactedContent !== 'string') return undefined;
  return { type: 'thinking', text: '', redacted: readRedacted(redactedContent) };
}

function readCited(value: JsonObject): Block {
  const citations = objectsIn(value.citations).map(readCitation);
  const text = objectsIn(value.content).map((part) => stringIn(part.text) ?? '');
  return { type: 'text', text: text.join(''), ...(citations.length > 0 && { citations }) };
}

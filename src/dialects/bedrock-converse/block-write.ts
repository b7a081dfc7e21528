import type { Block, SearchResultBlock, TextBlock, ThinkingBlock, ToolCallBlock } from '../../canon/content.ts';
import { argumentsFor } from '../../canon/custom-tool.ts';
import { isObject, type JsonObject, parseJson } from '../../canon/json.ts';
import { isBase64, plainBase64 } from '../../canon/media.ts';
import { searchResultText, toolReferenceText } from '../../canon/prose.ts';
import type { Turn } from '../../canon/request.ts';
import { writeDocument } from './document-write.ts';
import { converseName, fieldsOf } from './ext.ts';
import { absent, writeMedia } from './media-write.ts';
import { legalToolId } from './tool-id.ts';
import type { Writing } from './writing.ts';

/** One block as blocks of a message, none where it cannot be said. Tool results are not expected. */
export function writeBlock(block: Block, role: Turn['role'], to: Writing): JsonObject[] {
  switch (block.type) {
    case 'text':
      return writeText(block, to);
    case 'refusal':
      to.loseOnce('mapped', to.at(block), 'a refusal in the past is said as text');
      return block.text.trim() === '' ? [] : [{ text: block.text }];
    case 'image':
    case 'audio':
    case 'video':
      if (role !== 'assistant' || to.own) return writeMedia(block, to);
      return [absent(block, `only the user can show ${block.type === 'image' ? 'images' : 'files'}`, to)];
    case 'document':
      return writeDocument(block, to);
    case 'search_result':
      return [writeSearchResult(block, to)];
    case 'thinking':
      return writeThinking(block, to);
    case 'tool_call':
      return [writeToolCall(block, to)];
    case 'tool_reference':
      to.loseOnce('mapped', to.at(block), 'tool references are told as text');
      return [{ text: toolReferenceText(block.name) }];
    case 'native':
      return block.dialect === converseName ? [block.value] : [];
    case 'tool_result':
      return [];
  }
}

/** Nothing for a blank text: the service refuses it. */
function writeText(block: TextBlock, to: Writing): JsonObject[] {
  const { text } = block;
  if (!to.own && text.trim() === '') {
    if (text !== '') to.loseOnce('dropped', to.at(block), 'blank text is not taken');
    return [];
  }
  const citations = writeCitations(block, to);
  if (citations.length > 0) return [{ citationsContent: { content: [{ text }], citations } }];
  return [textMember(block)];
}

/** A text, for a guardrail's eyes where it was meant for them. */
export function textMember({ text, ext }: TextBlock): JsonObject {
  const { guardContent, cachePoint: _, json: __, ...own } = fieldsOf(ext);
  return isObject(guardContent) ? { guardContent: { text: { text, ...guardContent } } } : { text, ...own };
}

/** The service knows its own citations again; those of others it could not check. */
function writeCitations(block: TextBlock, to: Writing): JsonObject[] {
  return (block.citations ?? []).flatMap(({ native }) => {
    if (native?.dialect === converseName) return [native.value];
    to.loseOnce('dropped', to.at(block), 'a citation that is not of this service');
    return [];
  });
}

/** A search hit; as text for models that know none. */
export function writeSearchResult(block: SearchResultBlock, to: Writing): JsonObject {
  if (!to.own && to.family !== 'claude') {
    to.loseOnce('approximated', to.at(block), 'search results are told as text');
    return { text: searchResultText(block) };
  }
  const content = block.content.flatMap((part): JsonObject[] => {
    if (part.type === 'text') return [{ text: part.text }];
    if (part.type === 'native') return part.dialect === converseName ? [part.value] : [];
    to.lose('dropped', to.at(part), 'search results hold text only');
    return [];
  });
  const { cachePoint: _, ...own } = fieldsOf(block.ext);
  return {
    searchResult: {
      source: block.source,
      title: block.title,
      content,
      ...(block.citations !== undefined && { citations: { enabled: block.citations } }),
      ...own,
    },
  };
}

/** Past reasoning is taken back with its proof only; a client of this language knows what it sends. */
function writeThinking(block: ThinkingBlock, to: Writing): JsonObject[] {
  const { text, signature, redacted } = block;
  if (to.quirks.reasoning === 'none') {
    to.loseOnce('dropped', to.at(block), 'the provider takes no past reasoning');
    return [];
  }
  if (redacted !== undefined) {
    const bytes = isBase64(redacted) || /\s/.test(redacted) ? redacted : plainBase64(redacted);
    if (bytes !== undefined && !/\s/.test(bytes)) return [{ reasoningContent: { redactedContent: bytes } }];
    to.lose('dropped', to.at(block), 'encrypted reasoning that is no base64');
    return [];
  }
  if (signature === undefined && !to.own) {
    to.loseOnce('dropped', to.at(block), 'reasoning without a signature is not taken back');
    return [];
  }
  return [{ reasoningContent: { reasoningText: { text, ...(signature !== undefined && { signature }) } } }];
}

function writeToolCall(block: ToolCallBlock, to: Writing): JsonObject {
  const { cachePoint: _, ...own } = fieldsOf(block.ext);
  const { input, asSaid } = inputOf(block);
  if (block.kind === 'custom')
    to.loseOnce('approximated', to.at(block), 'free text is told as the argument of a function');
  else if (!asSaid) to.lose('approximated', to.at(block), 'arguments that are not a JSON object');
  return { toolUse: { toolUseId: legalToolId(block.id), name: block.name, input, ...own } };
}

/** A call's arguments as the object they have to be. `asSaid` is false where text had to be wrapped into one. */
export function inputOf({ json, kind }: Pick<ToolCallBlock, 'json' | 'kind'>): { input: JsonObject; asSaid: boolean } {
  const text = kind === 'custom' ? argumentsFor(json) : json;
  const parsed = text.trim() === '' ? {} : parseJson(text);
  return isObject(parsed) ? { input: parsed, asSaid: true } : { input: { _raw: json }, asSaid: false };
}

import { plainTextOf } from '../../canon/blocks.ts';
import type { Block, ToolResultBlock } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import { fromResult, noResult, searchResultText, toolReferenceText } from '../../canon/prose.ts';
import { textPart, writePart } from './parts-write.ts';
import type { Writing } from './writing.ts';

/** A tool's result: the message that answers the call, and what such a message cannot hold. */
export interface WrittenResult {
  readonly message: JsonObject;
  /** Images and documents, for the user message that follows; preceded by a word about whose they are. */
  readonly moved: readonly JsonObject[];
}

const nothing: readonly JsonObject[] = [];

/** Writes a tool's result as a `tool` message. `turn` and `at` say where it stands. */
export function writeResult(block: ToolResultBlock, turn: number, at: number, writing: Writing): WrittenResult {
  const text = plainResult(block);
  if (text === undefined) return writeAny(block, `turns[${turn}].content[${at}]`, writing);
  return { message: { role: 'tool', tool_call_id: writing.callId(block.id), content: text }, moved: nothing };
}

/** The text of a result that is nothing but text, as most are: nothing of it can be lost. */
function plainResult({ content, cache, ext, isError }: ToolResultBlock): string | undefined {
  if (cache !== undefined || ext !== undefined || isError === true) return undefined;
  let text = '';
  for (let i = 0; i < content.length; i++) {
    const more = plainTextOf(content[i] as Block);
    if (more === undefined) return undefined;
    text += i === 0 ? more : `\n${more}`;
  }
  return text;
}

function writeAny(block: ToolResultBlock, path: string, writing: Writing): WrittenResult {
  const texts: string[] = [];
  const bulky: JsonObject[] = [];
  let cache = block.cache;
  block.content.forEach((part, i) => {
    const text = textOf(part, `${path}.content[${i}]`, writing);
    if (text === undefined) bulky.push(...writePart(unmarked(part), `${path}.content[${i}]`, writing));
    else texts.push(text);
    cache ??= part.cache;
  });
  const stays = writing.quirks.tool_result_parts === true;
  const files = bulky.filter((part) => part['type'] !== 'text');
  if (files.length > 0 && !stays) texts.push(moveNotice(files, path, writing));
  // What stands in for a part that cannot be sent is text, and stays where it was.
  for (const part of bulky) if (part['type'] === 'text') texts.push(String(part['text']));
  const text = block.isError === true ? errorText(texts.join('\n'), path, writing) : texts.join('\n');
  const mark = text === '' ? undefined : writing.mark(cache, path);
  const parts = [...(text === '' ? [] : [{ ...textPart(text), ...mark }]), ...(stays ? files : [])];
  const message = {
    role: 'tool',
    tool_call_id: writing.callId(block.id),
    content: mark !== undefined || (stays && files.length > 0) ? parts : text,
    ...block.ext?.['openai-chat'],
  };
  const moved = stays || files.length === 0 ? [] : [textPart(fromResult(writing.callId(block.id))), ...files];
  return { message, moved };
}

/** A result that answers no call can only be told by the user. */
export function writeOrphan(block: ToolResultBlock, turn: number, at: number, writing: Writing): JsonObject[] {
  const path = `turns[${turn}].content[${at}]`;
  writing.lose('approximated', path, 'a result without its call is told as text');
  const { message, moved } = writeAny({ ...block, ext: {} }, path, writing);
  const content = message['content'];
  const parts = typeof content === 'string' ? [textPart(content)] : (content as JsonObject[]);
  return [textPart(`Result of tool call ${block.id}:`), ...parts, ...moved.slice(1)];
}

/** Stands in for a result that the client never gave: every call must be answered. */
export function missingResult(id: string, path: string, writing: Writing): JsonObject {
  writing.lose('approximated', path, `a call without a result is answered with "${noResult}"`);
  return { role: 'tool', tool_call_id: writing.callId(id), content: noResult };
}

/** A part's text; nothing for parts that are more than text. */
function textOf(part: Block, path: string, writing: Writing): string | undefined {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text;
    case 'search_result':
      writing.lose('approximated', path, 'search results are told as text');
      return searchResultText(part);
    case 'tool_reference':
      writing.loseOnce('mapped', path, 'tool references are told as text');
      return toolReferenceText(part.name);
    case 'native':
      if (part.dialect === 'openai-chat') return undefined;
      writing.lose('dropped', path, `${String(part.value['type'])} is known to ${part.dialect} only`);
      return '';
    default:
      return undefined;
  }
}

/** The mark of a part stands for the whole result. */
function unmarked(part: Block): Block {
  const { cache: _, ...rest } = part;
  return rest;
}

function moveNotice(files: readonly JsonObject[], path: string, writing: Writing): string {
  writing.loseOnce('moved', path, 'images and files in tool results follow in a user message');
  const what = files.every((part) => part['type'] === 'image_url') ? 'image' : 'file';
  return files.length === 1
    ? `[The ${what} follows in the next message.]`
    : `[${files.length} ${what}s follow in the next message.]`;
}

function errorText(text: string, path: string, writing: Writing): string {
  if (/error/i.test(text.slice(0, 40))) {
    writing.loseOnce('approximated', path, 'that a tool failed is left to its own words');
    return text;
  }
  writing.loseOnce('mapped', path, 'that a tool failed is told in its text');
  return `Error: ${text}`;
}

import type { ToolResultBlock } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import { failureText, fromResult } from '../../canon/prose.ts';
import { isCitable, writeDocument } from './document.ts';
import { isText, textPart, writePart } from './parts-write.ts';
import type { Writing } from './writing.ts';

/** A tool's result: the message that answers the call, and what such a message cannot hold. */
export interface WrittenResult {
  readonly message: JsonObject;
  /** Images, for the user message that follows; preceded by a word about whose they are. */
  readonly moved: readonly JsonObject[];
}

/** Says "nothing" where the service wants something. */
const nothing = '{}';

/** Writes a tool's result as a `tool` message: a string, or parts where some of it is to be cited. */
export function writeResult(block: ToolResultBlock, writing: Writing): WrittenResult {
  const parts: JsonObject[] = [];
  const images: JsonObject[] = [];
  for (const inner of block.content) {
    if (isCitable(inner)) parts.push({ type: 'document', document: writeDocument(inner) });
    else for (const part of writePart(inner, writing)) (part['type'] === 'image_url' ? images : parts).push(part);
  }
  if (images.length > 0) {
    writing.loseOnce('moved', writing.at(block), 'images in tool results follow in a user message');
    parts.push(textPart(images.length === 1 ? '[The image follows.]' : `[${images.length} images follow.]`));
  }
  return {
    message: { role: 'tool', tool_call_id: block.id, content: contentOf(parts, block, writing) },
    moved: images.length === 0 ? [] : [textPart(fromResult(block.id)), ...images],
  };
}

function contentOf(parts: readonly JsonObject[], block: ToolResultBlock, writing: Writing): string | JsonObject[] {
  const failed = block.isError === true;
  const texts = parts.filter(isText).map((part) => String(part['text']));
  if (texts.length < parts.length) return failed ? [textPart(failure('', block, writing)), ...parts] : [...parts];
  const text = texts.join('\n');
  if (failed) return failure(text, block, writing);
  if (text !== '') return text;
  writing.loseOnce('mapped', writing.at(block), 'a result without content is told as an empty object');
  return nothing;
}

function failure(text: string, block: ToolResultBlock, writing: Writing): string {
  const told = failureText(text);
  if (told === text) writing.loseOnce('approximated', writing.at(block), 'that a tool failed is left to its own words');
  else writing.loseOnce('mapped', writing.at(block), 'that a tool failed is told in its text');
  return told;
}

import type { Block, ToolResultBlock } from '../../canon/content.ts';
import { type JsonObject, parseJson } from '../../canon/json.ts';
import { fromResult } from '../../canon/prose.ts';
import { textMember, writeBlock, writeSearchResult } from './block-write.ts';
import { asExt, fieldsOf } from './ext.ts';
import { writeMedia } from './media-write.ts';
import { legalToolId } from './tool-id.ts';
import type { Writing } from './writing.ts';

/** A tool's result, and what of it a result cannot hold: it stands behind all results of the turn. */
export interface WrittenResult {
  readonly result: JsonObject;
  readonly moved: readonly JsonObject[];
}

/** Writes a tool's result. Its content may be empty. */
export function writeResult(block: ToolResultBlock, to: Writing): WrittenResult {
  const { cachePoint: _, ...own } = fieldsOf(block.ext);
  const moved: JsonObject[] = [];
  const content = block.content.flatMap((part) => {
    if (part.type !== 'audio' || to.own) return writePart(part, to);
    to.loseOnce('moved', to.at(part), 'recordings in tool results stand behind them');
    moved.push(...writeMedia(part, to));
    return [];
  });
  const result = {
    toolResult: {
      toolUseId: legalToolId(block.id),
      content,
      ...(block.isError !== undefined && { status: block.isError ? 'error' : 'success' }),
      ...own,
    },
  };
  return { result, moved: moved.length === 0 ? [] : [{ text: fromResult(legalToolId(block.id)) }, ...moved] };
}

function writePart(part: Block, to: Writing): JsonObject[] {
  if (part.type === 'search_result') return [writeSearchResult(part, to)];
  if (part.type !== 'text') return writeBlock(part, 'user', to);
  const { json, ...own } = fieldsOf(part.ext);
  if (json !== undefined) return [{ json: json === true ? (parseJson(part.text) ?? part.text) : part.text }];
  if (part.text === '' && !to.own) return [];
  return [textMember({ type: 'text', text: part.text, ...asExt(own) })];
}

import type { Ext, ThinkingBlock } from '../../canon/content.ts';
import { type JsonObject, stringIn } from '../../canon/json.ts';

/** What an entry of `reasoning_details` says besides its text, proof or data: `type` where it is no plain text, `format`, `id`, `index`. */
export type Detail = JsonObject;

/** An entry of `reasoning_details` in its parts. */
export interface ReadDetail {
  readonly data?: string;
  readonly text?: string;
  readonly signature?: unknown;
  readonly detail: Detail;
}

/** The format of reasoning that is text and signed: only Claude signs such. */
const signedFormat = 'anthropic-claude-v1';
const usualTypes: ReadonlySet<unknown> = new Set(['reasoning.text', 'reasoning.encrypted']);

export function readDetail(entry: JsonObject): ReadDetail {
  const { type, data, text, summary, signature, ...rest } = entry;
  const detail: Detail = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  if (type !== undefined && !usualTypes.has(type)) detail['type'] = type;
  if (type === 'reasoning.encrypted' && typeof data === 'string' && data !== '') return { data, detail };
  const said = stringIn(text) ?? stringIn(summary);
  return { ...(said !== undefined && { text: said }), signature, detail };
}

/** Whether a piece is more of the entry before it. What is no entry goes on with whatever there is. */
export function continues(before: Detail | undefined, detail: Detail | undefined): boolean {
  if (before === undefined || detail === undefined) return true;
  return before['index'] === detail['index'] && before['type'] === detail['type'];
}

/** What of an entry cannot be known from the block alone, and so has to be kept. @param ordinal number of the block among the thinking. */
export function extOfDetail(detail: Detail | undefined, ordinal: number, encrypted: boolean): JsonObject | undefined {
  if (detail === undefined) return undefined;
  const { index, format, ...rest } = detail;
  const kept: JsonObject = rest;
  if (format !== undefined && (encrypted || format !== signedFormat)) kept['format'] = format;
  if (index !== undefined && index !== ordinal) kept['index'] = index;
  return Object.keys(kept).length > 0 ? kept : undefined;
}

/**
 * As a block's `ext`. Text without a proof loses its own on the way through clients of other languages; what it was is
 * kept with the encrypted form that follows it.
 */
export function asExt(own: JsonObject | undefined, before?: Ext): { readonly ext?: Ext } {
  const preceding = before?.['openai-chat'];
  if (own === undefined && preceding === undefined) return {};
  return { ext: { 'openai-chat': { ...own, ...(preceding !== undefined && { before: preceding }) } } };
}

/** The blocks as `reasoning_details`. */
export function writeDetails(blocks: readonly ThinkingBlock[]): JsonObject[] {
  return blocks.map((block, i) => {
    const next = blocks[i + 1];
    const unproven = block.signature === undefined && block.redacted === undefined && block.ext === undefined;
    const before = unproven && next?.redacted !== undefined ? next.ext?.['openai-chat']?.['before'] : undefined;
    return writeDetail(before === undefined ? block : { ...block, ext: { 'openai-chat': before as JsonObject } }, i);
  });
}

/** One entry of `reasoning_details`; of a text, what is not said of it is left out. @param ordinal its number, where the entry does not say another. */
export function writeDetail(block: Omit<ThinkingBlock, 'type'>, ordinal: number): JsonObject {
  const { before: _, index, ...own } = block.ext?.['openai-chat'] ?? {};
  const place = { index: index ?? ordinal };
  if (block.redacted !== undefined) return { type: 'reasoning.encrypted', data: block.redacted, ...own, ...place };
  const field = own['type'] === 'reasoning.summary' ? 'summary' : 'text';
  return {
    type: 'reasoning.text',
    ...(block.text !== '' && { [field]: block.text }),
    ...(block.signature !== undefined && { signature: block.signature, format: signedFormat }),
    ...own,
    ...place,
  };
}

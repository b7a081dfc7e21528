import type { ThinkingBlock } from '../../canon/content.ts';
import { isObject, type JsonObject, objectsIn, stringIn } from '../../canon/json.ts';
import { asExt, continues, type Detail, extOfDetail, readDetail } from './reasoning-detail.ts';

/** A piece of reasoning as it arrives; `detail` is what its entry in `reasoning_details` says besides. */
export type ReasoningPiece =
  | { readonly type: 'text'; readonly text: string; readonly detail?: Detail }
  | { readonly type: 'signature'; readonly signature: string; readonly detail?: Detail }
  | { readonly type: 'redacted'; readonly data: string; readonly detail?: Detail };

/** Fields in which a message or delta carries reasoning. */
export const reasoningFields = ['reasoning_content', 'reasoning', 'reasoning_details', 'thinking_blocks'] as const;

/**
 * The reasoning in a message or delta. Servers say the same twice (a string and a list of details): the list is
 * taken where it has text, since it carries the proofs.
 */
export function readReasoning(message: JsonObject): readonly ReasoningPiece[] {
  const pieces = [
    ...objectsIn(message['reasoning_details']).flatMap(readDetailPieces),
    ...objectsIn(message['thinking_blocks']).flatMap(readThinkingBlock),
  ];
  if (pieces.some((piece) => piece.type === 'text')) return pieces;
  const text = stringIn(message['reasoning_content']) || stringIn(message['reasoning']) || '';
  return text === '' ? pieces : [{ type: 'text', text }, ...pieces];
}

/** OpenRouter's form: `reasoning.text`, `reasoning.summary`, `reasoning.encrypted`. */
function readDetailPieces(entry: JsonObject): ReasoningPiece[] {
  const { data, text, signature, detail } = readDetail(entry);
  if (data !== undefined) return [{ type: 'redacted', data, detail }];
  return withProof(text, signature).map((piece) => ({ ...piece, detail }));
}

/** LiteLLM's form: Anthropic's own blocks. */
function readThinkingBlock(block: JsonObject): ReasoningPiece[] {
  const data = block['data'];
  if (block['type'] === 'redacted_thinking' && typeof data === 'string') return [{ type: 'redacted', data }];
  return withProof(stringIn(block['thinking']), block['signature']);
}

/** A content part that holds reasoning: Mistral's `thinking`, Databricks' `reasoning`. Nothing for other parts. */
export function readReasoningPart(part: JsonObject): readonly ReasoningPiece[] | undefined {
  if (part['type'] === 'thinking') {
    const inner = part['thinking'];
    const text =
      typeof inner === 'string'
        ? inner
        : objectsIn(inner)
            .map((one) => stringIn(one['text']) ?? '')
            .join('');
    return withProof(text, part['signature']);
  }
  if (part['type'] === 'reasoning') return objectsIn(part['summary']).flatMap(readSummary);
  return undefined;
}

function readSummary(summary: JsonObject): ReasoningPiece[] {
  const data = summary['data'];
  if (typeof data === 'string' && data !== '') return [{ type: 'redacted', data }];
  return withProof(stringIn(summary['text']), summary['signature']);
}

function withProof(text: string | undefined, signature: unknown): ReasoningPiece[] {
  const pieces: ReasoningPiece[] = [];
  if (text !== undefined && text !== '') pieces.push({ type: 'text', text });
  if (typeof signature === 'string' && signature !== '') pieces.push({ type: 'signature', signature });
  return pieces;
}

/** Reasoning as blocks, and the ids under which `reasoning_details` has their proofs: what a request says. */
export interface Thought {
  readonly block: ThinkingBlock;
  readonly id?: string;
}

/** Reasoning as blocks: what a request says. */
export function thinkingBlocks(pieces: readonly ReasoningPiece[]): ThinkingBlock[] {
  return thoughtsOf(pieces).map(({ block }) => block);
}

export function thoughtsOf(pieces: readonly ReasoningPiece[]): Thought[] {
  const thoughts: (Thought & { readonly detail: Detail | undefined })[] = [];
  for (const piece of pieces) {
    const { detail } = piece;
    const last = thoughts.at(-1);
    const goesOn =
      piece.type !== 'redacted' && last !== undefined && isOpen(last.block) && continues(last.detail, detail);
    const open = goesOn ? thoughts.pop() : undefined;
    const id = stringIn(detail?.['id']) ?? open?.id;
    const ext = extOfDetail(detail, thoughts.length, piece.type === 'redacted');
    thoughts.push({
      block: grown(open?.block ?? { type: 'thinking', text: '', ...asExt(ext) }, piece),
      detail: open?.detail ?? detail,
      ...(id !== undefined && { id }),
    });
  }
  return thoughts;
}

function isOpen({ signature, redacted }: ThinkingBlock): boolean {
  return signature === undefined && redacted === undefined;
}

function grown(block: ThinkingBlock, piece: ReasoningPiece): ThinkingBlock {
  switch (piece.type) {
    case 'text':
      return { ...block, text: block.text + piece.text };
    case 'signature':
      return { ...block, signature: piece.signature };
    case 'redacted':
      return { ...block, redacted: piece.data };
  }
}

/** One entry of LiteLLM's `thinking_blocks`. */
export function writeThinkingBlock(block: ThinkingBlock): JsonObject {
  if (block.redacted !== undefined) return { type: 'redacted_thinking', data: block.redacted };
  return {
    type: 'thinking',
    thinking: block.text,
    ...(block.signature !== undefined && { signature: block.signature }),
  };
}

/** Whether a message or delta speaks of reasoning at all. */
export function hasReasoning(message: JsonObject): boolean {
  return reasoningFields.some((field) => {
    const value = message[field];
    return typeof value === 'string' ? value !== '' : Array.isArray(value) || isObject(value);
  });
}

import type { ThinkingBlock } from '../../canon/content.ts';
import { isObject, type JsonObject, objectsIn, stringIn } from '../../canon/json.ts';

/** A piece of reasoning as it arrives. */
export type ReasoningPiece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'signature'; readonly signature: string }
  | { readonly type: 'redacted'; readonly data: string; readonly ext?: JsonObject };

/** Fields in which a message or delta carries reasoning. */
export const reasoningFields = ['reasoning_content', 'reasoning', 'reasoning_details', 'thinking_blocks'] as const;

/**
 * The reasoning in a message or delta. Servers say the same twice (a string and a list of details): the list is
 * taken where it has text, since it carries the proofs.
 */
export function readReasoning(message: JsonObject): readonly ReasoningPiece[] {
  const pieces = [
    ...objectsIn(message['reasoning_details']).flatMap(readDetail),
    ...objectsIn(message['thinking_blocks']).flatMap(readThinkingBlock),
  ];
  if (pieces.some((piece) => piece.type === 'text')) return pieces;
  const text = stringIn(message['reasoning_content']) || stringIn(message['reasoning']) || '';
  return text === '' ? pieces : [{ type: 'text', text }, ...pieces];
}

/** OpenRouter's form: `reasoning.text`, `reasoning.summary`, `reasoning.encrypted`. */
function readDetail(detail: JsonObject): ReasoningPiece[] {
  const { type, data, index: _, ...ext } = detail;
  if (type === 'reasoning.encrypted' && typeof data === 'string' && data !== '') {
    return [{ type: 'redacted', data, ...(Object.keys(ext).length > 0 && { ext }) }];
  }
  return withProof(stringIn(detail['text']) ?? stringIn(detail['summary']), detail['signature']);
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

/** Reasoning as blocks: what a request or a whole answer says. */
export function thinkingBlocks(pieces: readonly ReasoningPiece[]): ThinkingBlock[] {
  const blocks: ThinkingBlock[] = [];
  for (const piece of pieces) {
    const last = blocks.at(-1);
    const open = last !== undefined && last.signature === undefined && last.redacted === undefined ? last : undefined;
    if (piece.type === 'redacted') {
      const ext = piece.ext === undefined ? undefined : { 'openai-chat': piece.ext };
      blocks.push({ type: 'thinking', text: '', redacted: piece.data, ...(ext !== undefined && { ext }) });
    } else if (piece.type === 'text') {
      if (open !== undefined) blocks.pop();
      blocks.push({ type: 'thinking', text: (open?.text ?? '') + piece.text });
    } else {
      if (open !== undefined) blocks.pop();
      blocks.push({ type: 'thinking', text: open?.text ?? '', signature: piece.signature });
    }
  }
  return blocks;
}

/** One entry of `reasoning_details`. */
export function writeDetail(block: Omit<ThinkingBlock, 'type'>, index: number): JsonObject {
  if (block.redacted !== undefined) {
    return { type: 'reasoning.encrypted', data: block.redacted, ...block.ext?.['openai-chat'], index };
  }
  return {
    type: 'reasoning.text',
    ...(block.text !== '' && { text: block.text }),
    // Only Claude signs reasoning that is text.
    ...(block.signature !== undefined && { signature: block.signature, format: 'anthropic-claude-v1' }),
    index,
  };
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

import { withoutBillingLine } from '../../canon/billing-line.ts';
import type { Block } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import { pairedTurns } from '../../canon/pairing.ts';
import type { ChatRequest, Turn } from '../../canon/request.ts';
import { writeAssistant } from './assistant-write.ts';
import { isCitable, writeDocument } from './document.ts';
import { isText, textPart, writePart } from './parts-write.ts';
import { writeResult } from './results-write.ts';
import type { Writing } from './writing.ts';

/** What the messages depend on besides the conversation. */
export interface MessageOptions {
  /** Is added to the system message. */
  readonly instruction: string | undefined;
  /** The model is asked to think, so that it takes thinking back. */
  readonly thinks: boolean;
}

/** The conversation, and what of it can be cited. */
export interface WrittenMessages {
  readonly messages: JsonObject[];
  readonly documents: JsonObject[];
}

/**
 * The conversation as messages. What an earlier turn becomes depends on nothing that a later one says, so that the
 * prefix keeps its bytes.
 */
export function writeMessages(request: ChatRequest, options: MessageOptions, writing: Writing): WrittenMessages {
  const first = request.turns.findIndex(({ role }) => role !== 'system');
  const opening = first === -1 ? request.turns : request.turns.slice(0, first);
  const messages = writeSystem(request, opening, options.instruction, writing);
  const documents: JsonObject[] = [];
  const paired = pairedTurns(request.turns, ({ what, path, why }) => writing.lose(what, path, why));
  for (const turn of paired.slice(opening.length)) {
    if (turn.role === 'assistant') messages.push(...writeAssistant(turn, options.thinks, writing));
    else if (turn.role === 'system') messages.push(...writeMidSystem(turn, writing));
    else messages.push(...writeUser(turn, documents, writing));
  }
  return { messages, documents };
}

/** Instructions that come before anything is said are instructions before the conversation: there is one such message. */
function writeSystem(
  { system }: ChatRequest,
  opening: readonly Turn[],
  instruction: string | undefined,
  writing: Writing,
): JsonObject[] {
  const blocks: readonly Block[] = [
    ...withoutBillingLine(system, (path) => writing.lose('dropped', path, 'the billing line is meant for Anthropic')),
    ...opening.flatMap(({ content }) => content),
  ];
  const texts = blocks.flatMap((block) => (block.type === 'text' && block.text !== '' ? [textPart(block.text)] : []));
  if (instruction !== undefined) texts.push(textPart(instruction));
  return texts.length === 0 ? [] : [{ role: 'system', content: contentOf(texts) }];
}

/** The service wants its instructions first; later ones are told by the user, unless it is known to take them. */
function writeMidSystem(turn: Turn, writing: Writing): JsonObject[] {
  const texts = turn.content.flatMap((block) => (block.type === 'text' ? writePart(block, writing) : []));
  const [first] = turn.content;
  if (texts.length === 0 || first === undefined) return [];
  if (writing.quirks.mid_system === true) return [{ role: 'system', content: contentOf(texts) }];
  const path = writing.at(first).replace(/\.content\[0\]$/, '');
  writing.loseOnce('moved', path, 'instructions in mid-conversation are told by the user');
  return [{ role: 'user', content: contentOf(texts) }];
}

function writeUser(turn: Turn, documents: JsonObject[], writing: Writing): JsonObject[] {
  const messages: JsonObject[] = [];
  const parts: JsonObject[] = [];
  for (const block of turn.content) {
    if (block.type === 'tool_result') {
      const { message, moved } = writeResult(block, writing);
      messages.push(message);
      parts.push(...moved);
    } else if (isCitable(block)) {
      writing.loseOnce('moved', writing.at(block), 'what is to be cited stands beside the conversation');
      documents.push(writeDocument(block));
      parts.push(textPart(block.title === undefined ? '[See the documents.]' : `[See the document: ${block.title}]`));
    } else parts.push(...writePart(block, writing));
  }
  return parts.length === 0 ? messages : [...messages, { role: 'user', content: contentOf(parts) }];
}

/** Parts as they are; one text alone as a string. */
function contentOf(parts: readonly JsonObject[]): unknown {
  const [first] = parts;
  return parts.length === 1 && first !== undefined && isText(first) ? first['text'] : parts;
}

import { withoutBillingLine } from '../../canon/billing-line.ts';
import { withoutBlankTexts } from '../../canon/blank-text.ts';
import type { Block, CacheMark } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import { pairedTurns } from '../../canon/pairing.ts';
import type { Turn } from '../../canon/request.ts';
import { textMember, writeBlock } from './block-write.ts';
import { fieldsOf } from './ext.ts';
import { writePoint } from './mark.ts';
import { writeResult } from './result-write.ts';
import type { Writing } from './writing.ts';

/** The conversation as it is sent, and the instructions before it. */
export interface WrittenConversation {
  readonly system: JsonObject[];
  readonly messages: readonly WrittenMessage[];
}

export interface WrittenMessage {
  readonly role: Turn['role'];
  readonly content: JsonObject[];
  readonly fields: JsonObject;
}

/** Stands before a conversation that the assistant begins: the service wants the user to speak first. */
const opening = '(The conversation begins with the assistant.)';
/** Stands beside documents that come without a word: the service wants one. */
const besideDocuments = 'See the document.';

/**
 * Writes instructions and turns under the service's rules: user and assistant take turns, results stand right behind their
 * calls, no blank texts, no empty messages. What an earlier turn becomes depends on nothing that a later one says.
 */
export function writeConversation(to: Writing): WrittenConversation {
  const { turns } = to.request;
  const system = writeSystem(to);
  const messages: WrittenMessage[] = [];
  const told = to.own ? turns : pairedTurns(turns, ({ what, path, why }) => to.lose(what, path, why));
  for (const turn of told) {
    if (turn.role === 'system' && !to.own && messages.length === 0) {
      // Instructions that come before any message are instructions before the conversation.
      const content = writeTurn(turn, to);
      if (content.length > 0) to.lose('moved', pathOf(turn, to), 'to the instructions before the conversation');
      system.push(...content);
    } else add(messages, writeMessage(turn, to), to);
  }
  return { system, messages };
}

function writeSystem(to: Writing): JsonObject[] {
  const { system } = to.request;
  const blocks = to.own
    ? system
    : withoutBillingLine(system, (path) => to.lose('dropped', path, 'the billing line is meant for Anthropic'));
  const unread = to.own ? fieldsOf(to.request.ext).system : undefined;
  const others = (unread ?? {}) as { readonly [place: string]: JsonObject[] };
  const written: JsonObject[] = [...(others['0'] ?? [])];
  blocks.forEach((block, i) => {
    if (to.own || block.text.trim() !== '') written.push(textMember(block));
    mark(written, block, `system[${i}]`, to);
    written.push(...(others[String(i + 1)] ?? []));
  });
  return written;
}

/** A turn as a message: instructions in mid-conversation are told by the user, unless the model is known to take them. */
function writeMessage(turn: Turn, to: Writing): WrittenMessage {
  const content = writeTurn(turn, to);
  const told = turn.role === 'system' && !(to.quirks.mid_system ?? to.own);
  if (told && content.length > 0)
    to.lose('moved', pathOf(turn, to), 'instructions in mid-conversation are told by the user');
  return { role: told ? 'user' : turn.role, content, fields: fieldsOf(turn.ext) };
}

/** Where a turn stands, by its first block. */
function pathOf({ content }: Turn, to: Writing): string {
  const [first] = content;
  return first === undefined ? 'turns' : to.at(first).replace(/\.content\[\d+\]$/, '');
}

function writeTurn(turn: Turn, to: Writing): JsonObject[] {
  const content: JsonObject[] = [];
  const moved: JsonObject[] = [];
  let results = 0;
  for (const block of to.own ? turn.content : withoutBlankTexts(turn.content)) {
    if (block.type === 'tool_result') {
      const written = writeResult(block, to);
      content.push(written.result);
      moved.push(...written.moved);
    } else content.push(...writeBlock(block, turn.role, to));
    mark(content, markedOf(block), to.at(block), to);
    if (block.type === 'tool_result') results = content.length;
  }
  content.splice(results, 0, ...moved);
  if (turn.role === 'user' && !to.own) addWords(turn, content, to);
  return content;
}

/** What stands inside a result can bear no mark of its own: it becomes the result's. */
function markedOf(block: Block): Block {
  if (block.type !== 'tool_result' || block.cache !== undefined) return block;
  const cache: CacheMark | undefined = block.content.findLast((part) => part.cache !== undefined)?.cache;
  return cache === undefined ? block : { ...block, cache };
}

function mark(content: JsonObject[], block: Pick<Block, 'cache' | 'ext'>, path: string, to: Writing): void {
  if (block.cache === undefined) return;
  if (!to.marks) to.loseOnce('dropped', path, 'the provider takes no cache points');
  else if (content.length > 0) content.push(writePoint(block, to.own));
}

function addWords(turn: Turn, content: JsonObject[], to: Writing): void {
  const isWordless =
    content.some(({ document }) => document !== undefined) && !content.some(({ text }) => text !== undefined);
  if (!isWordless) return;
  content.push({ text: besideDocuments });
  const document = turn.content.find(({ type }) => type === 'document');
  if (document !== undefined) to.loseOnce('approximated', to.at(document), 'a document needs words beside it');
}

/** Messages of one role are one; those without content are none. */
function add(messages: WrittenMessage[], message: WrittenMessage, to: Writing): void {
  const last = messages.at(-1);
  if (to.own) messages.push(message);
  else if (message.content.length === 0) return;
  else if (last?.role === message.role) last.content.push(...message.content);
  else {
    if (last === undefined && message.role === 'assistant') {
      messages.push({ role: 'user', content: [{ text: opening }], fields: {} });
      to.lose('approximated', 'turns[0]', 'the conversation has to begin with the user');
    }
    messages.push(message);
  }
}

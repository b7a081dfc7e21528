import { withoutBillingLine } from '../../canon/billing-line.ts';
import type { Block, TextBlock } from '../../canon/content.ts';
import { type JsonObject, stringIn } from '../../canon/json.ts';
import { pairedTurns } from '../../canon/pairing.ts';
import type { Turn } from '../../canon/request.ts';
import { writeAnswer } from './answer-items.ts';
import { outputTypeOf, writeCall } from './calls.ts';
import { ownFields, responsesName } from './ext.ts';
import { isPlainText, writePart } from './parts-write.ts';
import { writeResult } from './results-write.ts';
import type { Writing } from './writing.ts';

/**
 * `instructions` and `input`. What an earlier turn becomes depends on nothing that comes after the next answer, so that
 * the bytes of the prefix, and with them the provider's cache, stay as they are.
 * @param instruction is added to the instructions.
 */
export function writeConversation(instruction: string | undefined, writing: Writing): JsonObject {
  const { request, own } = writing;
  const { instructions, items } = writeSystem(instruction, writing);
  const turns = own
    ? request.turns
    : pairedTurns(request.turns, ({ what, path, why }) => writing.lose(what, path, why));
  const types = typesOf(request.turns, writing);
  for (const turn of turns) items.push(...writeTurn(turn, types, writing));
  return { ...(instructions !== '' && { instructions }), input: items };
}

/** Instructions are a field; those that were messages, or have to carry a mark, are messages. */
function writeSystem(instruction: string | undefined, writing: Writing): { instructions: string; items: JsonObject[] } {
  const { request, quirks, own, marks } = writing;
  const blocks: TextBlock[] = [
    ...withoutBillingLine(request.system, (path) =>
      writing.lose('dropped', path, 'the billing line is meant for Anthropic'),
    ),
  ];
  if (instruction !== undefined) blocks.push({ type: 'text', text: instruction });
  const asMessage = !own && (quirks.system_role !== undefined || (marks && blocks.some(({ cache }) => cache)));
  const items: JsonObject[] = [];
  const texts: string[] = [];
  for (const [i, block] of blocks.entries()) {
    if (block.text === '') continue;
    const { role, ...about } = ownFields(block.ext);
    if (role === undefined && !asMessage) {
      if (block.cache !== undefined) writing.loseOnce('dropped', `system[${i}]`, 'instructions take no cache marks');
      texts.push(block.text);
    } else {
      const { ext: _, ...bare } = block;
      const parts = writePart(bare, `system[${i}]`, writing);
      addInstruction(items, parts, { role: role ?? quirks.system_role ?? 'developer', ...about });
    }
  }
  return { instructions: texts.join('\n\n'), items };
}

/** Parts of one message follow each other. */
function addInstruction(items: JsonObject[], parts: readonly JsonObject[], about: JsonObject): void {
  const { type: _, content, ...lastAbout } = items.at(-1) ?? {};
  if (Array.isArray(content) && JSON.stringify(lastAbout) === JSON.stringify(about)) content.push(...parts);
  else items.push({ type: 'message', ...about, content: [...parts] });
}

/** The items that answer the calls, by the ids of these. */
function typesOf(turns: readonly Turn[], { request }: Writing): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  for (const { content } of turns) {
    for (const block of content) {
      if (block.type === 'tool_call') types.set(block.id, outputTypeOf(writeCall(block, request.tools)));
    }
  }
  return types;
}

function writeTurn(turn: Turn, types: ReadonlyMap<string, string>, writing: Writing): JsonObject[] {
  switch (turn.role) {
    case 'assistant':
      return writeAnswer(turn.content, writing);
    case 'system':
      return writeMidSystem(turn, writing);
    case 'user':
      return writeUser(turn, types, writing);
  }
}

/** Results are items of their own; what stands between them is a message. */
function writeUser(turn: Turn, types: ReadonlyMap<string, string>, writing: Writing): JsonObject[] {
  const items: JsonObject[] = [];
  const moved: JsonObject[] = [];
  let parts: JsonObject[] = [];
  let about: JsonObject = ownFields(turn.ext);
  const flush = (): void => {
    if (parts.length > 0) {
      items.push(messageOf('user', parts, about));
      about = {};
    }
    parts = [];
  };
  for (const block of turn.content) {
    if (block.type === 'tool_result') {
      flush();
      const written = writeResult(block, types.get(block.id) ?? 'function_call_output', writing);
      items.push(written.item);
      moved.push(...written.moved);
      continue;
    }
    if (block.type === 'native' && block.dialect === responsesName && isItem(block.value)) {
      flush();
      items.push(block.value);
      continue;
    }
    parts.push(...moved.splice(0), ...writePart(block, writing.pathOf(block), writing));
  }
  parts.push(...moved);
  flush();
  return items;
}

/** Whether a native block is an item, not a part of a message. */
function isItem({ type }: JsonObject): boolean {
  return type !== 'content_part';
}

function messageOf(role: string, parts: readonly JsonObject[], about: JsonObject): JsonObject {
  const [first] = parts;
  const content = parts.length === 1 && isPlainText(first) ? first?.text : parts;
  return { type: 'message', role, content, ...about };
}

function writeMidSystem(turn: Turn, writing: Writing): JsonObject[] {
  const { role: own, ...about } = ownFields(turn.ext);
  const isMoved = writing.quirks.mid_system === false;
  const role = isMoved ? 'user' : (stringIn(own) ?? writing.quirks.system_role ?? 'developer');
  const items: JsonObject[] = [];
  let parts: JsonObject[] = [];
  const flush = (): void => {
    if (parts.length > 0) items.push(messageOf(role, parts, about));
    parts = [];
  };
  for (const block of turn.content) {
    if (block.type === 'native') {
      flush();
      if (block.dialect === responsesName) items.push(block.value);
    } else parts.push(...writeWords(block, writing));
  }
  flush();
  if (isMoved && items.length > 0) {
    writing.loseOnce('moved', pathOfTurn(turn, writing), 'instructions in mid-conversation are told by the user');
  }
  return items;
}

function writeWords(block: Block, writing: Writing): JsonObject[] {
  return block.type === 'text' ? writePart(block, writing.pathOf(block), writing) : [];
}

function pathOfTurn({ content: [first] }: Turn, writing: Writing): string {
  return first === undefined ? 'turns' : writing.pathOf(first).replace(/\.content.*$/, '');
}

import { withoutBillingLine } from '../../canon/billing-line.ts';
import { plainTextOf } from '../../canon/blocks.ts';
import type { Block, TextBlock, ToolResultBlock } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest, Turn } from '../../canon/request.ts';
import { callIds, writeAssistant } from './assistant-write.ts';
import { textPart, writePart } from './parts-write.ts';
import { missingResult, writeOrphan, writeResult } from './results-write.ts';
import type { Writing } from './writing.ts';

/**
 * The conversation as messages. What an earlier turn becomes depends on nothing that a later answer adds, so that
 * the bytes of the prefix, and with them the provider's cache, stay as they are.
 * @param instruction is added to the system message.
 */
export function writeMessages(request: ChatRequest, instruction: string | undefined, writing: Writing): JsonObject[] {
  const messages = writeSystem(request.system, instruction, writing);
  const replies = new Replies(request.turns, writing);
  for (const [i, turn] of request.turns.entries()) {
    if (turn.role === 'assistant') {
      const message = writeAssistant(turn, i, writing);
      if (message !== undefined) messages.push(message);
      replies.answer(i, messages);
      continue;
    }
    const message = turn.role === 'system' ? writeMidSystem(turn, i, writing) : writeUser(turn, i, replies, writing);
    if (message !== undefined) messages.push(message);
  }
  const last = messages.at(-1);
  if (writing.quirks.assistant_prefix === true && last?.['role'] === 'assistant') last['prefix'] ??= true;
  return messages;
}

function writeSystem(system: readonly TextBlock[], instruction: string | undefined, writing: Writing): JsonObject[] {
  const blocks = [
    ...withoutBillingLine(system, (path) => writing.lose('dropped', path, 'the billing line is meant for Anthropic')),
  ];
  if (instruction !== undefined) blocks.push({ type: 'text', text: instruction });
  const content = writeTexts(blocks, 'system', writing);
  return content === '' ? [] : [{ role: writing.quirks.system_role ?? 'system', content }];
}

/** Texts as one string, or as parts where one of them carries a mark. */
function writeTexts(blocks: readonly TextBlock[], path: string, writing: Writing): string | JsonObject[] {
  const said: JsonObject[] = [];
  for (const [i, block] of blocks.entries()) {
    if (block.text === '') continue;
    const text = plainTextOf(block);
    if (text === undefined) said.push(...writePart(block, `${path}[${i}]`, writing));
    else said.push(textPart(text));
  }
  if (said.length === 0) return '';
  if (said.some((part) => !isPlainText(part))) return said;
  return said.map((part) => String(part['text'])).join('\n\n');
}

function writeMidSystem(turn: Turn, index: number, writing: Writing): JsonObject | undefined {
  const texts = turn.content.filter((block) => block.type === 'text');
  const content = writeTexts(texts, `turns[${index}].content`, writing);
  if (content === '') return undefined;
  if (writing.quirks.mid_system === false) {
    writing.loseOnce('moved', `turns[${index}]`, 'instructions in mid-conversation are told by the user');
    return message('user', content, turn);
  }
  return message(writing.quirks.system_role ?? 'system', content, turn);
}

/** The replies to calls: each call is answered right after it is made, whatever the order of the turns. */
class Replies {
  readonly #turns: readonly Turn[];
  readonly #writing: Writing;
  readonly #used = new Set<ToolResultBlock>();
  /** Images and files of results, which `tool` messages cannot hold, by the turn whose own message has them. */
  readonly #moved = new Map<number, JsonObject[]>();

  constructor(turns: readonly Turn[], writing: Writing) {
    this.#turns = turns;
    this.#writing = writing;
  }

  /** Adds the `tool` messages for the calls of an assistant turn: the results given before the model speaks again. */
  answer(turn: number, messages: JsonObject[]): void {
    const asked = callIds(this.#turns[turn]);
    if (asked.length === 0) return;
    let at = turn + 1;
    while (this.#turns[at]?.role === 'assistant') at += 1;
    for (; at < this.#turns.length && this.#turns[at]?.role !== 'assistant'; at++)
      this.#answerFrom(at, asked, messages);
    for (const id of asked) messages.push(missingResult(id, `turns[${turn}]`, this.#writing));
  }

  #answerFrom(at: number, asked: string[], messages: JsonObject[]): void {
    const content = this.#turns[at]?.content ?? [];
    for (let i = 0; i < content.length; i++) {
      const block = content[i];
      if (block?.type !== 'tool_result') continue;
      const call = asked.indexOf(block.id);
      if (call === -1 || this.#used.has(block)) continue;
      asked.splice(call, 1);
      this.#used.add(block);
      const { message: written, moved } = writeResult(block, at, i, this.#writing);
      messages.push(written);
      if (moved.length > 0) this.#moved.set(at, [...(this.#moved.get(at) ?? []), ...moved]);
    }
  }

  /** Whether a result has answered its call, and needs no word of the user's. */
  isUsed(block: ToolResultBlock): boolean {
    return this.#used.has(block);
  }

  movedTo(turn: number): readonly JsonObject[] {
    return this.#moved.get(turn) ?? [];
  }
}

function writeUser(turn: Turn, index: number, replies: Replies, writing: Writing): JsonObject | undefined {
  const parts = [...replies.movedTo(index)];
  for (const [i, block] of turn.content.entries()) {
    if (block.type !== 'tool_result') pushParts(parts, block, index, i, writing);
    else if (!replies.isUsed(block)) parts.push(...writeOrphan(block, index, i, writing));
  }
  const said = parts.length > 1 ? parts.filter((part) => part['text'] !== '') : parts;
  const [first] = said;
  if (first === undefined) return undefined;
  return message('user', said.length === 1 && isPlainText(first) ? first['text'] : said, turn);
}

function pushParts(parts: JsonObject[], block: Block, turn: number, i: number, writing: Writing): void {
  const text = plainTextOf(block);
  if (text !== undefined) parts.push(textPart(text));
  else parts.push(...writePart(block, `turns[${turn}].content[${i}]`, writing));
}

function isPlainText(part: JsonObject): boolean {
  return part['type'] === 'text' && Object.keys(part).length === 2;
}

function message(role: string, content: unknown, { name, ext }: Turn): JsonObject {
  const written: JsonObject = { role, content };
  if (name !== undefined) written['name'] = name;
  return ext === undefined ? written : { ...written, ...ext['openai-chat'] };
}

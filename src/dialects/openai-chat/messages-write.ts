import { withoutBillingLine } from '../../canon/billing-line.ts';
import type { TextBlock, ToolResultBlock } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest, Turn } from '../../canon/request.ts';
import { callsOf, writeAssistant } from './assistant-write.ts';
import { writePart } from './parts-write.ts';
import { missingResult, writeOrphan, writeResult } from './results-write.ts';
import type { Writing } from './writing.ts';

/**
 * The conversation as messages. What an earlier turn becomes depends on nothing that a later answer adds, so that
 * the bytes of the prefix, and with them the provider's cache, stay as they are.
 * @param instruction is added to the system message.
 */
export function writeMessages(request: ChatRequest, instruction: string | undefined, writing: Writing): JsonObject[] {
  const messages = writeSystem(request.system, instruction, writing);
  const replies = createReplies(request.turns, writing);
  request.turns.forEach((turn, i) => {
    if (turn.role === 'assistant') messages.push(...writeAssistant(turn, i, writing), ...replies.answers(i));
    else if (turn.role === 'system') messages.push(...writeMidSystem(turn, i, writing));
    else messages.push(...writeUser(turn, i, replies.rest(i), writing));
  });
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
  const said = blocks.flatMap((block, i) => (block.text === '' ? [] : writePart(block, `${path}[${i}]`, writing)));
  if (said.some((part) => !isPlainText(part))) return said;
  return said.map((part) => String(part['text'])).join('\n\n');
}

function writeMidSystem(turn: Turn, index: number, writing: Writing): JsonObject[] {
  const texts = turn.content.filter((block) => block.type === 'text');
  const content = writeTexts(texts, `turns[${index}].content`, writing);
  if (content === '') return [];
  if (writing.quirks.mid_system === false) {
    writing.loseOnce('moved', `turns[${index}]`, 'instructions in mid-conversation are told by the user');
    return [{ role: 'user', content, ...restOf(turn) }];
  }
  return [{ role: writing.quirks.system_role ?? 'system', content, ...restOf(turn) }];
}

/** The replies to calls: each call is answered right after it is made, whatever the order of the turns. */
interface Replies {
  /** The `tool` messages for the calls of an assistant turn. */
  answers(turn: number): JsonObject[];
  /** What of a user turn's results is left for its own message. */
  rest(turn: number): Rest;
}

interface Rest {
  readonly used: ReadonlySet<unknown>;
  /** Images and files of results, which `tool` messages cannot hold. */
  readonly moved: readonly JsonObject[];
}

function createReplies(turns: readonly Turn[], writing: Writing): Replies {
  const used = new Set<ToolResultBlock>();
  const moved = new Map<number, JsonObject[]>();

  function answers(turn: number): JsonObject[] {
    const asked = callsOf(turns[turn]).map((call) => call.id);
    if (asked.length === 0) return [];
    const messages: JsonObject[] = [];
    for (const { block, at, path } of resultsAfter(turns, turn)) {
      const call = asked.indexOf(block.id);
      if (call === -1 || used.has(block)) continue;
      asked.splice(call, 1);
      used.add(block);
      const written = writeResult(block, path, writing);
      messages.push(written.message);
      if (written.moved.length > 0) moved.set(at, [...(moved.get(at) ?? []), ...written.moved]);
    }
    return [...messages, ...asked.map((id) => missingResult(id, `turns[${turn}]`, writing))];
  }

  return { answers, rest: (turn) => ({ used, moved: moved.get(turn) ?? [] }) };
}

/** The results given before the model speaks again. */
function* resultsAfter(
  turns: readonly Turn[],
  turn: number,
): Generator<{ block: ToolResultBlock; at: number; path: string }> {
  let at = turn + 1;
  while (turns[at]?.role === 'assistant') at += 1;
  for (; at < turns.length && turns[at]?.role !== 'assistant'; at++) {
    for (const [i, block] of (turns[at]?.content ?? []).entries()) {
      if (block.type === 'tool_result') yield { block, at, path: `turns[${at}].content[${i}]` };
    }
  }
}

function writeUser(turn: Turn, index: number, { used, moved }: Rest, writing: Writing): JsonObject[] {
  const parts = [...moved];
  turn.content.forEach((block, i) => {
    const path = `turns[${index}].content[${i}]`;
    if (block.type !== 'tool_result') parts.push(...writePart(block, path, writing));
    else if (!used.has(block)) parts.push(...writeOrphan(block, path, writing));
  });
  const said = parts.length > 1 ? parts.filter((part) => part['text'] !== '') : parts;
  const [first] = said;
  if (first === undefined) return [];
  const content = said.length === 1 && isPlainText(first) ? first['text'] : said;
  return [{ role: 'user', content, ...restOf(turn) }];
}

function isPlainText(part: JsonObject): boolean {
  return part['type'] === 'text' && Object.keys(part).length === 2;
}

function restOf(turn: Turn): JsonObject {
  return { ...(turn.name !== undefined && { name: turn.name }), ...turn.ext?.['openai-chat'] };
}

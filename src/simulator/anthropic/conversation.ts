import { isObject, type Json, type JsonObject, listOf, textOf } from '../json.ts';
import { checkContent } from './blocks.ts';
import { MESSAGES } from './fields.ts';
import { checkMembers, listAt, objectAt, refuse } from './refusal.ts';

const MAX_MESSAGES = 100_000;

/** Consecutive messages of one role, as the service merges them. */
interface MergedTurn {
  readonly role: string;
  /** Number of its first message. */
  readonly index: number;
  readonly blocks: readonly { readonly block: JsonObject; readonly place: string }[];
}

/** Refuses messages whose form or order the service would refuse. */
export function checkMessages(value: Json | undefined, version: string): void {
  const messages = listAt(value, 'messages');
  if (messages.length === 0) refuse('messages: at least one message is required');
  if (messages.length > MAX_MESSAGES) refuse(`messages: List should have at most ${MAX_MESSAGES} items`);
  const read = messages.map((message, index) => checkMessage(message, index, messages.length, version));
  if (read[0]?.role !== 'user') refuse('messages: first message must use the "user" role');
  const turns = merge(read);
  checkIds(turns);
  for (const [index, turn] of turns.entries()) {
    if (turn.role === 'assistant') checkAnswered(turn, turns[index + 1]);
    else checkResultsBelong(turn, turns[index - 1]);
    if (turn.role === 'assistant') checkServerResults(turn, index === turns.length - 1);
  }
}

function checkMessage(value: Json, index: number, count: number, version: string): JsonObject {
  const place = `messages.${index}`;
  const message = objectAt(value, place);
  if (message.role === undefined) refuse(`${place}.role: Field required`);
  const role = textOf(message.role);
  const row = Object.hasOwn(MESSAGES, role) ? MESSAGES[role] : undefined;
  if (row === undefined) refuse(`${place}.role: Input should be 'user', 'assistant' or 'system'`);
  checkMembers(message, row ?? [], place, ['role']);
  if (role === 'system' && message.content === undefined && message.output_config !== undefined) return message;
  const { content } = message;
  const isLastAssistant = role === 'assistant' && index === count - 1;
  if ((content === '' || (Array.isArray(content) && content.length === 0)) && !isLastAssistant) {
    refuse(`${place}: all messages must have non-empty content except for the optional final assistant message`);
  }
  checkContent(content, { place, where: role as 'user' | 'assistant' | 'system', version });
  const last = typeof content === 'string' ? content : textOf(listOf(content).filter(isObject).at(-1)?.text);
  if (isLastAssistant && /\s$/.test(last))
    refuse('messages: final assistant content cannot end with trailing whitespace');
  return message;
}

function merge(messages: readonly JsonObject[]): MergedTurn[] {
  const turns: MergedTurn[] = [];
  for (const [index, message] of messages.entries()) {
    const role = textOf(message.role);
    const blocks = listOf(message.content)
      .filter(isObject)
      .map((block, number) => ({ block, place: `messages.${index}.content.${number}` }));
    const last = turns.at(-1);
    if (last?.role === role) turns[turns.length - 1] = { ...last, blocks: [...last.blocks, ...blocks] };
    else turns.push({ role, index, blocks });
  }
  return turns;
}

function checkIds(turns: readonly MergedTurn[]): void {
  const seen = new Set<string>();
  for (const { block, place } of turns.flatMap((turn) => turn.blocks)) {
    if (block.type !== 'tool_use') continue;
    const id = textOf(block.id);
    if (seen.has(id)) refuse(`${place}: \`tool_use\` ids must be unique`);
    seen.add(id);
  }
}

/** Every call is answered in the next message, before anything else in it. */
function checkAnswered(turn: MergedTurn, next: MergedTurn | undefined): void {
  const calls = turn.blocks.filter(({ block }) => block.type === 'tool_use').map(({ block }) => textOf(block.id));
  if (calls.length === 0) return;
  const following = next?.role === 'user' ? next.blocks : [];
  const end = following.findIndex(({ block }) => block.type !== 'tool_result');
  const results = (end < 0 ? following : following.slice(0, end)).map(({ block }) => textOf(block.tool_use_id));
  const missing = calls.filter((id) => !results.includes(id));
  if (missing.length === 0) return;
  refuse(
    `messages.${turn.index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ` +
      `${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  );
}

function checkResultsBelong(turn: MergedTurn, before: MergedTurn | undefined): void {
  const calls = (before?.role === 'assistant' ? before.blocks : []).map(({ block }) =>
    block.type === 'tool_use' ? textOf(block.id) : '',
  );
  const seen = new Set<string>();
  for (const { block, place } of turn.blocks) {
    if (block.type !== 'tool_result') continue;
    const id = textOf(block.tool_use_id);
    if (!calls.includes(id)) {
      refuse(
        `${place}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must ` +
          'have a corresponding `tool_use` block in the previous message.',
      );
    }
    if (seen.has(id)) {
      refuse(`${place}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`);
    }
    seen.add(id);
  }
}

/** Results of server tools follow their call in the same turn; only the last turn may be waiting for one. */
function checkServerResults(turn: MergedTurn, isLast: boolean): void {
  const open = new Map<string, string>();
  for (const { block, place } of turn.blocks) {
    const type = textOf(block.type);
    if (type === 'server_tool_use' || type === 'mcp_tool_use') open.set(textOf(block.id), textOf(block.name));
    if (!type.endsWith('_tool_result')) continue;
    const id = textOf(block.tool_use_id);
    if (!open.delete(id)) {
      const call = type === 'mcp_tool_result' ? 'mcp_tool_use' : 'server_tool_use';
      refuse(
        `${place}: unexpected \`tool_use_id\` found in \`${type}\` blocks: ${id}. Each \`${type}\` block must have a ` +
          `corresponding \`${call}\` block before it.`,
      );
    }
  }
  const [waiting] = open;
  if (waiting === undefined || isLast) return;
  const [id, name] = waiting;
  refuse(
    `messages.${turn.index}: \`${name}\` tool use with id \`${id}\` was found without a corresponding ` +
      `\`${name}_tool_result\` block`,
  );
}

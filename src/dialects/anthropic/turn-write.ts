import { withoutBlankTexts } from '../../canon/blank-text.ts';
import { type JsonObject, objectsIn } from '../../canon/json.ts';
import { pairedTurns } from '../../canon/pairing.ts';
import type { Turn } from '../../canon/request.ts';
import { type Carried, writeForeignAnswer } from './answer-media.ts';
import { writeBlocks, writeContent } from './block-write.ts';
import { fieldsOf } from './ext.ts';
import type { Writing } from './writing.ts';

interface Message {
  readonly role: Turn['role'];
  readonly content: readonly JsonObject[];
  readonly fields: JsonObject | undefined;
}

/** The conversation as it is sent, and the instructions before it. */
export interface WrittenTurns {
  readonly system: JsonObject[];
  readonly messages: JsonObject[];
}

/** Writes system and turns under the service's rules: results of calls right behind them, no empty texts, no empty turns. */
export function writeTurns(to: Writing): WrittenTurns {
  const system = writeBlocks(to.request.system, 'system', to);
  const messages: Message[] = [];
  let carried: Carried[] = [];
  const carry = (one: Carried): void => {
    carried.push(one);
  };
  for (const [i, turn] of turnsOf(to).entries()) {
    const said = to.foreign ? withoutBlankTexts(turn.content) : turn.content;
    const written =
      turn.role === 'assistant' && to.foreign ? writeForeignAnswer(said, i, to, carry) : writeContent(said, i, to);
    const content =
      turn.role === 'user' && carried.length > 0 ? [...carried.flatMap((one) => one.content), ...written] : written;
    if (turn.role === 'user' && carried.length > 0) carried = [];
    const message = writeTurn(turn, content, i, to);
    if (message === undefined) continue;
    // Instructions that come before any message are instructions before the conversation.
    if (message.role === 'system' && to.foreign && messages.length === 0) {
      to.lose('moved', `turns[${i}]`, 'to the instructions before the conversation');
      system.push(...message.content);
    } else messages.push(message);
  }
  for (const { path } of carried) to.lose('dropped', path, 'no message of the user follows');
  const placed = placeResults(messages);
  return { system, messages: (to.foreign ? joinSplitTurns(placed) : placed).map(wireOf) };
}

/** The service refuses calls without results, and results without calls; a client of its own is left to it. */
function turnsOf({ request: { turns }, foreign, lose }: Writing): readonly Turn[] {
  if (!foreign) return turns;
  if (inOrder(turns)) return turns;
  const calls = new Set<string>();
  const results = new Set<string>();
  for (const { content } of turns) {
    for (const block of content) {
      if (block.type === 'tool_call') calls.add(block.id);
      else if (block.type === 'tool_result') results.add(block.id);
    }
  }
  if (calls.symmetricDifference(results).size === 0) return turns;
  return pairedTurns(turns, ({ what, path, why }) => lose(what, path, why));
}

/** Whether all calls have their results, one after the other. */
function inOrder(turns: readonly Turn[]): boolean {
  const calls: string[] = [];
  let answered = 0;
  for (const { content } of turns) {
    for (const block of content) {
      if (block.type === 'tool_call') calls.push(block.id);
      else if (block.type === 'tool_result' && block.id !== calls[answered++]) return false;
    }
  }
  return answered === calls.length;
}

function writeTurn(turn: Turn, content: readonly JsonObject[], index: number, to: Writing): Message | undefined {
  const fields = fieldsOf(turn.ext);
  if (turn.role === 'system' && to.quirks.mid_system === false)
    return asUserTurn(content, fields, `turns[${index}]`, to);
  const bare = content.length === 0 && (turn.role !== 'system' || fields === undefined);
  return bare ? undefined : { role: turn.role, content, fields };
}

function asUserTurn(
  content: readonly JsonObject[],
  fields: JsonObject | undefined,
  path: string,
  to: Writing,
): Message | undefined {
  const texts = content.filter(({ type }) => type === 'text');
  if (texts.length < content.length || fields !== undefined)
    to.lose('dropped', path, 'settings inside the conversation');
  if (texts.length === 0) return undefined;
  to.lose('moved', path, 'the provider has no system messages in mid-conversation: now a user message');
  return { role: 'user', content: texts, fields: undefined };
}

function wireOf({ role, content, fields }: Message): JsonObject {
  const message: JsonObject = content.length > 0 || role !== 'system' ? { role, content } : { role };
  return fields === undefined ? message : { ...message, ...fields };
}

function isResult({ type }: JsonObject): boolean {
  return type === 'tool_result';
}

function isNoResult({ type }: JsonObject): boolean {
  return type !== 'tool_result';
}

function isCall({ type }: JsonObject): boolean {
  return type === 'tool_use';
}

/** All results of a turn's calls stand at the beginning of the user turn right behind it, whatever lay between. */
function placeResults(messages: readonly Message[]): Message[] {
  const placed: Message[] = [];
  for (let i = 0; i < messages.length; ) {
    const message = messages[i] as Message;
    placed.push(message);
    i += 1;
    if (message.role !== 'assistant' || !message.content.some(isCall)) continue;
    let next = i;
    while (next < messages.length && messages[next]?.role !== 'assistant') next += 1;
    const between = messages.slice(i, next);
    placed.push(...(inPlace(between) ? between : gathered(between)));
    i = next;
  }
  return placed;
}

function inPlace(messages: readonly Message[]): boolean {
  const [first] = messages;
  for (let i = 1; i < messages.length; i++) if (messages[i]?.content.some(isResult) === true) return false;
  if (first === undefined || !first.content.some(isResult)) return true;
  const afterResults = first.content.findIndex(isNoResult);
  return first.role === 'user' && (afterResults === -1 || !first.content.slice(afterResults).some(isResult));
}

function gathered(messages: readonly Message[]): Message[] {
  const results = messages.flatMap(({ content }) => content.filter(isResult));
  const rests = messages.map((message) => ({
    ...message,
    content: message.content.filter((block) => !isResult(block)),
  }));
  const [first, ...others] = rests;
  const head: Message[] =
    first?.role === 'user'
      ? [{ ...first, content: [...results, ...first.content] }]
      : [{ role: 'user', content: results, fields: undefined }, ...(first === undefined ? [] : [first])];
  return [...head, ...others.filter(({ content, fields }) => content.length > 0 || fields !== undefined)];
}

/** Languages that give each result a message of its own split what is one turn here. */
function joinSplitTurns(messages: readonly Message[]): Message[] {
  const joined: Message[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (message.role === 'user' && last?.role === 'user' && last.content.some(isResult)) {
      joined[joined.length - 1] = { ...last, content: [...last.content, ...message.content] };
    } else joined.push(message);
  }
  return joined;
}

/** Whether the service would have to go on with an answer that did not begin by thinking, which it refuses to one that shall think by a budget. */
export function goesOnUnthought(messages: readonly JsonObject[]): boolean {
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  const content = objectsIn(messages[last]?.content);
  const goesOn = last === messages.length - 1 || content.some(({ type }) => type === 'tool_use');
  return last !== -1 && goesOn && content[0]?.type !== 'thinking' && content[0]?.type !== 'redacted_thinking';
}

import type { Block } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import { pairedTurns } from '../../canon/pairing.ts';
import type { Turn } from '../../canon/request.ts';
import { writeAssistantParts } from './assistant-write.ts';
import { fieldsOf } from './ext.ts';
import { writeParts } from './parts-write.ts';
import { writePlainResult, writeResults } from './results-write.ts';
import type { Writing } from './writing.ts';

interface Content {
  readonly role: 'user' | 'model';
  readonly parts: readonly JsonObject[];
  readonly fields: JsonObject | undefined;
}

/**
 * The conversation as `contents`. What an earlier turn becomes depends on nothing that a later answer adds, so that the
 * bytes of the prefix, and with them the provider's cache, stay as they are.
 */
export function writeContents(to: Writing): JsonObject[] {
  const { turns } = to.request;
  if (to.own) return turns.map((turn) => wireOf(writeTurn(turn, to)));
  const contents: Content[] = [];
  for (const turn of pairedTurns(turns, ({ what, path, why }) => to.lose(what, path, why))) {
    const content = writeTurn(turn, to);
    if (content.parts.length === 0 && content.fields === undefined) continue;
    const last = contents.at(-1);
    if (last?.role === content.role) contents[contents.length - 1] = joined(last, content);
    else contents.push(content);
  }
  return begun(contents, to).map(wireOf);
}

function writeTurn(turn: Turn, to: Writing): Content {
  const fields = fieldsOf(turn.ext);
  if (turn.role === 'assistant') return { role: 'model', parts: writeAssistantParts(turn, to), fields };
  const plain = plainResults(turn, to);
  if (plain !== undefined) return { role: 'user', parts: plain, fields };
  if (to.own) return { role: 'user', parts: turn.content.flatMap((block) => writeUserBlock(block, to)), fields };
  if (turn.role === 'system') {
    to.lose('moved', to.placeOf(turn), 'instructions in mid-conversation are told by the user');
  }
  const results = turn.content.filter((block) => block.type === 'tool_result');
  const others = turn.content.filter((block) => block.type !== 'tool_result');
  const parts = [...writeResults(results, to), ...others.flatMap((block) => writeParts(block, to.placeOf(block), to))];
  return { role: 'user', parts, fields };
}

/** The results of calls that are nothing but text, as most are, where a turn has nothing else; nothing for all others. */
function plainResults({ role, content }: Turn, to: Writing): JsonObject[] | undefined {
  if (role !== 'user' || to.own || content.length === 0) return undefined;
  const parts: JsonObject[] = [];
  for (const block of content) {
    const part = block.type === 'tool_result' ? writePlainResult(block, to) : undefined;
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts;
}

function writeUserBlock(block: Block, to: Writing): JsonObject[] {
  return block.type === 'tool_result' ? writeResults([block], to) : writeParts(block, to.placeOf(block), to);
}

function joined(one: Content, other: Content): Content {
  const fields = one.fields === undefined ? other.fields : { ...one.fields, ...other.fields };
  return { role: one.role, parts: [...one.parts, ...other.parts], fields };
}

/** What a conversation begins with where the client let the model speak first, or nobody speaks. */
const opening: Content = { role: 'user', parts: [{ text: '(the conversation begins)' }], fields: undefined };

function begun(contents: readonly Content[], { lose }: Writing): readonly Content[] {
  if (contents[0]?.role === 'user') return contents;
  lose('approximated', 'turns', `the user begins here, with "${String(opening.parts[0]?.text)}"`);
  return [opening, ...contents];
}

function wireOf({ role, parts, fields }: Content): JsonObject {
  return fields === undefined ? { role, parts } : { role, parts, ...fields };
}

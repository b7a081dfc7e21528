import type { Block, ThinkingBlock } from '../../canon/content.ts';
import { type JsonObject, otherFields } from '../../canon/json.ts';
import type { Turn } from '../../canon/request.ts';
import { type CallBook, createCallBook } from './call-book.ts';
import { CallPieces } from './call-pieces.ts';
import { asExt } from './ext.ts';
import { list, message, optional, string, wrongField } from './field.ts';
import { readPart } from './parts-read.ts';

const roles: ReadonlyMap<string, Turn['role']> = new Map([
  ['user', 'user'],
  ['function', 'user'],
  ['tool', 'user'],
  ['model', 'assistant'],
  ['assistant', 'assistant'],
  ['system', 'system'],
]);
const contentFields: ReadonlySet<string> = new Set(['role', 'parts']);

/** Reads `contents`. What a model said is one turn, even where a client keeps each piece of a stream as a content of its own. */
export function readContents(value: unknown): Turn[] {
  const contents = optional(value, 'contents', (given, path) => list(given, path, message)) ?? [];
  if (contents.length === 0) throw wrongField('contents', 'contents is not specified');
  const calls = createCallBook();
  const pieces = new CallPieces();
  const turns: Turn[] = [];
  // A call is whole only when all of its pieces have been seen.
  const parts = contents.map((content, i) => placedParts(content, `contents[${i}]`, pieces));
  contents.forEach((content, i) => {
    const turn = readContent(content, `contents[${i}]`, parts[i] ?? [], calls);
    const last = turns.at(-1);
    if (last?.role === 'assistant' && turn.role === 'assistant' && turn.ext === undefined) {
      turns[turns.length - 1] = { ...last, content: continued(last.content, turn.content) };
    } else turns.push(turn);
  });
  return turns;
}

/** A part and where it stands. */
type Placed = readonly [part: JsonObject, path: string];

function placedParts(content: JsonObject, path: string, pieces: CallPieces): Placed[] {
  const parts = optional(content.parts, `${path}.parts`, (value, at) => list(value, at, message)) ?? [];
  return parts.flatMap((given, i): Placed[] => {
    const part = pieces.take(given);
    return part === undefined ? [] : [[part, `${path}.parts[${i}]`]];
  });
}

function readContent(content: JsonObject, path: string, parts: readonly Placed[], calls: CallBook): Turn {
  const word = optional(content.role, `${path}.role`, string) ?? 'user';
  const role = roles.get(word === '' ? 'user' : word);
  if (role === undefined) throw wrongField(`${path}.role`, 'Please use a valid role: user, model.');
  const blocks: Block[] = [];
  for (const [part, at] of parts) for (const block of readPart(part, at, calls)) addBlock(blocks, block);
  return { role, content: blocks, ...asExt(otherFields(content, contentFields)) };
}

/** A call's proof belongs to the thought right before it, where there is one without. */
function addBlock(blocks: Block[], block: Block): void {
  const last = blocks.at(-1);
  if (last?.type === 'thinking' && isBareProof(block) && isBareThought(last)) {
    blocks[blocks.length - 1] = { ...last, ...block, text: last.text };
  } else blocks.push(block);
}

function isBareProof(block: Block): block is ThinkingBlock {
  return block.type === 'thinking' && block.text === '' && block.signature !== undefined && block.ext === undefined;
}

function isBareThought({ text, signature, redacted, ext }: ThinkingBlock): boolean {
  return text !== '' && signature === undefined && redacted === undefined && ext === undefined;
}

/** The pieces of a stream together: text and thoughts go on where the last piece ended. */
function continued(earlier: readonly Block[], [first, ...later]: readonly Block[]): Block[] {
  if (first === undefined) return [...earlier];
  const blocks = earlier.slice(0, -1);
  const last = earlier.at(-1);
  const both = last === undefined ? [first] : joined(last, first);
  for (const block of [...both, ...later]) addBlock(blocks, block);
  return blocks;
}

function joined(last: Block, next: Block): Block[] {
  if (last.type === 'thinking' && next.type === 'thinking' && isBareThought(last) && next.text !== '') {
    return [{ ...last, ...next, text: last.text + next.text }];
  }
  if (last.type !== 'text' || next.type !== 'text' || last.ext !== undefined || next.ext !== undefined) {
    return [last, next];
  }
  return [{ ...last, text: last.text + next.text }];
}

import type { BodyScan } from '../wire/body-scan.ts';
import type { Pieces } from '../wire/pieces.ts';

/** What a conversation is known by in its next call, though something in its beginning has changed. */
export interface Opening {
  /** A number for the end of each of the first turns, and for that of the last one. */
  readonly turns: readonly number[];
  readonly last: number;
  /** How many turns there are in all. */
  readonly count: number;
  /** Whether it has tools. */
  readonly tools: boolean;
}

/** How many of the first turns count. */
const firstTurns = 4;

/** Bytes at the end of a turn in which its last words are looked for, and how many of them count. */
const lookedAt = 224;
const counted = 96;

/** Reads the opening of a body that has been scanned. */
export function openingOf(body: Pieces, scan: BodyScan): Opening {
  const { turns: count } = scan;
  const tools = scan.toolsStart !== -1;
  const turns: number[] = [];
  for (let i = 0; i < count && i < firstTurns; i++) turns.push(turnAt(body, scan, i));
  return { turns, last: count <= firstTurns ? (turns[count - 1] ?? 0) : turnAt(body, scan, count - 1), count, tools };
}

/** A number for the end of a turn; 0 where it is not known where that is. */
function turnAt(body: Pieces, { turnBounds }: BodyScan, turn: number): number {
  const end = turnBounds[turn + 1];
  return end === undefined ? 0 : lastWords(body.latin1(Math.max(turnBounds[turn] ?? 0, end - lookedAt), end));
}

/** Whether the last turn of a conversation stands at its place in a body: then nothing was taken back. */
export function goesOn(before: Opening, body: Pieces, scan: BodyScan): boolean {
  return scan.turns >= before.count && before.last !== 0 && turnAt(body, scan, before.count - 1) === before.last;
}

/** A mark of caching behind the last words goes with the next call: it does not count. */
function lastWords(text: string): number {
  const mark = text.lastIndexOf('"cache_control"');
  let end = mark === -1 ? text.length : mark;
  while (end > 0 && isClosing(text.charCodeAt(end - 1))) end -= 1;
  let hash = 0x811c9dc5 | 0;
  for (let i = Math.max(0, end - counted); i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** Blanks, quotes, commas and closing brackets. */
function isClosing(code: number): boolean {
  return code <= 0x20 || code === 0x22 || code === 0x2c || code === 0x5d || code === 0x7d;
}

/** So many turns alike do not begin two conversations. */
const enough = 3;

/**
 * How well a call goes on with a conversation: in how many of its first turns; 0 when it is another one. One of them
 * may differ where the conversation has grown meanwhile: whoever changes an early turn has not begun anew. What asks the
 * first question with other means (for a title, say) is another conversation as long as there is no more to go by.
 */
export function likeness(before: Opening, now: Opening): number {
  const compared = Math.min(before.turns.length, now.turns.length);
  let equal = 0;
  let first = compared;
  for (let i = 0; i < compared; i++) {
    if (before.turns[i] === now.turns[i]) equal += 1;
    else if (first === compared) first = i;
  }
  if (first >= enough) return equal;
  if (before.tools !== now.tools) return 0;
  if (first === compared) return equal;
  return now.count > before.count && compared - equal === 1 ? equal : 0;
}

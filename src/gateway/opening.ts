import type { Pieces } from '../wire/pieces.ts';
import type { BodyScan } from '../wire/splice.ts';

/** How a conversation begins: enough to know it again in its next call, though something in its beginning has changed. */
export interface Opening {
  /** A number for the end of each of the first turns. */
  readonly turns: readonly number[];
  /** How many turns there are in all. */
  readonly count: number;
  /** Whether it has tools. */
  readonly tools: boolean;
}

/** Bytes at the end of a turn in which its last words are looked for, and how many of them count. */
const lookedAt = 224;
const counted = 96;

/** Reads the opening of a body that has been scanned. */
export function openingOf(body: Pieces, { turns, turnBounds, tools }: BodyScan): Opening {
  const words: number[] = [];
  let begin = turnBounds[0] ?? 0;
  for (const end of turnBounds) {
    if (end === begin) continue;
    words.push(lastWords(body.latin1(Math.max(begin, end - lookedAt), end)));
    begin = end;
  }
  return { turns: words, count: turns, tools };
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

/** Of conversations that are equally like a call, it goes on with the one that has come the furthest, but not further. */
export function isCloser(one: Opening, than: Opening, { count }: Opening): boolean {
  const fits = one.count <= count;
  if (fits !== than.count <= count) return fits;
  return !fits || one.count >= than.count;
}

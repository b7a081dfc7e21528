// Runs in a thread of its own, since its tables take 110 ms to load and 70 MB to hold, and a text can be made for which
// counting takes long.
import { parentPort } from 'node:worker_threads';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

/** Texts to be counted. */
export interface TokenTask {
  readonly id: number;
  readonly texts: readonly string[];
  readonly maxMs: number;
}

/** Tokens of all the texts together: those in Latin letters, code included, and those in other scripts. */
export interface CountedTokens {
  readonly plain: number;
  readonly other: number;
}

/** The answer to a task. */
export interface TokenReply extends CountedTokens {
  readonly id: number;
}

/** The time for a run of letters without a break grows with the square of its length; in pieces it stays small. */
const pieceCharacters = 1000;
/** Pieces are taken in as many passes, so that those of a pass lie spread over the text. */
const passes = 16;
/** Marks such as <|endoftext|> are text like any other when a user writes them; the library would refuse them. */
const asText = { disallowedSpecial: new Set<string>() };

parentPort?.on('message', ({ id, texts, maxMs }: TokenTask) => {
  parentPort?.postMessage({ id, ...count(piecesOf(texts), maxMs) } satisfies TokenReply);
});

/** What is not reached in time is taken to be like the rest. */
function count(pieces: readonly string[], maxMs: number): CountedTokens {
  const until = performance.now() + maxMs;
  const counted = { plain: 0, other: 0 };
  let characters = 0;
  for (let pass = 0; pass < passes; pass++) {
    for (let i = pass; i < pieces.length; i += passes) {
      const piece = pieces[i] ?? '';
      counted[isPlain(piece) ? 'plain' : 'other'] += countTokens(piece, asText);
      characters += piece.length;
      if (performance.now() > until) {
        const scale = lengthOf(pieces) / characters;
        return { plain: counted.plain * scale, other: counted.other * scale };
      }
    }
  }
  return counted;
}

/** Blanks and marks are the same in all scripts, so that a third of other letters is much. */
function isPlain(piece: string): boolean {
  let others = 0;
  for (let i = 0; i < piece.length; i++) if (piece.charCodeAt(i) > 0x24f) others += 1;
  return others * 3 < piece.length;
}

function lengthOf(pieces: readonly string[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

/** Cut before white space, where tokens begin anyway, if there is any in the second half. */
function piecesOf(texts: readonly string[]): string[] {
  const pieces: string[] = [];
  for (const text of texts) {
    for (let at = 0; at < text.length; ) {
      const piece = text.slice(at, at + pieceCharacters);
      const isLast = at + pieceCharacters >= text.length;
      const cut = isLast ? 0 : Math.max(piece.lastIndexOf('\n'), piece.lastIndexOf(' '));
      pieces.push(cut > pieceCharacters / 2 ? piece.slice(0, cut) : piece);
      at += cut > pieceCharacters / 2 ? cut : piece.length;
    }
  }
  return pieces;
}

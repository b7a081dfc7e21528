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

/** Tokens of all the texts together. */
export interface TokenReply {
  readonly id: number;
  readonly tokens: number;
}

/** The time for a run of letters without a break grows with the square of its length; in pieces it stays small. */
const pieceCharacters = 1000;
/** Pieces are taken in as many passes, so that those of a pass lie spread over the text. */
const passes = 16;
/** Marks such as <|endoftext|> are text like any other when a user writes them; the library would refuse them. */
const asText = { disallowedSpecial: new Set<string>() };

parentPort?.on('message', ({ id, texts, maxMs }: TokenTask) => {
  parentPort?.postMessage({ id, tokens: count(piecesOf(texts), maxMs) } satisfies TokenReply);
});

/** What is not reached in time is taken to be like the rest. */
function count(pieces: readonly string[], maxMs: number): number {
  const until = performance.now() + maxMs;
  let tokens = 0;
  let characters = 0;
  for (let pass = 0; pass < passes; pass++) {
    for (let i = pass; i < pieces.length; i += passes) {
      const piece = pieces[i] ?? '';
      tokens += countTokens(piece, asText);
      characters += piece.length;
      if (performance.now() > until) return Math.round((tokens * lengthOf(pieces)) / characters);
    }
  }
  return tokens;
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

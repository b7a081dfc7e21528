import { nestedCode } from './nested-code.ts';

/** Where a reading of a nested value stands, and what the last piece had in it. Places count from the piece's beginning. */
export interface Nested {
  /** How many brackets are open. */
  depth: number;
  inString: boolean;
  /** Where the open string began; below 0 where that was before the piece. */
  start: number;
  /** Whether the piece has ended behind a backslash that escapes what comes next. */
  escapes: boolean;
}

/** What of a nested value is to be told. */
export interface Wanted {
  /** Where turns end: what closes at depth 1. */
  readonly turns: boolean;
  /** Strings with more bytes than this, at the depths 2 to 4. */
  readonly longerThan: number;
  /** The first eight characters of the strings that are looked for. */
  readonly mark: string;
}

/** Of what every JavaScript engine has, as much as is used: Node's types leave it to those of browsers. */
interface Machine {
  readonly WebAssembly: {
    readonly Module: new (code: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: Exports };
  };
}

/** What `nested.wat` exports. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  skip(at: number, end: number): number;
}

/** Bytes that a piece may have. */
export const mostBytes = 65_536;

/** Bytes of a mark that are compared. */
export const markBytes = 8;

/** No string is longer. */
const longest = 2 ** 31 - 1;

const input = 1024;
const blanks = 64;

/** Words of the memory, as `nested.wat` has them. */
const words = {
  depth: 0,
  inString: 1,
  escaped: 2,
  start: 3,
  turns: 4,
  longs: 5,
  marks: 6,
  least: 7,
  mark: 8,
  wants: 10,
};
const turnsAt = 69_632 / 4;
const longsAt = 200_704 / 4;
const marksAt = 204_800 / 4;

/**
 * Goes through objects and arrays in JSON 64 bytes at a time: with the vector instructions that JavaScript has none of, at a
 * third of what going from quote to quote costs. Its code is made of `nested.wat` by `scripts/write-nested.ts`.
 */
export class NestedReader {
  readonly #skip: (at: number, end: number) => number;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  #length = 0;

  /** @throws where there is no WebAssembly, or one without vectors. */
  constructor() {
    const { Module, Instance } = (globalThis as unknown as Machine).WebAssembly;
    const { memory, skip } = new Instance(new Module(Buffer.from(nestedCode, 'base64'))).exports;
    const { buffer } = memory;
    this.#skip = skip;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Int32Array(buffer);
  }

  /** Takes a piece to read in. @param piece at most `mostBytes` of them. */
  load(piece: Uint8Array): void {
    this.#length = piece.length;
    this.#bytes.set(piece, input);
    this.#bytes.fill(0x20, input + piece.length, input + piece.length + blanks);
  }

  /**
   * Reads on in a nested value, in the piece that was loaded.
   * @param at where in it the reading begins; not in an escape.
   * @returns where the bracket stands that closes the value; -1 where it is not in this piece, whose end `nested` stands at
   *   then; and where a backslash stands outside a string, that place taken from -2.
   */
  read(at: number, nested: Nested, { turns, longerThan, mark }: Wanted): number {
    const state = this.#words;
    for (let i = 0; i < markBytes; i++) this.#bytes[words.mark * 4 + i] = mark.charCodeAt(i);
    state[words.depth] = nested.depth;
    state[words.inString] = nested.inString ? 1 : 0;
    state[words.escaped] = 0;
    state[words.start] = nested.start;
    state[words.least] = Math.min(longerThan, longest);
    state[words.wants] = turns ? 1 : 0;
    const found = this.#skip(at, this.#length);
    nested.depth = state[words.depth] as number;
    nested.inString = state[words.inString] === 1;
    nested.escapes = state[words.escaped] === 1;
    nested.start = state[words.start] as number;
    return found;
  }

  /** The ends of turns in what was read last. */
  turnEnds(): Int32Array {
    return this.#words.subarray(turnsAt, turnsAt + (this.#words[words.turns] as number));
  }

  /** Where each long string begins and ends in it, quotes included. */
  longStrings(): Int32Array {
    return this.#words.subarray(longsAt, longsAt + 2 * (this.#words[words.longs] as number));
  }

  /** The quotes in it behind which the mark's first characters stand. */
  marked(): Int32Array {
    return this.#words.subarray(marksAt, marksAt + (this.#words[words.marks] as number));
  }
}

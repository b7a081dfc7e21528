import { isUtf8 } from 'node:buffer';
import { escaped, odd, Run, wide } from './run.ts';

const quote = 0x22;
const backslash = 0x5c;
const letterU = 0x75;
const space = 0x20;
const zero = 0x30;
/** So many digits are an integer that numbers can hold exactly. */
const mostDigits = 15;
const slash = 0x2f;
const escapes: ReadonlySet<number> = new Set(Buffer.from('"\\bfnrt'));

/**
 * The form of a frame of JSON that has been read once: everything but one string, and the counts behind it. A frame of the
 * same form, with a sound string and integers in their places, says the same but for those, and is known without being
 * parsed: nine of ten frames in most streams. Comparing takes a tenth of parsing.
 */
export class FrameForm {
  /** What the counts are called, in the order in which they stand. */
  readonly names: readonly string[];
  /**
   * All but the holes: what precedes the string, what stands between the others, what follows the last. Behind a string
   * that is the only hole, spaces are left out: servers pad there.
   */
  readonly #bytes: Buffer;
  /** The same, to be read by words: comparing words takes a sixth of comparing bytes. */
  readonly #view: DataView;
  readonly #prefixLength: number;
  /** Where the pieces behind the string end in the bytes. */
  readonly #ends: readonly number[];
  /** The counts of the frame that was found last, and of the one that is looked at. */
  #counts: number[];
  #reading: number[];
  /** The inside of the string that was found last, and how it is spelt. */
  #from = 0;
  #to = 0;
  #spelling = 0;

  private constructor(prefix: string, pieces: readonly string[], holes: readonly Hole[]) {
    this.names = holes.map(({ name }) => name);
    this.#counts = holes.map(({ value }) => value);
    this.#reading = holes.map(() => 0);
    this.#prefixLength = prefix.length;
    let length = prefix.length;
    this.#ends = pieces.map((piece) => (length += piece.length));
    // It stays as long as the stream does: a slice of what many share would keep all of that.
    this.#bytes = Buffer.allocUnsafeSlow(length);
    this.#bytes.write(prefix + pieces.join(''), 'latin1');
    this.#view = new DataView(this.#bytes.buffer);
  }

  /**
   * The form of a frame around the last string of this name and value; nothing where it is not found as it was read.
   * @param counts the only object of this name behind the string: the integers in it may differ too, but for those in lists
   * and in further objects.
   */
  static around(frame: Buffer, name: string, value: string, counts = ''): FrameForm | undefined {
    const text = frame.toString('latin1');
    const written = Buffer.from(JSON.stringify(value)).toString('latin1');
    const at = text.lastIndexOf(written);
    if (at === -1 || !text.slice(0, at).trimEnd().endsWith(`"${name}":`)) return undefined;
    const behind = text.slice(at + written.length);
    const holes = counts === '' ? [] : countsIn(behind, counts);
    const tail = holes.length === 0 ? behind.replaceAll(' ', '') : behind;
    // Without its blank line a frame does not say where it ends.
    if (!/^[^\r\n]+(?:\r?\n){2}$/.test(tail)) return undefined;
    const pieces = holes.map(({ start }, i) => tail.slice(holes[i - 1]?.end ?? 0, start));
    pieces.push(tail.slice(holes.at(-1)?.end ?? 0));
    return new FrameForm(text.slice(0, at + 1), pieces, holes);
  }

  /**
   * Where a frame of this form ends that begins at `start`; 0 where there is none, or not all of it.
   * @param most so many frames are taken that follow each other; the end is that of the last one.
   */
  end(bytes: Buffer, start: number, most = 1): number {
    if (bytes !== looked) {
      looked = bytes;
      view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    run.reset(bytes);
    let at = start;
    for (let i = 0; i < most; i++) {
      const end = this.#frameEnd(at);
      if (end === 0) break;
      at = end;
      run.add(this.#from, this.#to, this.#spelling);
    }
    return at === start ? 0 : at;
  }

  /** The counts of the frame that was found last, or was learnt; valid until the next is looked for. */
  counts(): readonly number[] {
    return this.#counts;
  }

  /** What the strings say in the frames that were found last. */
  text(): string {
    return run.text();
  }

  /** Each of them, until another frame is looked for. */
  pieces(): Run {
    return run;
  }

  #frameEnd(start: number): number {
    const begin = start + this.#prefixLength;
    if (begin >= looked.length || !this.#isAt(0, this.#prefixLength, start)) return 0;
    const end = this.#stringEnd(begin);
    if (end === -1) return 0;
    return this.#reading.length === 0 ? this.#tailEnd(end + 1) : this.#countedEnd(end + 1);
  }

  /** Whether so many bytes of the form stand at `start`. */
  #isAt(from: number, length: number, start: number): boolean {
    const form = this.#view;
    const bytes = view;
    const shift = start - from;
    const end = from + length;
    const last = end - wordBytes;
    if (last < from) {
      for (let i = from; i < end; i++) if (form.getUint8(i) !== bytes.getUint8(shift + i)) return false;
      return true;
    }
    for (let i = from; i < last; i += wordBytes) {
      if (form.getFloat64(i, true) !== bytes.getFloat64(shift + i, true)) return false;
    }
    // It may begin inside of the one before it.
    return form.getFloat64(last, true) === bytes.getFloat64(shift + last, true);
  }

  /** Behind what follows the string where nothing else may differ. */
  #tailEnd(from: number): number {
    const start = this.#prefixLength;
    const length = this.#bytes.length - start;
    const whole = from + length;
    return whole <= looked.length && this.#isAt(start, length, from) ? whole : this.#paddedEnd(from);
  }

  /** Behind what follows the string, with the counts in it. */
  #countedEnd(from: number): number {
    const ends = this.#ends;
    const last = ends.length - 1;
    let piece = this.#prefixLength;
    let at = from;
    for (let i = 0; ; i++) {
      const end = ends[i] as number;
      const length = end - piece;
      if (at + length > looked.length || !this.#isAt(piece, length, at)) return 0;
      piece = end;
      at += length;
      if (i === last) break;
      at = this.#countEnd(at, i);
      if (at === 0) return 0;
    }
    const counts = this.#reading;
    this.#reading = this.#counts;
    this.#counts = counts;
    return at;
  }

  /** Behind the integer that begins here; 0 where there is none, or one that may not be exact. What it goes on with is the next piece's to see. */
  #countEnd(begin: number, index: number): number {
    const bytes = looked;
    const end = Math.min(bytes.length, begin + mostDigits + 1);
    let value = 0;
    let at = begin;
    for (; at < end; at++) {
      const digit = (bytes[at] as number) - zero;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const digits = at - begin;
    if (digits === 0 || digits > mostDigits || (digits > 1 && bytes[begin] === zero)) return 0;
    this.#reading[index] = value;
    return at;
  }

  /** Behind the tail, which begins at `from` and is padded somewhere in its first line. */
  #paddedEnd(from: number): number {
    const bytes = looked;
    let at = from;
    let padded = true;
    for (let i = this.#prefixLength; i < this.#bytes.length; i++) {
      const byte = this.#bytes[i] as number;
      if (padded) while (bytes[at] === space) at += 1;
      if (bytes[at] !== byte) return 0;
      if (byte < space) padded = false;
      at += 1;
    }
    return at;
  }

  /** Where the JSON string that begins here has its closing quote; -1 where it is not sound or would have to be decoded to know. */
  #stringEnd(begin: number): number {
    const bytes = looked;
    const end = bytes.length;
    let spelling = 0;
    let at = begin;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === quote) break;
      if (byte < space) return -1;
      if (byte >= 0x80) spelling |= wide;
      if (byte !== backslash) continue;
      spelling |= escaped;
      at += 1;
      const letter = bytes[at] ?? 0;
      if (letter === letterU) {
        if (!isCharacter(bytes, at + 1)) return -1;
        spelling |= odd;
        at += 4;
      } else if (letter === slash) spelling |= odd;
      else if (!escapes.has(letter)) return -1;
    }
    if (at >= end || ((spelling & wide) !== 0 && !isUtf8(bytes.subarray(begin, at)))) return -1;
    this.#from = begin;
    this.#to = at;
    this.#spelling = spelling;
    return at;
  }
}

/** The bytes that were looked at last, by any form: were they each form's own, a silent stream would hold its last read. */
let looked: Buffer = Buffer.alloc(0);
let view = new DataView(looked.buffer);
const run = new Run();

/**
 * Words are floating point, since large integers would be allocated by code that is not hot yet. Two such words are equal
 * only when their bytes are, but for zeros, which text has not.
 * They are read in the order of most processors: the other one would have to be turned around.
 */
const wordBytes = 8;

/** Whether four digits of an escape are a character of their own; what may be half a one is for others to read. */
function isCharacter(bytes: Buffer, at: number): boolean {
  const digits = bytes.toString('latin1', at, at + 4);
  return /^(?:[\dabcef][\da-f]|d[0-7])[\da-f]{2}$/i.test(digits);
}

/** Strings, each with the integer that it names; what opens and what closes. */
const tokens = /"((?:[^"\\]|\\.)*)"(?:\s*:\s*(0|[1-9]\d{0,14})(?=\s*[,}]))?|[{}[\]]/g;
const plainName = /^[a-z]\w*$/i;

/** A count, and where its digits stand. */
interface Hole {
  readonly name: string;
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

/** The integers of the only object of this name, in the rest of a frame behind a string. */
function countsIn(rest: string, object: string): Hole[] {
  const key = `"${object}":`;
  const at = rest.indexOf(key);
  const open = at === -1 ? -1 : rest.indexOf('{', at);
  if (open === -1 || rest.slice(at + key.length, open).trim() !== '' || rest.includes(key, open)) return [];
  const holes: Hole[] = [];
  let depth = 0;
  tokens.lastIndex = open;
  for (let found = tokens.exec(rest); found !== null; found = tokens.exec(rest)) {
    const [token, name = '', digits] = found;
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1 && digits !== undefined && plainName.test(name)) {
      const end = tokens.lastIndex;
      holes.push({ name, value: Number(digits), start: end - digits.length, end });
    }
    if (depth === 0) break;
  }
  return holes;
}

/** How often in a row a form is learnt in vain before that costs more than it saves. */
const mostMisses = 16;

/** The form of the frames of one stream, learnt anew when it changes. */
export class LearntForm<Meaning> {
  #form: FrameForm | undefined;
  #meaning: Meaning | undefined;
  #misses = 0;
  readonly #most: number;

  /** @param most so many frames at most are taken at once. */
  constructor(most = 1) {
    this.#most = most;
  }

  /** Whether learning may still pay. */
  get learns(): boolean {
    return this.#misses < mostMisses;
  }

  /** A frame that has been read: others may differ from it by this string, and by counts as of `FrameForm.around`. */
  learn(frame: Buffer, name: string, value: string, meaning: Meaning, counts = ''): void {
    this.#form = undefined;
    if (!this.learns || value === '') return;
    this.#misses += 1;
    this.#form = FrameForm.around(frame, name, value, counts);
    this.#meaning = meaning;
  }

  /** What was learnt is no longer so. */
  forget(): void {
    this.#form = undefined;
  }

  /** As of `FrameForm`. */
  end(bytes: Buffer, start: number): number {
    const end = this.#form === undefined ? 0 : this.#form.end(bytes, start, this.#most);
    if (end > 0) this.#misses = 0;
    return end;
  }

  /** What the string says in the frame that was found last. */
  text(): string {
    return this.#form?.text() ?? '';
  }

  /** As of `FrameForm`; nothing where frames are taken one at a time. */
  pieces(): Run | undefined {
    return this.#most > 1 ? this.#form?.pieces() : undefined;
  }

  /** As of `FrameForm`. */
  counts(): readonly number[] {
    return this.#form?.counts() ?? [];
  }

  get names(): readonly string[] {
    return this.#form?.names ?? [];
  }

  /** What was said of the form when it was learnt. */
  get meaning(): Meaning {
    return this.#meaning as Meaning;
  }
}

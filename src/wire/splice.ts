import { type BodyScan, NotJson } from './body-scan.ts';
import { markBytes, mostBytes, type Nested, NestedReader, type Wanted } from './nested.ts';
import type { Pieces } from './pieces.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** A field's name, a number or a model's name that is longer is none: a piece that ends in one is not kept for ever. */
const maxToken = 64 * 1024;

/** Of how many turns the ends are told. */
const maxTurnEnds = 4096;

const noBounds: readonly number[] = Object.freeze([]);

/** Bytes that make a string long, and of how many the places are told. */
const leastLong = 1024;
const maxLong = 4096;

/**
 * Finds `model` and `stream` at the top level. Strings are leapt over by a native search, so that the cost is that
 * of the structure, not of the text. What is checked is only what passing on needs: brackets that balance,
 * strings that end, one `model`. A repeated `model` is refused, since two readers could disagree on which counts.
 * @param mark ASCII that is looked for at the beginning of strings.
 * @param reader of nested values, for bodies that are large.
 * @throws NotJson
 */
export function scanBody(body: Pieces, mark = '', reader: NestedReader | null = readerFor(body, mark)): BodyScan {
  const scanner = new Scanner(mark);
  for (const piece of body.list) {
    // One character a byte: offsets hold, and searching a string from JavaScript costs half of searching a buffer.
    if (reader === null) scanner.feed(piece.toString('latin1'));
    else
      for (let at = 0; at < piece.length; at += mostBytes) scanner.feedTo(reader, piece.subarray(at, at + mostBytes));
  }
  return scanner.end();
}

/** Bytes of a body that are worth a reader of nested values, and bytes that are read as text where a piece begins as none. */
const worthReader = 8 * 1024;
const windowBytes = 2 * 1024;

/** Made when it is needed first; `null` where it cannot be. Each scan is done with it before the next one begins. */
let nestedReader: NestedReader | null | undefined;

function readerFor({ length }: Pieces, mark: string): NestedReader | null {
  if (length < worthReader || (mark !== '' && mark.length < markBytes)) return null;
  if (nestedReader === undefined) {
    try {
      nestedReader = new NestedReader();
    } catch {
      // Without vectors it goes from quote to quote, which gives the same.
      nestedReader = null;
    }
  }
  return nestedReader;
}

/** The body with another model's name, every other byte as it was. */
export function spliceModel(body: Pieces, { model: asked, modelStart, modelEnd }: BodyScan, model: string): Pieces {
  if (model === asked) return body;
  return body.replaced(modelStart, modelEnd, Buffer.from(JSON.stringify(model)));
}

/** What has to come next. In a nested value and in a long string the piece may end anywhere. */
type State = 'begin' | 'first' | 'name' | 'colon' | 'value' | 'nested' | 'string' | 'comma' | 'end';

/** Reads a body's pieces one after the other. A token that the piece's end cuts is read again with the next piece. */
class Scanner {
  readonly #mark: string;
  /** What a marked string begins with. */
  readonly #first: number;
  /** The piece, behind what was left of the one before; where that stands in the body; where in it the reading is. */
  #text = '';
  #base = 0;
  #at = 0;
  #state: State = 'begin';
  /** The field whose value is read. */
  #key = '';
  /** Inside a nested value: how deep, what closes it, whether in a string. */
  #depth = 0;
  #close = 0;
  #inString = false;
  #model: string | undefined;
  #modelStart = -1;
  #modelEnd = -1;
  #stream = false;
  #marked = false;
  #cacheKey: string | undefined;
  /** Whether the nested value is the list of turns. */
  #inTurns = false;
  /** Whether it has texts that may be long. */
  #inTexts = false;
  #turns = 0;
  #toolsStart = -1;
  #toolsEnd = -1;
  #turnBounds = noBounds as number[];
  #turnsStart = 0;
  #longStrings = noBounds as number[];
  /** Where the string began that goes on in the next piece. */
  #stringStart = 0;

  constructor(mark: string) {
    this.#mark = mark;
    this.#first = mark.charCodeAt(0);
  }

  feed(piece: string): void {
    const left = this.#text.slice(this.#at);
    if (left.length > maxToken) throw this.#wrong('A name or a number is too long.');
    this.#base += this.#at;
    this.#at = 0;
    this.#text = left === '' ? piece : left + piece;
    while (this.#step()) if (this.#at >= this.#text.length) return;
  }

  /** As `feed`, with nested values left to a reader. @param piece no more than it takes. */
  feedTo(reader: NestedReader, piece: Buffer): void {
    const begin = this.#base + this.#text.length;
    let isLoaded = false;
    for (let at = 0; at < piece.length; ) {
      const unread = this.#base + this.#at - begin;
      // What an earlier piece has left is text.
      if (this.#state === 'nested' && unread >= 0) {
        if (!isLoaded) reader.load(piece);
        isLoaded = true;
        at = this.#leap(reader, piece, unread);
      }
      if (at === piece.length) return;
      // A long string is none that there is more to be found in than its end.
      const end = this.#state === 'string' ? piece.length : Math.min(at + windowBytes, piece.length);
      this.feed(piece.toString('latin1', at, end));
      at = end;
    }
  }

  /** From somewhere in a nested value to the bracket that closes it, or to the end of the piece. Returns that place. */
  #leap(reader: NestedReader, piece: Buffer, from: number): number {
    const begin = this.#base + this.#at - from;
    const { length } = piece;
    const nested: Nested = {
      depth: this.#depth,
      inString: this.#inString,
      start: this.#stringStart - begin,
      escapes: false,
    };
    const found = reader.read(from, nested, this.#wanted());
    for (const end of reader.turnEnds()) this.#noteTurn(begin + end);
    const longs = reader.longStrings();
    for (let i = 0; i < longs.length; i += 2)
      this.#pushLong(begin + (longs[i] as number), begin + (longs[i + 1] as number));
    for (const quote of reader.marked()) {
      const begins = piece.toString('latin1', quote + 1, quote + 1 + this.#mark.length);
      if (this.#mark !== '' && begins === this.#mark) this.#marked = true;
    }
    if (found < -1) throw new NotJson(strayBackslash, begin - 2 - found);
    this.#inString = false;
    if (found >= 0) return this.#resume(begin + found, '', 1, found);
    // Whether a string is marked its first bytes tell, and what is escaped the next one.
    let left = nested.escapes ? length - 1 : length;
    if (nested.inString && nested.start >= 0 && length - nested.start <= this.#mark.length) left = nested.start;
    else this.#inString = nested.inString;
    this.#stringStart = begin + nested.start;
    return this.#resume(begin + left, piece.toString('latin1', left), nested.depth, length);
  }

  #resume(place: number, left: string, depth: number, at: number): number {
    this.#base = place;
    this.#text = left;
    this.#at = 0;
    this.#depth = depth;
    return at;
  }

  #wanted(): Wanted {
    const longerThan = this.#inTexts ? leastLong : Number.POSITIVE_INFINITY;
    return { turns: this.#inTurns, longerThan, mark: this.#mark };
  }

  end(): BodyScan {
    // A number could go on for ever as far as it knows; nothing else is waiting at the end of a whole body.
    if (this.#state !== 'end') throw this.#wrong(unfinished[this.#state]);
    return {
      model: this.#model,
      modelStart: this.#modelStart,
      modelEnd: this.#modelEnd,
      stream: this.#stream,
      marked: this.#marked,
      cacheKey: this.#cacheKey,
      turns: this.#turns,
      turnBounds: this.#turnBounds,
      toolsStart: this.#toolsStart,
      toolsEnd: this.#toolsEnd,
      longStrings: this.#longStrings,
    };
  }

  /** Reads one token; false when it needs the next piece. */
  #step(): boolean {
    const state = this.#state;
    if (state === 'nested') return this.#inString ? this.#leaveString('nested') : this.#skipNested();
    if (state === 'string') return this.#leaveString('comma');
    const code = this.#skipBlank();
    if (Number.isNaN(code)) return false;
    switch (state) {
      case 'begin':
        return this.#begin(code);
      case 'first':
      case 'name':
        if (code === CLOSE_BRACE) return this.#closeBody(state);
        return this.#readName(code);
      case 'colon':
        if (code !== COLON) throw this.#wrong('Expected a colon after a field name.');
        return this.#go('value');
      case 'value':
        return this.#readValue(code);
      case 'comma':
        if (code === CLOSE_BRACE) return this.#go('end');
        if (code !== COMMA) throw this.#wrong('Expected a comma or the end of the object.');
        return this.#go('name');
      default:
        throw this.#wrong('There is something after the end of the JSON object.');
    }
  }

  #go(state: State): true {
    this.#at += 1;
    this.#state = state;
    return true;
  }

  #begin(code: number): boolean {
    if (code === 0xef && this.#base === 0 && this.#at === 0) {
      if (this.#text.length < 3) return false;
      if (this.#text.startsWith('\xef\xbb\xbf')) {
        this.#at = 3;
        return true;
      }
    }
    if (code !== OPEN_BRACE) throw this.#wrong('The body is not a JSON object.');
    return this.#go('first');
  }

  #closeBody(state: State): true {
    if (state === 'name') throw this.#wrong('A comma without a field after it.');
    return this.#go('end');
  }

  #readName(code: number): boolean {
    if (code !== QUOTE) throw this.#wrong('Expected a field name in quotes.');
    const end = this.#endOfString(this.#at + 1);
    if (end === -1) return false;
    this.#noteMark(this.#at);
    this.#key = this.#stringAt(this.#at, end);
    this.#at = end - 1;
    return this.#go('colon');
  }

  #readValue(code: number): boolean {
    const start = this.#at;
    const isModel = this.#key === 'model';
    if (isModel && this.#modelStart !== -1 && this.#modelStart !== this.#base + start)
      throw this.#wrong('The field "model" stands twice.');
    if (isModel) this.#modelStart = this.#base + start;
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      this.#close = code === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
      this.#depth = 0;
      this.#inString = false;
      this.#state = 'nested';
      this.#inTurns = this.#key === 'messages' || this.#key === 'input';
      const isTools = this.#key === 'tools';
      this.#inTexts = this.#inTurns || isTools || this.#key === 'system';
      if (this.#inTurns) this.#turnsStart = this.#base + start;
      if (isTools) this.#toolsStart = this.#base + start;
      return true;
    }
    const isCacheKey = this.#key === 'prompt_cache_key';
    if (code === QUOTE && !isModel && !isCacheKey) {
      if (!this.#markKnown(start)) return false;
      return this.#go('string');
    }
    const end = code === QUOTE ? this.#endOfString(start + 1) : this.#endOfScalar(start);
    if (end === -1) return false;
    if (isModel) this.#modelEnd = this.#base + end;
    if (code === QUOTE) {
      this.#noteMark(start);
      const text = this.#stringAt(start, end);
      if (isModel) this.#model = text;
      else this.#cacheKey = text;
    } else if (this.#key === 'stream') this.#stream = this.#text.slice(start, end) === 'true';
    this.#at = end;
    this.#state = 'comma';
    return true;
  }

  /** From inside a string to behind its end, however many pieces it has. */
  #leaveString(next: State): boolean {
    const end = this.#endOfString(this.#at);
    if (end === -1) {
      // A backslash at the end says something about what the next piece begins with.
      const { length } = this.#text;
      let from = length;
      while (from > this.#at && this.#text.charCodeAt(from - 1) === BACKSLASH) from -= 1;
      this.#at = (length - from) % 2 === 0 ? length : length - 1;
      return false;
    }
    if (next === 'nested') this.#noteLong(this.#stringStart - this.#base, end, this.#depth);
    this.#at = end;
    this.#inString = false;
    this.#state = next;
    return true;
  }

  /** An object or array. Its closing bracket must be of its own kind; inside, only the balance counts. */
  #skipNested(): boolean {
    const text = this.#text;
    const { length } = text;
    let depth = this.#depth;
    for (let i = this.#at; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code === QUOTE) {
        if (this.#mayBeMarked(i) && !this.#markKnown(i)) return this.#pause(i, depth);
        const end = this.#endOfString(i + 1);
        if (end === -1) return this.#enterString(i, depth);
        this.#noteLong(i, end, depth);
        i = end - 1;
      } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        depth += 1;
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        depth -= 1;
        if (depth === 0) return this.#closeNested(i, code);
        if (depth === 1 && this.#inTurns) this.#noteTurn(this.#base + i + 1);
      } else if (code === BACKSLASH) throw new NotJson(strayBackslash, this.#base + i);
    }
    return this.#pause(length, depth);
  }

  #closeNested(at: number, code: number): true {
    this.#at = at;
    if (code !== this.#close) throw this.#wrong('Brackets do not match.');
    if (this.#key === 'model') this.#modelEnd = this.#base + at + 1;
    if (this.#key === 'tools') this.#toolsEnd = this.#base + at + 1;
    return this.#go('comma');
  }

  #noteTurn(end: number): void {
    if (this.#turns === 0) this.#turnBounds = [this.#turnsStart, end];
    else if (this.#turns < maxTurnEnds) this.#turnBounds.push(end);
    this.#turns += 1;
  }

  /** The string goes on in the next piece. */
  #enterString(quote: number, depth: number): true {
    this.#inString = true;
    this.#stringStart = this.#base + quote;
    this.#pause(quote + 1, depth);
    return true;
  }

  /**
   * Members of a turn, of a block of the instructions or of a tool lie two deep in their list, those of a tool's function three
   * deep, those of a turn's blocks four deep. The string may have begun in an earlier piece.
   */
  #noteLong(start: number, end: number, depth: number): void {
    if (end - start <= leastLong || depth < 2 || depth > 4 || !this.#inTexts) return;
    this.#pushLong(this.#base + start, this.#base + end);
  }

  #pushLong(start: number, end: number): void {
    if (this.#longStrings === noBounds) this.#longStrings = [];
    if (this.#longStrings.length < 2 * maxLong) this.#longStrings.push(start, end);
  }

  #pause(at: number, depth: number): false {
    this.#depth = depth;
    this.#at = at;
    return false;
  }

  #mayBeMarked(quote: number): boolean {
    const begin = this.#text.charCodeAt(quote + 1);
    return begin === this.#first || Number.isNaN(begin);
  }

  /** Whether enough of the string that begins at `quote` is here to see whether it is marked; notes it when it is. */
  #markKnown(quote: number): boolean {
    const mark = this.#mark;
    const here = this.#text.length - quote - 1;
    if (here < mark.length && mark.startsWith(this.#text.slice(quote + 1))) return false;
    this.#noteMark(quote);
    return true;
  }

  #noteMark(quote: number): void {
    if (this.#mark !== '' && this.#text.startsWith(this.#mark, quote + 1)) this.#marked = true;
  }

  /** Behind the closing quote of a string, looked for from inside it; -1 when it is not here. */
  #endOfString(from: number): number {
    const text = this.#text;
    let quote = text.indexOf('"', from);
    while (quote !== -1) {
      if (quote === from || text.charCodeAt(quote - 1) !== BACKSLASH) return quote + 1;
      let slash = quote - 2;
      while (slash >= from && text.charCodeAt(slash) === BACKSLASH) slash -= 1;
      if ((quote - slash) % 2 === 1) return quote + 1;
      quote = text.indexOf('"', quote + 1);
    }
    return -1;
  }

  /** -1 when what comes next may belong to it. */
  #endOfScalar(start: number): number {
    let end = start;
    while (isScalarByte(this.#text.charCodeAt(end))) end += 1;
    if (end === start) throw this.#wrong('Expected a value.');
    return end === this.#text.length ? -1 : end;
  }

  /** What stands at the next byte that is not blank; NaN at the end of the piece. */
  #skipBlank(): number {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      this.#at += 1;
    }
  }

  #stringAt(start: number, end: number): string {
    const raw = this.#text.slice(start + 1, end - 1);
    // oxlint-disable-next-line no-control-regex -- control characters are what must not stand in a string
    if (!/[^\x20-\x5b\x5d-\x7e]/.test(raw)) return raw;
    try {
      return JSON.parse(Buffer.from(this.#text.slice(start, end), 'latin1').toString()) as string;
    } catch (cause) {
      throw this.#wrong('A string is not valid JSON.', cause);
    }
  }

  #wrong(message: string, cause?: unknown): NotJson {
    return new NotJson(message, this.#base + this.#at, cause);
  }
}

const strayBackslash = 'A backslash outside of a string.';

const unfinished: { readonly [state in State]: string } = {
  begin: 'The body is not a JSON object.',
  first: 'Expected a field name in quotes.',
  name: 'Expected a field name in quotes.',
  colon: 'Expected a colon after a field name.',
  value: 'Expected a value.',
  nested: 'An object or array does not end.',
  string: 'A string does not end.',
  comma: 'Expected a comma or the end of the object.',
  end: '',
};

/** Letters, digits, sign and point: what true, false, null and numbers are made of. */
function isScalarByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2e ||
    byte === 0x45
  );
}

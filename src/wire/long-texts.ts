import { isUtf8 } from 'node:buffer';
import { isNamed } from './json-bytes.ts';
import { Pieces } from './pieces.ts';

/** A control character stands on either side. JSON escapes it, and escapes its escape where a text is written twice over. */
const edge = String.raw`\u0001`;

/** Bytes at either end of a text that are not its middle: what begins or ends a text may mean something. */
const headLength = 256;
const tailLength = 48;

/** Bytes in which a place to cut is looked for, and the longest way to spell a character that is not itself. */
const cutWithin = 128;
const longestEscape = 6;

/** Names of fields that hold text, as they are written. */
const textFields = ['"text"', '"content"', '"description"'];

const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const SPACE = 0x20;
const NEWLINE = 0x0a;
const TAB = 0x09;

/** A value that stands in a body, and JSON that is read instead. */
export interface Cut {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/**
 * The long texts of a JSON body, whose middles a translation need not look into: they go from body to body as they are
 * spelled, and are neither decoded nor escaped anew. What is read meanwhile has a stand-in in the place of each middle.
 */
export class LongTexts {
  /** The body as JSON, with the stand-ins. */
  readonly outline: string;
  readonly #middles: readonly Buffer[];
  readonly #name: string;

  /**
   * @param strings where each long string of a turn, a block or a tool begins and ends, as a scan has found them.
   * @param name letters and digits that are in each stand-in: nobody may have written them by chance, or be told them.
   * @param cut a value that is known, and what is to be read in its place.
   * @returns nothing where there are none, or where they are not what JSON and UTF-8 take: the body is to be read whole then.
   */
  static in(body: Pieces, strings: readonly number[], name: string, cut?: Cut): LongTexts | undefined {
    if (strings.length === 0 && cut === undefined) return undefined;
    const bytes = body.whole();
    if (!isUtf8(bytes)) return undefined;
    const hasBlanks = bytes.includes(NEWLINE) || bytes.includes(TAB);
    const middles: Buffer[] = [];
    let outline = '';
    let at = 0;
    const replace = (start: number, end: number, by: string): void => {
      outline += bytes.toString('utf8', at, start) + by;
      at = end;
    };
    for (let i = 0; i < strings.length; i += 2) {
      const open = strings[i] as number;
      if (cut !== undefined && at <= cut.start && open > cut.start) replace(cut.start, cut.end, cut.by);
      const middle = open < at ? undefined : middleOf(bytes, open, (strings[i + 1] as number) - 1);
      if (middle === undefined) continue;
      // Whoever writes JSON by hand forgets to escape these; the parser says where.
      if (hasBlanks && (middle.includes(NEWLINE) || middle.includes(TAB))) return undefined;
      const start = middle.byteOffset - bytes.byteOffset;
      replace(start, start + middle.length, `${edge}${name}.${middles.length}${edge}`);
      middles.push(middle);
    }
    if (cut !== undefined && at <= cut.start) replace(cut.start, cut.end, cut.by);
    return at === 0 ? undefined : new LongTexts(outline + bytes.toString('utf8', at), middles, name);
  }

  private constructor(outline: string, middles: readonly Buffer[], name: string) {
    this.#name = name;
    this.outline = outline;
    this.#middles = middles;
  }

  /**
   * JSON that was made of what the outline says, as bytes, with each middle in its place again.
   * @returns nothing where a stand-in is no longer what it was, such as cut in two or within JSON within a string.
   */
  restored(json: string): Pieces | undefined {
    const parts = json.split(this.#name);
    const between: Buffer[] = [];
    let length = 0;
    for (let i = 0; i < parts.length; i++) {
      let part = parts[i] as string;
      if (i > 0) {
        const end = part.indexOf(edge);
        const middle = this.#middles[Number(part.slice(1, end))];
        if (middle === undefined || end < 2) return undefined;
        between.push(middle);
        length += middle.length;
        part = part.slice(end + edge.length);
      }
      if (i < parts.length - 1) {
        if (!endsWithEdge(part)) return undefined;
        part = part.slice(0, -edge.length);
      }
      parts[i] = part;
      length += Buffer.byteLength(part);
    }
    return Pieces.of(joined(parts, between, length));
  }
}

/**
 * The middle of the string between two quotes, if it is a `text`, a `content` or a `description`; nothing where it is none of
 * them. What looks like JSON may be read as such by somebody, and has no middle.
 */
function middleOf(bytes: Buffer, open: number, close: number): Buffer | undefined {
  let first = open + 1;
  while (bytes[first] === SPACE) first += 1;
  const begin = bytes[first];
  if (begin === OPEN_BRACE || begin === OPEN_BRACKET || begin === BACKSLASH || !isNamed(bytes, open, textFields))
    return undefined;
  const head = open + 1 + headLength;
  const start = cutIn(bytes, head, Math.min(close, head + cutWithin));
  const tail = close - tailLength;
  let end = cutIn(bytes, Math.max(start, tail - 2 * longestEscape), tail);
  if (end === -1) end = cutIn(bytes, Math.max(start, tail - cutWithin), tail);
  return start === -1 || end === -1 ? undefined : bytes.subarray(start, end);
}

/** The first place from `from` to `limit` that is in no escape and in no character of several bytes; -1 where there is none. */
function cutIn(bytes: Buffer, from: number, limit: number): number {
  let plain = 0;
  for (let at = from; at < limit; at++) {
    const byte = bytes[at] as number;
    if (plain >= longestEscape && byte < 0x80 && byte !== BACKSLASH) return at;
    plain = byte === BACKSLASH ? 0 : plain + 1;
  }
  return -1;
}

/** Texts with bytes between them. */
function joined(texts: readonly string[], between: readonly Buffer[], length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  texts.forEach((text, i) => {
    at += bytes.write(text, at);
    at += between[i]?.copy(bytes, at) ?? 0;
  });
  return bytes;
}

/** Whether a text ends with an edge that was written once: its backslash is not itself escaped. */
function endsWithEdge(text: string): boolean {
  if (!text.endsWith(edge)) return false;
  const at = text.length - edge.length;
  let before = at;
  while (text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
  return (at - before) % 2 === 0;
}

/** What a character of a head may be. */
const inName = 1;
const inValue = 2;
const colon = 0x3a;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;

const kinds = new Uint8Array(256);
for (let code = 0x20; code < 0x100; code++) if (code !== 0x7f) kinds[code] = inValue;
kinds[0x09] = inValue;
for (const letter of "!#$%&'*+.^_`|~-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  kinds[letter.charCodeAt(0)] = inName | inValue;
}

/**
 * Reads the fields of an HTTP/1.1 head, a line each, which begin at `from` and go on to the end of the text. Names are told
 * in lower case; the values of one that is repeated are joined by commas.
 * @param bytes what the text was made of, a character a byte: looking at bytes takes half of looking at characters.
 * @param fields takes them.
 * @returns whether a name was repeated, or is one that every object has.
 * @throws Error when a line is no field: it has no proper name, a control character, or another end than CR LF.
 */
export function readFields(bytes: Uint8Array, text: string, from: number, fields: { [name: string]: string }): boolean {
  let repeated = false;
  for (let at = from; at < text.length; ) {
    let end = at;
    let hash = 0;
    for (;;) {
      const byte = bytes[end] as number;
      if (((kinds[byte] as number) & inName) === 0) break;
      hash = (Math.imul(hash, 31) + byte) | 0;
      end += 1;
    }
    if (end === at || bytes[end] !== colon) throw new Error('A header without a proper name');
    const name = nameAt(bytes, text, at, end, hash);
    const start = end + 1;
    end = endOfLine(bytes, start);
    const value = trimmed(bytes, text, start, end);
    const before = fields[name];
    if (before !== undefined) repeated = true;
    // What every object has (`constructor`) is no field that came before.
    fields[name] = typeof before === 'string' ? `${before}, ${value}` : value;
    at = end + 2;
  }
  return repeated;
}

/** Where a line ends that begins at `from`. @throws Error when it contains what no head does. */
export function endOfLine(bytes: Uint8Array, from: number): number {
  let end = from;
  // Behind the last byte there is none, which is of no kind.
  while (((kinds[bytes[end] as number] as number) & inValue) !== 0) end += 1;
  if (bytes[end] === carriageReturn && bytes[end + 1] === lineFeed) return end;
  throw new Error('A control character in a head');
}

/** A name as it was written, and in lower case. */
interface KnownName {
  readonly written: Uint8Array;
  readonly lower: string;
}

/** Names that were read, each in a place by its hash: the same ones come over and over. */
const known: (KnownName | undefined)[] = Array.from({ length: 512 }, () => undefined);
const longestKnown = 100;

/** Looking it up in a map would take a string of it first, and making that a key. */
function nameAt(bytes: Uint8Array, text: string, from: number, to: number, hash: number): string {
  const place = hash & (known.length - 1);
  const found = known[place];
  if (found !== undefined && found.written.length === to - from && isAt(bytes, from, found.written)) return found.lower;
  // As a key it is looked up faster than as a string that was put together.
  const [lower = ''] = Object.keys({ [text.slice(from, to).toLowerCase()]: 0 });
  if (to - from <= longestKnown) known[place] = { written: Uint8Array.from(bytes.subarray(from, to)), lower };
  return lower;
}

function isAt(bytes: Uint8Array, from: number, part: Uint8Array): boolean {
  for (let i = 0; i < part.length; i++) if (bytes[from + i] !== part[i]) return false;
  return true;
}

function trimmed(bytes: Uint8Array, text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(bytes[start] as number)) start += 1;
  while (end > start && isBlank(bytes[end - 1] as number)) end -= 1;
  return text.slice(start, end);
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

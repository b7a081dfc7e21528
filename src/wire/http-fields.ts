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
 * @param fields takes them.
 * @returns whether a name was repeated, or is one that every object has.
 * @throws Error when a line is no field: it has no proper name, a control character, or another end than CR LF.
 */
export function readFields(text: string, from: number, fields: { [name: string]: string }): boolean {
  let repeated = false;
  for (let at = from; at < text.length; ) {
    let end = at;
    while (((kinds[text.charCodeAt(end)] ?? 0) & inName) !== 0) end += 1;
    if (end === at || text.charCodeAt(end) !== colon) throw new Error('A header without a proper name');
    const name = nameOf(text.slice(at, end));
    const start = end + 1;
    end = endOfLine(text, start);
    const value = trimmed(text, start, end);
    const before = fields[name];
    if (before !== undefined) repeated = true;
    // What every object has (`constructor`) is no field that came before.
    fields[name] = typeof before === 'string' ? `${before}, ${value}` : value;
    at = end + 2;
  }
  return repeated;
}

/** Where a line ends that begins at `from`. @throws Error when it contains what no head does. */
export function endOfLine(text: string, from: number): number {
  let end = from;
  while (((kinds[text.charCodeAt(end)] ?? 0) & inValue) !== 0) end += 1;
  if (text.charCodeAt(end) === carriageReturn && text.charCodeAt(end + 1) === lineFeed) return end;
  throw new Error('A control character in a head');
}

/** Names in lower case, as they were written: the same ones come over and over. */
const known = new Map<string, string>();
const maxKnown = 500;

function nameOf(written: string): string {
  const name = known.get(written);
  if (name !== undefined) return name;
  // As a key it is looked up faster than as a string that was put together.
  const [lower = ''] = Object.keys({ [written.toLowerCase()]: 0 });
  if (known.size < maxKnown && written.length < 100) known.set(written, lower);
  return lower;
}

function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

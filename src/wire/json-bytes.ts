/** Whether a byte is one of the blanks that JSON may have between two tokens. */
export function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** The first place from `from` on where no blank stands. */
export function firstFrom(bytes: Buffer, from: number): number {
  let at = from;
  while (isBlank(bytes[at])) at += 1;
  return at;
}

/** The last place before another one where no blank stands. */
export function lastBefore(bytes: Buffer, place: number): number {
  let at = place - 1;
  while (isBlank(bytes[at])) at -= 1;
  return at;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** Whether the value that begins at a place has one of these names, which are ASCII in quotes. */
export function isNamed(bytes: Buffer, value: number, names: readonly string[]): boolean {
  const colon = lastBefore(bytes, value);
  if (bytes[colon] !== COLON) return false;
  const name = lastBefore(bytes, colon);
  return bytes[name] === QUOTE && names.some((each) => endsWith(bytes, name, each));
}

/** Whether a name in its quotes ends at a place, and is not the end of another one. */
function endsWith(bytes: Buffer, end: number, name: string): boolean {
  const start = end - name.length + 1;
  for (let i = name.length - 1; i >= 0; i--) if (bytes[start + i] !== name.charCodeAt(i)) return false;
  return bytes[start - 1] !== BACKSLASH;
}

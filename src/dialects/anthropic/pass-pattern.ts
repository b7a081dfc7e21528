import { isUtf8 } from 'node:buffer';

const quote = 0x22;
const backslash = 0x5c;
const space = 0x20;
const escapes: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));

/**
 * The form of a frame that has been read once and found legal: everything but one string. A frame of the same form,
 * with a sound string in its place, is as legal, and is known without being parsed.
 */
export interface FramePattern {
  readonly prefix: Buffer;
  /** What follows the string, without spaces: servers pad there. */
  readonly tail: Buffer;
}

/** The pattern of a frame around the last string of this name and value; nothing where it is not found as it was read. */
export function learnPattern(frame: Buffer, name: string, value: string): FramePattern | undefined {
  const text = frame.toString('latin1');
  const written = Buffer.from(JSON.stringify(value)).toString('latin1');
  const at = text.lastIndexOf(written);
  if (at === -1 || !text.slice(0, at).trimEnd().endsWith(`"${name}":`)) return undefined;
  const tail = text.slice(at + written.length).replaceAll(' ', '');
  return { prefix: Buffer.from(text.slice(0, at + 1), 'latin1'), tail: Buffer.from(tail, 'latin1') };
}

/** Whether a frame has the pattern's form, and its string is a sound one. */
export function fitsPattern({ prefix, tail }: FramePattern, bytes: Buffer, start: number, end: number): boolean {
  const begin = start + prefix.length;
  if (begin >= end) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[start + i] !== prefix[i]) return false;
  let at = stringEnd(bytes, begin, end);
  if (at === -1) return false;
  for (let i = 0; i < tail.length; i++) {
    do at += 1;
    while (at < end && bytes[at] === space);
    if (at >= end || bytes[at] !== tail[i]) return false;
  }
  return at === end - 1;
}

/** Where the JSON string that begins here has its closing quote; -1 where it is not sound or would have to be decoded to know. */
function stringEnd(bytes: Buffer, begin: number, end: number): number {
  let wide = false;
  let at = begin;
  for (; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === quote) break;
    if (byte < space) return -1;
    if (byte >= 0x80) wide = true;
    if (byte !== backslash) continue;
    at += 1;
    // \u may be half a character: that frame is read.
    if (!escapes.has(bytes[at] ?? 0)) return -1;
  }
  if (at >= end) return -1;
  return wide && !isUtf8(bytes.subarray(begin, at)) ? -1 : at;
}

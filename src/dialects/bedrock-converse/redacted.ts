import { isBase64 } from '../../canon/media.ts';

/** What stands, as bytes, before text that is no base64 and had to become it. */
const mark = Buffer.from('text:');
const markBase64 = mark.toString('base64');

/** Encrypted reasoning as the bytes that clients of this language expect: base64 as it is, anything else in base64 of its own. */
export function writeRedacted(value: string): string {
  const isBytes = value !== '' && isCanonical(value) && !isMarked(value);
  return isBytes ? value : Buffer.concat([mark, Buffer.from(value)]).toString('base64');
}

/** Undoes `writeRedacted`. */
export function readRedacted(base64: string): string {
  return isMarked(base64) ? Buffer.from(base64, 'base64').subarray(mark.length).toString() : base64;
}

/** Clients decode and encode it anew: only what they would write the same way stays as it is. */
function isCanonical(value: string): boolean {
  if (!isBase64(value)) return false;
  const end = value.slice(-4);
  return Buffer.from(end, 'base64').toString('base64') === end;
}

function isMarked(base64: string): boolean {
  return (
    base64.startsWith(markBase64.slice(0, 6)) &&
    Buffer.from(base64.slice(0, 8), 'base64').subarray(0, mark.length).equals(mark)
  );
}

import { createHash } from 'node:crypto';

/** Members of a vector, unless the request says otherwise: few, since nobody searches with them. */
export const DIMENSIONS = 8;

/** A vector of length one that is always the same for the same text, and another for another. */
export function vectorOf(text: string, dimensions = DIMENSIONS): number[] {
  const numbers: number[] = [];
  for (let block = 0; numbers.length < dimensions; block += 1) {
    const hash = createHash('sha256').update(`${block} ${text}`).digest();
    for (let at = 0; at < hash.length && numbers.length < dimensions; at += 2) {
      numbers.push(hash.readInt16BE(at) / 32_768);
    }
  }
  const length = Math.hypot(...numbers) || 1;
  return numbers.map((number) => Math.fround(number / length));
}

/** The same as whole numbers from -128 to 127. */
export function wholeNumbers(vector: readonly number[]): number[] {
  return vector.map((number) => Math.max(-128, Math.min(127, Math.round(number * 127))));
}

/** The signs of a vector, eight to a byte. */
export function signBits(vector: readonly number[]): number[] {
  const bytes: number[] = [];
  for (let at = 0; at < vector.length; at += 8) {
    const bits = vector.slice(at, at + 8).map((number) => (number > 0 ? '1' : '0'));
    bytes.push(Number.parseInt(bits.join('').padEnd(8, '0'), 2));
  }
  return bytes;
}

/*
 * Texts that `+`, templates and `slice` make are to V8 ropes of others and windows into them. JSON.stringify writes an object
 * by its slow way when a single one of them stands in it, all of the object: that takes two to three times as long.
 */

/** Parts as one text, and to V8 as one piece. */
export function flat(...parts: readonly string[]): string {
  return parts.join('');
}

/** What begins at `from`, as one piece: it holds nothing of what stands before. */
export function flatFrom(text: string, from: number): string {
  return flat(text.charAt(from), text.slice(from + 1));
}

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A number of 32 bits for a text, evenly spread: one FNV-1a pass, its bits mixed once more so that short texts spread too. */
export function hash32(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A short name for a text: always the same letters and digits for the same text. It identifies, it does not protect. */
export function fingerprint(text: string, length: number): string {
  let name = '';
  for (let seed = 0; name.length < length; seed++) {
    let rest = hash32(text, seed);
    for (let i = 0; i < 5; i++) {
      name += digits[rest % 62];
      rest = Math.floor(rest / 62);
    }
  }
  return name.slice(0, length);
}

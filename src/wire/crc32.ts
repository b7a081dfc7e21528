/** CRC-32 as zip, gzip and PNG have it: polynomial 0xEDB88320, reflected. */

/** Four tables in one: the first for a byte that comes last, the others for bytes that one, two and three others follow. */
const table = tables();

function tables(): Int32Array {
  const made = new Int32Array(4 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb88320;
    made[byte] = crc;
  }
  for (let i = 256; i < made.length; i++) {
    const shorter = made[i - 256] as number;
    made[i] = (shorter >>> 8) ^ (made[shorter & 0xff] as number);
  }
  return made;
}

/** The checksum of a range of bytes. Four at a time, which takes a third of the time. @param before the checksum of what precedes them. */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length, before = 0): number {
  const at = (i: number): number => bytes[i] as number;
  let crc = ~before;
  let i = start;
  for (const last = end - 3; i < last; i += 4) {
    crc ^= at(i) | (at(i + 1) << 8) | (at(i + 2) << 16) | (at(i + 3) << 24);
    crc =
      (table[768 + (crc & 0xff)] as number) ^
      (table[512 + ((crc >>> 8) & 0xff)] as number) ^
      (table[256 + ((crc >>> 16) & 0xff)] as number) ^
      (table[crc >>> 24] as number);
  }
  for (; i < end; i++) crc = (crc >>> 8) ^ (table[(crc ^ at(i)) & 0xff] as number);
  return ~crc >>> 0;
}

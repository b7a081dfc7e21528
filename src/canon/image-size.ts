/** Width and height of an image, pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Characters of base64 that are looked at: a photograph may have its preview before its size. */
const headCharacters = 131_072;
/** Enough for all formats that have the size right at the beginning. */
const shortCharacters = 64;

/** The size of a PNG, JPEG, GIF, WebP or BMP, told by its head; nothing for others, or when the head does not tell. */
export function imageSizeOf(base64: string): ImageSize | undefined {
  const head = Buffer.from(base64.slice(0, shortCharacters), 'base64');
  if (head.length < 30) return undefined;
  const mark = head.toString('latin1', 0, 16);
  if (mark.startsWith('\x89PNG')) return sized(head.readUInt32BE(16), head.readUInt32BE(20));
  if (mark.startsWith('GIF8')) return sized(head.readUInt16LE(6), head.readUInt16LE(8));
  if (mark.startsWith('BM')) return sized(Math.abs(head.readInt32LE(18)), Math.abs(head.readInt32LE(22)));
  if (mark.startsWith('RIFF')) return webpSize(head, mark.slice(12));
  return mark.startsWith('\xff\xd8') ? jpegSize(Buffer.from(base64.slice(0, headCharacters), 'base64')) : undefined;
}

function sized(width: number, height: number): ImageSize | undefined {
  return width > 0 && height > 0 ? { width, height } : undefined;
}

/** Simple, lossless and extended files have it at different places. */
function webpSize(head: Buffer, kind: string): ImageSize | undefined {
  if (kind === 'VP8 ') return sized(head.readUInt16LE(26) & 0x3fff, head.readUInt16LE(28) & 0x3fff);
  if (kind === 'VP8X') return sized(head.readUIntLE(24, 3) + 1, head.readUIntLE(27, 3) + 1);
  if (kind !== 'VP8L') return undefined;
  const bits = head.readUInt32LE(21);
  return sized((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
}

/** From segment to segment until the one that begins the picture. */
function jpegSize(head: Buffer): ImageSize | undefined {
  let at = 2;
  while (at + 9 <= head.length && head[at] === 0xff) {
    const marker = head[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return sized(head.readUInt16BE(at + 7), head.readUInt16BE(at + 5));
    // Fill bytes may stand before a marker.
    at += marker === 0xff ? 1 : 2 + head.readUInt16BE(at + 2);
  }
  return undefined;
}

import fc from 'fast-check';

/** The bytes in the given pieces. */
type Chunks = readonly Uint8Array[];

/** The same on every machine: a law that fails here fails everywhere. */
const seed = 20261121;
const lineFeed = 10;
const carriageReturn = 13;

/** Cuts bytes at the given places. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Chunks {
  const edges = [0, ...[...places].sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge));
}

/** One byte at a time, each in a buffer that is overwritten afterwards, as a socket's would be. */
export function feedBytewise(bytes: Uint8Array, feed: (chunk: Uint8Array) => void): void {
  const one = new Uint8Array(1);
  for (const byte of bytes) {
    one[0] = byte;
    feed(one);
    one[0] = 0;
  }
}

/** Lends each of the pieces: the same bytes hold the next one when it has been taken. */
export function* lent(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  let room = Buffer.alloc(0);
  for (const chunk of chunks) {
    if (room.length < chunk.length) room = Buffer.alloc(chunk.length);
    room.set(chunk);
    yield room.subarray(0, chunk.length);
    room.fill(0xff);
  }
}

/**
 * Places for a single cut: all of them up to `most`, else those around the ends of lines, where readers differ, and
 * an even spread over the rest.
 */
export function cutPlaces(bytes: Uint8Array, most: number): number[] {
  if (bytes.length <= most) return Array.from({ length: bytes.length + 1 }, (_, i) => i);
  const near = new Set<number>();
  for (const [i, byte] of bytes.entries()) {
    if (byte === lineFeed || byte === carriageReturn) for (let at = i - 1; at <= i + 2; at++) near.add(at);
  }
  const chosen = thinned([...near], most / 2);
  const step = Math.max(1, Math.floor(bytes.length / (most / 2)));
  for (let at = 0; at < bytes.length; at += step) chosen.push(at);
  return [...new Set(chosen)].filter((at) => at >= 0 && at <= bytes.length);
}

function thinned(places: readonly number[], most: number): number[] {
  const step = Math.ceil(places.length / most);
  return places.filter((_, i) => i % Math.max(1, step) === 0);
}

/** Runs the check over arbitrary sets of cuts; a failure names the smallest one. */
export function forManySplits(bytes: Uint8Array, runs: number, check: (chunks: Chunks) => void): void {
  const places = fc.array(fc.nat(bytes.length), { maxLength: 40 });
  fc.assert(
    fc.property(places, (cuts) => check(cutAt(bytes, cuts))),
    { seed, numRuns: runs },
  );
}

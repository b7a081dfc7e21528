/**
 * Server-sent events as bytes: https://html.spec.whatwg.org/multipage/server-sent-events.html
 * A frame is everything up to and including the blank line that ends it.
 */

/** One frame's meaning. */
export interface SseFrame {
  /** Empty where the frame has no `event:` line. */
  readonly event: string;
  /** The `data:` lines, joined; nothing where there is none (comments, retry hints). */
  readonly data: string | undefined;
}

/** Takes a frame as a range of a buffer that is only valid during the call. */
export type FrameSink = (bytes: Buffer, start: number, end: number) => void;

/** How frames are cut. */
export interface SplitOptions {
  /** Bytes a frame may have. */
  readonly limit?: number;
  /** Looks at the beginning of a frame and takes it if it sees at once where it ends; 0 where it does not. */
  readonly leap?: (bytes: Buffer, start: number) => number;
}

/** Cuts a byte stream into frames. */
export interface FrameSplitter {
  feed(chunk: Uint8Array): void;
  /** The bytes after the last whole frame; the splitter is empty afterwards. */
  rest(): Buffer;
}

/** A stream whose frame outgrew the limit. */
export class FrameTooLarge extends Error {}

const LF = 10;
const CR = 13;
const nothing = Buffer.alloc(0);

const defaultLimit = 64 * 1024 * 1024;

/** Cuts frames out of chunks. */
export function createFrameSplitter(onFrame: FrameSink, options: SplitOptions = {}): FrameSplitter {
  return new Splitter(onFrame, options);
}

/**
 * Whole frames in a chunk are handed on without a copy; only a frame that spans chunks is gathered, in a buffer
 * that doubles, so that the cost stays linear however small the chunks are.
 */
class Splitter implements FrameSplitter {
  readonly #onFrame: FrameSink;
  readonly #limit: number;
  readonly #leap: SplitOptions['leap'];
  #held = nothing;
  #length = 0;
  /** How far what is held has been searched. */
  #searched = 0;
  #firstChunk = true;
  #bareCr: boolean | undefined;
  #crAtEnd = false;

  constructor(onFrame: FrameSink, { limit = defaultLimit, leap }: SplitOptions) {
    this.#onFrame = onFrame;
    this.#limit = limit;
    this.#leap = leap;
  }

  feed(chunk: Uint8Array): void {
    let bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#firstChunk && bytes.length > 0) {
      this.#firstChunk = false;
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
    }
    if (this.#bareCr !== false) bytes = this.#endLinesWithLf(bytes);
    if (bytes.length === 0) return;
    let from = 0;
    // Line by line up to the end of the frame that is held, so that the frames behind it need no copy.
    while (this.#length > 0) {
      if (from === bytes.length) return;
      const lf = bytes.indexOf(LF, from);
      const end = lf === -1 ? bytes.length : lf + 1;
      this.#gather(bytes.subarray(from, end));
      this.#cutHeld();
      from = end;
    }
    const start = this.#cut(bytes, from, from);
    if (start < bytes.length) this.#gather(bytes.subarray(start));
  }

  #cutHeld(): void {
    // Not what is left behind the held bytes from larger frames: it would be searched again for every chunk.
    const start = this.#cut(this.#held.subarray(0, this.#length), 0, this.#searched);
    if (start === 0) return;
    // A stream may be silent for long, and should not hold what it does not need.
    if (start === this.#length) this.#held = nothing;
    else this.#held.copyWithin(0, start, this.#length);
    this.#length -= start;
  }

  rest(): Buffer {
    const left = Buffer.from(this.#held.subarray(0, this.#length));
    this.#length = 0;
    this.#searched = 0;
    return left;
  }

  #gather(bytes: Buffer): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#limit) throw new FrameTooLarge(`A frame of the stream is larger than ${this.#limit} bytes.`);
    if (needed > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#held.length * 2, 4096));
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    bytes.copy(this.#held, this.#length);
    this.#length = needed;
  }

  /** From the beginning of a frame over all those that can be taken at once. */
  #leapAll(bytes: Buffer, start: number): number {
    const leap = this.#leap;
    let at = start;
    while (leap !== undefined && at < bytes.length) {
      const end = leap(bytes, at);
      if (end === 0) break;
      at = end;
    }
    return at;
  }

  /**
   * Emits the whole frames from `first` on; returns where the unfinished one begins, and notes how far it was searched.
   * @param from up to where it has been searched already.
   */
  #cut(bytes: Buffer, first: number, from: number): number {
    const end = bytes.length;
    let start = this.#leapAll(bytes, first);
    let at = Math.max(from, start);
    for (;;) {
      const lf = bytes.indexOf(LF, at);
      if (lf === -1) {
        this.#searched = end - start;
        return start;
      }
      let next = lf + 1;
      // The blank line may be "\n", "\r\n", or not yet here.
      if (next < end && bytes[next] === CR) next += 1;
      if (next >= end) {
        this.#searched = lf - start;
        return start;
      }
      if (bytes[next] === LF || (lf === start && next === lf + 1)) {
        const frameEnd = bytes[next] === LF ? next + 1 : next;
        this.#onFrame(bytes, start, frameEnd);
        start = this.#leapAll(bytes, frameEnd);
        at = start;
      } else {
        at = next;
      }
    }
  }

  /** Some servers end lines with a bare carriage return. The first line end of a stream tells; then all are turned into line feeds. */
  #endLinesWithLf(fed: Buffer): Buffer {
    let bytes = fed;
    if (this.#bareCr === undefined) {
      const whole = this.#crAtEnd ? Buffer.concat([Buffer.from([CR]), bytes]) : bytes;
      this.#crAtEnd = false;
      const cr = whole.indexOf(CR);
      const lf = whole.indexOf(LF);
      if (cr === -1 || (lf !== -1 && lf <= cr + 1)) {
        if (lf !== -1) this.#bareCr = false;
        return whole;
      }
      if (cr === whole.length - 1) {
        this.#crAtEnd = true;
        return whole.subarray(0, cr);
      }
      this.#bareCr = true;
      bytes = whole;
    }
    const copy = Buffer.from(bytes);
    for (let i = copy.indexOf(CR); i !== -1; i = copy.indexOf(CR, i + 1)) copy[i] = LF;
    return copy;
  }
}

/** Reads one frame. Unknown fields and comments are passed over, as the standard says. */
export function readFrame(bytes: Buffer, start: number, end: number): SseFrame {
  const text = bytes.toString('utf8', start, end);
  let event = '';
  let data: string | undefined;
  let at = 0;
  while (at < text.length) {
    let lineEnd = text.indexOf('\n', at);
    if (lineEnd === -1) lineEnd = text.length;
    const stop = text.charCodeAt(lineEnd - 1) === CR ? lineEnd - 1 : lineEnd;
    if (text.startsWith('data', at)) {
      const value = fieldValue(text, at + 4, stop);
      if (value !== undefined) data = data === undefined ? value : `${data}\n${value}`;
    } else if (text.startsWith('event', at)) {
      event = fieldValue(text, at + 5, stop) ?? event;
    }
    at = lineEnd + 1;
  }
  return { event, data };
}

/** The value after a field's name, nothing when the name goes on. */
function fieldValue(text: string, at: number, stop: number): string | undefined {
  if (at >= stop) return at === stop ? '' : undefined;
  if (text[at] !== ':') return undefined;
  const begin = text[at + 1] === ' ' ? at + 2 : at + 1;
  return text.slice(begin, Math.max(begin, stop));
}

/** Takes a frame, and its bytes, which are only valid during the call. */
export type ReadFrameSink = (frame: SseFrame, bytes: Buffer, start: number, end: number) => void;

/**
 * Reads a stream of frames; a last frame without its blank line still counts, since providers forget it.
 * @param leap as of `SplitOptions`.
 */
export function createSseReader(
  onFrame: ReadFrameSink,
  leap?: (bytes: Buffer, start: number) => number,
): { feed(chunk: Uint8Array): void; end(): void } {
  const read = (bytes: Buffer, start: number, end: number): void =>
    onFrame(readFrame(bytes, start, end), bytes, start, end);
  const splitter = createFrameSplitter(read, leap === undefined ? {} : { leap });
  return {
    feed: (chunk) => splitter.feed(chunk),
    end() {
      const left = splitter.rest();
      if (left.length > 0) read(left, 0, left.length);
    },
  };
}

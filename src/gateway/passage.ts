import { GatewayError } from '../canon/error.ts';
import type { GuardOptions, Mend } from '../canon/grammar.ts';
import type { Usage } from '../canon/usage.ts';
import type { PassSide } from '../dialects/dialect.ts';
import { createFrameSplitter, FrameTooLarge } from '../wire/sse.ts';
import type { Translator } from './translate.ts';

/** A stream between two speakers of one language. */
export interface Passage extends Translator {
  usage(): Usage;
  /** True while not one frame has needed the translator. */
  untouched(): boolean;
}

const nothing = Buffer.alloc(0);

/** So many bytes may stand before an answer begins until they are sent on as they are. */
const maxWaiting = 64 * 1024;

/**
 * Sends frames on as they came, as long as each is proved legal where it stands. At the first that is not, a
 * translator takes over in mid-stream: it is told, unheard, the frames that put it into the stream's state, and
 * mends from there. Only whole frames leave, so a cut never reaches the client as half a frame.
 */
export function createPassage(
  pass: PassSide,
  takeOver: (state: GuardOptions) => Translator,
  onMend: (mend: Mend) => void,
): Passage {
  const watch = pass.watch();
  let translator: Translator | undefined;
  let current: Buffer = nothing;
  /** The range of `current` that may leave untouched, and what has to leave before it. */
  let from = 0;
  let to = 0;
  const pieces: Uint8Array[] = [];
  /** Bytes that wait for the answer to begin: comments, and whatever else is not an answer. */
  let waiting = 0;

  const splitter = createFrameSplitter(
    (bytes, start, end) => {
      if (translator === undefined && watch.frame(bytes, start, end)) {
        if (!watch.started()) waiting += end - start;
        release(bytes, start, end);
        return;
      }
      const frame = Buffer.from(bytes.subarray(start, end));
      flush();
      const taken = translator ?? handOver();
      pieces.push(taken.feed(frame));
    },
    {
      leap(bytes, start) {
        const end = translator === undefined ? (watch.leap?.(bytes, start) ?? 0) : 0;
        if (end > 0) release(bytes, start, end);
        return end;
      },
    },
  );

  function release(bytes: Buffer, start: number, end: number): void {
    if (bytes !== current) {
      // Frames that spanned reads lie in a buffer that will be used again.
      pieces.push(Buffer.from(bytes.subarray(start, end)));
      return;
    }
    if (to === 0) from = start;
    to = end;
  }

  function flush(): void {
    if (to > from) pieces.push(current.subarray(from, to));
    from = 0;
    to = 0;
  }

  function handOver(): Translator {
    // What came before the answer began is nothing that a client could read.
    if (!watch.started()) pieces.length = 0;
    const taken = takeOver({ firstIndex: watch.closedBlocks(), calls: watch.calls() });
    for (const frame of watch.kept()) taken.feed(frame);
    translator = taken;
    return taken;
  }

  function take(): Uint8Array {
    flush();
    if (translator === undefined && !watch.started() && waiting < maxWaiting) return nothing;
    const [first, ...more] = pieces;
    pieces.length = 0;
    if (first === undefined) return nothing;
    return more.length === 0 ? first : Buffer.concat([first, ...more]);
  }

  /** Clients wait for the mark of the end that some servers leave out. */
  function completed(): Uint8Array {
    const tail = watch.tail();
    if (tail === '') return nothing;
    onMend('end_missing');
    return Buffer.from(tail);
  }

  return {
    feed(chunk) {
      current = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      try {
        splitter.feed(current);
      } catch (cause) {
        if (!(cause instanceof FrameTooLarge)) throw cause;
        const taken = translator ?? handOver();
        pieces.push(taken.fail(new GatewayError('bad_upstream', cause.message, { cause })));
      }
      return take();
    },
    end() {
      const rest = splitter.rest();
      if (translator === undefined && rest.length === 0 && watch.ended()) return completed();
      const taken = translator ?? handOver();
      if (rest.length > 0) pieces.push(taken.feed(rest));
      pieces.push(taken.end());
      return take();
    },
    fail(error: GatewayError) {
      // Whatever breaks after the answer is complete is no longer the client's concern.
      if (translator === undefined && watch.ended()) return nothing;
      return (translator ?? handOver()).fail(error);
    },
    ended: () => translator?.ended() ?? watch.ended(),
    usage: () => watch.usage(),
    untouched: () => translator === undefined,
  };
}

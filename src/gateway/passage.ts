import { GatewayError } from '../canon/error.ts';
import type { GuardOptions, Mend } from '../canon/grammar.ts';
import type { Usage } from '../canon/usage.ts';
import type { Numbering, PassSide, PassWatch } from '../dialects/dialect.ts';
import { createFrameSplitter, type FrameSplitter, FrameTooLarge } from '../wire/sse.ts';
import type { Translator } from './translate.ts';

/** A stream between two speakers of one language. */
export interface Passage extends Translator {
  usage(): Usage;
  /** True while not one frame has needed the translator. */
  untouched(): boolean;
}

const nothing = Buffer.alloc(0);

/** Makes the translator that goes on from some state. `numbering` says how its events are numbered. */
export type TakeOver = (state: GuardOptions, numbering: Numbering) => Translator;

/** So many bytes may stand before an answer begins until they are sent on as they are. */
const maxWaiting = 64 * 1024;

/**
 * Sends frames on as they came, as long as each is proved legal where it stands. At the first that is not, a
 * translator takes over in mid-stream: it is told, unheard, the frames that put it into the stream's state, and
 * mends from there. Only whole frames leave, so a cut never reaches the client as half a frame.
 */
export function createPassage(pass: PassSide, takeOver: TakeOver, onMend: (mend: Mend) => void): Passage {
  return new StreamPassage(pass.watch(), takeOver, onMend);
}

class StreamPassage implements Passage {
  readonly #watch: PassWatch;
  readonly #takeOver: TakeOver;
  readonly #onMend: (mend: Mend) => void;
  readonly #splitter: FrameSplitter;
  #translator: Translator | undefined;
  #current: Buffer = nothing;
  /** The range of the current bytes that may leave untouched, and what has to leave before it. */
  #from = 0;
  #to = 0;
  readonly #pieces: Uint8Array[] = [];
  /** Bytes that wait for the answer to begin: comments, and whatever else is not an answer. */
  #waiting = 0;

  constructor(watch: PassWatch, takeOver: TakeOver, onMend: (mend: Mend) => void) {
    this.#watch = watch;
    this.#takeOver = takeOver;
    this.#onMend = onMend;
    this.#splitter = createFrameSplitter((bytes, start, end) => this.#frame(bytes, start, end), {
      leap: (bytes, start) => this.#leap(bytes, start),
    });
  }

  feed(chunk: Uint8Array): Uint8Array {
    this.#current = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    try {
      this.#splitter.feed(this.#current);
    } catch (cause) {
      if (!(cause instanceof FrameTooLarge)) throw cause;
      const taken = this.#translator ?? this.#handOver(true);
      this.#pieces.push(taken.fail(new GatewayError('bad_upstream', cause.message, { cause })));
    }
    const bytes = this.#take();
    this.#current = nothing;
    return bytes;
  }

  end(): Uint8Array {
    const rest = this.#splitter.rest();
    if (this.#translator === undefined && rest.length === 0 && this.#watch.ended()) return this.#completed();
    const taken = this.#translator ?? this.#handOver(true);
    if (rest.length > 0) this.#pieces.push(taken.feed(rest));
    this.#pieces.push(taken.end());
    return this.#take();
  }

  fail(error: GatewayError): Uint8Array {
    // Whatever breaks after the answer is complete is no longer the client's concern.
    if (this.#translator === undefined && this.#watch.ended()) return nothing;
    const taken = this.#translator ?? this.#handOver(true);
    this.#pieces.push(taken.fail(error));
    return this.#take();
  }

  ended(): boolean {
    return this.#translator?.ended() ?? this.#watch.ended();
  }

  usage(): Usage {
    return this.#watch.usage();
  }

  untouched(): boolean {
    return this.#translator === undefined;
  }

  #frame(bytes: Buffer, start: number, end: number): void {
    if (this.#translator === undefined && this.#watch.frame(bytes, start, end)) {
      if (!this.#watch.started()) this.#waiting += end - start;
      this.#release(bytes, start, end);
      return;
    }
    const frame = Buffer.from(bytes.subarray(start, end));
    this.#flush();
    const taken = this.#translator ?? this.#handOver();
    this.#pieces.push(taken.feed(frame));
  }

  #leap(bytes: Buffer, start: number): number {
    const end = this.#translator === undefined ? (this.#watch.leap?.(bytes, start) ?? 0) : 0;
    if (end > 0) this.#release(bytes, start, end);
    return end;
  }

  #release(bytes: Buffer, start: number, end: number): void {
    if (bytes !== this.#current) {
      // Frames that spanned reads lie in a buffer that will be used again.
      this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
      return;
    }
    if (this.#to === 0) this.#from = start;
    this.#to = end;
  }

  #flush(): void {
    if (this.#to > this.#from) this.#pieces.push(this.#current.subarray(this.#from, this.#to));
    this.#from = 0;
    this.#to = 0;
  }

  /** @param isOver nothing more will come of this stream. */
  #handOver(isOver = false): Translator {
    const watch = this.#watch;
    // What came before the answer began is nothing that a client could read.
    if (!watch.started()) this.#pieces.length = 0;
    const settled = isOver && watch.started() ? watch.settle?.() : undefined;
    if (settled !== undefined) this.#pieces.push(settled);
    const numbering: Numbering = { next: 0 };
    const taken = this.#takeOver({ firstIndex: watch.closedBlocks(), calls: watch.calls() }, numbering);
    for (const frame of watch.kept()) taken.feed(frame);
    if (watch.isSettled?.() === true) {
      numbering.settle?.();
      taken.feed(nothing);
    }
    if (watch.started()) {
      numbering.next = watch.next?.() ?? numbering.next;
      numbering.begun = watch.begun?.();
    }
    this.#translator = taken;
    return taken;
  }

  #take(): Uint8Array {
    this.#flush();
    if (this.#translator === undefined && !this.#watch.started() && this.#waiting < maxWaiting) return nothing;
    const [first, ...more] = this.#pieces;
    this.#pieces.length = 0;
    if (first === undefined) return nothing;
    return more.length === 0 ? first : Buffer.concat([first, ...more]);
  }

  /** Clients wait for the mark of the end that some servers leave out. */
  #completed(): Uint8Array {
    const tail = this.#watch.tail();
    if (tail === '') return nothing;
    this.#onMend('end_missing');
    return Buffer.from(tail);
  }
}

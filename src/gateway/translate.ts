import { GatewayError } from '../canon/error.ts';
import type { Tap } from '../canon/event.ts';
import { createGuard, type Guard, type GuardOptions } from '../canon/grammar.ts';
import type { Usage } from '../canon/usage.ts';
import type { StreamReader, UpstreamSide } from '../dialects/dialect.ts';
import type { ClientWriter } from './client-writer.ts';

/** Bytes in, bytes out. All that one piece of input causes leaves as one piece. */
export interface Translator {
  feed(chunk: Uint8Array): Uint8Array;
  /** The input is over: completes the answer, or says in it that it is not complete. */
  end(): Uint8Array;
  /** The input broke off for a reason that is known. */
  fail(error: GatewayError): Uint8Array;
  /** The answer is complete, or has ended in an error: nothing more will come of the input. */
  ended(): boolean;
  /** Counts in what has passed without being translated. */
  usage?(): Usage;
}

/** What a stream's translation is made of. */
export interface Translation extends GuardOptions {
  readonly from: UpstreamSide;
  readonly to: ClientWriter;
  /** Stands between guard and writer. */
  readonly tap: Tap;
}

const nothing = Buffer.alloc(0);

/** Reader, guard, tap, writer: one synchronous line from the provider's bytes to the client's. */
export function createTranslator(translation: Translation): Translator {
  return new StreamTranslator(translation);
}

class StreamTranslator implements Translator {
  readonly #guard: Guard;
  readonly #reader: StreamReader;
  readonly #writer: ClientWriter;

  constructor({ from, to, tap, ...guardOptions }: Translation) {
    this.#writer = to;
    this.#guard = createGuard(tap(to.sink), guardOptions);
    this.#reader = from.readStream(this.#guard.sink, true);
  }

  feed(chunk: Uint8Array): Uint8Array {
    try {
      this.#reader.feed(chunk);
    } catch (cause) {
      this.#unreadable(cause);
    }
    return this.#writer.take();
  }

  end(): Uint8Array {
    try {
      this.#reader.end();
      this.#guard.end();
    } catch (cause) {
      this.#unreadable(cause);
    }
    return this.#writer.take();
  }

  ended(): boolean {
    return this.#guard.ended();
  }

  fail(error: GatewayError): Uint8Array {
    // Whatever breaks after the answer is complete is no longer the client's concern.
    if (this.#guard.ended()) return nothing;
    if (this.#reader.isComplete?.() === true) return this.end();
    try {
      this.#guard.sink({ type: 'error', error });
    } catch (cause) {
      this.#unreadable(cause);
    }
    return this.#writer.take();
  }

  /** A reader that throws has met something it should have reported; the client still gets a legal end. */
  #unreadable(cause: unknown): void {
    const message = "The provider's answer could not be read.";
    const error = cause instanceof GatewayError ? cause : new GatewayError('bad_upstream', message, { cause });
    this.#guard.sink({ type: 'error', error });
  }
}

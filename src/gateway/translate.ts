import { GatewayError } from '../canon/error.ts';
import type { Tap } from '../canon/event.ts';
import { createGuard, type GuardOptions } from '../canon/grammar.ts';
import type { ChatRequest } from '../canon/request.ts';
import type { ClientSide, UpstreamSide } from '../dialects/dialect.ts';

/** Bytes in, bytes out. All that one piece of input causes leaves as one piece. */
export interface Translator {
  feed(chunk: Uint8Array): Uint8Array;
  /** The input is over: completes the answer, or says in it that it is not complete. */
  end(): Uint8Array;
  /** The input broke off for a reason that is known. */
  fail(error: GatewayError): Uint8Array;
  /** The answer is complete, or has ended in an error: nothing more will come of the input. */
  ended(): boolean;
}

/** What a stream's translation is made of. */
export interface Translation extends GuardOptions {
  readonly from: UpstreamSide;
  readonly to: ClientSide;
  readonly request: ChatRequest;
  /** Stands between guard and writer. */
  readonly tap: Tap;
}

const nothing = Buffer.alloc(0);

/** Reader, guard, tap, writer: one synchronous line from the provider's bytes to the client's. */
export function createTranslator({ from, to, request, tap, ...guardOptions }: Translation): Translator {
  let written = '';
  /** What was written before, where the client's language is binary. */
  let pieces: Uint8Array[] = [];
  const writer = to.writeStream((piece) => {
    if (typeof piece === 'string') written += piece;
    else pieces.push(piece);
  }, request);
  const guard = createGuard(tap(writer), guardOptions);
  const reader = from.readStream(guard.sink);

  function take(): Uint8Array {
    if (pieces.length > 0) {
      const bytes = Buffer.concat(pieces);
      pieces = [];
      return bytes;
    }
    if (written === '') return nothing;
    const bytes = Buffer.from(written);
    written = '';
    return bytes;
  }

  /** A reader that throws has met something it should have reported; the client still gets a legal end. */
  function attempt(step: () => void): Uint8Array {
    try {
      step();
    } catch (cause) {
      guard.sink({
        type: 'error',
        error: new GatewayError('bad_upstream', "The provider's answer could not be read.", { cause }),
      });
    }
    return take();
  }

  return {
    feed: (chunk) => attempt(() => reader.feed(chunk)),
    end: () =>
      attempt(() => {
        reader.end();
        guard.end();
      }),
    ended: () => guard.ended(),
    // Whatever breaks after the answer is complete is no longer the client's concern.
    fail: (error) => (guard.ended() ? nothing : attempt(() => guard.sink({ type: 'error', error }))),
  };
}

import type { BlockHead, Event, Sink, Tap } from '../canon/event.ts';
import type { ChatRequest } from '../canon/request.ts';
import type { ClientSide } from '../dialects/dialect.ts';

const nothing = Buffer.alloc(0);

/** The client's end of a streamed answer: events in, bytes of its language out. It may outlive the provider that feeds it. */
export class ClientWriter {
  readonly #next: Sink;
  #written = '';
  /** What was written before, where the client's language is binary. */
  #pieces: Uint8Array[] = [];
  #index = -1;
  #open: BlockHead['type'] | undefined;

  /** @param tap stands before the client's language, and sees the whole answer, whoever gives it. */
  constructor(client: ClientSide, request: ChatRequest, tap?: Tap) {
    const written = client.writeStream((piece) => {
      if (typeof piece === 'string') this.#written += piece;
      else this.#pieces.push(piece);
    }, request);
    this.#next = tap?.(written) ?? written;
  }

  readonly sink = (event: Event): void => {
    if (event.type === 'open') {
      this.#index = event.index;
      this.#open = event.block.type;
    } else if (event.type === 'close') this.#open = undefined;
    this.#next(event);
  };

  /** Number of the last block; -1 before the first. */
  get index(): number {
    return this.#index;
  }

  /** What the block is that has been opened and not closed. */
  get open(): BlockHead['type'] | undefined {
    return this.#open;
  }

  /** What has been written since the last time, in one piece. */
  take(): Uint8Array {
    if (this.#pieces.length > 0) {
      const bytes = Buffer.concat(this.#pieces);
      this.#pieces = [];
      return bytes;
    }
    if (this.#written === '') return nothing;
    const bytes = Buffer.from(this.#written);
    this.#written = '';
    return bytes;
  }
}

import type { ToolCallBlock } from '../canon/content.ts';
import type { BlockHead, Event, Sink, Tap } from '../canon/event.ts';
import type { ChatRequest } from '../canon/request.ts';
import { withoutRuns } from '../canon/run.ts';
import type { ClientSide, Numbering } from '../dialects/dialect.ts';

const nothing = Buffer.alloc(0);

/** The beginning of an answer that was not written here. */
export interface Before {
  /** How many blocks were whole. */
  readonly blocks?: number;
  /** How events are numbered. */
  readonly numbering?: Numbering;
}

/** The client's end of a streamed answer: events in, bytes of its language out. It may outlive the provider that feeds it. */
export class ClientWriter {
  readonly #next: Sink;
  #written = '';
  /** What was written before that, as bytes: runs, and everything where the client's language is binary. */
  #pieces: Uint8Array[] = [];
  #index: number;
  #open: BlockHead | undefined;
  /** Arguments of the open call: some languages say them only when they are whole. */
  #json = '';

  /**
   * @param tap stands before the client's language, and sees the whole answer, whoever gives it.
   * @param before what has left in another way.
   */
  constructor(client: ClientSide, request: ChatRequest, tap?: Tap, before: Before = {}) {
    this.#index = (before.blocks ?? 0) - 1;
    const written = client.writeStream(
      (piece) => {
        if (typeof piece === 'string') this.#written += piece;
        else {
          this.#gather();
          this.#pieces.push(piece);
        }
      },
      request,
      before.numbering,
    );
    const taking = client.takesRuns === true ? written : withoutRuns(written);
    this.#next = tap?.(taking) ?? taking;
  }

  readonly sink = (event: Event): void => {
    if (event.type === 'open') {
      this.#index = event.index;
      this.#open = event.block;
      this.#json = '';
    } else if (event.type === 'close') this.#open = undefined;
    else if (event.type === 'json') this.#json += event.json;
    this.#next(event);
  };

  /** Number of the last block; -1 before the first. */
  get index(): number {
    return this.#index;
  }

  /** What the block is that has been opened and not closed. */
  get open(): BlockHead['type'] | undefined {
    return this.#open?.type;
  }

  /** The call that is being said. */
  get call(): ToolCallBlock | undefined {
    const open = this.#open;
    return open?.type === 'tool_call' ? { ...open, json: this.#json } : undefined;
  }

  /** What has been written since the last time, in one piece. */
  take(): Uint8Array {
    const pieces = this.#pieces;
    if (pieces.length === 0) return this.#takeText();
    this.#gather();
    this.#pieces = [];
    return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces);
  }

  #takeText(): Uint8Array {
    if (this.#written === '') return nothing;
    const bytes = Buffer.from(this.#written);
    this.#written = '';
    return bytes;
  }

  /** Puts what was written as text behind the bytes that were written before it. */
  #gather(): void {
    if (this.#written !== '') this.#pieces.push(this.#takeText());
  }
}

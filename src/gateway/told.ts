import type { Block } from '../canon/content.ts';
import type { Event } from '../canon/event.ts';
import { createFold } from '../canon/fold.ts';
import type { StreamReader, UpstreamSide } from '../dialects/dialect.ts';

/** Bytes that are kept as they are until they are read: most answers end before that, and cost nothing but a copy. */
const maxUnread = 128 * 1024;

/** Bytes of an answer beyond which nobody could be asked to go on with it. */
const maxKept = 16 * 1024 * 1024;

/** Bytes of the blocks that they lie in: each is twice as large as the one before, up to the largest. */
const firstBlock = 1024;
const largestBlock = 32 * 1024;

const nothing = Buffer.alloc(0);

/** What a client has heard of an answer. */
export interface ToldAnswer {
  readonly blocks: readonly Block[];
  /** Whether the last block has not been closed. */
  readonly isOpen: boolean;
}

/**
 * Keeps what a client is told of a streamed answer, so that somebody else can go on with it should it break off. Bytes are
 * gathered as they leave, and read, as the client would, only when they are many or when it has come to that.
 */
export class Told {
  readonly #language: UpstreamSide;
  /** Blocks that are full, and the one that is being filled. */
  #full: Buffer[] = [];
  #block: Buffer = nothing;
  #used = 0;
  #unread = 0;
  #seen = 0;
  #reader: StreamReader | undefined;
  readonly #fold = createFold();
  #isOpen = false;

  /** @param language the client's. */
  constructor(language: UpstreamSide) {
    this.#language = language;
  }

  /** Takes note of bytes that leave for the client. */
  keep(bytes: Uint8Array): void {
    this.#seen += bytes.length;
    if (this.#seen > maxKept) return this.#forget();
    if (this.#unread + bytes.length > maxUnread) this.#readAll();
    if (this.#used + bytes.length > this.#block.length) this.#nextBlock(bytes.length);
    this.#block.set(bytes, this.#used);
    this.#used += bytes.length;
    this.#unread += bytes.length;
  }

  /** Bytes that are kept as they are. */
  get unread(): number {
    return this.#unread;
  }

  /** What the client has heard so far; nothing when that was too much to keep. */
  read(): ToldAnswer | undefined {
    if (this.#seen > maxKept) return undefined;
    this.#readAll();
    // Asking for what there is closes what is open, and more may be told of it: so a copy is asked.
    return { blocks: this.#fold.soFar(), isOpen: this.#isOpen };
  }

  #nextBlock(least: number): void {
    if (this.#used > 0) this.#full.push(this.#block.subarray(0, this.#used));
    const size = Math.min(largestBlock, Math.max(firstBlock, 2 * this.#block.length));
    this.#block = Buffer.allocUnsafeSlow(Math.max(size, least));
    this.#used = 0;
  }

  #readAll(): void {
    this.#reader ??= this.#language.readStream((event) => this.#hear(event), true);
    // The reader may keep what it is given: nothing else is written there.
    for (const block of this.#full) this.#reader.feed(block);
    this.#reader.feed(this.#block.subarray(0, this.#used));
    this.#forget();
  }

  #forget(): void {
    this.#full = [];
    this.#block = nothing;
    this.#used = 0;
    this.#unread = 0;
  }

  #hear(event: Event): void {
    if (event.type === 'open') this.#isOpen = true;
    else if (event.type === 'close') this.#isOpen = false;
    this.#fold.sink(event);
  }
}

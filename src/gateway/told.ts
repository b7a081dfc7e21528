import type { Block } from '../canon/content.ts';
import type { Event } from '../canon/event.ts';
import { createFold } from '../canon/fold.ts';
import type { StreamReader, UpstreamSide } from '../dialects/dialect.ts';

/** Bytes that are kept as they are until they are read: most answers end before that, and cost nothing but a copy. */
const maxUnread = 128 * 1024;

/** Bytes of an answer beyond which nobody could be asked to go on with it. */
const maxKept = 16 * 1024 * 1024;

const firstBytes = 1024;

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
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;
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
    if (this.#seen > maxKept) {
      this.#bytes = Buffer.alloc(0);
      this.#length = 0;
      return;
    }
    if (this.#length + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** What the client has heard so far; nothing when that was too much to keep. */
  read(): ToldAnswer | undefined {
    if (this.#seen > maxKept) return undefined;
    this.#readAll();
    // Asking for what there is closes what is open, and more may be told of it: so a copy is asked.
    return { blocks: this.#fold.soFar(), isOpen: this.#isOpen };
  }

  #makeRoom(more: number): void {
    if (this.#length + more > maxUnread) this.#readAll();
    let size = Math.max(firstBytes, this.#bytes.length);
    while (size < this.#length + more) size *= 2;
    if (size === this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(size);
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }

  #readAll(): void {
    this.#reader ??= this.#language.readStream((event) => this.#hear(event));
    // The reader may keep what it is given.
    this.#reader.feed(Buffer.from(this.#bytes.subarray(0, this.#length)));
    this.#length = 0;
  }

  #hear(event: Event): void {
    if (event.type === 'open') this.#isOpen = true;
    else if (event.type === 'close') this.#isOpen = false;
    this.#fold.sink(event);
  }
}

import { hash } from 'node:crypto';
import type { Worker } from 'node:worker_threads';
import { GatewayError } from '../canon/error.ts';
import { bytesIn } from '../canon/media.ts';
import type { PdfReply, PdfTask } from './pdf-worker.ts';
import { Thread } from './thread.ts';

/** What one PDF may cost. */
export interface PdfReaderOptions {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Pages and characters beyond these are left out. */
  readonly maxPages: number;
  readonly maxCharacters: number;
  /** Characters of all texts together that are kept; 16 million where nothing is said. */
  readonly maxKeptCharacters?: number;
  /** How long the thread waits for another PDF; 30 s where nothing is said. */
  readonly idleMs?: number;
}

/** The text of a PDF. */
export interface PdfText {
  readonly pages: readonly string[];
  /** Pages of the PDF, whether read or not. */
  readonly total: number;
  readonly truncated: boolean;
}

/** Reads the text of PDFs in a thread of its own, one after the other. */
export interface PdfReader {
  /** Throws `PdfUnreadable`; `overloaded` when too many wait, `unavailable` when it is closed. */
  text(base64: string): Promise<PdfText>;
  close(): Promise<void>;
}

/** A PDF of which no page could be read. The message completes "it could not be read:". */
export class PdfUnreadable extends Error {
  override readonly name = 'PdfUnreadable';
}

/** PDFs that may wait for their turn. */
const maxWaiting = 16;
/** PDFs whose texts are kept. */
const maxKept = 200;
/** Memory of the thread. V8 looks after its own heap; bytes beside it, such as a page that unfolds endlessly, are watched. */
const maxHeapMegabytes = 256;
const maxOutsideBytes = 256 * 1024 * 1024;
const watchMs = 100;
const tooMuchMemory = 'it takes too much memory to read';

/** Makes a reader; its thread starts with the first PDF, and ends when none has come for a while. */
export function createPdfReader(options: PdfReaderOptions): PdfReader {
  return new ThreadedReader(options);
}

/** A text that is kept, or being read; `size` in characters, 0 until it is there. */
interface Kept {
  readonly text: Promise<PdfText>;
  size: number;
}

class ThreadedReader implements PdfReader {
  readonly #options: PdfReaderOptions;
  /** By digest of the bytes, least recently used first: a conversation brings its PDFs along with each turn. */
  readonly #kept = new Map<string, Kept>();
  #keptCharacters = 0;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();
  readonly #thread: Thread;
  #closed = false;

  constructor(options: PdfReaderOptions) {
    this.#options = options;
    this.#thread = new Thread({ name: 'pdf', idleMs: options.idleMs ?? 30_000, heapMegabytes: maxHeapMegabytes });
  }

  async text(base64: string): Promise<PdfText> {
    const size = bytesIn(base64);
    if (size > this.#options.maxBytes) throw new PdfUnreadable(`it has more than ${this.#options.maxBytes} bytes`);
    // Not from the pool of small buffers: these bytes are handed over to the thread.
    const bytes = Buffer.alloc(size);
    if (bytes.write(base64, 'base64') < size) throw new PdfUnreadable('its base64 is not valid');
    const key = hash('sha256', bytes, 'base64');
    const kept = this.#kept.get(key);
    if (kept === undefined) return this.#keep(key, this.#inTurn(bytes));
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.text;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread.end();
  }

  #keep(key: string, text: Promise<PdfText>): Promise<PdfText> {
    const kept: Kept = { text, size: 0 };
    this.#kept.set(key, kept);
    text.then(
      ({ pages }) => {
        if (this.#kept.get(key) !== kept) return;
        kept.size = pages.reduce((sum, page) => sum + page.length, 0);
        this.#keptCharacters += kept.size;
        this.#forget();
      },
      (error: unknown) => {
        // What is wrong with a PDF stays wrong; what was wrong here may be over.
        if (!(error instanceof PdfUnreadable)) this.#kept.delete(key);
      },
    );
    this.#forget();
    return text;
  }

  #forget(): void {
    const { maxKeptCharacters = 16_000_000 } = this.#options;
    for (const [key, { size }] of this.#kept) {
      if (this.#kept.size <= maxKept && this.#keptCharacters <= maxKeptCharacters) return;
      this.#kept.delete(key);
      this.#keptCharacters -= size;
    }
  }

  async #inTurn(bytes: Uint8Array<ArrayBuffer>): Promise<PdfText> {
    if (this.#waiting >= maxWaiting)
      throw new GatewayError('overloaded', 'Too many PDFs are waiting to be read.', { place: 'gateway' });
    this.#waiting += 1;
    const text = this.#last.then(() => {
      this.#waiting -= 1;
      return this.#read(bytes);
    });
    this.#last = text.catch(() => undefined);
    return text;
  }

  async #read(bytes: Uint8Array<ArrayBuffer>): Promise<PdfText> {
    if (this.#closed) throw closed();
    const { timeoutMs, maxPages, maxCharacters } = this.#options;
    try {
      return await readIn(this.#thread.hold(), { bytes, maxPages, maxCharacters }, timeoutMs);
    } catch (error) {
      throw this.#closed ? closed() : error;
    } finally {
      this.#thread.release();
    }
  }
}

function closed(): GatewayError {
  return new GatewayError('unavailable', 'The gateway is stopping.', { place: 'gateway' });
}

/** One PDF in the thread, which is ended when the PDF asks too much of it. The pages read until then are better than none. */
function readIn(
  thread: Worker,
  task: PdfTask & { bytes: Uint8Array<ArrayBuffer> },
  timeoutMs: number,
): Promise<PdfText> {
  return new Promise((resolve, reject) => {
    const pages: string[] = [];
    let total = 0;
    /** Why the thread ends, once it must. The result waits for its end, so that nobody meets a dying thread. */
    let failure = new PdfUnreadable('reading it failed');
    const timer = setTimeout(() => stop(`it takes more than ${timeoutMs / 1000} s to read`), timeoutMs);
    const watch = setInterval(() => {
      thread.getHeapStatistics().then(
        ({ external_memory: outside }) => outside > maxOutsideBytes && stop(tooMuchMemory),
        () => undefined,
      );
    }, watchMs);
    const stop = (why: string): void => {
      failure = new PdfUnreadable(why);
      void thread.terminate();
    };
    const settle = (): void => {
      clearTimeout(timer);
      clearInterval(watch);
      thread.off('message', onReply).off('error', onError).off('exit', fail);
    };
    const fail = (): void => {
      settle();
      if (pages.length > 0) resolve({ pages, total, truncated: true });
      else reject(failure);
    };
    const onReply = (reply: PdfReply): void => {
      if (reply.type === 'open') total = reply.pages;
      else if (reply.type === 'page') pages.push(reply.text);
      else if (reply.type === 'end') {
        settle();
        resolve({ pages, total, truncated: reply.truncated });
      } else {
        failure = new PdfUnreadable(reply.why);
        fail();
      }
    };
    const onError = (cause: Error & { readonly code?: string }): void => {
      if (cause.code === 'ERR_WORKER_OUT_OF_MEMORY') failure = new PdfUnreadable(tooMuchMemory);
      else failure = new PdfUnreadable('reading it failed', { cause });
    };
    thread.on('message', onReply).on('error', onError).on('exit', fail);
    thread.postMessage(task, [task.bytes.buffer]);
  });
}

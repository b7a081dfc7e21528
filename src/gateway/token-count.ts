import type { Worker } from 'node:worker_threads';
import { Thread } from './thread.ts';
import type { CountedTokens, TokenReply, TokenTask } from './token-worker.ts';

/** Counts the tokens of texts as OpenAI's newer models have them (o200k); other models' counts are near multiples. */
export interface TokenCounter {
  /** Of long texts a part is counted and the rest taken to be like it. Throws when it cannot say in time. */
  count(texts: readonly string[]): Promise<CountedTokens>;
  close(): Promise<void>;
}

/** How much time may be spent. */
export interface TokenCounterOptions {
  /** For the counting itself, after which the rest is extrapolated. */
  readonly maxMs?: number;
  /** For the answer, with all that goes before it: the thread's start, and other texts. */
  readonly timeoutMs?: number;
  /** After which the thread ends, and gives back the memory of its tables. */
  readonly idleMs?: number;
}

/** Characters that are looked at; of more, parts that lie spread over the whole. */
const maxCharacters = 2_000_000;
const partCharacters = 4000;
const maxWaiting = 100;

/** A part of some texts that stands for the whole. */
export interface Extract {
  readonly texts: readonly string[];
  /** By which its tokens are to be multiplied. */
  readonly scale: number;
}

/** Parts of the texts, evenly spread, `most` characters together; everything where it is not more. */
export function extractOf(texts: readonly string[], most: number, part: number): Extract {
  const total = lengthOf(texts);
  if (total <= most) return { texts, scale: 1 };
  const stride = (total * part) / most;
  const parts: string[] = [];
  /** Where the text at hand begins, and where the next part does, in all the texts one behind the other. */
  let begin = 0;
  let next = 0;
  for (const text of texts) {
    for (; next < begin + text.length; next += stride) {
      const from = Math.floor(next - begin);
      parts.push(text.slice(from, from + part));
    }
    begin += text.length;
  }
  return { texts: parts, scale: total / Math.max(1, lengthOf(parts)) };
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}

/** A counter in a thread, which starts with the first text. */
export function createTokenCounter(options: TokenCounterOptions = {}): TokenCounter {
  return new ThreadedCounter(options);
}

interface Waiting {
  readonly worker: Worker;
  readonly resolve: (counted: CountedTokens) => void;
  readonly reject: (error: Error) => void;
}

class ThreadedCounter implements TokenCounter {
  readonly #thread: Thread;
  readonly #maxMs: number;
  readonly #timeoutMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #listenedTo: Worker | undefined;
  #last = 0;

  constructor({ maxMs = 300, timeoutMs = 5000, idleMs = 300_000 }: TokenCounterOptions) {
    this.#thread = new Thread({ name: 'token', idleMs, heapMegabytes: 256 });
    this.#maxMs = maxMs;
    this.#timeoutMs = timeoutMs;
  }

  async count(texts: readonly string[]): Promise<CountedTokens> {
    if (this.#waiting.size >= maxWaiting) throw new Error('too many prompts are being counted');
    const extract = extractOf(texts, maxCharacters, partCharacters);
    const { plain, other } = await this.#ask(extract.texts);
    return { plain: plain * extract.scale, other: other * extract.scale };
  }

  async close(): Promise<void> {
    await this.#thread.end();
  }

  #ask(texts: readonly string[]): Promise<CountedTokens> {
    const { promise, resolve, reject } = Promise.withResolvers<CountedTokens>();
    const worker = this.#thread.hold();
    this.#listenTo(worker);
    this.#last += 1;
    const id = this.#last;
    this.#waiting.set(id, { worker, resolve, reject });
    const timer = setTimeout(() => reject(new Error('counting tokens takes too long')), this.#timeoutMs);
    worker.postMessage({ id, texts, maxMs: this.#maxMs } satisfies TokenTask);
    return promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(id);
      this.#thread.release();
    });
  }

  #listenTo(worker: Worker): void {
    if (this.#listenedTo === worker) return;
    this.#listenedTo = worker;
    let cause: unknown;
    worker.on('message', (reply: TokenReply) => this.#waiting.get(reply.id)?.resolve(reply));
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => {
      for (const waiting of this.#waiting.values()) {
        if (waiting.worker === worker) waiting.reject(new Error('the thread that counts tokens ended', { cause }));
      }
    });
  }
}

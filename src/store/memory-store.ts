import type { DocumentStore } from './document-store.ts';

interface Entry {
  readonly text: string;
  readonly until: number;
}

/** Characters a name and the bookkeeping of an entry are taken to be worth. */
const overhead = 200;

/** Keeps what there is room for; what was not used for the longest time goes first. Gone when the program ends. */
export class MemoryStore implements DocumentStore {
  readonly #entries = new Map<string, Entry>();
  readonly #most: number;
  #size = 0;

  /** @param most characters kept, all entries together. */
  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): string | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.until < Date.now()) {
      this.#size -= sizeOf(entry);
      return undefined;
    }
    this.#entries.set(key, entry);
    return entry.text;
  }

  put(key: string, text: string, ttlMs: number): void {
    this.delete(key);
    const entry: Entry = { text, until: Date.now() + ttlMs };
    if (sizeOf(entry) > this.#most) return;
    this.#entries.set(key, entry);
    this.#size += sizeOf(entry);
    for (const [oldest, { text: old }] of this.#entries) {
      if (this.#size <= this.#most) break;
      this.#entries.delete(oldest);
      this.#size -= old.length + overhead;
    }
  }

  delete(key: string): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#size -= sizeOf(entry);
    return this.#entries.delete(key);
  }

  close(): void {
    this.#entries.clear();
    this.#size = 0;
  }
}

function sizeOf({ text }: Entry): number {
  return text.length + overhead;
}

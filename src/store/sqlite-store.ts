import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { DocumentStore } from './document-store.ts';

/** How often what has expired is thrown away: once in so many writes. */
const sweepEvery = 500;

/** What SQLite says when a file may not grow any more. */
const full = 13;
const pageBytes = 4096;
/** Pages that tables and indexes take beside the documents. */
const otherPages = 16;

/** What is not needed for a file that stays. */
export interface SqliteStoreOptions {
  /** Bytes that the file may have; what was kept first then goes first. For a file that ends with the gateway. */
  readonly most?: number;
}

/** Keeps documents in a file, which several processes may share. */
export class SqliteStore implements DocumentStore {
  readonly #database: DatabaseSync;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #sweep: StatementSync;
  readonly #deleteOldest: StatementSync;
  /** Bytes of a document for which there is room when all others are gone. */
  readonly #longest: number;
  #writes = 0;

  /** @throws when the file cannot be made or is no database. */
  constructor(file: string, { most }: SqliteStoreOptions = {}) {
    this.#longest = most === undefined ? Number.POSITIVE_INFINITY : most - otherPages * pageBytes;
    mkdirSync(dirname(file), { recursive: true });
    this.#database = new DatabaseSync(file, { timeout: lockMs });
    if (most !== undefined) {
      this.#database.exec(
        `PRAGMA page_size = ${pageBytes}; PRAGMA max_page_count = ${Math.max(2 * otherPages, Math.ceil(most / pageBytes))}`,
      );
    }
    prepare(this.#database);
    this.#get = this.#database.prepare('SELECT text FROM documents WHERE key = ? AND until >= ?');
    this.#put = this.#database.prepare(
      'INSERT INTO documents (key, text, until) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET text = excluded.text, until = excluded.until',
    );
    this.#delete = this.#database.prepare('DELETE FROM documents WHERE key = ?');
    this.#deleteOldest = this.#database.prepare(
      'DELETE FROM documents WHERE key IN (SELECT key FROM documents ORDER BY until LIMIT (SELECT 1 + COUNT(*) / 10 FROM documents))',
    );
    this.#sweep = this.#database.prepare('DELETE FROM documents WHERE until < ?');
  }

  get(key: string): string | undefined {
    const row = this.#get.get(key, Date.now());
    return typeof row?.['text'] === 'string' ? row['text'] : undefined;
  }

  put(key: string, text: string, ttlMs: number): void {
    const until = Date.now() + ttlMs;
    if (Buffer.byteLength(text) > this.#longest) {
      this.delete(key);
      return;
    }
    while (!this.#fits(key, text, until)) this.#deleteOldest.run();
    this.#writes += 1;
    if (this.#writes % sweepEvery === 0) this.#sweep.run(Date.now());
  }

  #fits(key: string, text: string, until: number): boolean {
    try {
      this.#put.run(key, text, until);
      return true;
    } catch (error) {
      if ((error as { errcode?: unknown }).errcode === full) return false;
      throw error;
    }
  }

  delete(key: string): boolean {
    return Number(this.#delete.run(key).changes) > 0;
  }

  close(): void {
    this.#database.close();
  }
}

/** How long others may hold the file, milliseconds; and how long until it is tried again where SQLite itself does not wait. */
const lockMs = 2000;
const againMs = 5;
/** SQLITE_BUSY: https://www.sqlite.org/rescode.html#busy */
const busy = 5;

/** Processes that make the file together are told that it is locked at once, without the time limit: each of them tries again. */
function prepare(database: DatabaseSync): void {
  const end = performance.now() + lockMs;
  for (;;) {
    try {
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
        CREATE TABLE IF NOT EXISTS documents (key TEXT PRIMARY KEY, text TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS documents_until ON documents (until)`);
      return;
    } catch (error) {
      if ((error as { readonly errcode?: number }).errcode !== busy || performance.now() > end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, againMs);
    }
  }
}

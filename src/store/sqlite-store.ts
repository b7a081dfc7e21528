import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { DocumentStore } from './document-store.ts';

/** How often what has expired is thrown away: once in so many writes. */
const sweepEvery = 500;

/** Keeps documents in a file, which several processes may share. */
export class SqliteStore implements DocumentStore {
  readonly #database: DatabaseSync;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #sweep: StatementSync;
  #writes = 0;

  /** @throws when the file cannot be made or is no database. */
  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#database = new DatabaseSync(file, { timeout: 2000 });
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    this.#database.exec(
      'CREATE TABLE IF NOT EXISTS documents (key TEXT PRIMARY KEY, text TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID',
    );
    this.#database.exec('CREATE INDEX IF NOT EXISTS documents_until ON documents (until)');
    this.#get = this.#database.prepare('SELECT text FROM documents WHERE key = ? AND until >= ?');
    this.#put = this.#database.prepare(
      'INSERT INTO documents (key, text, until) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET text = excluded.text, until = excluded.until',
    );
    this.#delete = this.#database.prepare('DELETE FROM documents WHERE key = ?');
    this.#sweep = this.#database.prepare('DELETE FROM documents WHERE until < ?');
  }

  get(key: string): string | undefined {
    const row = this.#get.get(key, Date.now());
    return typeof row?.['text'] === 'string' ? row['text'] : undefined;
  }

  put(key: string, text: string, ttlMs: number): void {
    this.#put.run(key, text, Date.now() + ttlMs);
    this.#writes += 1;
    if (this.#writes % sweepEvery === 0) this.#sweep.run(Date.now());
  }

  delete(key: string): boolean {
    return Number(this.#delete.run(key).changes) > 0;
  }

  close(): void {
    this.#database.close();
  }
}

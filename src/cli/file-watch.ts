import { type BigIntStats, type FSWatcher, statSync, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** Editors write twice, or write another file and give it the name: it is looked at when so long nothing has happened, milliseconds. */
const settledMs = 150;
/** To watch is begun when so long has passed, since Node loads its other file system for it: first there is to be an answer, milliseconds. */
const beginMs = 250;
/** File systems of other machines tell of nothing: so often it is looked at anyhow, milliseconds. */
const pollMs = 3_000;

/**
 * Tells when one of some files may have changed, come, or gone. Folders are watched, not files: a file that is replaced
 * is another one. Keeps no process alive.
 */
export class FileWatch {
  readonly #files: readonly string[];
  readonly #changed: () => void;
  readonly #watchers: FSWatcher[] = [];
  readonly #poll: NodeJS.Timeout;
  #settling: NodeJS.Timeout | undefined;
  #seen: string;
  #isClosed = false;

  /** @param changed hears of it, when it is over. */
  constructor(files: readonly string[], changed: () => void, everyMs = pollMs) {
    this.#files = files;
    this.#changed = changed;
    // At once: what changes from here on is heard of.
    this.#seen = files.map(traitsNow).join('\n');
    this.#settling = setTimeout(() => this.#begin(), beginMs).unref();
    this.#poll = setInterval(() => void this.#compare(), everyMs).unref();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#poll);
    clearTimeout(this.#settling);
    for (const each of this.#watchers) each.close();
  }

  #begin(): void {
    for (const folder of new Set(this.#files.map((file) => dirname(file)))) this.#watch(folder);
    void this.#compare();
  }

  /** Where a folder cannot be watched, it is looked at from time to time all the same. */
  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null || this.#isMeant(folder, name)) this.#stir();
      });
      watcher.on('error', () => watcher.close());
      this.#watchers.push(watcher);
    } catch {
      // There is the other way.
    }
  }

  /** Kubernetes changes a file by turning a link that stands beside it: `..data`. */
  #isMeant(folder: string, name: string): boolean {
    return name.startsWith('..') || this.#files.some((file) => dirname(file) === folder && basename(file) === name);
  }

  #stir(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => void this.#compare(), settledMs).unref();
  }

  async #compare(): Promise<void> {
    const now = await this.#look();
    if (now === this.#seen || this.#isClosed) return;
    this.#seen = now;
    this.#changed();
  }

  async #look(): Promise<string> {
    const all = await Promise.all(this.#files.map((file) => stat(file, { bigint: true }).catch(() => undefined)));
    return all.map(traits).join('\n');
  }
}

function traits(found: BigIntStats | undefined): string {
  return found === undefined ? '-' : `${found.ino} ${found.size} ${found.mtimeNs}`;
}

function traitsNow(file: string): string {
  try {
    return traits(statSync(file, { bigint: true }));
  } catch {
    return traits(undefined);
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { adoptable, changesBetween, describeChanges } from '../config/changes.ts';
import type { Config } from '../config/config.ts';
import { fingerprintOf } from '../config/fingerprint.ts';
import { ConfigError } from '../config/problem.ts';
import type { Log } from '../observe/log.ts';
import { publishReload } from '../observe/reload.ts';
import { type ConfigReader, type ConfigSource, configFrom } from './configure.ts';
import { FileWatch } from './file-watch.ts';

/** How long a file that makes no sense may still be in the middle of being written, milliseconds. */
const writingMs = 300;

/** A configuration that is to be served by from now on. */
export interface Next {
  readonly config: Config;
  readonly source: ConfigSource;
  /** Counted from 1. */
  readonly generation: number;
  /** Somebody wants it read again, although it may be the same: files with credentials may be others. */
  readonly isFresh: boolean;
}

/** What serves, in this process or in several. */
export interface Adopting {
  /** Takes it, or throws and stays as it is. Gives what went wrong though most of it went well. @throws ConfigError */
  adopt(next: Next): Promise<readonly string[]>;
}

/**
 * Takes the configuration anew when its file or `.env` changes, or when somebody asks for it. One that cannot be used
 * changes nothing. One after the other, however often it is asked for.
 */
export class Reloader {
  readonly #reader: ConfigReader;
  readonly #adopting: Adopting;
  readonly #log: Pick<Log, 'info' | 'warn' | 'error'>;
  #config: Config;
  /** What was read last, whether it could be used or not: what has been complained of is not complained of again. */
  #seen: string;
  #generation = 1;
  #wanted: 'changed' | 'asked' | undefined;
  #busy: Promise<void> | undefined;
  #watch: FileWatch | undefined;
  #watched = '';
  #isStopped = false;

  constructor(
    running: { readonly config: Config; readonly source: ConfigSource },
    reader: ConfigReader,
    { adopting, log }: { readonly adopting: Adopting; readonly log: Pick<Log, 'info' | 'warn' | 'error'> },
  ) {
    this.#reader = reader;
    this.#adopting = adopting;
    this.#log = log;
    this.#config = running.config;
    this.#seen = contentOf(running.source);
  }

  /** Looks after the files. Returns what stops that. */
  start(): () => void {
    this.#watchFiles();
    // They may have changed since they were read.
    if (this.#config.server.watch) void this.reload('changed');
    return () => {
      this.#isStopped = true;
      this.#watch?.close();
    };
  }

  /** Where there was no file there are several names for one; when it has been found the others mean nothing. */
  #watchFiles(): void {
    const { files } = this.#reader;
    if (this.#isStopped || files.join('\n') === this.#watched) return;
    this.#watch?.close();
    this.#watched = files.join('\n');
    this.#watch = new FileWatch(files, () => {
      if (this.#config.server.watch) void this.reload('changed');
    });
  }

  /** Resolves when it is done, well or not. @param why `changed`: only when the files say something else. */
  reload(why: 'changed' | 'asked'): Promise<void> {
    if (this.#wanted !== 'asked') this.#wanted = why;
    this.#busy ??= this.#work().finally(() => {
      this.#busy = undefined;
    });
    return this.#busy;
  }

  async #work(): Promise<void> {
    for (let why = this.#wanted; why !== undefined; why = this.#wanted) {
      this.#wanted = undefined;
      try {
        await this.#once(why === 'asked');
      } catch (error) {
        if (why === 'asked' || !(await this.#isBeingWritten())) this.#refuse(error);
      }
      if (this.#watch !== undefined) this.#watchFiles();
    }
  }

  /** What cannot be used may be the half of something: whether it goes on to change. */
  async #isBeingWritten(): Promise<boolean> {
    const seen = this.#seen;
    await pause(writingMs, undefined, { ref: false });
    if (this.#content() === seen) return false;
    this.#wanted ??= 'changed';
    return true;
  }

  async #once(isFresh: boolean): Promise<void> {
    const source = this.#read(isFresh);
    if (source === undefined) return;
    const { config, left } = adoptable(this.#config, configFrom(source));
    const changes = changesBetween(this.#config, config);
    const generation = this.#generation + 1;
    const complaints = await this.#adopting.adopt({ config, source, generation, isFresh });
    this.#config = config;
    this.#generation = generation;
    this.#log.info({ generation, changes }, `Configuration ${generation} serves: ${describeChanges(changes)}.`);
    if (left.length > 0) this.#log.warn({ left }, `Left as it is until the next start: ${left.join(', ')}.`);
    for (const each of complaints) this.#log.error(each);
    publishReload({ ok: true, at: Date.now(), generation });
  }

  /** Nothing where nothing is new. */
  #read(isFresh: boolean): ConfigSource | undefined {
    const content = this.#content();
    if (content === this.#seen && !isFresh) return undefined;
    this.#seen = content;
    return this.#reader.read();
  }

  /** A digest of what would be read, or of why it cannot be. */
  #content(): string {
    try {
      return contentOf(this.#reader.read());
    } catch (error) {
      return fingerprintOf(String(error));
    }
  }

  #refuse(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    const problems = error instanceof ConfigError ? error.problems.map(({ where, path }) => ({ where, path })) : [];
    const told = `The new configuration cannot be used, the one before serves on:\n${why}`;
    if (error instanceof ConfigError) this.#log.error({ generation: this.#generation, problems }, told);
    else this.#log.error({ generation: this.#generation, err: error }, told);
    publishReload({ ok: false, at: Date.now(), generation: this.#generation, why });
  }
}

function contentOf({ written, env }: ConfigSource): string {
  return fingerprintOf([written?.file, written?.text, env]);
}

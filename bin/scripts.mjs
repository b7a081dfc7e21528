import { createRequire } from 'node:module';
import path from 'node:path';
import { files } from './files.mjs';

/**
 * A script that runs, and what the next start has to know of it.
 * @typedef {{ module: { exports: unknown }, script: import('node:vm').Script, digest: Buffer, starts: number }} Running
 * @typedef {{ data: Buffer, starts: number }} Kept
 */

const load = createRequire(import.meta.url);

/** Of the source, and of the data. */
const digestBytes = 32;
/** Both, then how many starts have added to the data, which V8 wants at a multiple of eight. */
const headBytes = 72;

/** So many starts add to what is kept: the first one may have ended before it was asked anything. */
const mostStarts = 3;

/**
 * Runs the built program's scripts, and keeps what V8 has compiled of them for the next start. Node does that for modules,
 * but at once after it has read them: functions are compiled when they are called first, and those it would compile again
 * at every start. Here they are kept when the program has run for a while, and all that has been called is among them.
 */
export class Scripts {
  #folder;
  #keptIn;
  /** @type {Map<string, Running>} */
  #running = new Map();
  /** What this start may add to. @type {Set<string>} */
  #open = new Set();
  /** For what the program does not hold itself. @type {NodeJS.Require | undefined} */
  #require;

  /**
   * @param {string} folder of the scripts, each of which is a function that takes what Node gives to a CommonJS module; they import nothing
   * @param {string | undefined} keptIn a folder; nothing is kept without one
   */
  constructor(folder, keptIn) {
    this.#folder = folder;
    this.#keptIn = keptIn;
  }

  /**
   * What a script exports. It runs when it is asked for first.
   * @param {string} name of its file
   * @returns {unknown}
   */
  run(name) {
    const running = this.#running.get(name);
    if (running !== undefined) return running.module.exports;
    const file = path.join(this.#folder, name);
    const source = files.readFileSync(file, 'utf8');
    const digest = digestOf(source);
    const kept = this.#read(name, digest);
    const { Script } = /** @type {typeof import('node:vm')} */ (load('node:vm'));
    const script = new Script(source, {
      filename: file,
      ...(kept !== undefined && { cachedData: kept.data }),
    });
    const starts = kept === undefined || script.cachedDataRejected === true ? 0 : kept.starts;
    const module = { exports: {} };
    this.#running.set(name, { module, script, digest, starts });
    if (starts < mostStarts) this.#open.add(name);
    /** @param {string} id */
    const require = (id) => (id.startsWith('./') ? this.run(id.slice(2)) : this.#foreign(id));
    script.runInThisContext()(module.exports, require, module, file, this.#folder);
    return module.exports;
  }

  /** Keeps what has been compiled, where that is not done yet. */
  keep() {
    for (const name of this.#open) {
      const running = this.#running.get(name);
      if (running !== undefined) this.#write(name, running);
    }
    this.#open.clear();
  }

  /**
   * @param {string} name
   * @param {Buffer} digest of the source
   * @returns {Kept | undefined}
   */
  #read(name, digest) {
    if (this.#keptIn === undefined) return undefined;
    try {
      const all = files.readFileSync(path.join(this.#keptIn, name));
      const data = all.subarray(headBytes);
      // V8 compares its own version and flags, and the length of the source; that it is the same source, and that the
      // data are whole, nobody else would notice.
      const isSame = all.subarray(0, digestBytes).equals(digest);
      if (!isSame || !all.subarray(digestBytes, 2 * digestBytes).equals(digestOf(data))) return undefined;
      return { data, starts: all.readUInt8(2 * digestBytes) };
    } catch {
      return undefined;
    }
  }

  /**
   * @param {string} name
   * @param {Running} running
   */
  #write(name, { script, digest, starts }) {
    if (this.#keptIn === undefined) return;
    const file = path.join(this.#keptIn, name);
    // Another start reads all of it or nothing.
    const part = `${file}.${process.pid}`;
    const data = script.createCachedData();
    const head = Buffer.alloc(headBytes - 2 * digestBytes);
    head.writeUInt8(starts + 1);
    try {
      files.writeFileSync(part, Buffer.concat([digest, digestOf(data), head, data]), { mode: 0o600 });
      files.renameSync(part, file);
    } catch {
      // A disk that is full, perhaps: the next start takes longer.
      remove(part);
    }
  }

  /** @param {string} id */
  #foreign(id) {
    this.#require ??= createRequire(path.join(this.#folder, 'main.cjs'));
    return this.#require(id);
  }
}

/** @param {string} file that may not be there */
function remove(file) {
  try {
    files.unlinkSync(file);
  } catch {
    // It was not.
  }
}

/** @param {string | Buffer} content */
function digestOf(content) {
  const { hash } = /** @type {typeof import('node:crypto')} */ (load('node:crypto'));
  return hash('sha256', content, 'buffer');
}

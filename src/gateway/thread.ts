import { Worker } from 'node:worker_threads';

/** A thread's program and what it may use. */
export interface ThreadOptions {
  /** The program is `<name>-worker` beside this file. */
  readonly name: string;
  /** How long it waits for work before it ends, which gives its memory back. */
  readonly idleMs: number;
  /** Most its objects may take; bytes beside them (`ArrayBuffer`) do not count. */
  readonly heapMegabytes: number;
}

/** As source or as built. */
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** A thread that starts when it is needed and ends when it is not. While nobody holds it, it keeps no process alive. */
export class Thread {
  readonly #options: ThreadOptions;
  #worker: Worker | undefined;
  #holders = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  /** The running thread, until `release`. One that has ended is replaced. */
  hold(): Worker {
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    this.#holders += 1;
    this.#worker.ref();
    return this.#worker;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    this.#worker?.unref();
    this.#idle = setTimeout(() => void this.end(), this.#options.idleMs).unref();
  }

  /** Ends it; it starts again when somebody wants to hold it. */
  async end(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #start(): Worker {
    const { name, heapMegabytes } = this.#options;
    const worker = new Worker(new URL(`./${name}-worker${extension}`, import.meta.url), {
      name,
      // Neither secrets nor flags of this process. What the program prints is not printed here; nor is it read, since a
      // reader would keep this process alive.
      env: {},
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: 32 },
    });
    // Whoever holds it hears of it too; without a listener it would be this process's own failure.
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    return worker;
  }
}

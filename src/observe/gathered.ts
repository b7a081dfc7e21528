/** Where whole lines go. */
export interface LineSink {
  write(lines: string): void;
}

/** Lines are handed on when so many characters have come together, or after so long. */
const enough = 32 * 1024;
const patienceMs = 100;

/** Gathers lines and hands them on together: handing on each costs three times what it takes to write it. */
export class GatheredLines implements LineSink {
  readonly #sink: LineSink;
  #lines = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  write(line: string): void {
    this.#lines += line;
    if (this.#lines.length >= enough) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), patienceMs).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines === '') return;
    const lines = this.#lines;
    this.#lines = '';
    this.#sink.write(lines);
  }
}

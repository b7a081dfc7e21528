/** Where whole lines go. */
export interface LineSink {
  write(lines: string): void;
}

/** A line, or what becomes one when it is written. */
export type Line = string | { toString(): string };

/** Lines are handed on when so many have come together, or after so long. */
const enough = 256;
const patienceMs = 100;

/**
 * Gathers lines and hands them on together: handing on each costs three times what it takes to write it, and to write one
 * after the other half of what it takes to write each in the middle of something else.
 */
export class GatheredLines {
  readonly #sink: LineSink;
  #lines: Line[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  write(line: Line): void {
    if (this.#lines.push(line) >= enough) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), patienceMs).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0) return;
    const lines = this.#lines;
    this.#lines = [];
    this.#sink.write(lines.join(''));
  }
}

import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';

/** How often memory is looked at, milliseconds. */
const lookMs = 500;
/** Part of what there is that the processes may take together. */
const usualPart = 0.8;
/** Part of what V8 may take for objects from which on it does little but look for garbage, and then ends the process. */
const fullHeap = 0.92;
/** It must be so much below a limit before all is well again. */
const relief = 0.95;

/** What is looked at. */
export interface MemoryFigures {
  /** Bytes of the process in memory; nothing where that cannot be had just now. */
  resident(): number | undefined;
  /** Part of the heap's limit that is taken. */
  heap(): number;
}

/** Knows whether there is memory for more calls. Looks from time to time, so that no call has to. */
export class MemoryGuard {
  readonly #figures: MemoryFigures;
  readonly #onChange: (guard: MemoryGuard) => void;
  #limit: number;
  #isOver = false;
  #resident = 0;

  /** @param limit bytes. @param onChange hears when the limit is passed, in either direction. */
  constructor(limit: number, onChange: (guard: MemoryGuard) => void = () => undefined, figures = ownFigures) {
    this.#limit = limit;
    this.#onChange = onChange;
    this.#figures = figures;
  }

  /** Looks from time to time; the process need not stay for it. Returns what stops that. */
  start(): () => void {
    this.look();
    const timer = setInterval(() => this.look(), lookMs).unref();
    return () => clearInterval(timer);
  }

  look(): void {
    const { resident, heap } = this.#figures;
    this.#resident = resident() ?? this.#resident;
    const part = this.#isOver ? relief : 1;
    const isOver = this.#resident > this.#limit * part || heap() > fullHeap * part;
    if (isOver === this.#isOver) return;
    this.#isOver = isOver;
    this.#onChange(this);
  }

  /** True while more is taken than may be. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Bytes that the process had in memory when it was looked at. */
  get resident(): number {
    return this.#resident;
  }

  /** Bytes. */
  get limit(): number {
    return this.#limit;
  }

  set limit(bytes: number) {
    this.#limit = bytes;
  }
}

/** The limit of one of so many processes where none is configured: what the machine, or the container, has for each, but for some. */
export function usualMemory(
  processes: number,
  constrained = process.constrainedMemory(),
  machine = totalmem(),
): number {
  const there = constrained > 0 ? Math.min(constrained, machine) : machine;
  return Math.floor((there * usualPart) / processes);
}

const ownFigures: MemoryFigures = {
  resident() {
    try {
      return process.memoryUsage.rss();
    } catch {
      // It stands in a file, and when clients hold all descriptors there are, none is left to open it with.
      return undefined;
    }
  },
  heap() {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    return used / limit;
  },
};

import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/** How often it is looked whether anything happens, milliseconds. */
const lookMs = 1000;
/** So many looks in a row at which nothing happens are a rest. */
const looksOfRest = 10;
/** A process that uses less between two looks does nothing, milliseconds of CPU time. */
const nothingMs = 20;
/** Less is not worth a pause, bytes. */
const leastGain = 16 * 1024 * 1024;

/** What is looked at, and what is done. */
export interface Household {
  /** Calls that have begun and are not over. */
  underWay(): number;
  /** CPU time so far, milliseconds. */
  cpuMs(): number;
  /** Bytes that are taken from the system for objects, whether anybody needs them or not. */
  taken(): number;
  /** Gives back what nobody needs. Nothing else runs meanwhile. */
  collect(): void;
}

/**
 * Gives memory back after work. V8 does that by itself some seconds after it has collected garbage, but it collects only
 * while something is allocated: when the last of thousands of streams ends, what they held would stay. So once in a rest,
 * when no call is under way and much more is taken than after the last time, it is told to.
 */
export class Tidy {
  readonly #household: Household;
  #quietLooks = 0;
  #lastCpuMs = 0;
  /** What was taken after the last time. */
  #left = 0;

  constructor(household: Household) {
    this.#household = household;
  }

  /** Looks from time to time; the process need not stay for it. Returns what stops that. */
  start(): () => void {
    const timer = setInterval(() => this.look(), lookMs).unref();
    return () => clearInterval(timer);
  }

  /** One look, to be taken every second. */
  look(): void {
    const { underWay, cpuMs, taken, collect } = this.#household;
    const used = cpuMs();
    const isQuiet = underWay() === 0 && used - this.#lastCpuMs < nothingMs;
    this.#lastCpuMs = used;
    this.#quietLooks = isQuiet ? this.#quietLooks + 1 : 0;
    if (this.#quietLooks !== looksOfRest) return;
    // V8 may have done it meanwhile.
    this.#left = Math.min(this.#left, taken());
    if (taken() - this.#left < leastGain) return;
    collect();
    this.#left = taken();
    this.#lastCpuMs = cpuMs();
  }
}

/** This process. */
export function ownHousehold(underWay: () => number): Household {
  return {
    underWay,
    cpuMs() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    taken() {
      const { total_heap_size: heap, external_memory: external } = getHeapStatistics();
      return heap + external;
    },
    collect: collectAll,
  };
}

/** Memory that is short again and again is not garbage: looking for it more often than that, milliseconds, would only cost. */
const reliefMs = 30_000;
let relievedAt = Number.NEGATIVE_INFINITY;

/** Gives back what nobody needs though calls are under way: they wait for it. */
export function relieve(): void {
  const now = performance.now();
  if (now - relievedAt < reliefMs) return;
  relievedAt = now;
  collectAll();
}

type Collector = (
  options: { readonly type: 'major'; readonly flavor: 'last-resort' } | { readonly type: 'minor' },
) => void;

let made: Collector | undefined;

function collector(): Collector {
  if (made === undefined) {
    // A context has the function only if it was made while the flag was set.
    setFlagsFromString('--expose-gc');
    made = process.getBuiltinModule('node:vm').runInNewContext('gc') as Collector;
    setFlagsFromString('--no-expose-gc');
  }
  return made;
}

/** Everything at once, 0.1 seconds: in steps V8 would need events of its own to begin. */
function collectAll(): void {
  collector()({ type: 'major', flavor: 'last-resort' });
}

/** What is young and over, half a millisecond: bodies of calls above all. */
export function collectYoung(): void {
  collector()({ type: 'minor' });
}

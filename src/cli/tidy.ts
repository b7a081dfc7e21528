import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import type { Heap } from './sweeper.ts';

/** How often it is looked whether anything happens, milliseconds. */
const lookMs = 1000;
/** So many looks in a row at which nothing happens are a rest. */
const looksOfRest = 10;
/** A process that uses less between two looks does nothing, milliseconds of CPU time. */
const nothingMs = 20;
/** And so much more for each call that is open and silent, milliseconds: it is seen that it lives. */
const silentMs = 0.01;
/** The same while other threads of V8 may still sweep what was collected. */
const sweepingMs = 100;
/** And so much more at the look behind which it was collected, milliseconds for each byte that the process has. */
const collectingMs = 1e-6;
/** Less is not worth a pause, bytes. */
const leastGain = 16 * 1024 * 1024;
/**
 * Looks after the first collection of a rest at which there is another one, of everything and of what is young: V8 keeps
 * the pages that one has emptied for itself, and looks every eight seconds which of them no collection has asked for since.
 */
const again: { all: number; young: readonly number[]; released: number } = {
  all: 2,
  young: [4, 8, 14, 20],
  released: 25,
};

/** For ever: the longest time that the flags of V8 take, milliseconds. */
const never = 2 ** 31 - 1;

/**
 * What V8 is told, and told again when there is no tidying any more. Its memory reducer waits for ever; to allow it no
 * collection would end the process where it has begun. And the heap may grow to three times of what a collection has left
 * before there is another one: V8 decides that by how fast memory was needed lately, so behind a rest it would allow next to
 * nothing, and collect everything five times in the first thousand calls with bodies of 200 KB.
 */
const rules = {
  tidied: rulesOf(never, never, 200),
  usual: rulesOf(8_000, 30_000, 0),
};

function rulesOf(reducerMs: number, reducerStartMs: number, growthPercent: number): readonly string[] {
  return [
    `--memory-reducer-delay-ms=${reducerMs}`,
    `--gc-memory-reducer-start-delay-ms=${reducerStartMs}`,
    growingBy(growthPercent),
  ];
}

/** How far the heap may grow above what a collection has left; nothing is what V8 thinks right. */
function growingBy(percent: number): string {
  return `--heap-growing-percent=${percent}`;
}

/** What is looked at, and what is done. */
export interface Household extends Pick<Heap, 'collect' | 'collectYoung'> {
  /** Calls that have begun and are not over. */
  underWay(): number;
  /** CPU time so far, milliseconds. */
  cpuMs(): number;
  /** Bytes of memory that the process has, whether anybody needs them or not. */
  resident(): number;
}

/**
 * Gives memory back after work: once in a rest, when next to nothing happens and much more is taken than the last time.
 * V8 would do it by itself in most rests, but not in all, as it needs garbage that is made to begin. And it would do it so
 * thoroughly that it forgets what it has compiled and learnt of the program: the calls behind a rest would cost twice as
 * much, for seconds. So it is told not to.
 */
export class Tidy {
  readonly #household: Household;
  #quietLooks = 0;
  #lastCpuMs = 0;
  /** In this rest. */
  #hasCollected = false;
  /** Since the last look. */
  #isCollecting = false;
  /** What was left the last time that no call was under way. */
  #left: number;

  constructor(household: Household) {
    this.#household = household;
    this.#left = household.resident();
  }

  /** Looks from time to time, in V8's place; the process need not stay for it. Returns what stops that. */
  start(): () => void {
    rules.tidied.forEach(setFlagsFromString);
    const timer = setInterval(() => this.look(), lookMs).unref();
    return () => {
      clearInterval(timer);
      rules.usual.forEach(setFlagsFromString);
    };
  }

  /** One look, to be taken every second. */
  look(): void {
    const { underWay, cpuMs, resident, collect, collectYoung: young } = this.#household;
    const used = cpuMs() - this.#lastCpuMs;
    const limit = (this.#hasCollected ? sweepingMs : nothingMs) + silentMs * underWay();
    const ours = this.#isCollecting ? collectingMs * resident() : 0;
    this.#quietLooks = used < limit + ours ? this.#quietLooks + 1 : 0;
    const looks = this.#quietLooks - looksOfRest;
    if (looks <= 0) this.#hasCollected = looks === 0 && this.#isMuch();
    this.#isCollecting = this.#hasCollected && (looks === 0 || looks === again.all);
    if (this.#hasCollected) {
      if (this.#isCollecting) collect();
      else if (again.young.includes(looks)) young();
      else if (looks === again.released && underWay() === 0) this.#left = resident();
    }
    this.#lastCpuMs = cpuMs();
  }

  /** Whether much more is taken than was left. */
  #isMuch(): boolean {
    const resident = this.#household.resident();
    this.#left = Math.min(this.#left, resident);
    return resident - this.#left >= leastGain;
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
    resident: () => process.memoryUsage.rss(),
    collect,
    collectYoung,
  };
}

/** Memory that is short again and again is not garbage: looking for it more often than that, milliseconds, would only cost. */
const reliefMs = 30_000;
let relievedAt = Number.NEGATIVE_INFINITY;

/**
 * Gives back what nobody needs though calls are under way: they wait for it. From then on the heap grows as V8 has it,
 * which takes less where there is little memory.
 */
export function relieve(): void {
  setFlagsFromString(growingBy(0));
  const now = performance.now();
  if (now - relievedAt < reliefMs) return;
  relievedAt = now;
  // Everything that could be made again as well, 0.1 seconds.
  collector()({ type: 'major', flavor: 'last-resort' });
}

type Collector = (options: { readonly type: 'major' | 'minor'; readonly flavor?: 'last-resort' }) => void;

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

/** Characters of a name that gets memory of its own; and how many there were, so that each of them is new. */
const longName = 200_000;
let names = 0;

/**
 * Has V8 collect as it does while a program is at work, in small steps between which others run. There it keeps the shapes
 * of objects that its compiled code knows though none of them is left; collecting all at once it drops them, and the code
 * with them. With the flag it begins at the next large object that is made to last, such as a long name of a field.
 */
function collect(): void {
  // What is young goes first: without that V8 does not begin for certain.
  collectYoung();
  setFlagsFromString('--stress-incremental-marking');
  names += 1;
  Reflect.set({}, '-'.repeat(longName) + names, true);
  setFlagsFromString('--no-stress-incremental-marking');
}

/** What is young and over, half a millisecond: bodies of calls above all. */
function collectYoung(): void {
  collector()({ type: 'minor' });
}

/** This process's. */
export const ownHeap: Heap = { outside: () => getHeapStatistics().external_memory, collect, collectYoung };

/**
 * One contestant on one lane in one round; times in microseconds. `units` are requests, or events where a setting is of
 * events.
 */
export interface Sample {
  readonly unitsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Until the first byte of the body; the median. */
  readonly firstByte: number;
  /** From the first byte of the body to its end; the median. */
  readonly span: number;
  /** CPU time a unit: of the contestant, of the provider, of the load generator. */
  readonly cpu?: number | undefined;
  readonly upstreamCpu?: number | undefined;
  readonly loadCpu: number;
}

/** What was measured of a contestant on a lane in a setting: a sample a round. */
export interface Measured {
  readonly contestant: string;
  readonly lane: string;
  readonly setting: string;
  readonly samples: readonly Sample[];
}

/** Who took part, or why not. */
export interface Participant {
  readonly name: string;
  readonly version?: string;
  readonly absent?: string;
}

/** Where and when. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly platform: string;
  readonly node: string;
  readonly date: string;
  readonly loadBefore: number;
  readonly loadAfter: number;
  /** Milliseconds that always the same work took, over the run. */
  readonly spin: { readonly median: number; readonly least: number; readonly most: number };
}

/** Memory of a contestant, resident, in KiB. */
export interface Memory {
  readonly contestant: string;
  /** The lane of the open streams. */
  readonly lane: string;
  /** After the start, before any call. */
  readonly cold: number;
  /** At rest after a warm-up load, when everything is compiled; what "idle" means. */
  readonly idle: number;
  /** At rest, with so many streams open that are silent. */
  readonly open: readonly { readonly streams: number; readonly kib: number }[];
  /** At rest, after they were closed. */
  readonly closed: number;
  /** At rest, after the first fifth of the requests and after all of them. */
  readonly growth?: readonly { readonly requests: number; readonly kib: number }[];
  /** Right after each fifth, before anything could be tidied up. */
  readonly busy?: readonly { readonly requests: number; readonly kib: number }[];
  /** At rest, after the last of them. */
  readonly after?: number;
}

/** Milliseconds from starting the process to its first answer; the first start of all apart. */
export interface ColdStart {
  readonly from: 'source' | 'package';
  readonly first: number;
  readonly later: readonly number[];
}

/** Requests a second with so many workers, round by round. */
export interface Workers {
  readonly workers: number;
  readonly perSecond: readonly number[];
  readonly cpu: readonly number[];
}

/** A part of a run: what it gave, or why it was left out. */
export type Part<T> = T | { readonly missing: string };

/** Everything a run has found. */
export interface Run {
  readonly machine: Machine;
  /** Whether only some of it was wanted. */
  readonly partial?: boolean;
  readonly rounds: number;
  readonly seconds: number;
  readonly participants: readonly Participant[];
  /** What makes the figures worth less, and what was left out, in words. */
  readonly notes: readonly string[];
  readonly measured: readonly Measured[];
  /** CPU microseconds of one JSON.parse and one JSON.stringify of the 200 KB body, round by round. */
  readonly yardstick: readonly number[];
  readonly memory: Part<readonly Memory[]>;
  readonly coldStart: Part<readonly ColdStart[]>;
  readonly workers: Part<readonly Workers[]>;
}

/** What went wrong, in a line. */
export function inALine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n', 1)[0] ?? '').slice(0, 200);
}

/** Whether a part of a run is there. */
export function isThere<T extends object>(part: Part<T>): part is T {
  return !('missing' in part);
}

/** The samples of a contestant on a lane in a setting; nothing where it was not measured. */
export function samplesOf(
  run: Pick<Run, 'measured'>,
  contestant: string,
  lane: string,
  setting: string,
): readonly Sample[] | undefined {
  return run.measured.find((each) => each.contestant === contestant && each.lane === lane && each.setting === setting)
    ?.samples;
}

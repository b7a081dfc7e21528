import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Contestant } from './contestant.ts';
import { median } from './median.ts';
import { type CpuTime, cpuBetween, cpuTime } from './proc.ts';
import { compile, run } from './process.ts';
import type { PreparedRequest } from './request.ts';
import type { Sample } from './run.ts';
import { deltas, isOfEvents, isTranslated, type Lane, type Setting } from './scenario.ts';
import type { Upstream } from './upstream.ts';

/** The program that sends requests. */
export interface LoadGenerator {
  readonly command: string;
  readonly args: readonly string[];
  /** Why it is not the fast one; nothing when it is. */
  readonly slowBecause?: string;
}

/** What the load generator prints; times in microseconds. */
export interface LoadResult {
  readonly seconds: number;
  readonly requests: number;
  readonly bodyBytes: number;
  readonly cpu: number;
  readonly latency: Quantiles;
  readonly firstByte: Quantiles;
  /** From the first byte of the body to its end. */
  readonly span: Quantiles;
}

interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

/** A contestant on a lane in a setting, ready to be measured. */
export interface Track {
  readonly contestant: Contestant;
  readonly lane: Lane;
  readonly setting: Setting;
  readonly request: PreparedRequest;
  readonly requests: number;
  /** How long one turn lasts, as the warm-up tells. */
  readonly seconds: number;
  readonly samples: Sample[];
}

/** A track whose requests are not counted yet. */
export type Untimed = Omit<Track, 'requests' | 'seconds' | 'samples'>;

/** What every measuring needs. */
export interface Stage {
  readonly upstream: Upstream;
  readonly load: LoadGenerator;
}

/** An answer may be this much longer or shorter than the one that was checked: identifiers and numbers differ. */
const lengthTolerance = 0.02;

/** Others may put several events of the provider into one, as time has it. */
const peerLengthTolerance = 0.6;

/** What happens behind an answer (log lines, for one) belongs to its cost: it gets this long. */
const settleMs = 25;

/** The load generator in C, or the one in TypeScript where that cannot be compiled. */
export function findLoadGenerator(): LoadGenerator {
  const compiled = compile('load.c');
  if ('file' in compiled) return { command: compiled.file, args: [] };
  const script = fileURLToPath(new URL('load.ts', import.meta.url));
  return { command: process.execPath, args: [script], slowBecause: compiled.failure };
}

/** How long to warm up: so many seconds, or so many requests where they take less. */
export interface Warmth {
  readonly seconds: number;
  readonly requests?: number;
}

/** Sends requests until the code is hot, and finds how many of them fill a turn. */
export async function warmUp(stage: Stage, track: Untimed, warmth: Warmth, turnSeconds: number): Promise<Track> {
  const { connections } = track.setting;
  const most = warmth.requests ?? Number.POSITIVE_INFINITY;
  let requests = connections;
  for (let seconds = 0, sent = 0; ; ) {
    const result = await sendLoad(stage, { ...track, requests });
    seconds += result.seconds;
    sent += result.requests;
    const perSecond = result.requests / result.seconds;
    const fitting = Math.max(connections, Math.round(perSecond * turnSeconds));
    if (seconds >= warmth.seconds || sent >= most)
      return { ...track, requests: fitting, seconds: fitting / perSecond, samples: [] };
    requests = Math.min(fitting, requests * 8);
  }
}

/** Measures a track for one turn. */
export async function measure(stage: Stage, track: Track): Promise<Sample> {
  const { upstream } = stage;
  const pids = track.contestant.pids();
  const before = { own: cpuTime(pids), upstream: cpuTime(upstream.pids) };
  const result = await sendLoad(stage, track);
  await sleep(settleMs);
  const units = result.requests * (isOfEvents(track.setting) ? deltas[track.setting.manner] : 1);
  const each = (earlier: CpuTime | undefined, later: CpuTime | undefined): number | undefined => {
    const micros = cpuBetween(earlier, later);
    return micros === undefined ? undefined : micros / units;
  };
  return {
    unitsPerSecond: units / result.seconds,
    p50: result.latency.p50,
    p99: result.latency.p99,
    firstByte: result.firstByte.p50,
    span: result.span.p50,
    cpu: each(before.own, cpuTime(pids)),
    upstreamCpu: each(before.upstream, cpuTime(upstream.pids)),
    loadCpu: result.cpu / units,
  };
}

/** Sends the requests of a track. @throws when an answer is not as it was when it was checked. */
export async function sendLoad({ load }: Stage, track: Untimed & { readonly requests: number }): Promise<LoadResult> {
  const { request, setting, requests, lane, contestant } = track;
  const stagger = setting.staggerMicros === undefined ? [] : [setting.staggerMicros];
  const numbers = [request.port, setting.connections, requests].map(String);
  const args = [...load.args, ...numbers, request.file, ...stagger.map(String)];
  const result = JSON.parse(await run(load.command, args)) as LoadResult;
  const length = result.bodyBytes / result.requests;
  const tolerance = hasOwnEvents(track) ? peerLengthTolerance : lengthTolerance;
  if (Math.abs(length - request.answerBytes) > request.answerBytes * tolerance) {
    const lengths = `${Math.round(length)} bytes, ${request.answerBytes} when it was checked`;
    throw new Error(`${contestant.name}, ${lane.name}, ${setting.name}: answers have become others (${lengths})`);
  }
  return result;
}

function hasOwnEvents({ contestant, lane, setting }: Untimed): boolean {
  return contestant.name !== 'dragoman' && isTranslated(lane) && isOfEvents(setting);
}

/** Turns that were measured one soon after the other, as one sample: the costs of all requests, and what is usual of times. */
export function together(turns: readonly Sample[]): Sample {
  const middle = (read: (turn: Sample) => number): number => median(turns.map(read));
  const mean = (read: (turn: Sample) => number | undefined): number | undefined => {
    const known = turns.flatMap((turn) => read(turn) ?? []);
    return known.length < turns.length ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  return {
    unitsPerSecond: middle((turn) => turn.unitsPerSecond),
    p50: middle((turn) => turn.p50),
    p99: middle((turn) => turn.p99),
    firstByte: middle((turn) => turn.firstByte),
    span: middle((turn) => turn.span),
    cpu: mean((turn) => turn.cpu),
    upstreamCpu: mean((turn) => turn.upstreamCpu),
    loadCpu: mean((turn) => turn.loadCpu) ?? Number.NaN,
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { RunningGateway } from './gateway.ts';
import { compile, cpuMicros, run } from './process.ts';
import type { PreparedRequest } from './request.ts';
import { deltas, isOfEvents, type Lane, type Setting } from './scenario.ts';
import type { Upstream } from './upstream.ts';

/** The program that sends requests. */
export interface LoadGenerator {
  readonly command: string;
  readonly args: readonly string[];
  /** Why it is not the fast one; nothing when it is. */
  readonly slowBecause?: string;
}

/** What the load generator prints; times in microseconds. */
interface LoadResult {
  readonly seconds: number;
  readonly requests: number;
  readonly bodyBytes: number;
  readonly cpu: number;
  readonly latency: Quantiles;
  readonly firstByte: Quantiles;
}

interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

/** One lane in one round; times in microseconds. `units` are requests, or events where a setting is of events. */
export interface Sample {
  readonly unitsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly firstByte: number;
  /** CPU time a unit: of the gateway, of the provider, of the load generator. */
  readonly gatewayCpu?: number | undefined;
  readonly upstreamCpu?: number | undefined;
  readonly loadCpu: number;
}

/** A lane that is ready to be measured. */
export interface Track {
  readonly lane: Lane;
  readonly setting: Setting;
  readonly request: PreparedRequest;
  readonly requests: number;
  readonly samples: Sample[];
}

/** The processes that take part. */
export interface Stage {
  readonly upstream: Upstream;
  readonly gateway: RunningGateway;
  readonly load: LoadGenerator;
}

/** An answer may be this much longer or shorter than the one that was checked: identifiers and numbers differ. */
const lengthTolerance = 0.02;

/** What happens behind an answer (log lines, for one) belongs to its cost: it gets this long. */
const settleMs = 25;

/** The load generator in C, or the one in TypeScript where that cannot be compiled. */
export function findLoadGenerator(): LoadGenerator {
  const compiled = compile('load.c');
  if ('file' in compiled) return { command: compiled.file, args: [] };
  const script = fileURLToPath(new URL('load.ts', import.meta.url));
  return { command: process.execPath, args: [script], slowBecause: compiled.failure };
}

/** Sends requests until the code is hot, and finds how many of them fill a round. */
export async function warmUp(
  stage: Stage,
  track: Omit<Track, 'requests' | 'samples'>,
  seconds: number,
  roundSeconds: number,
): Promise<Track> {
  const { setting } = track;
  if (setting.staggerMicros !== undefined) {
    const once = { ...track, requests: setting.connections, samples: [] };
    await sendLoad(stage, once);
    return once;
  }
  let requests = setting.connections * 4;
  for (let spent = 0; ; ) {
    const result = await sendLoad(stage, { ...track, requests, samples: [] });
    spent += result.seconds;
    const perSecond = result.requests / result.seconds;
    const fitting = Math.max(setting.connections * 2, Math.round(perSecond * roundSeconds));
    if (spent >= seconds) return { ...track, requests: fitting, samples: [] };
    requests = Math.min(fitting, requests * 8);
  }
}

/** Measures a lane once. */
export async function measure(stage: Stage, track: Track): Promise<Sample> {
  const { gateway, upstream } = stage;
  const before = { gateway: cpuMicros(gateway.pid), upstream: cpuOfAll(upstream.pids) };
  const result = await sendLoad(stage, track);
  await sleep(settleMs);
  const units = result.requests * (isOfEvents(track.setting) ? deltas[track.setting.manner] : 1);
  const each = (earlier: number | undefined, later: number | undefined): number | undefined =>
    earlier === undefined || later === undefined ? undefined : (later - earlier) / units;
  const isDirect = track.lane.carriage === undefined;
  return {
    unitsPerSecond: units / result.seconds,
    p50: result.latency.p50,
    p99: result.latency.p99,
    firstByte: result.firstByte.p50,
    gatewayCpu: isDirect ? undefined : each(before.gateway, cpuMicros(gateway.pid)),
    upstreamCpu: each(before.upstream, cpuOfAll(upstream.pids)),
    loadCpu: result.cpu / units,
  };
}

async function sendLoad({ load }: Stage, { request, setting, requests, lane }: Track): Promise<LoadResult> {
  const stagger = setting.staggerMicros === undefined ? [] : [setting.staggerMicros];
  const numbers = [request.port, setting.connections, requests].map(String);
  const args = [...load.args, ...numbers, request.file, ...stagger.map(String)];
  const result = JSON.parse(await run(load.command, args)) as LoadResult;
  const length = result.bodyBytes / result.requests;
  if (Math.abs(length - request.answerBytes) > request.answerBytes * lengthTolerance) {
    const lengths = `${Math.round(length)} bytes, ${request.answerBytes} when it was checked`;
    throw new Error(`${lane.name}, ${setting.name}: answers have become others (${lengths})`);
  }
  return result;
}

function cpuOfAll(pids: readonly number[]): number | undefined {
  const each = pids.map(cpuMicros);
  return each.includes(undefined) ? undefined : each.reduce<number>((sum, micros) => sum + (micros ?? 0), 0);
}

/** The middle one; of an even count the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

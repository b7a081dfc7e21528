import { median } from './median.ts';
import { type Measured, type Run, type Sample, samplesOf } from './run.ts';
import { deltas, isOfEvents, type Lane, lanes, passLane, type Setting, settings } from './scenario.ts';

/** Medians over all rounds; times in microseconds, CPU time a request or an event; ratios are medians of the rounds' ratios. */
export interface Figures {
  readonly setting: Setting;
  readonly lane: Lane;
  readonly contestant: string;
  readonly rounds: number;
  readonly unitsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly firstByte: number;
  readonly cpu: number | undefined;
  /** Half the distance from the smallest to the largest `cpu`, as a part of the median. */
  readonly cpuSpread: number | undefined;
  readonly upstreamCpu: number | undefined;
  readonly loadCpu: number;
  /** Over the same round's direct call. */
  readonly addedP50: number | undefined;
  readonly addedP99: number | undefined;
  readonly addedFirstByte: number | undefined;
  /** What each event came later than the one before, over the direct call. */
  readonly addedPerEvent: number | undefined;
  /** Against nginx passing on the client's language. */
  readonly cpuOverNginx: number | undefined;
  /** Against Dragoman's own pass-through. */
  readonly cpuOverPass: number | undefined;
}

type Read = (sample: Sample) => number | undefined;

/** The median of what each round gives, of two that were measured in it; nothing where one of them is not there. */
export function paired(
  samples: readonly Sample[] | undefined,
  others: readonly Sample[] | undefined,
  combine: (sample: Sample, other: Sample, round: number) => number | undefined,
): number | undefined {
  if (samples === undefined || others === undefined) return undefined;
  const each = samples.flatMap((sample, i) => {
    const other = others[i];
    const value = other === undefined ? undefined : combine(sample, other, i);
    return value === undefined || !Number.isFinite(value) ? [] : [value];
  });
  return each.length === 0 ? undefined : median(each);
}

/** The median of the rounds' quotients. */
export function quotient(
  samples: readonly Sample[] | undefined,
  others: readonly Sample[] | undefined,
  read: Read,
): number | undefined {
  return paired(samples, others, (sample, other) => combine(read(sample), read(other), (a, b) => a / b));
}

/** The median of the rounds' differences. */
export function difference(
  samples: readonly Sample[] | undefined,
  others: readonly Sample[] | undefined,
  read: Read,
): number | undefined {
  return paired(samples, others, (sample, other) => combine(read(sample), read(other), (a, b) => a - b));
}

function combine(
  a: number | undefined,
  b: number | undefined,
  by: (a: number, b: number) => number,
): number | undefined {
  return a === undefined || b === undefined ? undefined : by(a, b);
}

/** What the same client gets without a gateway; where its language was not measured so, what another one gets. */
export function directSamples(run: Pick<Run, 'measured'>, lane: Lane, setting: string): readonly Sample[] | undefined {
  const same = lanes.find(({ client, upstream }) => client === upstream && client === lane.client);
  return samplesOf(run, 'direct', same?.name ?? lane.name, setting) ?? samplesOf(run, 'direct', passLane.name, setting);
}

/** The figures of everything that was measured, in the order of the settings. */
export function allFigures(run: Pick<Run, 'measured'>): Figures[] {
  return settings.flatMap((setting) =>
    run.measured.flatMap((measured) => {
      const lane = lanes.find(({ name }) => name === measured.lane);
      const isHere = measured.setting === setting.name && measured.samples.length > 0;
      return isHere && lane !== undefined ? [figuresOf(run, measured, lane, setting)] : [];
    }),
  );
}

function figuresOf(run: Pick<Run, 'measured'>, measured: Measured, lane: Lane, setting: Setting): Figures {
  const { samples, contestant } = measured;
  const isDirect = contestant === 'direct';
  const direct = isDirect ? undefined : directSamples(run, lane, setting.name);
  const same = lanes.find(({ client, upstream }) => client === upstream && client === lane.client) ?? lane;
  const nginx =
    samplesOf(run, 'nginx', same.name, setting.name) ?? samplesOf(run, 'nginx', passLane.name, setting.name);
  const pass = samplesOf(run, 'dragoman', passLane.name, setting.name);
  const isOwnPass = contestant !== 'dragoman' || lane.name === passLane.name;
  const middle = (read: (sample: Sample) => number): number => median(samples.map(read));
  const cpus = samples.flatMap(({ cpu }) => cpu ?? []);
  const cpu = cpus.length === 0 ? undefined : median(cpus);
  const upstream = samples.flatMap(({ upstreamCpu }) => upstreamCpu ?? []);
  const steps = deltas[setting.manner] - 1;
  return {
    setting,
    lane,
    contestant,
    rounds: samples.length,
    unitsPerSecond: middle((sample) => sample.unitsPerSecond),
    p50: middle((sample) => sample.p50),
    p99: middle((sample) => sample.p99),
    firstByte: middle((sample) => sample.firstByte),
    cpu,
    cpuSpread: cpu === undefined ? undefined : (Math.max(...cpus) - Math.min(...cpus)) / 2 / cpu,
    upstreamCpu: upstream.length === 0 ? undefined : median(upstream),
    loadCpu: middle((sample) => sample.loadCpu),
    addedP50: difference(samples, direct, (sample) => sample.p50),
    addedP99: difference(samples, direct, (sample) => sample.p99),
    addedFirstByte: difference(samples, direct, (sample) => sample.firstByte),
    addedPerEvent: isOfEvents(setting) ? difference(samples, direct, (sample) => sample.span / steps) : undefined,
    cpuOverNginx: isDirect || contestant === 'nginx' ? undefined : quotient(samples, nginx, (sample) => sample.cpu),
    cpuOverPass: isOwnPass ? undefined : quotient(samples, pass, (sample) => sample.cpu),
  };
}

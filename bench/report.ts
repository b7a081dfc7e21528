import { median, type Sample, type Track } from './measure.ts';
import { describeSetting, directOf, isOfEvents, passLane, type Setting } from './scenario.ts';
import { formatNumber, formatRatio, formatTable, type Row } from './table.ts';

/** Medians over all rounds; times in microseconds, CPU time a request or an event. */
export interface Figures {
  readonly setting: Setting;
  readonly lane: string;
  readonly isDirect: boolean;
  readonly unitsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly firstByte: number;
  /** The gateway's; of a direct lane the provider's. */
  readonly cpu: number | undefined;
  /** Half the distance from the smallest to the largest `cpu`, as a part of the median. */
  readonly cpuSpread: number | undefined;
  readonly loadCpu: number;
  /** Against the same round's direct call. */
  readonly slower?: number | undefined;
  readonly addedP50?: number | undefined;
  readonly addedP99?: number | undefined;
  readonly timesP50?: number | undefined;
  readonly timesP99?: number | undefined;
  readonly addedFirstByte?: number | undefined;
  /** Against the same round's pass-through. */
  readonly cpuOverPass?: number | undefined;
  readonly samples: readonly Sample[];
}

/** Takes the medians of a track, and of its ratios to the others of its setting. */
export function figuresOf(track: Track, all: readonly Track[]): Figures {
  const { lane, setting, samples } = track;
  const isDirect = lane.carriage === undefined;
  const beside = (name: string): Track | undefined =>
    all.find((other) => other.setting === setting && other.lane.name === name);
  const direct = isDirect ? undefined : beside(directOf(lane).name);
  const pass = lane === passLane || isDirect ? undefined : beside(passLane.name);
  const middle = (read: (sample: Sample) => number): number => median(samples.map(read));
  const paired = (to: Track | undefined, read: (sample: Sample, other: Sample) => number): number | undefined =>
    to === undefined ? undefined : median(samples.map((sample, i) => read(sample, to.samples[i] as Sample)));
  const cpus = samples.map((sample) => (isDirect ? sample.upstreamCpu : sample.gatewayCpu) ?? Number.NaN);
  const cpu = median(cpus);
  return {
    setting,
    lane: lane.name,
    isDirect,
    unitsPerSecond: middle((sample) => sample.unitsPerSecond),
    p50: middle((sample) => sample.p50),
    p99: middle((sample) => sample.p99),
    firstByte: middle((sample) => sample.firstByte),
    cpu: Number.isNaN(cpu) ? undefined : cpu,
    cpuSpread: Number.isNaN(cpu) ? undefined : (Math.max(...cpus) - Math.min(...cpus)) / 2 / cpu,
    loadCpu: middle((sample) => sample.loadCpu),
    slower: paired(direct, (sample, other) => other.unitsPerSecond / sample.unitsPerSecond),
    addedP50: paired(direct, (sample, other) => sample.p50 - other.p50),
    addedP99: paired(direct, (sample, other) => sample.p99 - other.p99),
    timesP50: paired(direct, (sample, other) => sample.p50 / other.p50),
    timesP99: paired(direct, (sample, other) => sample.p99 / other.p99),
    addedFirstByte: paired(direct, (sample, other) => sample.firstByte - other.firstByte),
    cpuOverPass: paired(pass, (sample, other) => (sample.gatewayCpu ?? Number.NaN) / (other.gatewayCpu ?? Number.NaN)),
    samples,
  };
}

/** The tables of a run: ratios, then absolute numbers, of requests and of events. */
export function formatReport(figures: readonly Figures[]): string {
  const ofRequests = figures.filter(({ setting }) => !isOfEvents(setting));
  const ofEvents = figures.filter(({ setting }) => isOfEvents(setting));
  const parts: string[] = [];
  if (ofRequests.length > 0) parts.push(requestRatios(ofRequests));
  if (ofEvents.length > 0) parts.push(eventRatios(ofEvents));
  if (ofRequests.length > 0) parts.push(requestNumbers(ofRequests));
  if (ofEvents.length > 0) parts.push(eventNumbers(ofEvents));
  return parts.join('\n\n');
}

function requestRatios(figures: readonly Figures[]): string {
  const header = ['RATIOS, requests', 'req/s, direct ÷ lane', 'p50 ÷ direct', 'p99 ÷ direct', 'CPU ÷ pass-through'];
  const rows = grouped(figures, gatewayOnly, (each) => [
    each.lane,
    formatRatio(each.slower),
    formatRatio(each.timesP50),
    formatRatio(each.timesP99),
    formatRatio(each.cpuOverPass),
  ]);
  return formatTable(header, rows);
}

function eventRatios(figures: readonly Figures[]): string {
  const header = ['RATIOS, events', 'events/s, direct ÷ lane', 'CPU ÷ pass-through'];
  const rows = grouped(figures, gatewayOnly, (each) => [
    each.lane,
    formatRatio(each.slower),
    formatRatio(each.cpuOverPass),
  ]);
  return formatTable(header, rows);
}

function requestNumbers(figures: readonly Figures[]): string {
  const header = ['NUMBERS, requests (us)', 'req/s', 'p50', 'added', 'p99', 'added', 'first byte', 'CPU/req', 'spread'];
  const rows = grouped(figures, everything, (each) => [
    each.lane,
    formatNumber(each.unitsPerSecond),
    formatNumber(each.p50),
    formatNumber(each.addedP50),
    formatNumber(each.p99),
    formatNumber(each.addedP99),
    formatNumber(each.firstByte),
    formatCpu(each),
    formatSpread(each),
  ]);
  return formatTable(header, rows);
}

function eventNumbers(figures: readonly Figures[]): string {
  const header = ['NUMBERS, events (us)', 'events/s', 'first byte', 'added', 'CPU/event', 'spread'];
  const rows = grouped(figures, everything, (each) => [
    each.lane,
    formatNumber(each.unitsPerSecond),
    formatNumber(each.firstByte),
    formatNumber(each.addedFirstByte),
    formatCpu(each),
    formatSpread(each),
  ]);
  return formatTable(header, rows);
}

function gatewayOnly({ isDirect }: Figures): boolean {
  return !isDirect;
}

function everything(): boolean {
  return true;
}

function grouped(
  figures: readonly Figures[],
  isWanted: (each: Figures) => boolean,
  row: (each: Figures) => string[],
): Row[] {
  const settings = [...new Set(figures.map(({ setting }) => setting))];
  return settings.flatMap((setting): Row[] => {
    const rows = figures.filter((each) => each.setting === setting && isWanted(each)).map(row);
    return [describeSetting(setting), ...rows];
  });
}

/** In brackets where it is the provider's own. */
function formatCpu({ cpu, isDirect }: Figures): string {
  return isDirect ? `(${formatNumber(cpu)})` : formatNumber(cpu);
}

function formatSpread({ cpuSpread, isDirect }: Figures): string {
  return cpuSpread === undefined || isDirect ? '' : `±${Math.round(cpuSpread * 100)} %`;
}

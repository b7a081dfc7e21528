import { difference, directSamples, paired, quotient } from './figures.ts';
import { median } from './median.ts';
import { inALine, isThere, type Memory, type Run, type Sample, samplesOf } from './run.ts';
import { isTranslated, type Lane, lanes, passLane, translatedLanes } from './scenario.ts';

/** What a bar asks of a run: a number, or why there is none. */
export type Value = number | { readonly missing: string };

/** A line that the figures must not cross. */
export interface Bar {
  readonly group: string;
  readonly what: string;
  readonly limit: number;
  /** Whether the value may be at most the limit, at least the limit, or must be above it. */
  readonly side: 'at most' | 'at least' | 'above';
  readonly unit: 'x' | 'KiB' | '%' | 'ms';
  readonly value: (run: Run) => Value;
}

/** What became of a bar. */
export interface Verdict {
  readonly bar: Bar;
  readonly value: Value;
  /** Nothing where it could not be measured. */
  readonly met: boolean | undefined;
}

/** Every bar, as a run has it. */
export function judge(run: Run, all: readonly Bar[] = bars): Verdict[] {
  return all.map((bar) => {
    const value = bar.value(run);
    return { bar, value, met: typeof value === 'number' ? holds(bar, value) : undefined };
  });
}

function holds({ side, limit }: Bar, value: number): boolean {
  if (side === 'at most') return value <= limit;
  return side === 'at least' ? value >= limit : value > limit;
}

type Read = (sample: Sample) => number | undefined;

const cpu: Read = (sample) => sample.cpu;
const firstByte: Read = (sample) => sample.firstByte;

/** One contestant on a lane over another one on a lane, in the same setting. */
function ratio(
  over: readonly [contestant: string, lane: Lane],
  under: readonly [contestant: string, lane: Lane],
  setting: string,
  read: Read,
): (run: Run) => Value {
  return (run) => {
    const [mine, theirs] = [over, under].map(([contestant, lane]) => samplesOf(run, contestant, lane.name, setting));
    const value = quotient(mine, theirs, read);
    return value ?? { missing: absentee(run, [over, under], setting) };
  };
}

/** Says who was not measured, and why if that is known. */
function absentee(run: Run, parties: readonly (readonly [contestant: string, lane: Lane])[], setting: string): string {
  const gone = parties.find(([contestant, { name }]) => samplesOf(run, contestant, name, setting) === undefined);
  if (gone === undefined) return 'the figures are not there';
  const [contestant, lane] = gone;
  const participant = run.participants.find(({ name }) => name === contestant);
  if (participant === undefined) return `${contestant} was not asked to take part`;
  const why = participant.absent;
  return why === undefined
    ? `${contestant} was not measured on ${lane.name} in "${setting}"`
    : `${contestant}: ${inALine(why)}`;
}

/** Added p50 or p99 of one over the added one of another. */
function addedRatio(
  over: readonly [contestant: string, lane: Lane],
  under: readonly [contestant: string, lane: Lane],
  setting: string,
  read: (sample: Sample) => number,
): (run: Run) => Value {
  return (run) => {
    const added = ([contestant, lane]: readonly [string, Lane]): (number | undefined)[] | undefined => {
      const direct = directSamples(run, lane, setting);
      const samples = samplesOf(run, contestant, lane.name, setting);
      return samples?.map((sample, i) => difference([sample], direct?.slice(i, i + 1), read));
    };
    const [mine, theirs] = [added(over), added(under)];
    if (mine === undefined || theirs === undefined) return { missing: absentee(run, [over, under], setting) };
    const each = mine.flatMap((value, i) => {
      const other = theirs[i];
      return value === undefined || other === undefined || other <= 0 ? [] : [value / other];
    });
    return each.length === 0 ? { missing: 'nothing was added' } : median(each);
  };
}

const ours = (lane: Lane): readonly [string, Lane] => ['dragoman', lane];
const nginx: readonly [string, Lane] = ['nginx', passLane];

function cpuBar(group: string, what: string, limit: number, value: Bar['value']): Bar {
  return { group, what, limit, side: 'at most', unit: 'x', value };
}

const passSettings: readonly (readonly [setting: string, words: string])[] = [
  ['whole small 16', '2 KB, 16 connections'],
  ['whole small 128', '2 KB, 128 connections'],
  ['whole large 1', '200 KB, 1 connection'],
  ['whole large 16', '200 KB, 16 connections'],
  ['whole large 128', '200 KB, 128 connections'],
  ['whole huge 1', '2 MB, 1 connection'],
  ['whole huge 16', '2 MB, 16 connections'],
];

const passing: readonly Bar[] = [
  ...passSettings.map(([setting, words]) =>
    cpuBar('pass-through', `CPU a request against nginx, ${words}`, 3, ratio(ours(passLane), nginx, setting, cpu)),
  ),
  cpuBar(
    'pass-through',
    'added p50 against nginx, 2 KB, 1 connection',
    2,
    addedRatio(ours(passLane), nginx, 'whole small 1', (sample) => sample.p50),
  ),
];

/** Translating, over passing on, in units of one JSON.parse and one JSON.stringify of the same body. */
function overYardstick(lane: Lane, setting: string): (run: Run) => Value {
  return (run) => {
    const parties = [ours(lane), ours(passLane)];
    const [translated, passed] = parties.map((each) => samplesOf(run, each[0], each[1].name, setting));
    const more = paired(translated, passed, (a, b, round) => {
      const yardstick = run.yardstick[round];
      if (a.cpu === undefined || b.cpu === undefined || yardstick === undefined) return undefined;
      return (a.cpu - b.cpu) / yardstick;
    });
    return more ?? { missing: run.yardstick.length === 0 ? 'no yardstick' : absentee(run, parties, setting) };
  };
}

const translating: readonly Bar[] = translatedLanes.flatMap((lane): Bar[] => [
  ...[16, 128].map((connections) =>
    cpuBar(
      'translated',
      `${lane.name}: CPU a request against own pass-through, 2 KB, ${connections} connections`,
      1.6,
      ratio(ours(lane), ours(passLane), `whole small ${connections}`, cpu),
    ),
  ),
  cpuBar(
    'translated',
    `${lane.name}: CPU a request above own pass-through, against JSON.parse + JSON.stringify, 200 KB, 16 connections`,
    1.5,
    overYardstick(lane, 'whole large 16'),
  ),
]);

const paced = 'paced small 100';
const burst = 'burst small 16';
const opening = 'opening small 1';

const streaming: readonly Bar[] = [
  cpuBar('paced', 'pass-through: CPU an event against nginx', 2.2, ratio(ours(passLane), nginx, paced, cpu)),
  ...translatedLanes.map((lane) =>
    cpuBar(
      'paced',
      `${lane.name}: CPU an event against own pass-through`,
      1.25,
      ratio(ours(lane), ours(passLane), paced, cpu),
    ),
  ),
  ...[passLane, ...translatedLanes].map((lane) =>
    cpuBar(
      'first byte',
      `${lane.name}: first byte of a stream against nginx, 1 connection`,
      4,
      ratio(ours(lane), nginx, opening, firstByte),
    ),
  ),
  cpuBar('bursts', 'pass-through: CPU an event against nginx', 4, ratio(ours(passLane), nginx, burst, cpu)),
  ...translatedLanes.map((lane) =>
    cpuBar(
      'bursts',
      `${lane.name}: CPU an event against own pass-through`,
      2,
      ratio(ours(lane), ours(passLane), burst, cpu),
    ),
  ),
];

/** How many times less CPU than a peer. */
function lessThan(peer: string, among: readonly Lane[], setting: string, words: string, limit: number): Bar[] {
  return among.map((lane) => ({
    group: `against ${peer}`,
    what: `${lane.name}: CPU ${words} of ${peer} against ours`,
    limit,
    side: 'at least',
    unit: 'x',
    value: ratio([peer, lane], ours(lane), setting, cpu),
  }));
}

/** Portkey translates for clients of chat, claude-code-router for Claude Code; the others go every way. */
const ofPortkey = lanes.filter(({ client, upstream }) => client === 'openai-chat' || upstream === 'anthropic');
const ofRouter = lanes.filter(({ client }) => client === 'anthropic');

/** The least of the values that there are; where there is none, why the first is not. */
function least(values: readonly ((run: Run) => Value)[]): (run: Run) => Value {
  return (run) => {
    const all = values.map((value) => value(run));
    const found = all.filter((value) => typeof value === 'number');
    return found.length > 0 ? Math.min(...found) : (all[0] ?? { missing: 'there is no lane' });
  };
}

/** Ahead in CPU a request and in added p99, on each lane. */
function aheadOf(peer: string): Bar[] {
  return (['small', 'large'] as const).flatMap((body): Bar[] => {
    const setting = `whole ${body} 16`;
    const words = `${body === 'small' ? '2 KB' : '200 KB'}, 16 connections, the least of all lanes`;
    const common = { group: `against ${peer}`, limit: 1, side: 'above', unit: 'x' } as const;
    const sides = lanes.map((lane) => [[peer, lane] as const, ours(lane)] as const);
    return [
      {
        ...common,
        what: `CPU a request of ${peer} against ours, ${words}`,
        value: least(sides.map((each) => ratio(...each, setting, cpu))),
      },
      {
        ...common,
        what: `added p99 of ${peer} against ours, ${words}`,
        value: least(sides.map((each) => addedRatio(...each, setting, (sample) => sample.p99))),
      },
    ];
  });
}

const competing: readonly Bar[] = [
  ...lessThan('portkey', ofPortkey, 'whole small 16', 'a request, 2 KB, 16 connections,', 15),
  ...lessThan('portkey', ofPortkey, 'whole large 16', 'a request, 200 KB, 16 connections,', 20),
  ...lessThan('portkey', ofPortkey.filter(isTranslated), burst, 'an event, bursts,', 4),
  ...lessThan('claude-code-router', ofRouter.filter(isTranslated), burst, 'an event, bursts,', 8),
  ...aheadOf('bifrost'),
  ...aheadOf('litellm'),
];

function ofMemory(lane: string, read: (memory: Memory) => Value): (run: Run) => Value {
  return ({ memory }) => {
    if (!isThere(memory)) return memory;
    const own = memory.find((each) => each.contestant === 'dragoman' && each.lane === lane);
    return own === undefined ? { missing: 'memory was not measured' } : read(own);
  };
}

/**
 * KiB that each open stream costs: with the most of them open over idle, or over the fewest of them where that is more,
 * since what a process had at hand when it was idle takes the first ones for nothing.
 */
export function perStream({ idle, open }: Memory): Value {
  const [fewest, most] = [open[0], open.at(-1)];
  if (fewest === undefined || most === undefined) return { missing: 'no streams were opened' };
  const overIdle = (most.kib - idle) / most.streams;
  const overFewest = (most.kib - fewest.kib) / (most.streams - fewest.streams);
  const each = most === fewest ? overIdle : Math.max(overIdle, overFewest);
  return each > 0 ? each : { missing: 'memory fell while streams were opened: it was not at rest before' };
}

/** What memory at rest has grown from the first fifth of the requests to the last, by the line that fits best, in % of idle. */
export function grown({ growth, idle }: Memory): Value {
  if (growth === undefined || growth.length < 2) return { missing: 'growth was not measured' };
  return (slope(growth) * ((growth.at(-1)?.requests ?? 0) - (growth[0]?.requests ?? 0)) * 100) / idle;
}

/** KiB a request, by least squares. */
export function slope(growth: NonNullable<Memory['growth']>): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(growth.map(({ requests }) => requests));
  const y = mean(growth.map(({ kib }) => kib));
  const both = growth.reduce((sum, { requests, kib }) => sum + (requests - x) * (kib - y), 0);
  return both / growth.reduce((sum, { requests }) => sum + (requests - x) ** 2, 0);
}

function kept(resting: number | undefined, idle: number): Value {
  return resting === undefined ? { missing: 'not measured' } : ((resting - idle) * 100) / idle;
}

function memoryBar(what: string, limit: number, unit: Bar['unit'], value: Bar['value']): Bar {
  return { group: 'memory', what, limit, side: 'at most', unit, value };
}

const pass = passLane.name;
const remembering: readonly Bar[] = [
  ...[pass, 'chat > Messages'].map((lane) =>
    memoryBar(`${lane}: an open stream that is silent`, 24, 'KiB', ofMemory(lane, perStream)),
  ),
  memoryBar(
    'above idle, after the streams were closed',
    10,
    '%',
    ofMemory(pass, ({ closed, idle }) => kept(closed, idle)),
  ),
  memoryBar(
    'above idle, after 100,000 requests',
    10,
    '%',
    ofMemory(pass, ({ after, idle }) => kept(after, idle)),
  ),
  // What a process keeps sways by some percent from one look to the next; what is lost at each request does not.
  memoryBar('growth from 20,000 requests to 100,000', 5, '%', ofMemory(pass, grown)),
];

function coldStart(from: 'source' | 'package', limit: number): Bar {
  return {
    group: 'cold start',
    what: `from the start of the process to its first answer, from ${from === 'source' ? 'source' : 'the built package'}`,
    limit,
    side: 'at most',
    unit: 'ms',
    value({ coldStart: starts }) {
      if (!isThere(starts)) return starts;
      const found = starts.find((each) => each.from === from);
      return found === undefined ? { missing: 'not measured' } : median(found.later);
    },
  };
}

/** Every bar. */
export const bars: readonly Bar[] = [
  ...passing,
  ...translating,
  ...streaming,
  ...competing,
  ...remembering,
  coldStart('package', 150),
  coldStart('source', 400),
];

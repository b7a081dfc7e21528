import { type Bar, judge, perStream, slope, type Value, type Verdict } from './bars.ts';
import { allFigures, type Figures } from './figures.ts';
import { median } from './median.ts';
import { isThere, type Memory, type Run } from './run.ts';
import { describeSetting, isOfEvents } from './scenario.ts';
import { formatNumber, formatRatio, formatTable, type Row, type Table } from './table.ts';

interface Column {
  readonly title: string;
  readonly cell: (figures: Figures) => string;
}

const ratios: readonly Column[] = [
  { title: '÷ nginx', cell: (each) => formatRatio(each.cpuOverNginx) },
  { title: '÷ own pass', cell: (each) => formatRatio(each.cpuOverPass) },
  { title: 'spread', cell: ({ cpuSpread }) => (cpuSpread === undefined ? '-' : `±${Math.round(cpuSpread * 100)} %`) },
];

const others: readonly Column[] = [
  { title: 'provider', cell: (each) => formatNumber(each.upstreamCpu) },
  { title: 'load', cell: (each) => formatNumber(each.loadCpu) },
];

const ofRequests: readonly Column[] = [
  { title: 'CPU/req', cell: formatCpu },
  ...ratios,
  { title: 'req/s', cell: (each) => formatNumber(each.unitsPerSecond) },
  { title: 'p50', cell: (each) => formatNumber(each.p50) },
  { title: 'added', cell: (each) => formatNumber(each.addedP50) },
  { title: 'p99', cell: (each) => formatNumber(each.p99) },
  { title: 'added', cell: (each) => formatNumber(each.addedP99) },
  ...others,
];

const ofEvents: readonly Column[] = [
  { title: 'CPU/event', cell: formatCpu },
  ...ratios,
  { title: 'events/s', cell: (each) => formatNumber(each.unitsPerSecond) },
  { title: 'first byte', cell: (each) => formatNumber(each.firstByte) },
  { title: 'added', cell: (each) => formatNumber(each.addedFirstByte) },
  { title: 'added/event', cell: (each) => formatNumber(each.addedPerEvent) },
  ...others,
];

/** A part of a run: a table, or a line that says why there is none. */
export type Section = Table | string;

/** A run as a page of text. */
export function formatRun(run: Run): string {
  const all = judge(run);
  const verdicts = run.partial ? all.filter(({ met }) => met !== undefined) : all;
  const sections = [...sectionsOf(run), ...(verdicts.length > 0 ? [barsTable(verdicts)] : [])];
  const parts = sections.map((section) => (typeof section === 'string' ? section : formatTable(section)));
  return [...parts, sumOf(verdicts), ...whyNot(verdicts), notesOf(run).join('\n')].join('\n\n');
}

/** Everything that was measured, without the bars. */
export function sectionsOf(run: Run): Section[] {
  const figures = allFigures(run);
  const requests = figures.filter(({ setting }) => !isOfEvents(setting));
  const events = figures.filter(({ setting }) => isOfEvents(setting));
  return [
    ...(requests.length > 0 ? [figuresTable('REQUESTS (us)', requests, ofRequests)] : []),
    ...(events.length > 0 ? [figuresTable('EVENTS (us)', events, ofEvents)] : []),
    memorySection(run),
    startsSection(run),
    workersSection(run),
  ];
}

function figuresTable(title: string, figures: readonly Figures[], columns: readonly Column[]): Table {
  const settings = [...new Set(figures.map(({ setting }) => setting))];
  const rows = settings.flatMap((setting): Row[] => [
    describeSetting(setting),
    ...figures
      .filter((each) => each.setting === setting)
      .map((each) => [`${each.contestant}, ${each.lane.name}`, ...columns.map(({ cell }) => cell(each))]),
  ]);
  return { title, header: columns.map((column) => column.title), rows };
}

/** In brackets where it is the provider's own. */
function formatCpu({ cpu, contestant }: Figures): string {
  return contestant === 'direct' ? `(${formatNumber(cpu)})` : formatNumber(cpu);
}

const mib = (kib: number | undefined): string => (kib === undefined ? '-' : formatNumber(kib / 1024));

function memorySection({ memory }: Run): Section {
  if (!isThere(memory)) return `MEMORY: not measured (${memory.missing})`;
  const counts = [...new Set(memory.flatMap(({ open }) => open.map(({ streams }) => streams)))];
  const opened = counts.map((count) => `${formatNumber(count)} open`);
  return {
    title: 'MEMORY, resident (MiB)',
    header: ['started', 'idle', ...opened, 'closed', 'after load', 'KiB/stream', 'bytes kept/request'],
    rows: memory.map((each) => [
      `${each.contestant}, ${each.lane}`,
      mib(each.cold),
      mib(each.idle),
      ...counts.map((count) => mib(each.open.find(({ streams }) => streams === count)?.kib)),
      mib(each.closed),
      mib(each.after),
      formatValue(perStream(each)),
      growthOf(each),
    ]),
  };
}

function growthOf({ growth }: Memory): string {
  return growth === undefined ? '-' : formatNumber(slope(growth) * 1024);
}

function formatValue(value: Value): string {
  return typeof value === 'number' ? formatNumber(value) : '-';
}

function startsSection({ coldStart }: Run): Section {
  if (!isThere(coldStart)) return `COLD START: not measured (${coldStart.missing})`;
  return {
    title: 'COLD START to the first answer (ms)',
    header: ['very first', 'later, median', 'least', 'most'],
    rows: coldStart.map(({ from, first, later }) => [
      `from ${from === 'source' ? 'source' : 'the built package'}`,
      formatNumber(first),
      formatNumber(median(later)),
      formatNumber(Math.min(...later)),
      formatNumber(Math.max(...later)),
    ]),
  };
}

function workersSection({ workers }: Run): Section {
  if (!isThere(workers)) return `WORKERS: not measured (${workers.missing})`;
  const [one] = workers;
  return {
    title: 'WORKERS, 2 KB, 128 connections',
    header: ['req/s', '÷ one', 'CPU/req (us)'],
    rows: workers.map((each) => [
      `${each.workers}`,
      formatNumber(median(each.perSecond)),
      formatRatio(median(each.perSecond.map((value, i) => value / (one?.perSecond[i] ?? Number.NaN)))),
      formatNumber(median(each.cpu)),
    ]),
  };
}

/** Every bar with its figure. */
export function barsTable(verdicts: readonly Verdict[]): Table {
  const groups = [...new Set(verdicts.map(({ bar }) => bar.group))];
  const rows = groups.flatMap((group): Row[] => [
    group,
    ...verdicts
      .filter(({ bar }) => bar.group === group)
      .map((verdict) => [verdict.bar.what, formatLimit(verdict.bar), measuredFor(verdict), wordFor(verdict)]),
  ]);
  return { title: 'BARS', header: ['bar', 'measured', ''], rows };
}

/** A limit with its unit: `<= 3x`. */
export function formatLimit({ side, limit, unit }: Bar): string {
  const signs = { 'at most': '<=', 'at least': '>=', above: '>' };
  return `${signs[side]} ${limit}${unit === 'x' ? 'x' : ` ${unit}`}`;
}

/** What was measured for a bar, with its unit; a dash for nothing. */
export function measuredFor({ bar, value }: Verdict): string {
  if (typeof value !== 'number') return '-';
  return bar.unit === 'x' ? formatRatio(value) : `${formatNumber(value)} ${bar.unit}`;
}

function wordFor({ met }: Verdict): string {
  if (met === undefined) return 'not measured';
  return met ? 'met' : 'NOT met';
}

/** How many bars are met, in words. */
export function sumOf(verdicts: readonly Verdict[]): string {
  const count = (met: boolean | undefined): number => verdicts.filter((verdict) => verdict.met === met).length;
  return `${count(true)} of ${verdicts.length} bars are met, ${count(false)} are not, ${count(undefined)} could not be measured`;
}

/** Why bars were not measured, each reason once. */
export function whyNot(verdicts: readonly Verdict[]): string[] {
  const reasons = new Set(verdicts.flatMap(({ value }) => (typeof value === 'number' ? [] : [value.missing])));
  return reasons.size === 0 ? [] : [`not measured, because\n  ${[...reasons].join('\n  ')}`];
}

/** Who took part, on what machine, and what makes the figures worth less. */
export function notesOf(run: Run): string[] {
  const { machine, participants, rounds, seconds, yardstick } = run;
  const { spin } = machine;
  const come = participants.flatMap(({ name, version }) => (version === undefined ? [] : [`${name} ${version}`]));
  const gone = participants.flatMap(({ name, absent }) =>
    absent === undefined ? [] : [`${name} did not take part: ${absent.split('\n', 1)[0]}`],
  );
  return [
    ...run.notes,
    ...gone,
    `medians of ${rounds} rounds, ${seconds} s in all, ${machine.date}; ${come.join(', ')}; Node ${machine.node}, ${machine.platform}, ${machine.cores} cores (${machine.processor})`,
    `load of the machine ${formatNumber(machine.loadBefore)} before, ${formatNumber(machine.loadAfter)} after; the same work took ${formatNumber(spin.median)} ms, from ${formatNumber(spin.least)} to ${formatNumber(spin.most)}`,
    `JSON.parse and JSON.stringify of the 200 KB body: ${yardstick.length === 0 ? '-' : formatNumber(median(yardstick))} us of CPU`,
    'CPU is the time of all processes of the contestant, user and system; in brackets the provider’s own; spread is half the range over the rounds',
  ];
}

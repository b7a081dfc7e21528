import { perStream } from './bars.ts';
import { type Chart, type ChartBar, drawChart, type Panel } from './chart.ts';
import { allFigures, type Figures } from './figures.ts';
import { isThere, type Run } from './run.ts';
import { isTranslated, passLane } from './scenario.ts';
import { formatNumber } from './table.ts';

/** A picture with the name of its file. */
export interface Drawing {
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

/** What a panel shows of the figures. */
interface View {
  readonly setting: string;
  readonly title: string;
  readonly read: (figures: Figures) => number | undefined;
  readonly translated?: true;
}

const ofGateway =
  'User and system time of all processes of the gateway. Less is better. Logarithmic: each line is ten times the one before.';
const overDirect =
  'Over the same call straight to the provider. Less is better. Logarithmic: each line is ten times the one before.';
const cpu = (each: Figures): number | undefined => each.cpu;

/** Every picture of a run; those that nothing was measured for are left out. */
export function drawRun(run: Run): Drawing[] {
  const figures = allFigures(run);
  const views = (all: readonly View[]): Panel[] => all.map((view) => panelOf(figures, view));
  const both = (setting: string, words: string): readonly View[] => [
    { setting, title: `${words}, passed on`, read: cpu },
    { setting, title: `${words}, translated`, read: cpu, translated: true },
  ];
  const requests = [
    ...both('whole small 16', '2 KB, 16 connections'),
    ...both('whole large 16', '200 KB, 16 connections'),
    ...both('whole huge 1', '2 MB, 1 connection'),
  ];
  const events = [
    ...both('paced small 100', 'one event a packet, 100 streams'),
    ...both('burst small 16', 'all at once, 16 streams'),
  ];
  const latency: readonly View[] = [
    { setting: 'whole small 1', title: '2 KB, median', read: ({ addedP50 }) => addedP50 },
    { setting: 'whole small 1', title: '2 KB, 99th percentile', read: ({ addedP99 }) => addedP99 },
    { setting: 'whole large 1', title: '200 KB, median', read: ({ addedP50 }) => addedP50 },
    {
      setting: 'opening small 1',
      title: 'first byte of a stream, median',
      read: ({ addedFirstByte }) => addedFirstByte,
    },
    {
      setting: 'whole small 1',
      title: '2 KB, median, translated',
      read: ({ addedP50 }) => addedP50,
      translated: true,
    },
    {
      setting: 'opening small 1',
      title: 'first byte, median, translated',
      read: ({ addedFirstByte }) => addedFirstByte,
      translated: true,
    },
  ];
  const pictures: readonly (Chart & { readonly file: string })[] = [
    {
      file: 'cpu-per-request.svg',
      title: 'CPU time of a request, in microseconds',
      about: ofGateway,
      panels: views(requests),
      logarithmic: true,
    },
    {
      file: 'cpu-per-event.svg',
      title: 'CPU time of an event in a stream, in microseconds',
      about: ofGateway,
      panels: views(events),
      logarithmic: true,
    },
    {
      file: 'added-latency.svg',
      title: 'Time that a gateway adds on one connection, in microseconds',
      about: overDirect,
      panels: views(latency),
      logarithmic: true,
    },
    {
      file: 'memory.svg',
      title: 'Memory',
      about: 'What all processes of the gateway have resident. Less is better.',
      panels: memoryPanels(run),
      logarithmic: false,
    },
  ];
  return pictures
    .filter(({ panels }) => panels.some(({ bars }) => bars.length > 0))
    .map(({ file, ...chart }) => ({ file, title: chart.title, svg: drawChart(chart) }));
}

function memoryPanels(run: Run): Panel[] {
  const all = isThere(run.memory) ? run.memory : [];
  const panel = (title: string, read: (each: (typeof all)[number]) => number | undefined): Panel => ({
    title,
    bars: all.flatMap(({ contestant, lane, ...rest }) => {
      const label = lane === passLane.name ? nameOf(contestant) : `${nameOf(contestant)}, ${lane}`;
      return barOf(label, contestant, read({ contestant, lane, ...rest }));
    }),
  });
  const stream = (each: (typeof all)[number]): number | undefined => {
    const value = perStream(each);
    return typeof value === 'number' ? value : undefined;
  };
  return [
    panel('KiB for each open stream that is silent', stream),
    panel('MiB idle, after a warm-up load', ({ idle }) => idle / 1024),
  ];
}

function panelOf(figures: readonly Figures[], { setting, title, read, translated }: View): Panel {
  const bars = figures.flatMap((each): ChartBar[] => {
    const isHere = each.setting.name === setting && each.contestant !== 'direct';
    const isWanted = translated ? isTranslated(each.lane) : each.lane.name === passLane.name;
    if (!isHere || !isWanted) return [];
    const name = nameOf(each.contestant);
    return barOf(translated ? `${name}, ${each.lane.name}` : name, each.contestant, read(each));
  });
  return { title, bars };
}

/** No bar where nothing was measured, nor where noise has made it less than nothing. */
function barOf(label: string, contestant: string, value: number | undefined): ChartBar[] {
  if (value === undefined || !(value > 0)) return [];
  return [{ label, value, shown: formatNumber(value), kind: kindOf(contestant) }];
}

function nameOf(contestant: string): string {
  const names = new Map([
    ['dragoman', 'Dragoman'],
    ['portkey', 'Portkey'],
    ['litellm', 'LiteLLM'],
    ['bifrost', 'Bifrost'],
    ['claude-code-router', 'CC router'],
  ]);
  return names.get(contestant) ?? contestant;
}

function kindOf(contestant: string): ChartBar['kind'] {
  if (contestant === 'dragoman') return 'own';
  return contestant === 'nginx' ? 'yardstick' : 'other';
}

import { rise } from './slope.ts';
import type { Sample, Soaked } from './soak.ts';

type Figure = 'resident' | 'heap' | 'descriptors' | 'delay' | 'longest';

/** What may be more at the end of the second half than at its beginning, by the straight line through it. */
const flat: { readonly [figure in Figure]?: { readonly share: number; readonly least: number } } = {
  resident: { share: 0.05, least: 12 },
  heap: { share: 0.1, least: 12 },
  descriptors: { share: 0.01, least: 8 },
};

/** A demand and whether it is met. */
export interface Demand {
  readonly what: string;
  readonly isMet: boolean;
}

/** What is demanded of a soak. */
export function demandsOf({ samples, torn, wrong, streams, calls }: Soaked): Demand[] {
  const half = samples.slice(samples.length >> 1);
  const level = (Object.keys(flat) as Figure[]).map((figure) => {
    const values = half.map((sample) => ({ at: sample.at, value: sample[figure] }));
    const more = rise(values);
    const mean = values.reduce((sum, { value }) => sum + value, 0) / Math.max(1, values.length);
    const { share = 0, least = 0 } = flat[figure] ?? {};
    const text = `${figure} in the second half: ${mean.toFixed(0)} on average, rising by ${more.toFixed(1)}`;
    return { what: text, isMet: more <= Math.max(least, mean * share) };
  });
  return [
    {
      what: `${calls} short calls, ${wrong.length} not right ${wrong[0]?.slice(0, 300) ?? ''}`,
      isMet: wrong.length === 0,
    },
    { what: `${streams} slow streams, ${torn} not whole at the end`, isMet: torn === 0 },
    ...level,
  ];
}

/** One row for each sample of some. */
export function tableOf({ samples }: Soaked, rows: number): string {
  const step = Math.max(1, Math.floor(samples.length / rows));
  const chosen = samples.filter((_, i) => i % step === step - 1);
  const lines = chosen.map((sample) => {
    const { at, calls, resident, heap, descriptors, delay, longest } = sample;
    return `| ${clock(at)} | ${calls} | ${resident.toFixed(0)} | ${heap.toFixed(0)} | ${descriptors} | ${delay.toFixed(1)} | ${longest.toFixed(0)} |`;
  });
  return [
    '| Time | Short calls | Resident, MB | Heap, MB | Descriptors | Event loop late, p99, ms | longest, ms |',
    '|---:|---:|---:|---:|---:|---:|---:|',
    ...lines,
  ].join('\n');
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

const panels: readonly { readonly title: string; readonly figure: Figure }[] = [
  { title: 'Resident memory, MB', figure: 'resident' },
  { title: 'Heap, MB', figure: 'heap' },
  { title: 'Descriptors', figure: 'descriptors' },
  { title: 'Event loop late, p99, ms', figure: 'delay' },
];

/** The samples as SVG, that reads well on light and on dark pages. */
export function chartOf({ samples, streams, calls }: Soaked): string {
  const about = `${streams} slow streams, and ${calls} short calls beside them, through one process`;
  const drawn = panels.map((panel, i) => panelOf(panel, samples, 24 + (i % 2) * 470, 70 + Math.floor(i / 2) * 190));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 450" role="img" aria-label="${about}">
  <style>
    svg { --ink: #1f2933; --soft: #52606d; --paper: #ffffff; --edge: #d5dbe3; --own: #2b5ea7;
          font-family: system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
    @media (prefers-color-scheme: dark) {
      svg { --ink: #e6ebf1; --soft: #a7b3c0; --paper: #161b22; --edge: #303a46; --own: #86b3f5; }
    }
    .paper { fill: var(--paper); stroke: var(--edge); }
    text { fill: var(--ink); font-size: 13px; }
    .title { font-size: 17px; font-weight: 600; }
    .soft { fill: var(--soft); font-size: 12px; }
    .axis { stroke: var(--edge); }
    polyline { fill: none; stroke: var(--own); stroke-width: 1.5; }
  </style>
  <rect class="paper" x="0.5" y="0.5" width="959" height="449" rx="8"/>
  <text class="title" x="24" y="34">What a process holds under load</text>
  <text class="soft" x="24" y="54">${about}</text>
${drawn.join('\n')}
</svg>
`;
}

function panelOf(
  { title, figure }: (typeof panels)[number],
  samples: readonly Sample[],
  left: number,
  top: number,
): string {
  const [width, height] = [380, 120];
  const highest = Math.max(1, ...samples.map((sample) => sample[figure])) * 1.1;
  const last = samples.at(-1)?.at ?? 1;
  const points = samples.map((sample) => {
    const x = left + 44 + (sample.at / last) * width;
    const y = top + 24 + height - (sample[figure] / highest) * height;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const bottom = top + 24 + height;
  return `  <text x="${left}" y="${top + 12}">${title}</text>
  <line class="axis" x1="${left + 44}" x2="${left + 44 + width}" y1="${bottom}" y2="${bottom}"/>
  <text class="soft" x="${left}" y="${top + 34}">${highest.toFixed(0)}</text>
  <text class="soft" x="${left}" y="${bottom}">0</text>
  <text class="soft" x="${left + width}" y="${bottom + 18}">${clock(last)}</text>
  <polyline points="${points.join(' ')}"/>`;
}

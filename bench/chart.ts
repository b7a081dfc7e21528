/** One bar: its figure stands beside it. */
export interface ChartBar {
  readonly label: string;
  readonly value: number;
  readonly shown: string;
  /** Ours, what ours is measured by, or another gateway. */
  readonly kind: 'own' | 'yardstick' | 'other';
}

/** Bars that share a scale. */
export interface Panel {
  readonly title: string;
  readonly bars: readonly ChartBar[];
}

/** A picture of panels side by side. */
export interface Chart {
  readonly title: string;
  /** For whoever cannot see it, and below the title. */
  readonly about: string;
  readonly panels: readonly Panel[];
  /** Whether each step to the right multiplies; for figures that lie far apart. */
  readonly logarithmic: boolean;
}

const width = 960;
const margin = 24;
const gap = 36;
const labelWidth = 214;
const valueWidth = 62;
const lineHeight = 25;
const panelHead = 34;
const chartHead = 70;

const style = `
    svg { --ink: #1f2933; --soft: #52606d; --paper: #ffffff; --edge: #d5dbe3; --own: #2b5ea7; --yardstick: #7b8794;
          --other: #b7c0cb; font-family: system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
    @media (prefers-color-scheme: dark) {
      svg { --ink: #e6ebf1; --soft: #a7b3c0; --paper: #161b22; --edge: #303a46; --own: #86b3f5; --yardstick: #a7b3c0;
            --other: #4c5967; }
    }
    .paper { fill: var(--paper); stroke: var(--edge); }
    text { fill: var(--ink); font-size: 13px; }
    .title { font-size: 17px; font-weight: 600; }
    .soft { fill: var(--soft); font-size: 12.5px; }
    .panel { font-weight: 600; }
    .label { text-anchor: end; font-size: 12px; }
    .mine { font-weight: 600; }
    .own { fill: var(--own); }
    .yardstick { fill: var(--yardstick); }
    .other { fill: var(--other); }
    .axis { stroke: var(--edge); }`;

/** Draws a chart as SVG that reads well on light and on dark pages; empty panels are left out. */
export function drawChart({ title, about, panels, logarithmic }: Chart): string {
  const drawn = panels.filter(({ bars }) => bars.length > 0);
  const perRow = drawn.length === 1 ? 1 : 2;
  const panelWidth = (width - 2 * margin - gap * (perRow - 1)) / perRow;
  const rows = Array.from({ length: Math.ceil(drawn.length / perRow) }, (_, row) =>
    drawn.slice(row * perRow, (row + 1) * perRow),
  );
  let top = chartHead;
  const parts: string[] = [];
  for (const row of rows) {
    for (const [column, panel] of row.entries()) {
      parts.push(drawPanel(panel, margin + column * (panelWidth + gap), top, panelWidth, logarithmic));
    }
    top += panelHead + Math.max(...row.map(({ bars }) => bars.length)) * lineHeight + 18;
  }
  const height = top + 6;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">
  <title id="title">${escaped(title)}</title>
  <desc id="description">${escaped(about)}</desc>
  <style>${style}
  </style>
  <rect class="paper" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
  <text class="title" x="${margin}" y="32">${escaped(title)}</text>
  <text class="soft" x="${margin}" y="53">${escaped(about)}</text>
${parts.join('\n')}
</svg>
`;
}

function drawPanel(panel: Panel, left: number, top: number, panelWidth: number, logarithmic: boolean): string {
  const room = panelWidth - labelWidth - valueWidth;
  const axis = left + labelWidth;
  const most = Math.max(...panel.bars.map(({ value }) => value));
  const origin = originOf(Math.min(...panel.bars.map(({ value }) => value)));
  const lengthOf = (value: number): number =>
    room * (logarithmic ? Math.log(value / origin) / Math.log(most / origin) : value / most);
  const rows = panel.bars.map(({ label, value, shown, kind }, i) => {
    const y = top + panelHead - 8 + i * lineHeight;
    const length = round(Math.max(lengthOf(value), 1));
    const mine = kind === 'own' ? ' mine' : '';
    return `  <text class="label${mine}" x="${axis - 8}" y="${y + 13}">${escaped(label)}</text>
  <rect class="${kind}" x="${axis}" y="${y}" width="${length}" height="17" rx="2"/>
  <text class="value${mine}" x="${round(axis + length + 6)}" y="${y + 13}">${escaped(shown)}</text>`;
  });
  const bottom = top + panelHead - 8 + panel.bars.length * lineHeight;
  const lines = (logarithmic ? decades(origin, most) : []).map((value) => {
    const x = round(axis + lengthOf(value));
    return `  <line class="axis" x1="${x}" x2="${x}" y1="${top + panelHead - 12}" y2="${bottom}"/>`;
  });
  return `  <text class="panel" x="${left}" y="${top + 12}">${escaped(panel.title)}</text>
  <line class="axis" x1="${axis}" x2="${axis}" y1="${top + panelHead - 12}" y2="${bottom}"/>
${[...lines, ...rows].join('\n')}`;
}

/** Where the scale begins: the power of ten below the least, so that even the least has some length. */
function originOf(least: number): number {
  return 10 ** Math.floor(Math.log10(least * 0.9));
}

/** Powers of ten between the beginning of the scale and its end. */
function decades(origin: number, most: number): number[] {
  const steps = Math.floor(Math.log10(most / origin));
  return Array.from({ length: steps }, (_, i) => origin * 10 ** (i + 1));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

import type { FamilySnapshot, Row } from './metric.ts';

/** A page for a scraper. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** The metrics in the format that is asked for: OpenMetrics where the header prefers it, else Prometheus' own text. */
export function expositionOf(families: readonly FamilySnapshot[], accept = ''): Exposition {
  const isOpen = weightOf(accept, 'application/openmetrics-text') > weightOf(accept, 'text/plain');
  const lines = families.flatMap((family) => linesOf(family, isOpen));
  if (isOpen) lines.push('# EOF');
  return {
    contentType: isOpen
      ? 'application/openmetrics-text; version=1.0.0; charset=utf-8'
      : 'text/plain; version=0.0.4; charset=utf-8',
    text: `${lines.join('\n')}\n`,
  };
}

/** How much a type is wanted, from 0 to 1. */
function weightOf(accept: string, type: string): number {
  const wanted = accept
    .toLowerCase()
    .split(',')
    .filter((entry) => entry.split(';')[0]?.trim() === type)
    .map((entry) => Number(/;\s*q=([\d.]+)/.exec(entry)?.[1] ?? 1));
  return Math.max(0, ...wanted);
}

function linesOf(family: FamilySnapshot, isOpen: boolean): string[] {
  const { name, type, help, rows } = family;
  if (rows.length === 0) return [];
  // OpenMetrics names a counter without the end that its samples have.
  const title = isOpen && type === 'counter' ? name.replace(/_total$/, '') : name;
  const told = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  const head = [`# HELP ${title} ${isOpen ? told.replaceAll('"', '\\"') : told}`, `# TYPE ${title} ${type}`];
  const samples = type === 'histogram' ? rows.flatMap((row) => bucketsOf(family, row, isOpen)) : rows.map(sampleOf);
  return [...head, ...samples];

  function sampleOf([values, [value = 0]]: Row): string {
    return `${name}${labelled(family.labels, values)} ${numberText(value)}`;
  }
}

function bucketsOf({ name, labels, buckets = [] }: FamilySnapshot, [values, numbers]: Row, isOpen: boolean): string[] {
  const lines: string[] = [];
  let count = 0;
  [...buckets, Number.POSITIVE_INFINITY].forEach((bound, i) => {
    count += numbers[i] ?? 0;
    const le = isOpen && Number.isInteger(bound) ? `${bound}.0` : numberText(bound);
    lines.push(`${name}_bucket${labelled([...labels, 'le'], [...values, le])} ${count}`);
  });
  const own = labelled(labels, values);
  lines.push(`${name}_sum${own} ${numberText(numbers.at(-1) ?? 0)}`, `${name}_count${own} ${count}`);
  return lines;
}

function labelled(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return '';
  return `{${names.map((name, i) => `${name}="${escaped(values[i] ?? '')}"`).join(',')}}`;
}

function escaped(value: string): string {
  return /[\\"\n]/.test(value) ? value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n') : value;
}

function numberText(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

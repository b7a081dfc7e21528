/** A row of cells, or a title over the rows that follow. */
export type Row = readonly string[] | string;

/** Columns with rows; the first column is text, the others are numbers. */
export interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly Row[];
}

/** Lines of aligned columns, for a terminal. */
export function formatTable({ title, header, rows }: Table): string {
  const first = [title, ...header];
  const cells = rows.filter((row) => typeof row !== 'string');
  const widths = first.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  const body = rows.map((row) => (typeof row === 'string' ? `\n${row}` : line(row)));
  return [line(first), rule, ...body].join('\n');
}

/** The same in Markdown; what stands over rows becomes a row of its own. */
export function markdownTable({ title, header, rows }: Table): string {
  const line = (row: readonly string[]): string => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const over = (row: string): readonly string[] => [`**${row}**`, ...header.map(() => '')];
  const body = rows.map((row) => line(typeof row === 'string' ? over(row) : row));
  return [line([title, ...header]), line(['---', ...header.map(() => '---:')]), ...body].join('\n');
}

/** A number with as many digits as it is worth: `12,300`, `123`, `12.3`, `1.23`; a dash for none. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(digitsAfterPoint(size));
}

function digitsAfterPoint(size: number): number {
  if (size >= 100) return 0;
  return size >= 10 ? 1 : 2;
}

/** A ratio: `3.4x`. */
export function formatRatio(value: number | undefined): string {
  const text = formatNumber(value);
  return text === '-' ? text : `${text}x`;
}

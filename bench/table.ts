/** A row of cells, or a title over the rows that follow. */
export type Row = readonly string[] | string;

/** Lines of aligned columns; the first column is text, the others are numbers. */
export function formatTable(header: readonly string[], rows: readonly Row[]): string {
  const cells = rows.filter((row) => typeof row !== 'string');
  const widths = header.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  const body = rows.map((row) => (typeof row === 'string' ? `\n${row}` : line(row)));
  return [line(header), rule, ...body].join('\n');
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

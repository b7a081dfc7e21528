/** How much a figure rises from the beginning to the end of a time, by the straight line that fits best. */
export function rise(points: readonly { readonly at: number; readonly value: number }[]): number {
  const count = points.length;
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || count < 2) return 0;
  const meanAt = points.reduce((sum, { at }) => sum + at, 0) / count;
  const mean = points.reduce((sum, { value }) => sum + value, 0) / count;
  let together = 0;
  let alone = 0;
  for (const { at, value } of points) {
    together += (at - meanAt) * (value - mean);
    alone += (at - meanAt) ** 2;
  }
  return alone === 0 ? 0 : (together / alone) * (last.at - first.at);
}

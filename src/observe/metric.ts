/** What a metric says, as a scraper reads it. Names and units follow the practice of Prometheus. */
export interface MetricSpec {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, ascending; the last one, infinity, is not written down. */
  readonly buckets?: readonly number[];
  /** What several processes together say: the sum, unless this says otherwise. */
  readonly merge?: 'max' | 'min';
}

/** Values of the labels, then the numbers: one, or for a histogram the count of each bucket alone and the sum of all values. */
export type Row = readonly [labels: readonly string[], numbers: readonly number[]];

/** A metric with everything that was counted, in a form that travels between processes. */
export interface FamilySnapshot extends MetricSpec {
  readonly rows: readonly Row[];
}

/** What everything past the bound is counted under. */
export const other = 'other';

/** Sets of labels that one metric may have; each of a histogram takes a line for each bucket. */
const mostRows = { counter: 2000, gauge: 2000, histogram: 500 };

/** Stands in no label. */
const between = '\0';

/** A metric with its rows: one for each set of labels, of which there is a bounded number. */
export class Family {
  readonly spec: MetricSpec;
  readonly #most: number;
  readonly #rows = new Map<string, { readonly labels: readonly string[]; readonly numbers: Float64Array }>();

  constructor(spec: MetricSpec, most = mostRows[spec.type]) {
    this.spec = spec;
    this.#most = most;
  }

  /** The numbers of these labels, to be added to. When there are too many sets of labels, all further ones share one row. */
  at(...labels: string[]): Float64Array {
    const key = labels.join(between);
    const known = this.#rows.get(key);
    if (known !== undefined) return known.numbers;
    const isFull = this.#rows.size >= this.#most && labels.some((label) => label !== other);
    if (isFull) return this.at(...labels.map(() => other));
    const numbers = new Float64Array(this.spec.type === 'histogram' ? (this.spec.buckets?.length ?? 0) + 2 : 1);
    this.#rows.set(key, { labels, numbers });
    return numbers;
  }

  /** Adds to a counter or gauge. */
  add(amount: number, ...labels: string[]): void {
    increase(this.at(...labels), amount);
  }

  snapshot(): FamilySnapshot {
    const rows = Array.from(this.#rows.values(), ({ labels, numbers }): Row => [labels, [...numbers]]);
    return { ...this.spec, rows };
  }
}

/** Adds to the numbers of a counter or gauge. */
export function increase(numbers: Float64Array, amount: number): void {
  numbers[0] = (numbers[0] ?? 0) + amount;
}

/** Adds a value to the numbers of a histogram. */
export function observe(numbers: Float64Array, buckets: readonly number[], value: number): void {
  let at = 0;
  while (at < buckets.length && value > (buckets[at] as number)) at += 1;
  numbers[at] = (numbers[at] as number) + 1;
  const sum = numbers.length - 1;
  numbers[sum] = (numbers[sum] as number) + value;
}

/** A gauge as it is now. */
export function gauge(
  name: string,
  help: string,
  value: number,
  more: Partial<MetricSpec> = {},
  labels: { readonly [label: string]: string } = {},
): FamilySnapshot {
  const rows: Row[] = [[Object.values(labels), [value]]];
  return { name, help, type: 'gauge', labels: Object.keys(labels), ...more, rows };
}

/** What several processes have counted, as if one had. Families and rows keep the order in which they are first met. */
export function merged(snapshots: readonly (readonly FamilySnapshot[])[]): FamilySnapshot[] {
  const families = new Map<string, { readonly spec: FamilySnapshot; readonly rows: Map<string, Row> }>();
  for (const family of snapshots.flat()) {
    let found = families.get(family.name);
    if (found === undefined) {
      found = { spec: family, rows: new Map() };
      families.set(family.name, found);
    }
    for (const row of family.rows) {
      const key = row[0].join(between);
      const before = found.rows.get(key);
      found.rows.set(key, before === undefined ? row : [row[0], together(before[1], row[1], family.merge)]);
    }
  }
  return Array.from(families.values(), ({ spec, rows }) => ({ ...spec, rows: [...rows.values()] }));
}

function together(some: readonly number[], more: readonly number[], merge: MetricSpec['merge']): number[] {
  return some.map((number, i) => {
    const also = more[i] ?? 0;
    return merge === undefined ? number + also : Math[merge](number, also);
  });
}

/** What stays true of a process that has ended: what it has counted, and not how it was. */
export function lasting(snapshot: readonly FamilySnapshot[]): FamilySnapshot[] {
  return snapshot.filter(({ type }) => type !== 'gauge');
}

/** One value of a metric. */
export interface Sample {
  readonly name: string;
  readonly labels: { readonly [name: string]: string };
  readonly value: number;
}

/** A metric as it was told. */
export interface ToldFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
}

/** A page of metrics. */
export interface ToldMetrics {
  readonly families: ReadonlyMap<string, ToldFamily>;
  /** The sum of the samples of this name that have these labels; nothing where there is none. */
  value(name: string, labels?: { readonly [name: string]: string }): number | undefined;
}

const suffixes: { readonly [type: string]: readonly string[] } = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
};

/** Reads Prometheus' text format, or OpenMetrics, more strictly than scrapers do. @throws at the first thing that is wrong */
export function readExposition(text: string, form: 'text' | 'openmetrics' = 'text'): ToldMetrics {
  const families = new Map<string, ToldFamily>();
  const seen = new Set<string>();
  if (!text.endsWith('\n')) throw new Error('no line break at the end');
  const lines = text.slice(0, -1).split('\n');
  if (form === 'openmetrics' && lines.pop() !== '# EOF') throw new Error('no EOF at the end');
  let name = '';
  let help: string | undefined;
  for (const line of lines) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line);
    if (comment !== null) {
      const [, what, about = '', rest = ''] = comment;
      if (what === 'HELP') {
        if (families.has(about) || help !== undefined) throw new Error(`again or out of place: ${line}`);
        if (/\\(?![\\n"])/.test(rest)) throw new Error(`wrongly escaped: ${line}`);
        name = about;
        help = rest;
        continue;
      }
      if (about !== name || help === undefined || suffixes[rest] === undefined) throw new Error(`wrong type: ${line}`);
      if (rest === 'counter' && /_total$/.test(name) !== (form === 'text'))
        throw new Error(`name of a counter: ${line}`);
      families.set(name, { type: rest, help, samples: [] });
      help = undefined;
      continue;
    }
    const family = families.get(name);
    if (family === undefined || help !== undefined) throw new Error(`a sample before its type: ${line}`);
    const sample = readSample(line);
    const own = (suffixes[family.type] ?? []).map(
      (suffix) => `${name}${form === 'openmetrics' && family.type === 'counter' ? '_total' : suffix}`,
    );
    if (!own.includes(sample.name)) throw new Error(`a sample of something else: ${line}`);
    const identity = `${sample.name} ${identityOf(sample.labels)}`;
    if (seen.has(identity)) throw new Error(`twice: ${line}`);
    seen.add(identity);
    if (family.type === 'counter' && !(sample.value >= 0)) throw new Error(`a counter below 0: ${line}`);
    family.samples.push(sample);
  }
  for (const [title, family] of families) {
    if (family.samples.length === 0) throw new Error(`nothing of ${title}`);
    if (family.type === 'histogram') checkHistogram(title, family.samples, form);
  }
  const value = (wanted: string, labels: { readonly [name: string]: string } = {}): number | undefined => {
    const found = [...families.values()]
      .flatMap(({ samples }) => samples)
      .filter((sample) => sample.name === wanted)
      .filter((sample) => Object.entries(labels).every(([label, text_]) => sample.labels[label] === text_));
    return found.length === 0 ? undefined : found.reduce((sum, sample) => sum + sample.value, 0);
  };
  return { families, value };
}

function readSample(line: string): Sample {
  const [, name = '', inner, number = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === '') throw new Error(`not a sample: ${line}`);
  const labels: { [name: string]: string } = {};
  let rest = inner ?? '';
  while (rest !== '') {
    const found = /^([a-zA-Z_]\w*)="((?:[^"\\]|\\[\\"n])*)"(?:,(?=.)|$)/.exec(rest);
    if (found === null) throw new Error(`labels: ${line}`);
    const [whole, label = '', value = ''] = found;
    if (label in labels) throw new Error(`a label twice: ${line}`);
    labels[label] = value.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
    rest = rest.slice(whole.length);
  }
  return { name, labels, value: readNumber(number, line) };
}

function readNumber(text: string, line: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text)) throw new Error(`not a number: ${line}`);
  return Number(text);
}

/** The same for the same labels, in whatever order. */
function identityOf(labels: Sample['labels']): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function checkHistogram(title: string, samples: readonly Sample[], form: string): void {
  const series = new Map<string, { bounds: number[]; counts: number[]; sum?: number; count?: number }>();
  for (const { name, labels, value } of samples) {
    const { le, ...own } = labels;
    const key = identityOf(own);
    const found = series.get(key) ?? { bounds: [], counts: [] };
    series.set(key, found);
    if (name === `${title}_sum`) found.sum = value;
    else if (name === `${title}_count`) found.count = value;
    else {
      if (le === undefined) throw new Error(`${title}: a bucket without a bound`);
      if (form === 'openmetrics' && !/[.+e]/.test(le)) throw new Error(`${title}: a bound that is no float: ${le}`);
      found.bounds.push(readNumber(le, title));
      found.counts.push(value);
    }
  }
  for (const { bounds, counts, sum, count } of series.values()) {
    if (sum === undefined || count === undefined) throw new Error(`${title}: no sum or no count`);
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY || counts.at(-1) !== count)
      throw new Error(`${title}: the last bucket is not all`);
    for (let i = 1; i < bounds.length; i++) {
      if ((bounds[i] as number) <= (bounds[i - 1] as number)) throw new Error(`${title}: bounds out of order`);
      if ((counts[i] as number) < (counts[i - 1] as number)) throw new Error(`${title}: counts that fall`);
    }
    if (counts.some((each) => !Number.isInteger(each))) throw new Error(`${title}: a part of a call`);
  }
}

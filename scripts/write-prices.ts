// Writes src/policy/prices.json from @pydantic/genai-prices; run it after an update of that package, with the new day in
// `day`: node scripts/run.mjs scripts/write-prices.ts
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ConditionalPrice,
  type MatchLogic,
  type ModelInfo,
  type ModelPrice,
  type Provider,
  waitForUpdate,
} from '@pydantic/genai-prices';
import type { PriceTable, Rates, TableModel } from '../src/policy/price-table.ts';
import { isProgram } from './program.ts';
import { toolScript } from './tool.ts';

/** The day the package was published: prices that began before it are the current ones. */
const day = '2026-09-23';

/** The file, relative to this one. */
export const pricesUrl = new URL('../src/policy/prices.json', import.meta.url);

/** Providers that sell no answers to chats. */
const left = ['cursor', 'voyageai', 'typesafe', 'modal'];

const rateKeys = {
  input: 'input_mtok',
  output: 'output_mtok',
  cacheRead: 'cache_read_mtok',
  cacheWrite: 'cache_write_mtok',
  cacheWrite1h: 'cache_write_1h_mtok',
} as const satisfies { [rate in keyof Rates]: string };

/** The table as the program reads it: providers by name; models in their order, since the first that matches counts. */
export async function priceTable(): Promise<PriceTable> {
  const providers = ((await waitForUpdate()) ?? []).filter(({ id }) => !left.includes(id));
  providers.sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    source: `@pydantic/genai-prices ${installedVersion()}`,
    date: day,
    providers: Object.fromEntries(providers.map((provider) => [provider.id, tableProvider(provider)])),
  };
}

function installedVersion(): string {
  const manifest = JSON.parse(readFileSync('node_modules/@pydantic/genai-prices/package.json', 'utf8')) as {
    readonly version: string;
  };
  return manifest.version;
}

function tableProvider({ models, fallback_model_providers: also }: Provider): PriceTable['providers'][string] {
  return { ...(also !== undefined && { also }), models: models.flatMap(tableModel) };
}

/** Nothing for a model of which neither prices of tokens nor the window are known. */
function tableModel({ match, context_window: window, prices }: ModelInfo): TableModel[] {
  const periods = Array.isArray(prices) ? periodsIn(prices) : [tablePrice(prices)];
  const priced = periods.filter(({ rates }) => Object.keys(rates).length > 0);
  if (priced.length === 0 && window === undefined) return [];
  return [
    { match: patternsOf(match), ...(window !== undefined && { window }), ...(priced.length > 0 && { prices: priced }) },
  ];
}

/** What holds now, and what will hold: the last one that has begun comes first. */
function periodsIn(conditional: readonly ConditionalPrice[]): NonNullable<TableModel['prices']> {
  const begun = conditional.filter(({ constraint }) => constraint === undefined || startOf(constraint) <= day);
  const isCurrent = (price: ConditionalPrice): boolean => price === begun.findLast((one) => isByDate(one));
  return conditional.flatMap((price) => {
    const { constraint } = price;
    if (constraint?.type === 'time_of_date') {
      return [
        { hours: [timeOf(constraint.start_time), timeOf(constraint.end_time)] as const, ...tablePrice(price.prices) },
      ];
    }
    if (isCurrent(price)) return [tablePrice(price.prices)];
    return constraint !== undefined && startOf(constraint) > day
      ? [{ from: startOf(constraint), ...tablePrice(price.prices) }]
      : [];
  });
}

/** Without the zone, which is always the same. */
function timeOf(time: string): string {
  if (!/^\d\d:\d\d:\d\dZ$/.test(time)) throw new Error(`a time that this script cannot write: ${time}`);
  return time.slice(0, 8);
}

function isByDate({ constraint }: ConditionalPrice): boolean {
  return constraint?.type !== 'time_of_date';
}

function startOf(constraint: NonNullable<ConditionalPrice['constraint']>): string {
  return constraint.type === 'start_date' ? constraint.start_date : '';
}

type Writable = { -readonly [rate in keyof Rates]: Rates[rate] };

/** Prices of tokens, and those that hold when the prompt has more tokens than a tier's start. */
function tablePrice(prices: ModelPrice): {
  readonly rates: Rates;
  readonly above?: readonly (readonly [number, Rates])[];
} {
  const rates: Writable = {};
  const tiers = new Map<number, Writable>();
  for (const [rate, key] of Object.entries(rateKeys) as [keyof Rates, string][]) {
    const price = prices[key];
    if (typeof price === 'number') rates[rate] = price;
    else if (price !== undefined) {
      rates[rate] = price.base;
      for (const { start, price: more } of price.tiers) tiers.set(start, { ...tiers.get(start), [rate]: more });
    }
  }
  const above = [...tiers].sort(([a], [b]) => a - b);
  return { rates, ...(above.length > 0 && { above }) };
}

/** Rules as text: `*` stands for anything, and what stands between slashes is a regular expression. All in lower case. */
function patternsOf(match: MatchLogic): string[] {
  if ('or' in match) return [...new Set(match.or.flatMap(patternsOf))];
  if ('and' in match) return [`/^${match.and.map(lookahead).join('')}/`];
  if ('regex' in match) return [`/${match.regex}/`];
  if ('equals' in match) return [literal(match.equals)];
  if ('starts_with' in match) return [`${literal(match.starts_with)}*`];
  if ('ends_with' in match) return [`*${literal(match.ends_with)}`];
  return [`*${literal(match.contains)}*`];
}

function lookahead(match: MatchLogic): string {
  if ('regex' in match && match.regex.startsWith('^')) return `(?=${match.regex.slice(1)})`;
  if ('starts_with' in match) return `(?=${literal(match.starts_with).replace(/[.+?()[\]{}|\\^$]/g, '\\$&')})`;
  throw new Error(`a rule that this script cannot write: ${JSON.stringify(match)}`);
}

function literal(text: string): string {
  if (text.includes('*') || text.startsWith('/')) throw new Error(`a name that looks like a pattern: ${text}`);
  return text.toLowerCase();
}

if (isProgram(import.meta.url)) {
  const file = fileURLToPath(pricesUrl);
  writeFileSync(file, JSON.stringify(await priceTable()));
  const format = [toolScript('@biomejs/biome', 'biome'), 'format', '--write', path.relative('.', file)];
  process.exitCode = spawnSync(process.execPath, format, { stdio: 'inherit' }).status ?? 1;
}

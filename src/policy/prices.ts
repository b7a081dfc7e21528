import { totalInput, type Usage } from '../canon/usage.ts';
import type { PriceSettings } from '../config/prices-schema.ts';
import { locals } from '../providers/kinds/locals.ts';
import type { Price, PriceTable, Rates, TableModel } from './price-table.ts';
import known from './prices.json' with { type: 'json' };
import { spellingsOf } from './spellings.ts';

/** A model at a provider. */
export interface Priced {
  /** The provider's kind, where it has one, and its name in the configuration. */
  readonly kind?: string | undefined;
  readonly provider?: string | undefined;
  /** As the provider calls it. */
  readonly model: string;
}

/** What calls cost, and how much fits into a model, as far as that is known. */
export interface Prices {
  /** US dollars. What the provider says it charged goes before what the table says; nothing where neither knows. */
  costOf(call: Priced & { readonly usage: Usage }): number | undefined;
  /** Tokens of prompt and answer together. */
  windowOf(model: Priced): number | undefined;
}

/** The user's prices by patterns of models' names; the first that matches counts. */
export type PriceOverrides = { readonly [pattern: string]: PriceSettings };

/** Whose prices a kind of provider has, where the table has another name for it. The first word of a kind suffices. */
const tablesOfKind: { readonly [kind: string]: readonly string[] } = {
  bedrock: ['aws'],
  vertex: ['google', 'anthropic'],
  gemini: ['google'],
  xai: ['x-ai'],
  moonshot: ['moonshotai'],
  zai: ['zai', 'zhipuai'],
  zhipu: ['zhipuai'],
  // These cost the same by way of Hugging Face, which adds nothing.
  nebius: ['huggingface_nebius'],
  hyperbolic: ['huggingface_hyperbolic'],
  nscale: ['huggingface_nscale'],
  sambanova: ['huggingface_sambanova'],
};

/** Models that nobody but their makers prices: whoever else has them resells them, at the list price as a rule. */
const resold: readonly (readonly [table: string, names: RegExp])[] = [
  ['anthropic', /^claude/],
  ['openai', /^(gpt-\d|chatgpt|o\d)/],
  ['google', /^gemini/],
  ['x-ai', /^grok/],
];

const table = known as unknown as PriceTable;
const localKinds = new Set(locals.map(({ kind }) => kind));
const maxRemembered = 2000;

/** Prices as the table and the user have them. @param now the clock, for prices that hold at certain times. */
export function createPrices(overrides: PriceOverrides = {}, now: () => Date = () => new Date()): Prices {
  const users = Object.entries(overrides).map(([pattern, settings]) => ({ fits: globMatcher(pattern), settings }));
  /** By provider and model. */
  const remembered = new Map<string, Map<string, Found>>();

  function find(priced: Priced): Found {
    const owner = priced.provider ?? '';
    const models = remembered.get(owner) ?? new Map<string, Found>();
    if (models.size === 0) remembered.set(owner, models);
    const seen = models.get(priced.model);
    if (seen !== undefined && seen.kind === priced.kind) return seen;
    const names = spellingsOf(priced.model);
    const mine = [...names.slice(0, 1).flatMap((name) => prefixed(priced, name)), ...names];
    const settings = users.find(({ fits }) => mine.some(fits))?.settings;
    const row = rowOf(priced.kind, names);
    const own = settings && ratesOf(settings);
    const only = row?.prices?.length === 1 ? row.prices[0] : undefined;
    const isFixed = row?.prices === undefined || (only !== undefined && isAlways(only));
    const fixed = isFixed ? { ...only?.rates, ...own } : undefined;
    const found: Found = { kind: priced.kind, settings, own, row, fixed, isClaude: /claude/i.test(priced.model) };
    if (models.size >= maxRemembered) models.clear();
    models.set(priced.model, found);
    return found;
  }

  return {
    costOf: (priced) => {
      const { usage } = priced;
      if (usage.cost !== undefined) return usage.cost;
      const { fixed, row, own, isClaude } = find(priced);
      const rates = fixed ?? { ...ratesIn(row?.prices ?? [], now(), totalInput(usage)), ...own };
      return bill(usage, rates, isClaude);
    },
    windowOf: (priced) => {
      const { settings, row } = find(priced);
      return settings?.context_window ?? row?.window;
    },
  };
}

interface Found {
  readonly kind: string | undefined;
  readonly settings: PriceSettings | undefined;
  /** What the user says. */
  readonly own: Rates | undefined;
  readonly row: TableModel | undefined;
  /** What holds at any time and for prompts of any length, where that is so. */
  readonly fixed: Rates | undefined;
  readonly isClaude: boolean;
}

function prefixed({ provider, kind }: Priced, name: string): string[] {
  return [provider, kind].flatMap((owner) => (owner === undefined ? [] : `${owner.toLowerCase()}/${name}`));
}

/** The user's words for rates, in the table's. */
function ratesOf({ input, output, cache_read, cache_write, cache_write_1h }: PriceSettings): Rates {
  return {
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(cache_read !== undefined && { cacheRead: cache_read }),
    ...(cache_write !== undefined && { cacheWrite: cache_write }),
    ...(cache_write_1h !== undefined && { cacheWrite1h: cache_write_1h }),
  };
}

function ratesIn(prices: readonly Price[], at: Date, promptTokens: number): Rates {
  const price = prices.findLast((one) => holds(one, at)) ?? prices[0];
  const tier = price?.above?.findLast(([tokens]) => promptTokens > tokens)?.[1];
  return { ...price?.rates, ...tier };
}

function isAlways({ from, hours, above }: Price): boolean {
  return from === undefined && hours === undefined && above === undefined;
}

function holds({ from, hours }: Price, at: Date): boolean {
  if (from === undefined && hours === undefined) return true;
  const iso = at.toISOString();
  if (from !== undefined && iso.slice(0, 10) < from) return false;
  if (hours === undefined) return true;
  const time = iso.slice(11, 19);
  const [begin, end] = hours;
  return begin < end ? time >= begin && time < end : time >= begin || time < end;
}

/** Nothing when a price is wanting, or when nothing was counted. */
function bill(usage: Usage, rates: Rates, isClaude: boolean): number | undefined {
  const { input, output } = rates;
  const prompt = totalInput(usage);
  if (usage.output === undefined && prompt === 0) return undefined;
  if ((input === undefined && prompt > 0) || (output === undefined && (usage.output ?? 0) > 0)) return undefined;
  const base = input ?? 0;
  // Anthropic's rules; elsewhere what has no price of its own is ordinary input.
  const cacheRead = rates.cacheRead ?? (isClaude ? base * 0.1 : base);
  const cacheWrite = rates.cacheWrite ?? (isClaude ? base * 1.25 : base);
  const cacheWrite1h = rates.cacheWrite1h ?? (isClaude ? base * 2 : cacheWrite);
  const long = usage.cacheWrite1h ?? 0;
  const short = Math.max(0, (usage.cacheWrite ?? 0) - long);
  const dollars =
    (usage.input ?? 0) * base +
    (usage.cacheRead ?? 0) * cacheRead +
    short * cacheWrite +
    long * cacheWrite1h +
    (usage.output ?? 0) * (output ?? 0);
  return dollars / 1_000_000;
}

/** Whether providers of this kind run on one's own machines, where nobody is paid by the token. */
export function isLocal(kind: string | undefined): boolean {
  return kind !== undefined && localKinds.has(kind);
}

/** The model in the tables that hold for the kind, by the fullest of its names; models of local servers have no price. */
function rowOf(kind: string | undefined, names: readonly string[]): TableModel | undefined {
  if (isLocal(kind)) return undefined;
  for (const provider of tablesFor(kind, names)) {
    const rows = rowsOf(provider);
    for (const name of names) {
      const row = rows.find(({ fits }) => fits.some((matches) => matches(name)));
      if (row !== undefined) return row.model;
    }
  }
  return undefined;
}

function tablesFor(kind: string | undefined, names: readonly string[]): readonly string[] {
  const own = kind === undefined ? [] : ownTables(kind, names);
  const also = own.flatMap((provider) => table.providers[provider]?.also ?? []);
  const makers = resold.filter(([, pattern]) => names.some((name) => pattern.test(name))).map(([maker]) => maker);
  return [...new Set([...own, ...also, ...makers])];
}

function ownTables(kind: string, names: readonly string[]): readonly string[] {
  // `meta-llama/Llama-3.3-70B-Instruct:nebius` says who answers.
  if (kind === 'huggingface') return [`huggingface_${names[0]?.split(':')[1] ?? ''}`];
  const [word = kind] = kind.split('-');
  return tablesOfKind[kind] ?? (Object.hasOwn(table.providers, kind) ? [kind] : (tablesOfKind[word] ?? [word]));
}

type Matcher = (name: string) => boolean;
interface Row {
  readonly model: TableModel;
  readonly fits: readonly Matcher[];
}

/** Made when first asked for: most tables are never looked at. */
const rows = new Map<string, readonly Row[]>();

function rowsOf(provider: string): readonly Row[] {
  let made = rows.get(provider);
  if (made === undefined) {
    const models = Object.hasOwn(table.providers, provider) ? (table.providers[provider]?.models ?? []) : [];
    made = models.map((model) => ({ model, fits: model.match.map(matcherOf) }));
    rows.set(provider, made);
  }
  return made;
}

/** By a pattern of the table. */
function matcherOf(pattern: string): Matcher {
  if (!pattern.startsWith('/')) return globMatcher(pattern);
  const expression = new RegExp(pattern.slice(1, -1));
  return (name) => expression.test(name);
}

function globMatcher(pattern: string): Matcher {
  const wanted = pattern.toLowerCase();
  if (!wanted.includes('*')) return (name) => name === wanted;
  const escaped = wanted.split(/\*+/).map((part) => part.replace(/[.+?()[\]{}|\\^$]/g, '\\$&'));
  const expression = new RegExp(`^${escaped.join('.*')}$`, 's');
  return (name) => expression.test(name);
}

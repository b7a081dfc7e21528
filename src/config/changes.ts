import { isObject } from '../canon/json.ts';
import { complaintsAbout } from './checks.ts';
import type { Config, ProviderConfig } from './config.ts';
import { fingerprintOf } from './fingerprint.ts';
import { ConfigError, pathText } from './problem.ts';

/** Names of what one configuration has otherwise than the one before. */
export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** What a configuration changes in the one before. It names, and shows no value: values may be credentials. */
export interface Changes {
  readonly providers: Difference;
  readonly models: Difference;
  /** The same rules for models stand in another order, which counts. */
  readonly reordered: boolean;
  /** All other settings that differ: `limits.answer`, `strict`. */
  readonly settings: readonly string[];
}

/** Settings that hold until the process ends: what they decide has been done when it began. */
const lasting: readonly (readonly [section: 'server' | 'log' | 'store' | 'metrics', field: string])[] = [
  ['server', 'host'],
  ['server', 'port'],
  ['server', 'workers'],
  ['log', 'format'],
  ['log', 'file'],
  ['log', 'max_size'],
  ['log', 'keep'],
  ['store', 'file'],
  ['store', 'memory'],
  ['metrics', 'enabled'],
];

/**
 * The configuration that a running process can take from a new one: what cannot change while it runs stays.
 * @throws ConfigError where the new settings do not go with those that stay.
 */
export function adoptable(
  running: Config,
  next: Config,
): { readonly config: Config; readonly left: readonly string[] } {
  const left: string[] = [];
  const merged: { [section: string]: unknown } = { ...next };
  for (const [section, field] of lasting) {
    const before = (running[section] as Fields)[field];
    if (fingerprintOf(before) === fingerprintOf((next[section] as Fields)[field])) continue;
    left.push(`${section}.${field}`);
    const { [field]: _, ...others } = merged[section] as Fields;
    merged[section] = Object.freeze(before === undefined ? others : { ...others, [field]: before });
  }
  const config = left.length === 0 ? next : (Object.freeze(merged) as unknown as Config);
  const problems = left.length === 0 ? [] : complaintsAbout(config);
  if (problems.length > 0) throw new ConfigError(problems);
  return { config, left };
}

interface Fields {
  readonly [field: string]: unknown;
}

/** What the one has otherwise than the other. */
export function changesBetween(before: Config, after: Config): Changes {
  const rules = (config: Config): Map<string, unknown> =>
    new Map(config.models.map(({ pattern, ...rule }) => [pattern, rule]));
  const [old, now] = [before, after].map(rules) as [Map<string, unknown>, Map<string, unknown>];
  const models = difference(old, now);
  const [was, is] = [settingsOf(before), settingsOf(after)];
  return {
    providers: difference(providersOf(before), providersOf(after)),
    models,
    reordered:
      models.added.length + models.removed.length === 0 && [...old.keys()].join('\n') !== [...now.keys()].join('\n'),
    settings: [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name)),
  };
}

/** All of them in a line. */
export function describeChanges({ providers, models, reordered, settings }: Changes): string {
  const parts = [...describe('provider', providers), ...describe('model', models)];
  if (reordered) parts.push('another order of models');
  if (settings.length > 0) parts.push(`changed ${settings.join(', ')}`);
  return parts.length === 0 ? 'nothing differs' : parts.join('; ');
}

/** Whatever a provider is made from, digested. */
export function providerFingerprint(config: Config, name: string, settings: ProviderConfig): string {
  const own = pathText(['providers', name]);
  const absent = config.absent.map(({ path }) => path).filter((path) => path.startsWith(`${own}.`));
  return fingerprintOf([settings, { ...config.timeouts, ...settings.timeouts }, absent, config.file === undefined]);
}

function providersOf(config: Config): Map<string, unknown> {
  return new Map(
    Object.entries(config.providers).map(([name, settings]) => [name, providerFingerprint(config, name, settings)]),
  );
}

/** Sections with fields by field, others whole; what is told by itself, and what is no setting, apart. */
const toldApart: ReadonlySet<string> = new Set(['providers', 'models', 'absent', 'file', 'source']);

function settingsOf(config: Config): Map<string, string> {
  const settings = new Map<string, string>();
  for (const [section, value] of Object.entries(config)) {
    if (toldApart.has(section)) continue;
    const fields = isObject(value) ? Object.entries(value) : [];
    if (fields.length === 0) settings.set(section, fingerprintOf(value));
    for (const [field, inner] of fields) settings.set(`${section}.${field}`, fingerprintOf(inner));
  }
  return settings;
}

function difference(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): Difference {
  const names = [...after.keys()];
  return {
    added: names.filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: names.filter(
      (name) => before.has(name) && fingerprintOf(before.get(name)) !== fingerprintOf(after.get(name)),
    ),
  };
}

/** More names than that are counted. */
const mostNamed = 12;

function describe(what: string, { added, removed, changed }: Difference): string[] {
  const told = (verb: string, names: readonly string[]): string[] => {
    if (names.length === 0) return [];
    if (names.length > mostNamed) return [`${verb} ${names.length} ${what}s`];
    return [`${verb} ${what}${names.length > 1 ? 's' : ''} ${names.map((name) => `"${name}"`).join(', ')}`];
  };
  return [...told('added', added), ...told('removed', removed), ...told('changed', changed)];
}

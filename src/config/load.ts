import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { z } from 'zod';
import { isObject, type JsonObject } from '../canon/json.ts';
import { complaintsAbout } from './checks.ts';
import type { Config, ModelRule, ProviderConfig } from './config.ts';
import { type AbsentVariable, type Environment, isAbsentAt, readDocument } from './document.ts';
import {
  type FoundProviders,
  fillProvider,
  type KnownKind,
  modelNamesFrom,
  providersFrom,
  settingsFrom,
} from './environment.ts';
import { problemsOf } from './issues.ts';
import { ConfigError, type Place, type Problem, placeKey, Source } from './problem.ts';
import { configSchema } from './schema.ts';

/** Settings of the server that the command line may give. */
export interface Overrides {
  readonly host?: string;
  readonly port?: number;
  readonly workers?: number | 'auto';
}

/** What a configuration is made of, its file aside. */
export interface ReadOptions {
  readonly env: Environment;
  /** The well-known services. */
  readonly kinds: readonly KnownKind[];
  /** Said on the command line: over the file and the environment. */
  readonly overrides?: Overrides;
}

/** Where its file is. */
export interface LoadOptions extends ReadOptions {
  /** The file given by name; without it, one of the usual names in `cwd`. */
  readonly file?: string;
  readonly cwd: string;
}

/** A configuration file that was read. */
export interface Written {
  readonly file: string;
  readonly text: string;
}

/** Names under which a configuration is found, in this order. */
export const configFileNames = ['dragoman.yaml', 'dragoman.yml', 'dragoman.json'] as const;

const maxFileBytes = 1024 * 1024;

/** The configuration of a file by name, or of the one in the working directory, or of the environment alone. */
export function loadConfig(options: LoadOptions): Config {
  return readConfig(findWritten(options), options);
}

/** The file that is meant, read but not understood; nothing where there is none. @throws ConfigError */
export function findWritten({ file: asked, cwd }: Pick<LoadOptions, 'file' | 'cwd'>): Written | undefined {
  const file = asked === undefined ? findFile(cwd) : resolve(cwd, asked);
  return file === undefined ? undefined : { file, text: textOf(file) };
}

/**
 * The configuration from what is written, what that does not say from the environment, and the rest from defaults.
 * Throws `ConfigError` with every problem there is.
 */
export function readConfig(written: Written | undefined, options: ReadOptions): Config {
  const said = gather(written, options);
  const { source, found } = said;
  const checked = configSchema.safeParse(said.raw);
  if (!checked.success) throw new ConfigError(problemsOf(checked.error.issues, said.raw, source));
  const { models: patterns, default_provider: named, providers, ...settings } = checked.data;
  const models = rulesOf(patterns, source);
  const chosen = named ?? found?.chosen;
  // Whoever lists models means these; whoever lists none means every name, and the first provider takes the rest.
  const first = models.length > 0 ? undefined : (found?.first ?? Object.keys(providers)[0]);
  const fallback = chosen ?? first;
  const config: Config = {
    ...settings,
    providers: Object.fromEntries(Object.entries(providers).map(([name, provider]) => [name, keysApart(provider)])),
    models,
    ...(fallback === undefined ? {} : { default_provider: fallback }),
    default_chosen: chosen !== undefined,
    names: modelNamesFrom(options.env),
    absent: said.absent,
    ...(written === undefined ? {} : { file: written.file }),
    source,
  };
  const problems = complaintsAbout(config);
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(config);
}

/** Everything that was said, not yet checked. */
interface Said {
  readonly raw: JsonObject;
  readonly source: Source;
  readonly absent: readonly AbsentVariable[];
  /** Set when the environment decides which providers there are. */
  readonly found: FoundProviders | undefined;
}

function gather(written: Written | undefined, { env, kinds, overrides = {} }: ReadOptions): Said {
  const name = written === undefined ? 'environment' : basename(written.file);
  const { value, absent, places: inFile } = written === undefined ? nothing : readDocument(name, written.text, env);
  if (!isObject(value)) {
    const message = 'expected settings such as "server:" and "providers:"';
    throw new ConfigError([{ where: `${name}:1:1`, path: '', message }]);
  }
  const places = new Map<string, Place>();
  const raw = merge(settingsFrom(env, places), value);
  for (const [key, place] of inFile) places.set(key, place);

  const found = raw.providers === undefined ? providersFrom(env, kinds, places) : undefined;
  const providers = found?.providers ?? raw.providers;
  if (isObject(providers)) {
    raw.providers = fillAll(providers, { env, kinds, places, absent, addresses: found !== undefined });
  }
  if (isObject(raw.models)) raw.models = listsAsRules(raw.models);
  override(raw, overrides, places);
  return { raw, source: new Source(name, places), absent, found };
}

const nothing = { value: {}, places: new Map<string, Place>(), absent: [] };

function findFile(cwd: string): string | undefined {
  return configFileNames.map((name) => resolve(cwd, name)).find((path) => existsSync(path));
}

function textOf(file: string): string {
  const complaint = (message: string): Problem[] => [{ where: file, path: '', message }];
  let text: string;
  try {
    text = statSync(file).size > maxFileBytes ? '' : readFileSync(file, 'utf8');
    if (text === '' && statSync(file).size > 0)
      throw new ConfigError(complaint(`is larger than ${maxFileBytes} bytes`));
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    const message = code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code ?? 'unknown reason'})`;
    throw new ConfigError(complaint(message), { cause });
  }
  return text;
}

/** The file over the environment, field by field within a section. */
function merge(beneath: JsonObject, above: JsonObject): JsonObject {
  const merged: JsonObject = { ...beneath, ...above };
  for (const [section, settings] of Object.entries(beneath)) {
    const own = above[section];
    if (isObject(settings) && (own === undefined || isObject(own))) merged[section] = { ...settings, ...own };
  }
  // A section left empty in YAML is null.
  for (const [section, settings] of Object.entries(merged)) if (settings === null) delete merged[section];
  return merged;
}

interface Filling {
  readonly env: Environment;
  readonly kinds: readonly KnownKind[];
  readonly places: Map<string, Place>;
  readonly absent: readonly AbsentVariable[];
  /** Whether addresses are taken from the environment even where the kind has one of its own. */
  readonly addresses: boolean;
}

function fillAll(providers: JsonObject, { env, kinds, places, absent, addresses }: Filling): JsonObject {
  const filled: JsonObject = {};
  for (const [name, written] of Object.entries(providers)) {
    const provider = typeof written === 'string' ? { kind: written } : written;
    const kind = isObject(provider) ? kinds.find((known) => known.kind === provider.kind) : undefined;
    if (!isObject(provider) || kind === undefined) {
      filled[name] = provider;
      continue;
    }
    const path = ['providers', name];
    const isAbsent = (field: string): boolean => isAbsentAt(absent, [...path, field]);
    const address = addresses || kind.enough.some((set) => set.includes('base_url'));
    filled[name] = fillProvider(provider, { path, kind, address, isAbsent }, env, places);
  }
  return filled;
}

/** A list alone stands for a rule that has nothing but targets. Complaints speak of the whole form. */
function listsAsRules(models: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(models).map(([name, rule]) => [name, Array.isArray(rule) ? { to: rule } : rule]),
  );
}

function override(raw: JsonObject, overrides: Overrides, places: Map<string, Place>): void {
  const section = raw.server;
  if (section !== undefined && !isObject(section)) return;
  const server: JsonObject = { ...section };
  for (const field of ['host', 'port', 'workers'] as const) {
    if (overrides[field] === undefined) continue;
    server[field] = overrides[field];
    places.set(placeKey(['server', field]), { where: `option --${field}`, offset: 0 });
  }
  raw.server = server;
}

type Checked = z.output<typeof configSchema>;

/** Most that is done with a provider is done with one key. */
function keysApart({ api_key: [first, ...more] = [], ...rest }: Checked['providers'][string]): ProviderConfig {
  return {
    ...rest,
    ...(first === undefined ? {} : { api_key: first }),
    ...(more.length === 0 ? {} : { more_keys: more }),
  };
}

/** Objects put keys that look like numbers first; what counts is the order in the file. */
function rulesOf(patterns: Checked['models'], source: Source): ModelRule[] {
  const order = (pattern: string): number => source.keyPlace(['models', pattern]).offset;
  return Object.entries(patterns)
    .sort(([a], [b]) => order(a) - order(b))
    .map(([pattern, rule]) => ({ pattern, ...rule }));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

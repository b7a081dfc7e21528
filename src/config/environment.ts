import type { JsonObject } from '../canon/json.ts';
import type { Environment } from './document.ts';
import { ConfigError, type Path, type Place, placeKey } from './problem.ts';
import { suggest } from './suggestion.ts';
import { tracingFrom, tracingVariables } from './tracing-environment.ts';

/** A well-known service, as far as configuring it from the environment goes. */
export interface KnownKind {
  readonly kind: string;
  /** For each setting of a provider, the variables that may hold it, the preferred one first. */
  readonly variables: { readonly [field: string]: readonly string[] };
  /** Sets of settings any one of which is enough; none: the service is used only when it is asked for. */
  readonly enough: readonly (readonly string[])[];
  /**
   * Groups of settings that stand for each other: whoever writes one of a group's sets gets nothing of its other sets
   * from the environment.
   */
  readonly alternatives?: readonly (readonly (readonly string[])[])[];
  /** Further words for it in PROXY_BACKEND. */
  readonly backends?: readonly string[];
}

/** Names for models that the environment gives; each as a client would write it. */
export interface ModelNames {
  readonly big?: string;
  readonly small?: string;
  /** What stands for Claude models where the provider has none: for any, and by family. */
  readonly claude?: string;
  readonly opus?: string;
  readonly sonnet?: string;
  readonly haiku?: string;
  readonly fable?: string;
}

const nameVariables = {
  big: ['BIG_MODEL'],
  small: ['SMALL_MODEL'],
  claude: ['ANTHROPIC_MODEL'],
  opus: ['ANTHROPIC_DEFAULT_OPUS_MODEL'],
  sonnet: ['ANTHROPIC_DEFAULT_SONNET_MODEL'],
  haiku: ['ANTHROPIC_DEFAULT_HAIKU_MODEL', 'ANTHROPIC_SMALL_FAST_MODEL'],
  fable: ['ANTHROPIC_DEFAULT_FABLE_MODEL'],
} as const satisfies { [name in keyof ModelNames]: readonly string[] };

const settingVariables: readonly {
  readonly path: readonly [string, string] | readonly [string];
  readonly names: readonly string[];
}[] = [
  { path: ['server', 'host'], names: ['DRAGOMAN_HOST'] },
  { path: ['server', 'port'], names: ['DRAGOMAN_PORT', 'PORT'] },
  { path: ['server', 'workers'], names: ['DRAGOMAN_WORKERS'] },
  { path: ['server', 'max_body'], names: ['DRAGOMAN_MAX_BODY'] },
  { path: ['log', 'level'], names: ['DRAGOMAN_LOG_LEVEL', 'LOG_LEVEL'] },
  { path: ['log', 'format'], names: ['DRAGOMAN_LOG_FORMAT'] },
  { path: ['log', 'file'], names: ['DRAGOMAN_LOG_FILE'] },
  { path: ['strict'], names: ['DRAGOMAN_STRICT'] },
];

/** Settings said by variables, beneath whatever the file says; `places` learns which variable said what. */
export function settingsFrom(env: Environment, places: Map<string, Place>): JsonObject {
  const settings: JsonObject = {};
  const set = (path: readonly string[], value: unknown, variable: string): void => {
    const [section = '', field] = path;
    if (field === undefined) settings[section] = value;
    else settings[section] = { ...(settings[section] as JsonObject | undefined), [field]: value };
    note(places, path, variable);
  };
  for (const { path, names } of settingVariables) {
    const found = firstSet(env, names);
    if (found !== undefined) set(path, found.value, found.name);
  }
  const keys = firstSet(env, keyVariables);
  if (keys !== undefined)
    set(
      ['auth', 'keys'],
      keys.value.split(',').map((key) => key.trim()),
      keys.name,
    );
  for (const { field, value, variable } of tracingFrom((...names) => firstSet(env, names))) {
    set(['tracing', field], value, variable);
  }
  return settings;
}

/** Names for models, where variables give them. */
export function modelNamesFrom(env: Environment): ModelNames {
  const names: { [name: string]: string } = {};
  for (const [name, variables] of Object.entries(nameVariables)) {
    const found = firstSet(env, variables);
    if (found !== undefined) names[name] = found.value.trim();
  }
  return names;
}

/** The backend that was chosen, the settings of every provider that the environment suffices for. */
export interface FoundProviders {
  readonly providers: { readonly [name: string]: JsonObject };
  /** The backend that somebody asked for by name; it goes before what names of models suggest. */
  readonly chosen?: string;
  readonly first: string;
}

const simulator = 'simulator';

/**
 * Providers by the variables that are set, each under its kind's name. PROXY_BACKEND chooses the default backend;
 * else older flags do; else it is OpenRouter if its key is there, else the first found; with nothing, the simulator.
 * Throws `ConfigError` for a backend that nobody knows.
 */
export function providersFrom(
  env: Environment,
  kinds: readonly KnownKind[],
  places: Map<string, Place>,
): FoundProviders {
  const found = kinds.filter((kind) => isEnough(env, kind)).map(({ kind }) => kind);
  const chosen = chosenBackend(env, kinds);
  const first = chosen ?? (found.includes('openrouter') ? 'openrouter' : (found[0] ?? simulator));
  const providers: { [name: string]: JsonObject } = {};
  for (const name of new Set([first, ...found])) providers[name] = { kind: name };
  note(places, ['providers'], backendVariable);
  return chosen === undefined ? { providers, first } : { providers, first, chosen };
}

/** Fills in what a provider of a known kind does not say and a variable does: always its credential, its address on demand. */
export function fillProvider(
  provider: JsonObject,
  at: { readonly path: Path; readonly kind: KnownKind; readonly address: boolean; isAbsent(field: string): boolean },
  env: Environment,
  places: Map<string, Place>,
): JsonObject {
  const filled = { ...provider };
  const isWritten = (field: string): boolean => Object.hasOwn(provider, field) || at.isAbsent(field);
  const excluded = excludedBy(isWritten, at.kind.alternatives ?? []);
  for (const [field, names] of Object.entries(at.kind.variables)) {
    if (isWritten(field) || excluded.has(field) || (field === 'base_url' && !at.address)) continue;
    const variable = firstSet(env, names);
    if (variable === undefined) continue;
    filled[field] = variable.value;
    note(places, [...at.path, field], variable.name);
  }
  return filled;
}

/** What the environment must not add, because something that stands for it is written. */
function excludedBy(
  isWritten: (field: string) => boolean,
  groups: NonNullable<KnownKind['alternatives']>,
): ReadonlySet<string> {
  const excluded = new Set<string>();
  for (const sets of groups) {
    const chosen = sets.filter((fields) => fields.some(isWritten));
    if (chosen.length === 0) continue;
    const wanted = chosen.flat();
    for (const field of sets.flat()) if (!wanted.includes(field)) excluded.add(field);
  }
  return excluded;
}

/** Every variable that is looked at, but for the addresses of services that have one of their own. */
export function variablesLookedAt(kinds: readonly KnownKind[]): string[] {
  const settings = settingVariables.flatMap(({ names }) => names);
  const ofKinds = kinds.flatMap(({ variables, enough }) =>
    Object.entries(variables).flatMap(([field, names]) =>
      field !== 'base_url' || enough.some((fields) => fields.includes(field)) ? names : [],
    ),
  );
  const flags = olderFlags.map(([name]) => name);
  return [
    ...new Set([
      ...settings,
      ...keyVariables,
      backendVariable,
      ...Object.values(nameVariables).flat(),
      ...tracingVariables,
      ...flags,
      ...ofKinds,
    ]),
  ];
}

const keyVariables = ['DRAGOMAN_KEYS', 'DRAGOMAN_KEY'] as const;
const backendVariable = 'PROXY_BACKEND';

/** Booleans that older proxies of this sort were told by; the first that is true counts. */
const olderFlags: readonly (readonly [string, string])[] = [
  ['DATABRICKS_ENABLED', 'databricks'],
  ['USE_DATABRICKS', 'databricks'],
  ['BYPASS_LITELLM_ENABLED', 'openrouter'],
  ['USE_OPENROUTER', 'openrouter'],
  ['USE_LITELLM_MESSAGES', 'litellm-messages'],
  ['USE_LITELLM', 'litellm'],
  ['PASSTHROUGH_MODE', 'anthropic'],
  ['USE_ANTHROPIC', 'anthropic'],
  ['USE_OPENAI', 'openai'],
];

function chosenBackend(env: Environment, kinds: readonly KnownKind[]): string | undefined {
  const asked = env[backendVariable]?.trim();
  if (asked === undefined || asked === '') {
    return olderFlags.find(([name]) => /^(1|true|yes|on)$/i.test(env[name]?.trim() ?? ''))?.[1];
  }
  const words = new Map(
    kinds.flatMap(({ kind, backends = [] }) => [kind, ...backends].map((word) => [backendWord(word), kind])),
  );
  const kind = words.get(backendWord(asked));
  if (kind !== undefined) return kind;
  const message = `unknown backend "${asked}".${suggest(backendWord(asked), [...words.keys()])}`;
  throw new ConfigError([{ where: `environment ${backendVariable}`, path: '', message }]);
}

/** `litellm-messages` is chosen as LITELLM_MESSAGES. */
function backendWord(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}

function isEnough(env: Environment, kind: KnownKind): boolean {
  return kind.enough.some((fields) =>
    fields.every((field) => firstSet(env, kind.variables[field] ?? []) !== undefined),
  );
}

function firstSet(env: Environment, names: readonly string[]): { name: string; value: string } | undefined {
  for (const name of names) {
    const value = env[name];
    if (value !== undefined && value.trim() !== '') return { name, value };
  }
  return undefined;
}

function note(places: Map<string, Place>, path: Path, variable: string): void {
  places.set(placeKey(path), { where: `environment ${variable}`, offset: 0 });
}

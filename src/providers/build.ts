import type { DialectName } from '../canon/content.ts';
import type { Config, ProviderConfig } from '../config/config.ts';
import { ConfigError, type Problem } from '../config/problem.ts';
import { suggest } from '../config/suggestion.ts';
import type { Headers } from '../dialects/dialect.ts';
import { basesOf, hostUrl, joined, variablesFor } from './address.ts';
import type { Ask } from './ask.ts';
import { Doors } from './doors.ts';
import { identityOf } from './identity.ts';
import type { Kind } from './kind.ts';
import { languages } from './language.ts';
import { bareMachine, type Machine } from './machine.ts';
import { ModelFacts, rulesFor } from './model-facts.ts';
import type { Operation } from './operation.ts';
import type { DoorWish, Provider, Route, Timeouts, WireCall } from './provider.ts';
import { kinds } from './table.ts';
import { filled, unfilled, type Values } from './template.ts';

/** What providers need that is known only when the program runs. */
export interface BuildOptions {
  /** Origin of the built-in simulator, if it runs. */
  readonly simulatorUrl?: string;
  /** How credentials are fetched. */
  readonly ask: Ask;
  /** Where credentials may be found that the configuration does not name; without it, nowhere. */
  readonly machine?: Machine;
}

/** The configured providers by their names, ready to be called. Throws `ConfigError` with every problem there is. */
export function buildProviders(config: Config, options: BuildOptions): ReadonlyMap<string, Provider> {
  const problems: Problem[] = [];
  const providers = new Map<string, Provider>();
  for (const [name, settings] of Object.entries(config.providers)) {
    const complain: Complain = (field, message) => {
      problems.push(config.source.problem(['providers', name, ...(field === '' ? [] : [field])], message));
    };
    const provider = withOtherKeys(name, settings, { config, options, complain });
    if (provider !== undefined) providers.set(name, provider);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return providers;
}

/** Every provider by its own name, those with further keys among them. */
export function everyKey(providers: ReadonlyMap<string, Provider>): ReadonlyMap<string, Provider> {
  const all = [...providers.values()].flatMap((provider) => [provider, ...(provider.others ?? [])]);
  return new Map(all.map((provider) => [provider.name, provider]));
}

/** Each key makes a provider of its own: what is wrong with one key is not wrong with the others. */
function withOtherKeys(name: string, settings: ProviderConfig, around: Surroundings): Provider | undefined {
  const { more_keys: more = [], ...own } = settings;
  const first = buildProvider(name, own, around);
  if (first === undefined || more.length === 0) return first;
  const others = more
    .map((key, i) => buildProvider(name, { ...own, api_key: key }, around, `#${i + 2}`))
    .filter((provider) => provider !== undefined);
  return Object.freeze({ ...first, others: Object.freeze(others) });
}

/** Tells of a mistake in a field; an empty one is the whole provider. */
type Complain = (field: string, message: string) => void;

interface Surroundings {
  readonly config: Config;
  readonly options: BuildOptions;
  readonly complain: Complain;
}

/** @param suffix tells it from those of the same name. */
function buildProvider(
  name: string,
  settings: ProviderConfig,
  around: Surroundings,
  suffix = '',
): Provider | undefined {
  const kind = kindOf(settings, around.complain);
  const speaks = languageOf(settings, kind, around.complain);
  if (kind === false || speaks === undefined) return undefined;
  const { config, options, complain } = around;
  const machine = options.machine ?? bareMachine;
  const values = valuesOf(settings, kind, options, machine);
  const bases = basesOf(settings, kind, speaks, { config, values, complain });
  const base = bases?.get(speaks);
  if (bases === undefined || base === undefined) return undefined;
  const lacking = lackingIn(kind, settings, values);
  if (lacking !== undefined) {
    complain(lacking, `is missing: write it${variablesFor(kind, lacking)}`);
    return undefined;
  }
  const { credential, missing } = identityOf({
    ...{ name, settings, kind, speaks, values, config, machine },
    baseUrl: base,
    ask: options.ask,
  });
  const sources = { bases, speaks, kind, settings, values };
  const facts = new ModelFacts(sources);
  const doors = new Doors(sources);
  const get = (path: string): Provider['list'] => getOf(base, filled(path, values));
  return Object.freeze({
    name: name + suffix,
    configName: name,
    ...traitsOf(name, kind, speaks),
    speaks,
    baseUrl: addressText(base),
    timeouts: timeoutsOf(settings, config),
    models: Object.freeze(Object.keys(settings.models ?? {})),
    ...(missing === undefined ? {} : { missing }),
    list: get(listOf(kind, speaks)),
    probe: get(probeOf(kind, speaks)),
    routes: (model: string, client?: DialectName) => facts.routes(model, client),
    prefer: (model: string, route: Route, client?: DialectName) => facts.prefer(model, route, client),
    ...(kind?.offers === undefined ? {} : { offers: kind.offers }),
    door: (operation: Operation, wish: DoorWish) => doors.open(operation, wish),
    modelName: (model: string) => facts.nameOf(model),
    contextWindow: (model: string) => facts.contextWindow(model),
    authorize: (call?: WireCall, signal?: AbortSignal) => credential.authorize(call, signal),
    refused: (headers: Headers) => credential.refused(headers),
  });
}

function valuesOf(
  settings: ProviderConfig,
  kind: Kind | undefined,
  { simulatorUrl }: BuildOptions,
  machine: Machine,
): Values {
  const texts = Object.entries(settings).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return {
    ...Object.fromEntries(texts),
    host: settings.host === undefined ? undefined : hostUrl(settings.host),
    simulator: simulatorUrl,
    ...kind?.derive?.(settings, machine),
  };
}

/** What a path that may be called has a place for, and nobody has said. */
function lackingIn(kind: Kind | undefined, settings: ProviderConfig, values: Values): string | undefined {
  const paths = rulesFor(kind?.routes ?? [], { settings, values }).flatMap((rule) => rule.paths);
  return paths.flatMap((path) => unfilled(typeof path === 'string' ? path : path.call, { ...values, model: '' })).at(0);
}

type Traits = Pick<Provider, 'kind' | 'title' | 'serves' | 'home' | 'vendorNames' | 'big' | 'small'>;

/** What the table knows of a provider; nobody else's endpoint that speaks Anthropic's language is taken to serve Claude. */
function traitsOf(name: string, kind: Kind | undefined, speaks: DialectName): Traits {
  if (kind === undefined) return { title: name, serves: speaks === 'anthropic' ? ['claude'] : [], vendorNames: false };
  const { title, serves = [], vendorNames = false, home, big, small } = kind;
  return {
    kind: kind.kind,
    title,
    serves,
    vendorNames,
    ...(home === undefined ? {} : { home }),
    ...(big === undefined ? {} : { big }),
    ...(small === undefined ? {} : { small }),
  };
}

/** False when the kind is not known; undefined when none is named. */
function kindOf({ kind }: ProviderConfig, complain: Complain): Kind | undefined | false {
  if (kind === undefined) return undefined;
  const known = kinds.get(kind);
  if (known !== undefined) return known;
  complain('kind', `unknown kind "${kind}".${suggest(kind, [...kinds.keys()])}`);
  return false;
}

function languageOf(
  settings: ProviderConfig,
  kind: Kind | undefined | false,
  complain: Complain,
): DialectName | undefined {
  const known = Object.keys(languages);
  const { speaks } = settings;
  if (speaks === undefined) {
    if (kind === undefined)
      complain('', `write kind: for a well-known service, or speaks: and base_url:. Languages: ${known.join(', ')}`);
    return kind === undefined || kind === false ? undefined : kind.speaks;
  }
  if (Object.hasOwn(languages, speaks)) return speaks as DialectName;
  complain('speaks', `unknown language "${speaks}".${suggest(speaks, known)}`);
  return undefined;
}

function timeoutsOf(settings: ProviderConfig, config: Config): Timeouts {
  const { connect, first_byte: firstByte, idle, total } = { ...config.timeouts, ...settings.timeouts };
  return Object.freeze({ connect, firstByte, idle, total });
}

/** A kind's own calls besides its models' belong to its own language, unless it has several at one address. */
function isAtHome(kind: Kind, speaks: DialectName): boolean {
  return kind.speaks === speaks || kind.routes !== undefined;
}

function listOf(kind: Kind | undefined, speaks: DialectName): string {
  const own = kind !== undefined && isAtHome(kind, speaks) ? kind.list : undefined;
  return own ?? languages[speaks].probe;
}

function probeOf(kind: Kind | undefined, speaks: DialectName): string {
  const own = kind !== undefined && isAtHome(kind, speaks) ? (kind.probe ?? kind.list) : undefined;
  return own ?? languages[speaks].probe;
}

/** A path after the base URL, or a whole address. */
function getOf(base: URL, path: string): Provider['list'] {
  if (/^https?:/.test(path)) {
    const { origin, pathname, search } = new URL(path);
    return Object.freeze({ origin, path: pathname + search });
  }
  return Object.freeze({ origin: base.origin, path: joined(base, path) });
}

function addressText(base: URL): string {
  return base.href.replace(/\/+$/, '');
}

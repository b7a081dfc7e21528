import type { DialectName } from '../canon/content.ts';
import { isLoopback } from '../config/checks.ts';
import type { Config, ProviderConfig } from '../config/config.ts';
import { ConfigError, type Path, type Problem, pathText } from '../config/problem.ts';
import { suggest } from '../config/suggestion.ts';
import type { Headers } from '../dialects/dialect.ts';
import { ClientCredentials, type PostForm } from './client-credentials.ts';
import { type Credential, keyHeaders, missingCredential, revealed, staticCredential } from './credential.ts';
import type { Kind } from './kind.ts';
import { languages } from './language.ts';
import { ModelFacts } from './model-facts.ts';
import type { Provider, Route, Timeouts } from './provider.ts';
import { kinds } from './table.ts';

/** What providers need that is known only when the program runs. */
export interface BuildOptions {
  /** Origin of the built-in simulator, if it runs. */
  readonly simulatorUrl?: string;
  /** By which tokens are fetched. */
  readonly post: PostForm;
}

/** The configured providers, ready to be called. Throws `ConfigError` with every problem there is. */
export function buildProviders(config: Config, options: BuildOptions): ReadonlyMap<string, Provider> {
  const problems: Problem[] = [];
  const providers = new Map<string, Provider>();
  for (const [name, settings] of Object.entries(config.providers)) {
    const complain: Complain = (field, message) => {
      const path: Path = ['providers', name, ...field];
      problems.push(config.source.problem(path, message));
    };
    const provider = buildProvider(name, settings, { config, options, complain });
    if (provider !== undefined) providers.set(name, provider);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return providers;
}

type Complain = (field: Path, message: string) => void;

interface Surroundings {
  readonly config: Config;
  readonly options: BuildOptions;
  readonly complain: Complain;
}

function buildProvider(name: string, settings: ProviderConfig, around: Surroundings): Provider | undefined {
  const kind = kindOf(settings, around.complain);
  const speaks = languageOf(settings, kind, around.complain);
  if (kind === false || speaks === undefined) return undefined;
  const baseUrl = baseUrlOf(settings, kind, speaks, around);
  if (baseUrl === undefined) return undefined;
  if (isItself(baseUrl, around.config)) {
    around.complain(['base_url'], `${baseUrl} is where Dragoman itself listens; write the address of the provider`);
    return undefined;
  }
  const missing = missingOf(name, settings, kind, around.config);
  const credential =
    missing === undefined
      ? credentialOf(name, settings, { kind, speaks, baseUrl, post: around.options.post })
      : missingCredential(name, missing);
  const facts = new ModelFacts({ base: new URL(baseUrl), speaks, kind, settings });
  return Object.freeze({
    name,
    ...traitsOf(name, kind, speaks),
    speaks,
    baseUrl,
    timeouts: timeoutsOf(settings, around.config),
    models: Object.freeze(Object.keys(settings.models ?? {})),
    ...(missing === undefined ? {} : { missing }),
    list: pathAt(new URL(baseUrl), languages[speaks]?.probe ?? '/models'),
    probe: probeOf(kind, speaks, new URL(baseUrl)),
    routes: (model: string) => facts.of(model).routes,
    prefer: (model: string, route: Route) => facts.prefer(model, route),
    modelName: (model: string) => facts.nameOf(model),
    contextWindow: (model: string) => facts.of(model).contextWindow,
    authorize: (signal?: AbortSignal) => credential.authorize(signal),
    refused: (headers: Headers) => credential.refused(headers),
  });
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
  complain(['kind'], `unknown kind "${kind}".${suggest(kind, [...kinds.keys()])}`);
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
      complain([], `write kind: for a well-known service, or speaks: and base_url:. Languages: ${known.join(', ')}`);
    return kind === undefined || kind === false ? undefined : kind.speaks;
  }
  if (Object.hasOwn(languages, speaks)) return speaks as DialectName;
  complain(['speaks'], `unknown language "${speaks}".${suggest(speaks, known)}`);
  return undefined;
}

function baseUrlOf(
  settings: ProviderConfig,
  kind: Kind | undefined,
  speaks: DialectName,
  around: Surroundings,
): string | undefined {
  // Anthropic's SDK adds /v1 itself; an address that has it already is a slip everybody makes.
  const tidy = (url: string): string => (speaks === 'anthropic' ? url.replace(/\/v1$/, '') : url);
  if (settings.base_url !== undefined) return tidy(settings.base_url);
  const template = kind?.baseUrls[speaks];
  if (template === undefined) {
    const whose = kind === undefined ? '' : ` at which ${kind.title} speaks ${speaks}`;
    const variable =
      kind !== undefined && Object.keys(kind.baseUrls).length === 0 ? variablesFor(kind, 'base_url') : '';
    around.complain(['base_url'], `is missing: write the address${whose}${variable}`);
    return undefined;
  }
  const values: { readonly [name: string]: string | undefined } = {
    account: settings.account,
    host: settings.host === undefined ? undefined : hostUrl(settings.host),
    simulator: around.options.simulatorUrl,
  };
  let unknown: string | undefined;
  const url = template.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    if (values[name] === undefined) unknown = name;
    return values[name] ?? '';
  });
  if (unknown === 'simulator') around.complain(['kind'], 'the simulator does not run; write its base_url');
  else if (unknown !== undefined) around.complain([unknown], `is missing: write it${variablesFor(kind, unknown)}`);
  else if (!URL.canParse(url)) around.complain(['host'], `"${url}" is not an address`);
  else return url.replace(/\/+$/, '');
  return undefined;
}

/** Hosts are often given bare; Azure's workspaces even without their domain. */
function hostUrl(host: string): string {
  const whole = /^https?:\/\//i.test(host) ? host : `https://${host}`;
  return whole.replace(/\/+$/, '').replace(/^(https?:\/\/adb-\d+\.\d+)$/i, '$1.azuredatabricks.net');
}

function variablesFor(kind: Kind | undefined, field: string): string {
  const names = kind?.variables[field];
  return names === undefined ? '' : `, or set ${names[0]}`;
}

function isItself(baseUrl: string, { server }: Config): boolean {
  const url = new URL(baseUrl);
  const port = Number(url.port === '' ? usualPorts[url.protocol] : url.port);
  return (
    server.port !== 0 &&
    port === server.port &&
    isLoopback(url.hostname) &&
    (isLoopback(server.host) || isAny(server.host))
  );
}

const usualPorts: { readonly [protocol: string]: number } = { 'http:': 80, 'https:': 443 };

function isAny(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** What must be set or written before the provider can be called; a key that is there makes up for everything else. */
function missingOf(name: string, settings: ProviderConfig, kind: Kind | undefined, config: Config): string | undefined {
  if (settings.api_key !== undefined || authorizesItself(settings)) return undefined;
  const path = (field: string): string => pathText(['providers', name, field]);
  const absent = config.absent.find((item) => credentialFields.some((field) => item.path === path(field)));
  if (absent !== undefined) return `${absent.path} takes ${absent.variable}, which is not set`;
  if (kind?.needsKey !== true) return undefined;
  const half = kind.tokenPath !== undefined && settings.client_id !== undefined;
  if (half && settings.client_secret !== undefined) return undefined;
  const field = half ? 'client_secret' : 'api_key';
  const variable = kind.variables[field]?.[0];
  return config.file === undefined ? `set ${variable}` : `write ${path(field)}, or set ${variable}`;
}

const credentialFields = ['api_key', 'client_id', 'client_secret'] as const;

/** A credential may stand in `headers`, too. */
function authorizesItself({ headers = {} }: ProviderConfig): boolean {
  return Object.keys(headers).some((name) => /^(authorization|x-api-key|api-key)$/i.test(name));
}

interface Chosen {
  readonly kind: Kind | undefined;
  readonly speaks: DialectName;
  readonly baseUrl: string;
  readonly post: PostForm;
}

function credentialOf(name: string, settings: ProviderConfig, { kind, speaks, baseUrl, post }: Chosen): Credential {
  const headers = revealed(settings.headers ?? {});
  const { api_key: key, client_id: clientId, client_secret: clientSecret } = settings;
  if (key === undefined && kind?.tokenPath !== undefined && clientId !== undefined && clientSecret !== undefined) {
    const tokenUrl = new URL(kind.tokenPath, baseUrl);
    return new ClientCredentials({
      provider: name,
      tokenUrl,
      clientId,
      clientSecret,
      scope: 'all-apis',
      post,
      headers,
    });
  }
  const header = kind?.keyHeader ?? languages[speaks]?.keyHeader ?? 'bearer';
  return staticCredential({ ...(key === undefined ? {} : keyHeaders(header, key.reveal())), ...headers });
}

function timeoutsOf(settings: ProviderConfig, config: Config): Timeouts {
  const { connect, first_byte: firstByte, idle, total } = { ...config.timeouts, ...settings.timeouts };
  return Object.freeze({ connect, firstByte, idle, total });
}

function probeOf(kind: Kind | undefined, speaks: DialectName, base: URL): Provider['probe'] {
  const own = kind !== undefined && (kind.speaks === speaks || kind.routes !== undefined) ? kind.probe : undefined;
  return pathAt(base, own ?? languages[speaks]?.probe ?? '/');
}

function pathAt(base: URL, path: string): Provider['list'] {
  return Object.freeze({ origin: base.origin, path: `${base.pathname.replace(/\/+$/, '')}${path}${base.search}` });
}

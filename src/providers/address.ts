import type { DialectName } from '../canon/content.ts';
import { isLoopback } from '../config/checks.ts';
import type { Config, ProviderConfig } from '../config/config.ts';
import type { Kind } from './kind.ts';
import { languages } from './language.ts';
import { filled, unfilled, type Values } from './template.ts';

/** A path after the base URL; both may have a query. */
export function joined(base: URL, path: string): string {
  const whole = `${base.pathname.replace(/\/+$/, '')}${path}`;
  return base.search !== '' && whole.includes('?') ? `${whole}&${base.search.slice(1)}` : whole + base.search;
}

/** What addresses depend on besides the provider's settings. */
export interface Surroundings {
  readonly config: Config;
  readonly values: Values;
  /** Tells of a mistake in a field. */
  complain(field: string, message: string): void;
}

/** Base URL by language, for every language that the provider may be spoken to; nothing, after a complaint, where one is missing. */
export function basesOf(
  settings: ProviderConfig,
  kind: Kind | undefined,
  speaks: DialectName,
  around: Surroundings,
): ReadonlyMap<DialectName, URL> | undefined {
  const spoken = settings.speaks === undefined ? (kind?.routes ?? []).map((rule) => rule.speaks) : [];
  const bases = new Map<DialectName, URL>();
  for (const language of new Set([speaks, ...spoken])) {
    const base = baseOf(settings, kind, language, around);
    if (base === undefined) return undefined;
    if (isItself(base, around.config)) {
      around.complain('base_url', `${base} is where Dragoman itself listens; write the address of the provider`);
      return undefined;
    }
    bases.set(language, new URL(base));
  }
  return bases;
}

function baseOf(
  settings: ProviderConfig,
  kind: Kind | undefined,
  language: DialectName,
  { values, complain }: Surroundings,
): string | undefined {
  const { superfluous } = kind ?? {};
  const tidy = (url: string): string => url.replace(superfluous ?? languages[language].superfluous ?? '', '');
  if (settings.base_url !== undefined) return tidy(settings.base_url);
  const template = kind?.baseUrls[language];
  if (template === undefined) {
    const whose = kind === undefined ? '' : ` at which ${kind.title} speaks ${language}`;
    const variable =
      kind !== undefined && Object.keys(kind.baseUrls).length === 0 ? variablesFor(kind, 'base_url') : '';
    complain('base_url', `is missing: write the address${whose}${variable}`);
    return undefined;
  }
  const [unknown] = unfilled(template, values);
  const url = filled(template, values);
  if (unknown === 'simulator') complain('kind', 'the simulator does not run; write its base_url');
  else if (unknown !== undefined) complain(unknown, `is missing: write it${variablesFor(kind, unknown)}`);
  else if (!URL.canParse(url)) complain('host', `"${url}" is not an address`);
  else return url.replace(/\/+$/, '');
  return undefined;
}

/** Hosts are often given bare; Azure's workspaces even without their domain. */
export function hostUrl(host: string): string {
  const whole = /^https?:\/\//i.test(host) ? host : `https://${host}`;
  return whole.replace(/\/+$/, '').replace(/^(https?:\/\/adb-\d+\.\d+)$/i, '$1.azuredatabricks.net');
}

/** `, or set NAME` for a field that a variable may hold. */
export function variablesFor(kind: Kind | undefined, field: string): string {
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

import type { DialectName } from '../canon/content.ts';
import type { ProviderConfig } from '../config/config.ts';
import type { Quirks } from '../dialects/dialect.ts';
import { joined } from './address.ts';
import { type Kind, matches, type RouteRule } from './kind.ts';
import { type CallPaths, callPaths, languages } from './language.ts';
import type { Route } from './provider.ts';
import { filled, type Values } from './template.ts';
import { type Way, Ways } from './ways.ts';

/** What holds for one model of one provider. */
interface Facts {
  readonly ways: Ways;
  readonly contextWindow: number | undefined;
}

/** What they are worked out from. */
export interface FactSources {
  /** Base URL by language. */
  readonly bases: ReadonlyMap<DialectName, URL>;
  readonly speaks: DialectName;
  readonly kind: Kind | undefined;
  readonly settings: ProviderConfig;
  /** What stands for `{...}` in the kind's paths and names. */
  readonly values: Values;
}

/** Clients choose the names of models; so many of them are remembered, then all are forgotten. */
const maxRemembered = 1024;

/** Works out once for each model how it is called, and remembers which way of several was the right one. */
export class ModelFacts {
  readonly #from: FactSources;
  readonly #facts = new Map<string, Facts>();
  readonly #names = new Map<string, string>();

  constructor(from: FactSources) {
    this.#from = from;
  }

  routes(model: string, client: DialectName | undefined): readonly Route[] {
    return this.#of(model).ways.inOrder(client);
  }

  prefer(model: string, route: Route, client: DialectName | undefined): void {
    this.#of(model).ways.prefer(route, client);
  }

  contextWindow(model: string): number | undefined {
    return this.#of(model).contextWindow;
  }

  nameOf(model: string): string {
    const known = this.#names.get(model);
    return known ?? remember(this.#names, model, renamed(this.#from, model));
  }

  #of(model: string): Facts {
    const known = this.#facts.get(model);
    if (known !== undefined) return known;
    const contextWindow = this.#from.settings.models?.[model]?.context_window;
    return remember(this.#facts, model, { ways: new Ways(waysOf(this.#from, model)), contextWindow });
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): T {
  if (map.size >= maxRemembered) map.clear();
  map.set(key, value);
  return value;
}

/** A model that the configuration names is called as it is named there. */
function renamed({ kind, settings, values }: FactSources, model: string): string {
  if (settings.models !== undefined && Object.hasOwn(settings.models, model)) return model;
  const rule = kind?.rename?.find(([pattern]) => pattern.test(model));
  return rule === undefined ? model : model.replace(rule[0], filled(rule[1], values));
}

function waysOf(from: FactSources, model: string): Way[] {
  const { speaks, kind, settings } = from;
  if (kind?.routes === undefined) return [{ rank: 0, route: routeOf(from, model, speaks, languages[speaks]) }];
  // Whoever says what is spoken means it for every model; else the rules say, those made for some models first.
  const fitting = rulesFor(kind.routes, from).filter((rule) =>
    settings.speaks === undefined ? matches(rule.match, model) : rule.speaks === speaks,
  );
  const last = settings.speaks === undefined ? fitting.findIndex(({ only }) => only === true) : -1;
  // Rules for the same models suit them equally well.
  const ranks = [...new Set(fitting.map(({ match }) => match))];
  const ways = fitting.slice(0, last < 0 ? undefined : last + 1).flatMap((rule) =>
    rule.paths.map((path) => ({
      rank: ranks.indexOf(rule.match),
      route: routeOf(from, model, rule.speaks, callPaths(rule.speaks, path), rule.wrapping),
    })),
  );
  const isSame = (a: Way, b: Way): boolean =>
    a.route.speaks === b.route.speaks && a.route.path(model, false) === b.route.path(model, false);
  return ways.filter((way, i) => ways.findIndex((other) => isSame(way, other)) === i);
}

/** Those whose settings are there. */
export function rulesFor<R extends Pick<RouteRule, 'needs' | 'without'>>(
  rules: readonly R[],
  { settings, values }: Pick<FactSources, 'settings' | 'values'>,
): R[] {
  const given = (field: string | undefined): boolean =>
    field !== undefined && (settings[field as keyof ProviderConfig] ?? values[field]) !== undefined;
  return rules.filter(({ needs, without }) => (needs === undefined || given(needs)) && !given(without));
}

function routeOf(
  from: FactSources,
  model: string,
  language: DialectName,
  paths: CallPaths,
  wrapping?: Route['wrapping'],
): Route {
  const base = from.bases.get(language) ?? from.bases.get(from.speaks);
  if (base === undefined) throw new Error(`no address for ${language}`);
  const { origin } = base;
  const whole = (path: string, name = model): string =>
    joined(base, filled(path, from.values).replaceAll('{model}', encodeURIComponent(name)));
  const call = whole(paths.call);
  const stream = paths.stream === undefined ? call : whole(paths.stream);
  const usual = usualOf(from, language);
  const { body } = from.settings;
  return Object.freeze({
    speaks: language,
    origin,
    path: (_model: string, streamed: boolean) => (streamed ? stream : call),
    ...(paths.count === undefined ? {} : { countPath: whole(paths.count, countedName(from.kind, model)) }),
    ...(wrapping === undefined ? {} : { wrapping }),
    quirks: quirksOf(from, language, model),
    ...(body === undefined ? {} : { body }),
    ...(usual === undefined ? {} : { usual }),
  });
}

function countedName(kind: Kind | undefined, model: string): string {
  const rule = kind?.countedAs;
  return rule === undefined ? model : model.replace(rule[0], rule[1]);
}

/** Later ones win: the kind, its models, the provider as configured, the model as configured. */
export function quirksOf({ kind, settings }: FactSources, language: DialectName, model: string): Quirks {
  const configured =
    settings.models !== undefined && Object.hasOwn(settings.models, model) ? settings.models[model] : undefined;
  const most = configured?.max_output_tokens;
  const rows = (kind?.models ?? []).filter(
    ({ match, speaks = kind?.speaks }) => [speaks].flat().includes(language) && matches(match, model),
  );
  const layers: readonly (Quirks | undefined)[] = [
    kind?.speaks === language ? kind.quirks : undefined,
    ...rows.map(({ quirks }) => quirks),
    settings.quirks,
    most === undefined ? undefined : { max_output_tokens: most },
    configured?.quirks,
  ];
  return Object.freeze(Object.assign({}, ...layers) as Quirks);
}

function usualOf({ kind }: FactSources, language: DialectName): Route['usual'] {
  return kind?.speaks === language ? kind.body : undefined;
}

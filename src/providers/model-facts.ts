import type { DialectName } from '../canon/content.ts';
import type { ProviderConfig } from '../config/config.ts';
import type { Quirks } from '../dialects/dialect.ts';
import { type Kind, matches } from './kind.ts';
import { languages } from './language.ts';
import type { Route } from './provider.ts';

/** What holds for one model of one provider. */
interface Facts {
  readonly routes: readonly Route[];
  readonly contextWindow: number | undefined;
}

/** What they are worked out from. */
export interface FactSources {
  readonly base: URL;
  readonly speaks: DialectName;
  readonly kind: Kind | undefined;
  readonly settings: ProviderConfig;
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

  of(model: string): Facts {
    const known = this.#facts.get(model);
    if (known !== undefined) return known;
    return remember(this.#facts, model, {
      routes: Object.freeze(routesOf(this.#from, model)),
      contextWindow: this.#from.settings.models?.[model]?.context_window,
    });
  }

  prefer(model: string, route: Route): void {
    const { routes, contextWindow } = this.of(model);
    if (routes[0] === route || !routes.includes(route)) return;
    const reordered = [route, ...routes.filter((other) => other !== route)];
    this.#facts.set(model, { routes: Object.freeze(reordered), contextWindow });
  }

  nameOf(model: string): string {
    const known = this.#names.get(model);
    return known ?? remember(this.#names, model, renamed(this.#from, model));
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): T {
  if (map.size >= maxRemembered) map.clear();
  map.set(key, value);
  return value;
}

/** A model that the configuration names is called as it is named there. */
function renamed({ kind, settings }: FactSources, model: string): string {
  if (settings.models !== undefined && Object.hasOwn(settings.models, model)) return model;
  const rule = kind?.rename?.find(([pattern]) => pattern.test(model));
  return rule === undefined ? model : model.replace(rule[0], rule[1]);
}

function routesOf(from: FactSources, model: string): Route[] {
  const { base, speaks, kind, settings } = from;
  const { origin, search } = base;
  const prefix = base.pathname.replace(/\/+$/, '');
  const route = (language: DialectName, path: string): Route => {
    const whole = `${prefix}${path.replaceAll('{model}', encodeURIComponent(model))}`;
    const count = languages[language]?.count;
    const usual = usualOf(from, language);
    const { body } = from.settings;
    return Object.freeze({
      speaks: language,
      origin,
      path: () => `${whole}${search}`,
      ...(count === undefined ? {} : { countPath: `${whole}${count}${search}` }),
      quirks: quirksOf(from, language, model),
      ...(body === undefined ? {} : { body }),
      ...(usual === undefined ? {} : { usual }),
    });
  };
  if (kind?.routes === undefined) return [route(speaks, languages[speaks]?.call ?? '')];
  // Whoever says what is spoken means it for every model; else the rules say, those made for some models first.
  const fitting = kind.routes.filter((rule) =>
    settings.speaks === undefined ? matches(rule.match, model) : rule.speaks === speaks,
  );
  return fitting.flatMap((rule) => rule.paths.map((path) => route(rule.speaks, path)));
}

/** Later ones win: the kind, its models, the provider as configured, the model as configured. */
function quirksOf({ kind, settings }: FactSources, language: DialectName, model: string): Quirks {
  const own = kind !== undefined && kind.speaks === language;
  const configured =
    settings.models !== undefined && Object.hasOwn(settings.models, model) ? settings.models[model] : undefined;
  const most = configured?.max_output_tokens;
  const layers: readonly (Quirks | undefined)[] = [
    own ? kind.quirks : undefined,
    ...(own ? (kind.models ?? []) : []).filter(({ match }) => matches(match, model)).map(({ quirks }) => quirks),
    settings.quirks,
    most === undefined ? undefined : { max_output_tokens: most },
    configured?.quirks,
  ];
  return Object.freeze(Object.assign({}, ...layers) as Quirks);
}

function usualOf({ kind }: FactSources, language: DialectName): Route['usual'] {
  return kind?.speaks === language ? kind.body : undefined;
}

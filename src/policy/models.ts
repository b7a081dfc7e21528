import { GatewayError } from '../canon/error.ts';
import type { Config, ModelRule } from '../config/config.ts';
import type { ModelNames } from '../config/environment.ts';
import { suggest } from '../config/suggestion.ts';
import type { Family } from '../providers/kind.ts';
import type { Operation } from '../providers/operation.ts';
import type { Provider } from '../providers/provider.ts';
import { providerFor, providerOfModel } from './operations.ts';
import type { Plan, Target } from './plan.ts';

/** A name that clients may use, and where calls for it go first. */
export interface ListedModel {
  readonly id: string;
  readonly target: Target;
}

/** Clients choose names; so many are remembered, then all are forgotten. */
const maxRemembered = 1024;

/** Most names told to a client that asked for an unknown one. */
const maxTold = 30;

/** Longer names are nobody's. */
const maxNameLength = 512;

/** A plan that has not been put together yet. */
interface Found {
  readonly targets: readonly Target[];
  /** What the file says of it; nothing where no rule of it has the name. */
  readonly rule?: ModelRule;
}

type Resolve = (name: string) => Found | undefined;

/**
 * Turns the name a client gives into targets: the file's rules in their order, then the aliases `big` and `small`, then
 * `provider/model`, then the maker a bare name tells of, then the default provider. Compiled once; a change of the
 * configuration makes a new one.
 */
export class ModelRouter {
  readonly #steps: readonly Resolve[];
  readonly #rules: readonly Resolve[];
  readonly #names: NameRules;
  readonly #listed: readonly ListedModel[];
  readonly #patterns: readonly string[];
  readonly #providers: ReadonlyMap<string, Provider>;
  readonly #routing: Config['routing'];
  readonly #remembered = new Map<string, Plan>();

  constructor(config: Config, providers: ReadonlyMap<string, Provider>) {
    const names = new NameRules(config, providers);
    this.#providers = providers;
    this.#routing = config.routing;
    this.#names = names;
    this.#rules = config.models.map((rule) => compiled(rule, providers, config.strict));
    this.#steps = [...this.#rules, (name) => found(names.aliased(name)), (name) => found(names.resolve(name))];
    this.#listed = listed(config, providers, (name) => this.#find(name)?.targets[0]);
    const patterns = config.models.map(({ pattern }) => pattern);
    this.#patterns = [...new Set([...patterns, ...this.#listed.map(({ id }) => id), ...names.prefixes])];
  }

  /** Where calls for this name go, as they are written. Throws `not_found`, saying which names there are. */
  planTargets(name: string): readonly Target[] {
    return this.planRoute(name).targets;
  }

  /** The same with how to choose among them; the same object for the same name, as long as it is remembered. */
  planRoute(name: string): Plan {
    const known = this.#remembered.get(name);
    if (known !== undefined) return known;
    const plan = name.length > maxNameLength ? undefined : this.#plan(this.#find(name));
    if (plan === undefined) throw this.#unknown(name);
    if (this.#remembered.size >= maxRemembered) this.#remembered.clear();
    this.#remembered.set(name, plan);
    return plan;
  }

  /**
   * The targets for what is no answer in a conversation, and not every provider offers. What only the defaults would
   * decide goes to one that does; without a model, to the default provider if it does.
   */
  planOperation(operation: Operation, name: string | undefined): readonly Target[] {
    if (name === undefined) return this.#names.withoutModel(operation);
    const written = this.#rules.some((rule) => rule(name) !== undefined);
    const offered = written ? undefined : this.#plan(found(this.#names.forOperation(operation, name)));
    return offered?.targets ?? this.planTargets(name);
  }

  /** What the file's first rule for a name is called there; nothing where none of them has it. */
  ruleFor(name: string): string | undefined {
    return this.#find(name)?.rule?.pattern;
  }

  /** The names that can be told; patterns stand for more. */
  listModels(): readonly ListedModel[] {
    return this.#listed;
  }

  #find(name: string): Found | undefined {
    if (name === '') return undefined;
    for (const step of this.#steps) {
      const result = step(name);
      if (result !== undefined) return result;
    }
    return undefined;
  }

  #plan(result: Found | undefined): Plan | undefined {
    if (result === undefined || result.targets.length === 0) return undefined;
    const { rule } = result;
    const targets = result.targets.flatMap((target, i) => byKey(target, i, this.#providers.get(target.provider)));
    const isWeighted = rule?.to.some(({ weight }) => weight !== undefined) === true;
    const strategy = rule?.strategy ?? (isWeighted ? 'weighted' : this.#routing.strategy);
    const hasChoice =
      targets.length > 1 && (strategy !== 'ordered' || targets.some(({ spread }) => spread !== undefined));
    const hedge = rule?.hedge ?? this.#routing.hedge;
    return Object.freeze({
      targets: Object.freeze(targets.map((target) => Object.freeze(target))),
      strategy,
      sticky: hasChoice && (rule?.sticky ?? this.#routing.sticky),
      onCut: rule?.on_cut ?? this.#routing.on_cut,
      ...(hedge !== false && { hedge }),
    });
  }

  #unknown(name: string): GatewayError {
    if (name === '') return new GatewayError('invalid_request', 'model: must not be empty', { param: 'model' });
    const shown = name.length > 100 ? `${name.slice(0, 100)}...` : name;
    const message = `There is no model ${JSON.stringify(shown)} here.${suggest(name, this.#patterns.slice(0, maxTold))}`;
    return new GatewayError('not_found', message, { param: 'model', shouldRetry: false });
  }
}

function found(targets: readonly Target[] | undefined): Found | undefined {
  return targets && { targets };
}

/** A target for each key that its provider has; together they have its weight. */
function byKey(target: Target, entry: number, provider: Provider | undefined): Target[] {
  const others = provider?.others ?? [];
  if (others.length === 0) return [target];
  const { weight = 1 } = target;
  return [target.provider, ...others.map(({ name }) => name)].map((name) => ({
    ...target,
    provider: name,
    weight: weight / (others.length + 1),
    spread: entry,
  }));
}

/** One rule of the file as a function of the name. What the file says is what is sent: no name is adapted to the provider's custom. */
function compiled(rule: ModelRule, providers: ReadonlyMap<string, Provider>, strictByDefault: boolean): Resolve {
  const strict = rule.strict ?? strictByDefault;
  const written = rule.to.map(({ target, ...more }) => ({ ...splitTarget(target, providers), more }));
  const toTargets = (carried: string): Found => ({
    targets: written.map(({ provider, model, more }) => ({
      provider: provider.name,
      model: model.replace('*', () => carried),
      strict,
      ...more,
    })),
    rule,
  });
  const star = rule.pattern.indexOf('*');
  if (star < 0) {
    const fixed = toTargets('');
    return (name) => (name === rule.pattern ? fixed : undefined);
  }
  const before = rule.pattern.slice(0, star);
  const after = rule.pattern.slice(star + 1);
  const shortest = before.length + after.length;
  return (name) =>
    name.length >= shortest && name.startsWith(before) && name.endsWith(after)
      ? toTargets(name.slice(before.length, name.length - after.length))
      : undefined;
}

function splitTarget(target: string, providers: ReadonlyMap<string, Provider>): { provider: Provider; model: string } {
  const slash = target.indexOf('/');
  const provider = providers.get(target.slice(0, slash));
  if (provider === undefined) throw new Error(`no provider for ${target}: the configuration was not checked`);
  return { provider, model: target.slice(slash + 1) };
}

function targetAt(provider: Provider, model: string, strict: boolean): Target {
  return { provider: provider.name, model: provider.modelName(model), strict };
}

const families: readonly { readonly family: Family; readonly bare: RegExp; readonly vendor: string }[] = [
  { family: 'claude', bare: /^claude/i, vendor: 'anthropic/' },
  {
    family: 'gpt',
    bare: /^(gpt-|chatgpt-|codex-|o\d|text-embedding-(3|ada)|(omni|text)-moderation|dall-e|whisper-1|tts-1|sora|(davinci|babbage)-002)/i,
    vendor: 'openai/',
  },
  { family: 'gemini', bare: /^(gemini|text-embedding-00\d|text-multilingual-embedding)/i, vendor: 'google/' },
];

/** What names mean when no rule of the file says it. */
class NameRules {
  readonly prefixes: readonly string[];
  readonly #providers: ReadonlyMap<string, Provider>;
  readonly #default: Provider | undefined;
  /** The default where it was asked for by name: it goes before what names of models suggest. */
  readonly #chosen: Provider | undefined;
  readonly #names: ModelNames;
  readonly #strict: boolean;

  constructor(config: Config, providers: ReadonlyMap<string, Provider>) {
    this.#providers = providers;
    this.#default = providers.get(config.default_provider ?? '');
    this.#chosen = config.default_chosen ? this.#default : undefined;
    this.#names = config.names;
    this.#strict = config.strict;
    this.prefixes = [...providers.keys()].map((name) => `${name}/*`);
  }

  /** `big` and `small`: what the environment says they are, else what is usual at the default provider. */
  aliased(name: string): readonly Target[] | undefined {
    if (name !== 'big' && name !== 'small') return undefined;
    const meant = this.#names[name];
    if (meant !== undefined) return this.resolve(meant);
    const usual = this.#default?.[name];
    return this.#default === undefined || usual === undefined
      ? undefined
      : [targetAt(this.#default, usual, this.#strict)];
  }

  resolve(name: string): readonly Target[] | undefined {
    const target = this.#prefixed(name) ?? this.#byFamily(name) ?? (this.#default && this.#at(this.#default, name));
    return target === undefined ? undefined : [target];
  }

  /** Where an operation goes that names a model by no provider; nothing where the usual way has to do. */
  forOperation(operation: Operation, name: string): readonly Target[] | undefined {
    if (name === '' || this.#prefixed(name) !== undefined) return undefined;
    const family = this.#byFamily(name)?.provider;
    const usual = [family === undefined ? undefined : this.#providers.get(family), this.#default];
    const found = providerOfModel(operation, name, {
      usual: usual.filter((provider) => provider !== undefined),
      // Without a default not every name is welcome.
      others: this.#default === undefined ? [] : this.#providers.values(),
    });
    return found === undefined ? undefined : [this.#at(found, name)];
  }

  withoutModel(operation: Operation): readonly Target[] {
    const first = this.#default === undefined ? [] : [this.#default];
    const found = providerFor(operation, [...first, ...this.#providers.values()]);
    return found === undefined ? [] : [{ provider: found.name, model: '', strict: this.#strict }];
  }

  /** `router/x/y` is the model `x/y` of the provider `router`. */
  #prefixed(name: string): Target | undefined {
    const slash = name.indexOf('/');
    const provider = slash < 0 ? undefined : this.#providers.get(name.slice(0, slash));
    if (provider === undefined || slash === name.length - 1 || this.#isVendorName(name, provider)) return undefined;
    return this.#at(provider, name.slice(slash + 1));
  }

  /** With OpenRouter chosen, `anthropic/claude-...` is OpenRouter's name for a model, even if Anthropic is configured too. */
  #isVendorName(name: string, provider: Provider): boolean {
    const chosen = this.#chosen;
    if (chosen === undefined || chosen === provider || !chosen.vendorNames) return false;
    return families.some(({ family, vendor }) => name.startsWith(vendor) && chosen.serves.includes(family));
  }

  /** A bare name goes to its maker, unless somebody chose a provider that has it, too. */
  #byFamily(name: string): Target | undefined {
    const family = families.find(({ bare }) => bare.test(name))?.family;
    if (family === undefined) return undefined;
    if (this.#chosen?.serves.includes(family) === true) return this.#at(this.#chosen, name);
    for (const provider of this.#providers.values()) {
      if (provider.home === family) return this.#at(provider, name);
    }
    return family === 'claude' ? this.#instead(name) : undefined;
  }

  /** Claude Code asks for Claude by name; a provider that has none answers with what stands for that family. */
  #instead(name: string): Target | undefined {
    const provider = this.#default;
    if (provider === undefined || provider.serves.includes('claude')) return undefined;
    for (const meant of standIns(name, this.#names)) {
      if (!families[0]?.bare.test(meant))
        return this.#prefixed(meant) ?? this.#byFamily(meant) ?? this.#at(provider, meant);
    }
    const usual = /haiku/i.test(name) ? provider.small : provider.big;
    return usual === undefined ? undefined : this.#at(provider, usual);
  }

  #at(provider: Provider, model: string): Target {
    return targetAt(provider, model, this.#strict);
  }
}

/** What the environment says for a Claude model, the most particular first. */
function standIns(name: string, { big, small, claude, opus, sonnet, haiku, fable }: ModelNames): string[] {
  const byFamily = (): (string | undefined)[] => {
    if (/haiku/i.test(name)) return [haiku, small];
    if (/opus/i.test(name)) return [opus, claude, big];
    if (/sonnet/i.test(name)) return [sonnet, claude, big];
    if (/fable/i.test(name)) return [fable, claude, big];
    return [claude, big];
  };
  return byFamily().filter((meant) => meant !== undefined);
}

function listed(
  config: Config,
  providers: ReadonlyMap<string, Provider>,
  firstOf: (name: string) => Target | undefined,
): ListedModel[] {
  const written = config.models.map(({ pattern }) => pattern);
  // A rule that takes everything takes the aliases, too: they mean nothing of their own then.
  const aliases = written.includes('*') ? [] : ['big', 'small'];
  const ids = [
    ...written.filter((pattern) => !pattern.includes('*')),
    ...aliases,
    ...[...providers.values()].flatMap(({ name, models }) => models.map((model) => `${name}/${model}`)),
  ];
  return [...new Set(ids)].flatMap((id) => {
    const target = firstOf(id);
    return target === undefined ? [] : [Object.freeze({ id, target })];
  });
}

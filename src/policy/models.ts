import { GatewayError } from '../canon/error.ts';
import type { Config, ModelRule } from '../config/config.ts';
import { suggest } from '../config/suggestion.ts';
import type { Operation } from '../providers/operation.ts';
import type { Provider } from '../providers/provider.ts';
import { NameRules } from './name-rules.ts';
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

/** Why a name goes where it goes: a rule of the file, or one of the rules for names that none of them has. */
export type Whence =
  | { readonly by: 'rule'; readonly pattern: string }
  | { readonly by: 'alias' | 'prefix' | 'family' | 'default' };

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

  /** Why a name goes where it goes. Throws `not_found`. */
  whence(name: string): Whence {
    const result = this.#find(name);
    if (result === undefined) throw this.#unknown(name);
    if (result.rule !== undefined) return { by: 'rule', pattern: result.rule.pattern };
    return { by: this.#names.aliased(name) === undefined ? this.#names.reasonFor(name) : 'alias' };
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

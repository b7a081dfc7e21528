import { type CircuitChange, publishCircuitChange } from '../observe/circuit-change.ts';
import { Circuit, type CircuitKeeper, type CircuitOptions } from './circuit.ts';
import { type News, splitScope } from './news.ts';
import { type RestOptions, TargetHealth, type TargetKeeper } from './target-health.ts';

/** When targets are left alone, and for how long. Times are milliseconds. */
export interface BreakerOptions extends CircuitOptions, RestOptions {
  /** How long a key rests that is refused or has no money left, the first time; it doubles. */
  readonly keyOpenMs: number;
  readonly maxKeyOpenMs: number;
}

/** Models that are remembered by name, at all providers together; clients may invent names. */
const maxTargets = 2000;

/** One address: what can be reached or not, and the models there. */
interface Site {
  readonly circuit: Circuit;
  readonly models: Map<string, Circuit>;
}

/** One key for a site. */
interface Deployment {
  readonly site: Site;
  readonly key: Circuit;
  readonly targets: Map<string, TargetHealth>;
}

/**
 * What is known of all targets. A provider that has several keys is called `name`, `name#2` and so on: they share what
 * is known of the address and of its models there, and each key has a circuit of its own.
 */
export class Health {
  readonly #breaker: BreakerOptions;
  readonly #keyOptions: CircuitOptions;
  readonly #keeper: CircuitKeeper & TargetKeeper;
  readonly #sites = new Map<string, Site>();
  readonly #deployments = new Map<string, Deployment>();
  #size = 0;
  /** Others know already what is just being heard from them. */
  #isHearing = false;
  #tell: ((news: News) => void) | undefined;

  constructor(options: {
    readonly breaker: BreakerOptions;
    /** From 0 to 1. */
    readonly random?: () => number;
    readonly onChange?: (change: CircuitChange) => void;
  }) {
    const { breaker, random = Math.random, onChange } = options;
    this.#breaker = breaker;
    this.#keyOptions = { ...breaker, openMs: breaker.keyOpenMs, maxOpenMs: breaker.maxKeyOpenMs };
    this.#keeper = {
      random,
      changed: (change) => {
        publishCircuitChange(change);
        onChange?.(change);
        const { scope, to, why, restMs = 0 } = change;
        if (to !== 'half_open') this.#share({ scope, restMs, why });
      },
      rested: ({ provider, model }, restMs, why) => this.#share({ scope: `target:${provider}/${model}`, restMs, why }),
    };
  }

  /** Has others told of what is found here: of circuits that open or close, and of targets that rest. */
  shareWith(tell: (news: News) => void): void {
    this.#tell = tell;
  }

  /** Takes over what others have found. What is well again there gets a call to prove it here, too. */
  hear({ scope, restMs, why }: News, now: number): void {
    const parts = splitScope(scope);
    if (parts === undefined) return;
    const { of, provider, model } = parts;
    this.#isHearing = true;
    try {
      if (of === 'target') return this.of(provider, model).rest(now + restMs, now, why);
      const circuit = this.#circuitOf(of, provider, model);
      if (restMs > 0) circuit.openUntil(now + restMs, now, why);
      else circuit.allow(now);
    } finally {
      this.#isHearing = false;
    }
  }

  /** What is known of this target: the same object for the same names, as long as it is remembered. */
  of(provider: string, model: string): TargetHealth {
    return this.#deployments.get(provider)?.targets.get(model) ?? this.#remember(provider, model);
  }

  /** All targets that are remembered. */
  *entries(): Iterable<TargetHealth> {
    for (const { targets } of this.#deployments.values()) yield* targets.values();
  }

  /** All circuits: of providers, of keys, of models. */
  *circuits(): Iterable<Circuit> {
    for (const { circuit, models } of this.#sites.values()) {
      yield circuit;
      yield* models.values();
    }
    for (const { key } of this.#deployments.values()) yield key;
  }

  /** The circuits of providers, by their names. */
  *providers(): Iterable<readonly [provider: string, circuit: Circuit]> {
    for (const [provider, { circuit }] of this.#sites) yield [provider, circuit];
  }

  #share(news: News): void {
    if (!this.#isHearing) this.#tell?.(news);
  }

  #circuitOf(of: 'provider' | 'key' | 'model', provider: string, model: string): Circuit {
    if (of === 'model') return this.of(provider, model).circuits.model;
    return of === 'key' ? this.#deployment(provider).key : this.#site(provider).circuit;
  }

  #remember(provider: string, model: string): TargetHealth {
    if (this.#size >= maxTargets) this.#forget();
    const deployment = this.#deployment(provider);
    const { site, key, targets } = deployment;
    let circuit = site.models.get(model);
    if (circuit === undefined) {
      circuit = new Circuit(`model:${siteOf(provider)}/${model}`, this.#breaker, this.#keeper);
      site.models.set(model, circuit);
    }
    const circuits = { provider: site.circuit, key, model: circuit };
    const target = new TargetHealth({ provider, model }, circuits, this.#breaker, this.#keeper);
    targets.set(model, target);
    this.#size += 1;
    return target;
  }

  /** As many as are configured, so they stay. */
  #deployment(provider: string): Deployment {
    let deployment = this.#deployments.get(provider);
    if (deployment === undefined) {
      const key = new Circuit(`key:${provider}`, this.#keyOptions, this.#keeper);
      deployment = { site: this.#site(siteOf(provider)), key, targets: new Map() };
      this.#deployments.set(provider, deployment);
    }
    return deployment;
  }

  #site(name: string): Site {
    let site = this.#sites.get(name);
    if (site === undefined) {
      site = { circuit: new Circuit(`provider:${name}`, this.#breaker, this.#keeper), models: new Map() };
      this.#sites.set(name, site);
    }
    return site;
  }

  /** Makes room: first of names that never answered, else of half of what nobody uses just now, the oldest first. */
  #forget(): void {
    this.#forgetWhere((target) => !target.hasAnswered, maxTargets);
    if (this.#size >= maxTargets) this.#forgetWhere(() => true, maxTargets / 2);
  }

  #forgetWhere(may: (target: TargetHealth) => boolean, most: number): void {
    let forgotten = 0;
    for (const { site, targets } of this.#deployments.values()) {
      for (const [model, target] of targets) {
        if (forgotten >= most) return;
        if (target.busy > 0 || !may(target)) continue;
        targets.delete(model);
        forgotten += 1;
        this.#size -= 1;
        if (!this.#isKnown(site, model)) site.models.delete(model);
      }
    }
  }

  #isKnown(site: Site, model: string): boolean {
    for (const deployment of this.#deployments.values()) {
      if (deployment.site === site && deployment.targets.has(model)) return true;
    }
    return false;
  }
}

/** The name of the provider without the number of its key: `name` of `name#2`. */
function siteOf(provider: string): string {
  const mark = provider.indexOf('#');
  return mark < 0 ? provider : provider.slice(0, mark);
}

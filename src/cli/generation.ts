import { providerFingerprint } from '../config/changes.ts';
import type { Config } from '../config/config.ts';
import type { Environment } from '../config/document.ts';
import { fingerprintOf } from '../config/fingerprint.ts';
import { costOf, type Gateway } from '../gateway/gateway.ts';
import { fetchModels, ModelList, type NameSource } from '../gateway/model-list.ts';
import { Capabilities } from '../policy/capabilities.ts';
import type { Health } from '../policy/health.ts';
import type { Lessons } from '../policy/lessons.ts';
import { ModelRouter } from '../policy/models.ts';
import { createPrices } from '../policy/prices.ts';
import type { Ask } from '../providers/ask.ts';
import { buildProviders, everyKey } from '../providers/build.ts';
import { thisMachine } from '../providers/machine.ts';
import type { Provider } from '../providers/provider.ts';
import { kinds } from '../providers/table.ts';
import type { Foundation } from './foundation.ts';
import type { KnownSecrets } from './known-secrets.ts';
import { createResilience } from './resilience.ts';
import { tracePropagation } from './tracing.ts';

/** What a configuration is made into a gateway with. */
export interface Circumstances {
  readonly env: Environment;
  readonly simulatorUrl: string | undefined;
  /** Credentials that lie in files or in the surroundings are looked for again. */
  readonly isFresh: boolean;
}

/** A gateway as one configuration makes it. A call keeps the one it began with. */
export interface Generation {
  readonly config: Config;
  readonly circumstances: Circumstances;
  readonly gateway: Gateway;
  readonly router: ModelRouter;
  /** Ends what looks after targets. Calls under way go on. */
  close(): void;
}

/**
 * Makes the gateway of a configuration. A provider that is the same as before is the very same: what has been fetched
 * and learnt for it goes on to be used. @throws ConfigError; nothing has changed then.
 */
export function beget(
  { parts, lessons, ask }: Foundation,
  secrets: KnownSecrets,
  config: Config,
  circumstances: Circumstances,
  before?: Generation,
): Generation {
  const now = { config, circumstances };
  const same = before === undefined ? none : sameProviders(before, now);
  const built = buildAll(config, circumstances, ask);
  const providers = new Map([...built].map(([name, provider]) => [name, same.get(name) ?? provider]));
  const router = new ModelRouter(config, providers);
  // From here on nothing fails.
  for (const name of before?.gateway.providers.keys() ?? []) {
    if (same.has(name)) continue;
    parts.memory.forget(name);
    lessons.forget(name);
  }
  secrets.add(config);
  const health = before !== undefined && isSameBreaker(before.config, config) ? before.gateway.health : undefined;
  return { ...now, ...made(parts, secrets, { config, router, providers, lessons }, health) };
}

/** What is known of targets stays, unless it is to be judged by another measure. */
function isSameBreaker(one: Config, other: Config): boolean {
  return fingerprintOf(one.breaker) === fingerprintOf(other.breaker);
}

/** What a gateway is made of beside what lasts. */
interface Ingredients {
  readonly config: Config;
  readonly router: ModelRouter;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly lessons: Lessons;
}

/** Made where nothing of the generation before is in sight: functions keep alive whatever they could see. */
function made(
  parts: Foundation['parts'],
  secrets: KnownSecrets,
  { config, router, providers, lessons }: Ingredients,
  known: Health | undefined,
): Pick<Generation, 'gateway' | 'router' | 'close'> {
  const byName = everyKey(providers);
  const provider = (name: string): Provider => {
    const found = byName.get(name);
    if (found === undefined) throw new Error(`no provider "${name}"`);
    return found;
  };
  const resilience = createResilience(config, { sender: parts.sender, userAgent: parts.userAgent, provider }, known);
  const prices = createPrices(config.prices);
  const gateway: Gateway = {
    ...parts,
    plan: (name) => router.planTargets(name),
    planRoute: (name) => router.planRoute(name),
    planOperation: (operation, name) => router.planOperation(operation, name),
    provider,
    providers,
    modelList: new ModelList(namesOf(config, router), (name) =>
      fetchModels(parts.sender, parts.userAgent, provider(name)),
    ),
    sealer: secrets.sealer(),
    prices,
    health: resilience.health,
    retries: resilience.retries,
    capabilities: new Capabilities({ provider, prices, lessons }),
    redact: secrets.redact,
    settings: { pingMs: config.server.ping_interval, maxAnswer: config.limits.answer },
    ...tracePropagation(config),
  };
  parts.guardian.priceBy((record) => costOf(gateway, record));
  return { gateway, router, close: resilience.close };
}

const none: ReadonlyMap<string, Provider> = new Map();

function sameProviders(
  before: Generation,
  now: Pick<Generation, 'config' | 'circumstances'>,
): ReadonlyMap<string, Provider> {
  return new Map([...before.gateway.providers].filter(([name]) => isSame(name, before, now)));
}

/** Whether a gateway could be made of it, without making one. @throws ConfigError when not. */
export function checkProviders(config: Config, circumstances: Circumstances): void {
  buildAll(config, circumstances, () => Promise.reject(new Error('nobody is asked')));
}

function buildAll(config: Config, { env, simulatorUrl }: Circumstances, ask: Ask): ReadonlyMap<string, Provider> {
  return buildProviders(config, {
    ...(simulatorUrl !== undefined && { simulatorUrl }),
    ask,
    machine: thisMachine(env),
  });
}

/** Whether a provider is made from the same as before. */
function isSame(name: string, before: Generation, now: Pick<Generation, 'config' | 'circumstances'>): boolean {
  const [was, is] = [before.config.providers[name], now.config.providers[name]];
  if (was === undefined || is === undefined) return false;
  if (providerFingerprint(before.config, name, was) !== providerFingerprint(now.config, name, is)) return false;
  if (before.circumstances.simulatorUrl !== now.circumstances.simulatorUrl) return false;
  const kind = kinds.get(is.kind ?? '');
  // Kinds that have ways of their own to know the caller, or the place, may look at anything.
  if (kind?.identity === undefined && kind?.derive === undefined) return true;
  const { env, isFresh } = now.circumstances;
  return !isFresh && fingerprintOf(before.circumstances.env) === fingerprintOf(env);
}

/** Names that are written down, and patterns that stand for whatever the provider has. */
function namesOf({ models, default_provider: fallback }: Config, router: ModelRouter): NameSource {
  const names = router.listModels().map(({ id, target }) => ({ name: id, provider: target.provider }));
  const patterns = models.flatMap(({ pattern, to }) => {
    const first = to[0]?.target ?? '';
    const slash = first.indexOf('/');
    const carried = pattern.includes('*') && first.includes('*');
    return carried ? [{ pattern, provider: first.slice(0, slash), model: first.slice(slash + 1) }] : [];
  });
  if (fallback !== undefined) patterns.push({ pattern: '*', provider: fallback, model: '*' });
  return { names, patterns };
}

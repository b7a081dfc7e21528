import { parseJson } from '../canon/json.ts';
import type { Config } from '../config/config.ts';
import { Probes, reachesProvider } from '../gateway/probes.ts';
import { type SharingChange, sharingChanges } from '../observe/sharing-change.ts';
import { Health } from '../policy/health.ts';
import { readNews, splitScope } from '../policy/news.ts';
import { breakerOptions, createRetries, type Retries } from '../policy/resilience.ts';
import type { Provider } from '../providers/provider.ts';
import type { Broadcast } from '../store/redis-broadcast.ts';
import type { Sender } from '../upstream/sending.ts';

/** What keeps calls away from what fails, and tries them again. */
export interface Resilience {
  readonly health: Health;
  readonly retries: Retries;
  close(): void;
}

/** By what providers are asked whether they are back. */
export interface ProbeWays {
  readonly sender: Sender;
  readonly userAgent: string;
  /** Throws where there is none of that name. */
  readonly provider: (name: string) => Provider;
}

/** Puts it together, as the configuration says. @param health what is known from before, if anything is */
export function createResilience(config: Config, ways: ProbeWays, health?: Health): Resilience {
  const known = health ?? new Health({ breaker: breakerOptions(config) });
  const everyMs = config.health.probe;
  const reaches = async (name: string, signal: AbortSignal): Promise<boolean> =>
    reachesProvider(ways.sender, ways.userAgent, ways.provider(name), signal);
  const probes = everyMs > 0 ? new Probes({ health: known, everyMs, reaches }) : undefined;
  const sharing = config.redis === undefined ? undefined : new Sharing(config.redis, known, ways);
  const close = (): void => {
    probes?.close();
    sharing?.close();
  };
  return { health: known, retries: createRetries(config), close };
}

/** Tells other gateways what is found here, and takes over what they find. */
class Sharing {
  readonly #health: Health;
  readonly #ways: ProbeWays;
  #broadcast: Broadcast | undefined;
  #closed = false;

  constructor(redis: NonNullable<Config['redis']>, health: Health, ways: ProbeWays) {
    this.#health = health;
    this.#ways = ways;
    health.shareWith((news) => this.#broadcast?.send(JSON.stringify(news)));
    void this.#open(redis);
  }

  close(): void {
    this.#closed = true;
    this.#broadcast?.close();
  }

  async #open({ url, channel }: NonNullable<Config['redis']>): Promise<void> {
    const { RedisBroadcast } = await import('../store/redis-broadcast.ts');
    if (this.#closed) return;
    this.#broadcast = new RedisBroadcast({
      url: url.reveal(),
      channel,
      onText: (text) => this.#hear(text),
      onState: (connected, why) => sharingChanges.publish({ connected, why } satisfies SharingChange),
    });
  }

  /** Of providers that are not configured here there is nothing to know. */
  #hear(text: string): void {
    const news = readNews(parseJson(text));
    const provider = news === undefined ? undefined : splitScope(news.scope)?.provider;
    if (news === undefined || provider === undefined || !this.#knows(provider)) return;
    this.#health.hear(news, performance.now());
  }

  #knows(provider: string): boolean {
    try {
      this.#ways.provider(provider);
      return true;
    } catch {
      return false;
    }
  }
}

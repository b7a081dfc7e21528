import type { Config } from '../config/config.ts';
import { Probes, reachesProvider } from '../gateway/probes.ts';
import { Health } from '../policy/health.ts';
import { breakerOptions, createRetries, type Retries } from '../policy/resilience.ts';
import type { Provider } from '../providers/provider.ts';
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
  readonly provider: (name: string) => Provider;
}

/** Puts it together, as the configuration says. @param health what is known from before, if anything is */
export function createResilience(config: Config, ways: ProbeWays, health?: Health): Resilience {
  const known = health ?? new Health({ breaker: breakerOptions(config) });
  const everyMs = config.health.probe;
  const reaches = async (name: string, signal: AbortSignal): Promise<boolean> =>
    reachesProvider(ways.sender, ways.userAgent, ways.provider(name), signal);
  const probes = everyMs > 0 ? new Probes({ health: known, everyMs, reaches }) : undefined;
  return { health: known, retries: createRetries(config), close: () => probes?.close() };
}

import type { Config } from '../config/config.ts';
import type { RetryOptions } from './backoff.ts';
import type { BreakerOptions } from './health.ts';
import { RetryBudget } from './retry-budget.ts';

/** What the configuration says of retries. */
export interface Retries {
  /** Of all calls together. */
  readonly budget: RetryBudget;
  /** By the provider's name as it is configured, without the number of a key. */
  of(provider: string): RetryOptions;
}

/** What the configuration says of retries, for all providers and for those that have their own. */
export function createRetries({ retries, providers }: Config): Retries {
  const { share, least, ...usual } = retries;
  const own = Object.entries(providers).flatMap(([name, provider]) =>
    provider.retries === undefined ? [] : [[name, retryOptions({ ...usual, ...provider.retries })] as const],
  );
  const byProvider = new Map(own);
  const usualOptions = retryOptions(usual);
  return { budget: new RetryBudget({ share, least }), of: (provider) => byProvider.get(provider) ?? usualOptions };
}

function retryOptions({ most, base, max, patience }: Omit<Config['retries'], 'share' | 'least'>): RetryOptions {
  return Object.freeze({ most, baseMs: base, maxMs: max, patienceMs: patience });
}

/** What the configuration says of circuits and rests. */
export function breakerOptions({ breaker }: Config): BreakerOptions {
  return Object.freeze({
    failures: breaker.failures,
    windowMs: breaker.window,
    rate: breaker.rate,
    calls: breaker.calls,
    openMs: breaker.open,
    maxOpenMs: breaker.longest_open,
    probeMs: breaker.probe,
    keyOpenMs: breaker.key_open,
    maxKeyOpenMs: breaker.longest_key_open,
    restMs: breaker.rest,
    maxRestMs: breaker.longest_rest,
  });
}

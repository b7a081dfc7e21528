import type { Config } from '../config/config.ts';
import type { RetryOptions } from './backoff.ts';
import { type BreakerOptions, siteOf } from './health.ts';

/** What the configuration says of retries at a provider, or at one of its keys. */
export function retryOptions({ retries, providers }: Config, provider: string): RetryOptions {
  const { most, base, max, patience } = { ...retries, ...providers[siteOf(provider)]?.retries };
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

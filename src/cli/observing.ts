import type { Config } from '../config/config.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Log } from '../observe/log.ts';
import type { FamilySnapshot } from '../observe/metric.ts';
import { Metrics, type StandingCircuit } from '../observe/metrics.ts';
import { splitScope } from '../policy/news.ts';
import { everyKey } from '../providers/build.ts';
import type { RunningServer } from '../server/server.ts';
import type { Handover } from './handover.ts';
import { Tracing } from './tracing.ts';
import { version } from './version.ts';
import { shareMetrics } from './worker-metrics.ts';

/** What is watched of a gateway that serves, beside the log. */
export interface Observing {
  /** Metrics of all processes that serve as one; absent where none are kept. */
  readonly gather?: () => Promise<readonly FamilySnapshot[]>;
  /** Asks this server what it has open. */
  watch(server: Pick<RunningServer, 'underWay' | 'connections'>): void;
  /** Tells whom another configuration says, as far as traces go. */
  adopt(config: Config): Promise<void>;
  /** Tells what has not been told yet, and ends. */
  stop(): Promise<void>;
}

/** Where what is watched comes from. */
export interface Observed {
  /** The one that serves now. */
  gateway(): Pick<Gateway, 'providers' | 'health'>;
  readonly log: Log;
  readonly handover?: Handover;
}

/** Begins to count and to trace, as the configuration says. */
export async function startObserving(config: Config, { gateway, log, handover }: Observed): Promise<Observing> {
  const tracing = new Tracing(gateway, log);
  const adopt = (next: Config): Promise<void> => tracing.adopt(next);
  await adopt(config);
  if (!config.metrics.enabled) return { watch: () => undefined, adopt, stop: () => tracing.stop() };
  const metrics = new Metrics({ version });
  const stopCounting = metrics.start();
  metrics.include(() => tracing.metrics());
  const shared = handover === undefined ? undefined : shareMetrics(metrics);
  return {
    gather: () => shared?.gather() ?? metrics.snapshot(),
    watch: ({ underWay, connections }) =>
      metrics.watch({ calls: underWay, connections, circuits: () => circuitsOf(gateway()) }),
    adopt,
    stop: async () => {
      await tracing.stop();
      await shared?.leave();
      stopCounting();
    },
  };
}

/** Those of what is configured: what is known of a provider may outlive it. */
function circuitsOf({ health, providers }: Pick<Gateway, 'providers' | 'health'>): readonly StandingCircuit[] {
  const known = everyKey(providers);
  return [...health.circuits()].filter(({ scope }) => known.has(splitScope(scope)?.provider ?? ''));
}

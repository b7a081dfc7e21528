import type { Config } from '../config/config.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Log } from '../observe/log.ts';
import { Metrics, type StandingCircuit } from '../observe/metrics.ts';
import { splitScope } from '../policy/news.ts';
import { everyKey } from '../providers/build.ts';
import type { RunningServer } from '../server/server.ts';
import type { MetricsSource } from '../server/serving.ts';
import type { Handover } from './handover.ts';
import { Tracing } from './tracing.ts';
import { version } from './version.ts';
import { shareMetrics } from './worker-metrics.ts';

/** What is watched of a gateway that serves, beside the log. */
export interface Observing {
  /** Absent where none are kept. */
  readonly metrics?: MetricsSource;
  /** Asks this server what it has open. */
  watch(server: Pick<RunningServer, 'underWay' | 'connections'>): void;
  /** Goes on as another configuration says. What was counted stays. */
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
  await tracing.adopt(config);
  if (!config.metrics.enabled) {
    return { watch: () => undefined, adopt: (next) => tracing.adopt(next), stop: () => tracing.stop() };
  }
  const metrics = new Metrics({ version });
  const stopCounting = metrics.start();
  metrics.include(() => tracing.metrics());
  const shared = handover === undefined ? undefined : shareMetrics(metrics);
  let { open } = config.metrics;
  return {
    metrics: {
      get open() {
        return open;
      },
      gather: () => shared?.gather() ?? metrics.snapshot(),
    },
    watch: ({ underWay, connections }) =>
      metrics.watch({ calls: underWay, connections, circuits: () => circuitsOf(gateway()) }),
    adopt: async (next) => {
      open = next.metrics.open;
      await tracing.adopt(next);
    },
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

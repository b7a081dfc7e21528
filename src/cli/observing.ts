import type { Config } from '../config/config.ts';
import { Metrics } from '../observe/metrics.ts';
import type { RunningServer } from '../server/server.ts';
import type { MetricsSource } from '../server/serving.ts';
import type { Handover } from './handover.ts';
import { version } from './version.ts';
import { shareMetrics } from './worker-metrics.ts';

/** What is watched of a gateway that serves, beside the log. */
export interface Observing {
  /** Absent where none are kept. */
  readonly metrics?: MetricsSource;
  /** Asks this server what it has open. */
  watch(server: Pick<RunningServer, 'underWay' | 'connections'>): void;
  /** Tells what has not been told yet, and ends. */
  stop(): Promise<void>;
}

/** Begins to count, as the configuration says. */
export function startObserving(config: Config, handover: Handover | undefined): Observing {
  if (!config.metrics.enabled) return { watch: () => undefined, stop: () => Promise.resolve() };
  const metrics = new Metrics({ version });
  const stopCounting = metrics.start();
  const shared = handover === undefined ? undefined : shareMetrics(metrics);
  return {
    metrics: { open: config.metrics.open, gather: () => shared?.gather() ?? metrics.snapshot() },
    watch: ({ underWay, connections }) => metrics.watch({ calls: underWay, connections }),
    stop: async () => {
      await shared?.leave();
      stopCounting();
    },
  };
}

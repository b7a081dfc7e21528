import type { Config } from '../config/config.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { semanticName } from '../observe/genai-names.ts';
import type { Log } from '../observe/log.ts';
import type { FamilySnapshot } from '../observe/metric.ts';
import { Metrics } from '../observe/metrics.ts';
import type { ProviderFacts } from '../observe/span.ts';
import { clientsTrace, traceHeaders } from '../observe/trace-context.ts';
import type { TraceExport } from '../observe/trace-export.ts';
import type { RunningServer } from '../server/server.ts';
import type { Handover } from './handover.ts';
import { version } from './version.ts';
import { shareMetrics } from './worker-metrics.ts';

/** What is watched of a gateway that serves, beside the log. */
export interface Observing {
  /** Metrics of all processes that serve as one; absent where none are kept. */
  readonly gather?: () => Promise<readonly FamilySnapshot[]>;
  /** Asks this server what it has open. */
  watch(server: Pick<RunningServer, 'underWay' | 'connections'>): void;
  /** Tells what has not been told yet, and ends. */
  stop(): Promise<void>;
}

/** Where what is watched comes from. */
export interface Observed {
  /** Those that there are now. */
  providers(): Gateway['providers'];
  readonly log: Log;
  readonly handover?: Handover;
}

/** Begins to count and to trace, as the configuration says. */
export async function startObserving(config: Config, { providers, log, handover }: Observed): Promise<Observing> {
  const traces = await startTracing(config, providers, log);
  if (!config.metrics.enabled) return { watch: () => undefined, stop: () => traces?.stop() ?? Promise.resolve() };
  const metrics = new Metrics({ version });
  const stopCounting = metrics.start();
  if (traces !== undefined) metrics.include(() => traces.metrics());
  const shared = handover === undefined ? undefined : shareMetrics(metrics);
  return {
    gather: () => shared?.gather() ?? metrics.snapshot(),
    watch: ({ underWay, connections }) => metrics.watch({ calls: underWay, connections }),
    stop: async () => {
      await traces?.stop();
      await shared?.leave();
      stopCounting();
    },
  };
}

/** What providers are told of traces: our place in them, or the client's where we have none. */
export function tracePropagation({ tracing }: Config): Pick<Gateway, 'traceHeaders'> {
  const { propagate, endpoint, sample } = tracing;
  if (!propagate) return {};
  return { traceHeaders: (record) => (endpoint === undefined ? clientsTrace(record) : traceHeaders(record, sample)) };
}

/** Nothing of it is loaded where no collector is configured. */
async function startTracing(
  { tracing }: Config,
  providers: Observed['providers'],
  log: Log,
): Promise<TraceExport | undefined> {
  if (tracing.endpoint === undefined) return undefined;
  const { TraceExport } = await import('../observe/trace-export.ts');
  const headers = Object.entries(tracing.headers).map(([name, value]) => [name, value.reveal()] as const);
  const traces = new TraceExport({
    endpoint: withPath(tracing.endpoint),
    headers: Object.fromEntries(headers),
    timeoutMs: tracing.timeout,
    share: tracing.sample,
    facts: (name) => factsOf(providers(), name),
    resource: {
      ...tracing.attributes,
      'service.name': tracing.service,
      'service.version': version,
      'process.pid': process.pid,
      'telemetry.sdk.name': 'dragoman',
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.version': version,
    },
    version,
    complain: (message) => log.warn(message),
  });
  traces.start();
  return traces;
}

function withPath(endpoint: string): string {
  return new URL(endpoint).pathname === '/' ? `${endpoint}/v1/traces` : endpoint;
}

function factsOf(providers: Gateway['providers'], name: string): ProviderFacts | undefined {
  // Further keys of a provider go by its name and their number.
  const provider = providers.get(name.replace(/#\d+$/, ''));
  if (provider === undefined || !URL.canParse(provider.baseUrl)) return undefined;
  const { hostname, port, protocol } = new URL(provider.baseUrl);
  const usual = protocol === 'http:' ? 80 : 443;
  return { system: semanticName(provider), address: hostname, port: port === '' ? usual : Number(port) };
}

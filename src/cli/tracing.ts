import type { Config } from '../config/config.ts';
import { fingerprintOf } from '../config/fingerprint.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { semanticName } from '../observe/genai-names.ts';
import type { Log } from '../observe/log.ts';
import { type FamilySnapshot, merged } from '../observe/metric.ts';
import type { ProviderFacts } from '../observe/span.ts';
import { clientsTrace, traceHeaders } from '../observe/trace-context.ts';
import type { TraceExport } from '../observe/trace-export.ts';
import { everyKey } from '../providers/build.ts';
import { version } from './version.ts';

/** What tells collectors of calls, as the newest configuration wants it. */
export class Tracing {
  readonly #gateway: () => Pick<Gateway, 'providers'>;
  readonly #log: Pick<Log, 'warn'>;
  #settings = '';
  #current: TraceExport | undefined;
  /** Those that a newer configuration has replaced, and that still tell what waits. */
  readonly #leaving = new Map<TraceExport, Promise<void>>();
  /** What those have counted that are gone. */
  #departed: readonly FamilySnapshot[] = [];

  /** @param gateway the one that serves now */
  constructor(gateway: () => Pick<Gateway, 'providers'>, log: Pick<Log, 'warn'>) {
    this.#gateway = gateway;
    this.#log = log;
  }

  /** Tells whom this configuration says, from the next call that ends on. */
  async adopt({ tracing }: Pick<Config, 'tracing'>): Promise<void> {
    const settings = fingerprintOf(tracing);
    if (settings === this.#settings) return;
    this.#settings = settings;
    const next = await this.#exportTo(tracing);
    const last = this.#current;
    this.#current = next;
    // Each stops and starts at once, so that every call is told once.
    if (last !== undefined) this.#leaving.set(last, this.#leave(last));
    next?.start();
  }

  /** What became of spans since the process began. */
  metrics(): readonly FamilySnapshot[] {
    const those = [...this.#leaving.keys(), ...(this.#current === undefined ? [] : [this.#current])];
    return merged([this.#departed, ...those.map((each) => each.metrics())]);
  }

  /** Tells what still waits, and ends. */
  async stop(): Promise<void> {
    await Promise.all([this.#current?.stop(), ...this.#leaving.values()]);
  }

  async #leave(last: TraceExport): Promise<void> {
    await last.stop();
    this.#departed = merged([this.#departed, last.metrics()]);
    this.#leaving.delete(last);
  }

  /** Nothing of it is loaded where no collector is configured. */
  async #exportTo({ endpoint, ...tracing }: Config['tracing']): Promise<TraceExport | undefined> {
    if (endpoint === undefined) return undefined;
    const { TraceExport } = await import('../observe/trace-export.ts');
    const headers = Object.entries(tracing.headers).map(([name, value]) => [name, value.reveal()] as const);
    return new TraceExport({
      endpoint: withPath(endpoint),
      headers: Object.fromEntries(headers),
      timeoutMs: tracing.timeout,
      share: tracing.sample,
      facts: (name) => factsOf(this.#gateway().providers, name),
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
      complain: (message) => this.#log.warn(message),
    });
  }
}

/** What providers are told of traces: our place in them, or the client's where we have none. */
export function tracePropagation({ tracing }: Pick<Config, 'tracing'>): Pick<Gateway, 'traceHeaders'> {
  const { propagate, endpoint, sample } = tracing;
  if (!propagate) return {};
  return { traceHeaders: (record) => (endpoint === undefined ? clientsTrace(record) : traceHeaders(record, sample)) };
}

function withPath(endpoint: string): string {
  return new URL(endpoint).pathname === '/' ? `${endpoint}/v1/traces` : endpoint;
}

/** All keys of a provider lead to the same place, each under a name of its own. */
function factsOf(providers: Gateway['providers'], name: string): ProviderFacts | undefined {
  const provider = everyKey(providers).get(name);
  if (provider === undefined || !URL.canParse(provider.baseUrl)) return undefined;
  const { hostname, port, protocol } = new URL(provider.baseUrl);
  const usual = protocol === 'http:' ? 80 : 443;
  const system = semanticName({ ...provider, name: provider.configName });
  return { system, address: hostname, port: port === '' ? usual : Number(port) };
}

import { randomUUID } from 'node:crypto';
import type { Config } from '../config/config.ts';
import type { Environment } from '../config/document.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { logHealth } from '../observe/health-log.ts';
import { type Log, logCalls } from '../observe/log.ts';
import type { Redact } from '../observe/redact.ts';
import type { ModelRouter } from '../policy/models.ts';
import { type MemoryGuard, usualMemory } from '../server/memory-guard.ts';
import { type RunningServer, startServer, type Terms } from '../server/server.ts';
import type { Turn } from '../upstream/turn.ts';
import { layFoundation } from './foundation.ts';
import { beget, type Circumstances, type Generation } from './generation.ts';
import type { Handover } from './handover.ts';
import { KnownSecrets } from './known-secrets.ts';
import { openLog, openWorkerLog } from './logging.ts';
import { startObserving } from './observing.ts';
import type { Adopting } from './reloader.ts';
import { Simulated } from './simulated.ts';
import { ownHousehold, relieve, Tidy } from './tidy.ts';

/** A gateway with everything it stands on, not yet listening. */
export interface Composed {
  readonly gateway: Gateway;
  readonly router: ModelRouter;
  readonly redact: Redact;
  readonly turn: Turn;
  /** Makes the gateway of another configuration on the same ground. @throws ConfigError; nothing has changed then. */
  next(config: Config, change: Change): Promise<Gateway>;
  close(): Promise<void>;
}

/** What comes with a new configuration. */
export interface Change {
  readonly env: Environment;
  /** Where the built-in simulator is, where another process has it. */
  readonly simulatorUrl?: string | undefined;
  /** Which configuration it is, counted from 1. */
  readonly generation: number;
  /** Somebody wants it read again, although it may be the same: files with credentials may be others. */
  readonly isFresh: boolean;
}

/** Puts the gateway together: the one place that knows every room. */
export async function compose(config: Config, handover?: Handover): Promise<Composed> {
  const simulated = new Simulated();
  const secrets = new KnownSecrets(handover?.sealingSecret ?? randomUUID(), handover?.seals);
  const circumstances = async (
    of: Config,
    { env, simulatorUrl, isFresh }: Omit<Change, 'generation'>,
  ): Promise<Circumstances> => ({
    env,
    simulatorUrl: handover === undefined ? await simulated.urlFor(of) : simulatorUrl,
    isFresh,
  });
  try {
    const env = handover?.source.env ?? process.env;
    const around = await circumstances(config, { env, simulatorUrl: handover?.simulatorUrl, isFresh: false });
    const foundation = await layFoundation(config, handover);
    let current: Generation;
    try {
      current = beget(foundation, secrets, config, around);
    } catch (error) {
      await foundation.close();
      throw error;
    }
    return {
      gateway: current.gateway,
      router: current.router,
      redact: secrets.redact,
      turn: foundation.parts.turn,
      next: async (following, change) => {
        const before = current;
        current = beget(foundation, secrets, following, await circumstances(following, change), before);
        before.close();
        return current.gateway;
      },
      close: async () => {
        current.close();
        await foundation.close();
        await simulated.close();
      },
    };
  } catch (error) {
    await simulated.close();
    throw error;
  }
}

/** A gateway that listens and logs. */
export interface Serving {
  readonly server: RunningServer;
  /** As the newest configuration makes it. */
  readonly gateway: Gateway;
  readonly log: Log;
  /**
   * Serves as another configuration says from the next call on. Calls under way end as they began.
   * @throws ConfigError; nothing has changed then.
   */
  adopt(config: Config, change: Change): Promise<void>;
  /** Ends calls in good order, then everything else. */
  stop(): Promise<void>;
}

/** How this process takes a configuration that somebody reads for it. */
export function adopting({ adopt }: Pick<Serving, 'adopt'>): Adopting {
  return {
    adopt: async ({ config, source, generation, isFresh }) => {
      await adopt(config, { env: source.env ?? process.env, generation, isFresh });
      return [];
    },
  };
}

/** How a gateway serves that is not alone. */
export interface ServeOptions {
  /** Where to log when the terminal belongs to somebody else. */
  readonly logFile?: string;
  /** What a worker is told. */
  readonly handover?: Handover;
}

/** Starts to serve. */
export async function serve(config: Config, { logFile, handover }: ServeOptions = {}): Promise<Serving> {
  const composed = await compose(config, handover);
  const { redact, turn, close } = composed;
  const { log, write, end } = handover === undefined ? openLog(config, redact, logFile) : openWorkerLog(config, redact);
  const workers = handover?.workers ?? 1;
  const stopLoggingCalls = logCalls({ log, write }, redact);
  const stopLoggingHealth = logHealth(log);
  let current = { config, gateway: composed.gateway };
  const observing = await startObserving(config, {
    gateway: () => current.gateway,
    log,
    ...(handover !== undefined && { handover }),
  });
  const stopTelling = async (): Promise<void> => {
    stopLoggingCalls();
    stopLoggingHealth();
    await observing.stop();
  };
  try {
    const server = await startServer(composed.gateway, termsOf(config, workers), {
      turn,
      host: config.server.host,
      port: config.server.port,
      isShared: handover !== undefined,
      generation: handover?.generation ?? 1,
      onMemory: (guard) => tellMemory(log, guard),
      ...(observing.gather !== undefined && { metrics: { gather: observing.gather } }),
    });
    observing.watch(server);
    const stopTidying = new Tidy(ownHousehold(server.underWay)).start();
    return {
      server,
      get gateway() {
        return current.gateway;
      },
      log,
      adopt: async (next, change) => {
        const gateway = await composed.next(next, change);
        current = { config: next, gateway };
        log.level = next.log.level;
        server.adopt(gateway, termsOf(next, workers), change.generation);
        await observing.adopt(next);
      },
      stop: async () => {
        const { shutdown_grace: grace, drain_delay: delay } = current.config.server;
        await server.close(grace, delay);
        stopTidying();
        await stopTelling();
        await close();
        await end();
      },
    };
  } catch (error) {
    await stopTelling();
    await close();
    await end();
    throw error;
  }
}

/** Calls are refused while memory is short; what is garbage is given back first, which nobody else may do for long. */
function tellMemory(log: Log, { isOver, resident, limit }: MemoryGuard): void {
  const figures = { resident_bytes: resident, limit_bytes: limit };
  if (!isOver) return log.info(figures, 'There is memory for new calls again.');
  log.warn(figures, 'Memory is short: new calls are refused until there is more, calls under way go on.');
  relieve();
}

/** What the configuration says to the server. Several workers have each their share of what is limited. */
function termsOf({ server, auth, limits, metrics }: Config, workers: number): Terms {
  const share = (limit: number): number => Math.ceil(limit / workers);
  const { connections_per_address: perAddress, calls_per_key: callsPerKey, streams_per_key: streamsPerKey } = limits;
  return {
    keys: auth.keys.map((key) => key.reveal()),
    maxBody: server.max_body,
    maxConnections: share(server.max_connections),
    ...(perAddress !== undefined && { perAddress: share(perAddress) }),
    maxCalls: share(limits.concurrent_calls),
    ...(callsPerKey !== undefined && { callsPerKey: share(callsPerKey) }),
    ...(streamsPerKey !== undefined && { streamsPerKey: share(streamsPerKey) }),
    maxMemory: limits.memory === undefined ? usualMemory(workers) : share(limits.memory),
    bodyTimeout: server.body_timeout,
    openMetrics: metrics.open,
  };
}

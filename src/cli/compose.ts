import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { Conversations } from '../gateway/conversations.ts';
import { Estimator } from '../gateway/estimate.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { Memory } from '../gateway/memory.ts';
import { fetchModels, ModelList, type NameSource } from '../gateway/model-list.ts';
import { createPdfReader } from '../gateway/pdf.ts';
import { createSealer } from '../gateway/seal.ts';
import { type Log, logCalls } from '../observe/log.ts';
import { Meter } from '../observe/meter.ts';
import { createRedact, type Redact } from '../observe/redact.ts';
import { ModelRouter } from '../policy/models.ts';
import { createPrices } from '../policy/prices.ts';
import { buildProviders } from '../providers/build.ts';
import { thisMachine } from '../providers/machine.ts';
import { type RunningServer, startServer } from '../server/server.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { askThrough } from '../upstream/ask.ts';
import { createSender } from '../upstream/send.ts';
import { Ticker } from '../upstream/ticker.ts';
import { Turn } from '../upstream/turn.ts';
import type { Handover } from './handover.ts';
import { openLog, openWorkerLog, secretsOf } from './logging.ts';
import { startObserving, tracePropagation } from './observing.ts';
import { simulatorFor } from './simulated.ts';
import { ownHousehold, Tidy } from './tidy.ts';
import { version } from './version.ts';

/** How often silent streams are looked at, milliseconds. */
const heartbeatMs = 500;

/** What one PDF that has to be told as text may cost. */
const pdfLimits = { timeoutMs: 20_000, maxBytes: 32 * 1024 * 1024, maxPages: 500, maxCharacters: 2_000_000 };

/** A gateway with everything it stands on, not yet listening. */
export interface Composed {
  readonly gateway: Gateway;
  readonly redact: Redact;
  readonly turn: Turn;
  close(): Promise<void>;
}

/** Puts the gateway together: the one place that knows every room. */
export async function compose(config: Config, handover?: Handover): Promise<Composed> {
  const simulator = handover === undefined ? await simulatorFor(config) : undefined;
  const given: Given = {
    simulatorUrl: handover?.simulatorUrl ?? simulator?.url,
    sealingSecret: sealingSecret(config, handover?.sealingSecret ?? randomUUID()),
  };
  try {
    const composed = assemble(config, await storeFor(config, handover), given);
    const close = async (): Promise<void> => {
      await composed.close();
      await simulator?.close();
    };
    return { ...composed, close };
  } catch (error) {
    await simulator?.close();
    throw error;
  }
}

/** What several processes that serve as one have in common. */
interface Given {
  readonly simulatorUrl: string | undefined;
  readonly sealingSecret: string;
}

function assemble(config: Config, store: DocumentStore, { simulatorUrl, sealingSecret: secret }: Given): Composed {
  const pdfs = createPdfReader(pdfLimits);
  const estimator = new Estimator();
  const turn = new Turn();
  const sender = createSender({ proxied: isProxied(process.env), turn });
  const direct = createSender();
  const providers = buildProviders(config, {
    ...(simulatorUrl !== undefined && { simulatorUrl }),
    ask: askThrough(sender, direct),
    machine: thisMachine(process.env),
  });
  const router = new ModelRouter(config, providers);
  const userAgent = `dragoman/${version}`;
  const redact = createRedact(secretsOf(config));
  const gateway: Gateway = {
    plan: (name) => router.planTargets(name),
    planOperation: (operation, name) => router.planOperation(operation, name),
    provider: (name) => {
      const found = providers.get(name);
      if (found === undefined) throw new Error(`no provider "${name}"`);
      return found;
    },
    providers,
    modelList: new ModelList(namesOf(config, router), (name) => fetchModels(sender, userAgent, gateway.provider(name))),
    sender,
    ticker: new Ticker(heartbeatMs),
    memory: new Memory(),
    conversations: new Conversations(store),
    sealer: createSealer(secret),
    estimator,
    prices: createPrices(config.prices),
    pdfs,
    meter: new Meter(),
    redact,
    settings: { pingMs: config.server.ping_interval, maxAnswer: config.limits.answer },
    userAgent,
    ...tracePropagation(config),
  };
  return {
    gateway,
    redact,
    turn,
    close: async () => {
      await sender.close();
      store.close();
      await pdfs.close();
      await estimator.close();
      await direct.close();
    },
  };
}

/** A gateway that listens and logs. */
export interface Serving {
  readonly server: RunningServer;
  readonly gateway: Gateway;
  readonly log: Log;
  /** Ends calls in good order, then everything else. */
  stop(): Promise<void>;
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
  const { gateway, redact, turn, close } = await compose(config, handover);
  const { log, write, end } = handover === undefined ? openLog(config, logFile) : openWorkerLog(config);
  const workers = handover?.workers ?? 1;
  const stopLogging = logCalls({ log, write }, redact);
  const observing = await startObserving(config, {
    providers: () => gateway.providers,
    log,
    ...(handover !== undefined && { handover }),
  });
  try {
    const server = await startServer(gateway, {
      turn,
      host: config.server.host,
      port: config.server.port,
      keys: config.auth.keys.map((key) => key.reveal()),
      maxBody: config.server.max_body,
      maxConnections: Math.ceil(config.server.max_connections / workers),
      maxCalls: Math.ceil(config.limits.concurrent_calls / workers),
      bodyTimeout: config.server.body_timeout,
      isShared: handover !== undefined,
      ...(observing.metrics !== undefined && { metrics: observing.metrics }),
    });
    observing.watch(server);
    const stopTidying = new Tidy(ownHousehold(server.underWay)).start();
    const stop = async (): Promise<void> => {
      stopTidying();
      await server.close(config.server.shutdown_grace);
      stopLogging();
      await observing.stop();
      await close();
      await end();
    };
    return { server, gateway, log, stop };
  } catch (error) {
    stopLogging();
    await observing.stop();
    await close();
    await end();
    throw error;
  }
}

/** Where conversations are kept. What is kept in one process another would not find, so that several have a file. */
async function storeFor(
  { store: { file, memory } }: Config,
  { storeFile }: Partial<Handover> = {},
): Promise<DocumentStore> {
  if (file === undefined && storeFile === undefined) return new MemoryStore(memory);
  const { SqliteStore } = await import('../store/sqlite-store.ts');
  return file === undefined ? new SqliteStore(storeFile ?? '', { most: memory }) : new SqliteStore(resolve(file));
}

/** Names that are written down, and patterns that stand for whatever the provider has. */
function namesOf({ models, default_provider: fallback }: Config, router: ModelRouter): NameSource {
  const names = router.listModels().map(({ id, target }) => ({ name: id, provider: target.provider }));
  const patterns = models.flatMap(({ pattern, to: [first = ''] }) => {
    const slash = first.indexOf('/');
    const carried = pattern.includes('*') && first.includes('*');
    return carried ? [{ pattern, provider: first.slice(0, slash), model: first.slice(slash + 1) }] : [];
  });
  if (fallback !== undefined) patterns.push({ pattern: '*', provider: fallback, model: '*' });
  return { names, patterns };
}

/**
 * What the proofs of reasoning are sealed with: the same after a restart and in every replica that has the same
 * credentials. Without any, nobody else has to read them, and every start has its own.
 */
function sealingSecret(config: Config, otherwise: string): string {
  const secrets = secretsOf(config);
  return secrets.length > 0 ? secrets.toSorted().join('\n') : otherwise;
}

function isProxied(env: NodeJS.ProcessEnv): boolean {
  return ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].some((name) => (env[name] ?? '') !== '');
}

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { secretsIn } from '../config/secret.ts';
import { Conversations } from '../gateway/conversations.ts';
import { Estimator } from '../gateway/estimate.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { Memory } from '../gateway/memory.ts';
import { fetchModels, ModelList, type NameSource } from '../gateway/model-list.ts';
import { createPdfReader } from '../gateway/pdf.ts';
import { createSealer } from '../gateway/seal.ts';
import { createLog, type Log, logCalls } from '../observe/log.ts';
import { Meter } from '../observe/meter.ts';
import { createRedact, type Redact } from '../observe/redact.ts';
import { ModelRouter } from '../policy/models.ts';
import { createPrices } from '../policy/prices.ts';
import { buildProviders } from '../providers/build.ts';
import { thisMachine } from '../providers/machine.ts';
import { knownKinds } from '../providers/table.ts';
import { type RunningServer, startServer } from '../server/server.ts';
import { type Simulator, startSimulator } from '../simulator/index.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { SqliteStore } from '../store/sqlite-store.ts';
import { askThrough } from '../upstream/ask.ts';
import { createSender } from '../upstream/send.ts';
import { Ticker } from '../upstream/ticker.ts';
import { version } from './version.ts';

/** What the command line says about the configuration. */
export interface ConfigOptions {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
}

/** How often silent streams are looked at, milliseconds. */
const heartbeatMs = 500;

/** What one PDF that has to be told as text may cost. */
const pdfLimits = { timeoutMs: 20_000, maxBytes: 32 * 1024 * 1024, maxPages: 500, maxCharacters: 2_000_000 };

/** The configuration as the options, the file and the environment give it; `.env` in this folder adds to the environment. @throws ConfigError */
export function configure({ config: file, host, port }: ConfigOptions): Config {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return loadConfig({
    cwd: process.cwd(),
    env: process.env,
    kinds: knownKinds,
    ...(file !== undefined && { file }),
    overrides: { ...(host !== undefined && { host }), ...(port !== undefined && { port }) },
  });
}

/** A gateway with everything it stands on, not yet listening. */
export interface Composed {
  readonly gateway: Gateway;
  readonly redact: Redact;
  close(): Promise<void>;
}

/** Puts the gateway together: the one place that knows every room. */
export async function compose(config: Config): Promise<Composed> {
  const simulator = await simulatorFor(config);
  try {
    return assemble(config, simulator);
  } catch (error) {
    await simulator?.close();
    throw error;
  }
}

function assemble(config: Config, simulator: Simulator | undefined): Composed {
  const { file, memory } = config.store;
  const store = file === undefined ? new MemoryStore(memory) : new SqliteStore(resolve(file));
  const pdfs = createPdfReader(pdfLimits);
  const estimator = new Estimator();
  const sender = createSender({ proxied: isProxied(process.env) });
  const direct = createSender();
  const providers = buildProviders(config, {
    ...(simulator !== undefined && { simulatorUrl: simulator.url }),
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
    sealer: createSealer(sealingSecret(config)),
    estimator,
    prices: createPrices(config.prices),
    pdfs,
    meter: new Meter(),
    redact,
    settings: { pingMs: config.server.ping_interval, maxAnswer: config.limits.answer },
    userAgent,
  };
  return {
    gateway,
    redact,
    close: async () => {
      await sender.close();
      store.close();
      await pdfs.close();
      await estimator.close();
      await direct.close();
      await simulator?.close();
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

/** Starts to serve. @param logFile where to log when the terminal belongs to somebody else. */
export async function serve(config: Config, logFile?: string): Promise<Serving> {
  const { gateway, redact, close } = await compose(config);
  const path = logFile ?? config.log.file;
  const { log, end } = createLog({
    level: config.log.level,
    format: config.log.format ?? (process.stdout.isTTY ? 'pretty' : 'json'),
    redact,
    ...(path !== undefined && {
      file: { path: isAbsolute(path) ? path : resolve(path), maxBytes: config.log.max_size, keep: config.log.keep },
    }),
  });
  const stopLogging = logCalls(log, redact);
  try {
    const server = await startServer(gateway, {
      host: config.server.host,
      port: config.server.port,
      keys: config.auth.keys.map((key) => key.reveal()),
      maxBody: config.server.max_body,
      maxConnections: config.server.max_connections,
      maxCalls: config.limits.concurrent_calls,
      bodyTimeout: config.server.body_timeout,
    });
    const stop = async (): Promise<void> => {
      await server.close(config.server.shutdown_grace);
      stopLogging();
      await close();
      await end();
    };
    return { server, gateway, log, stop };
  } catch (error) {
    stopLogging();
    await close();
    await end();
    throw error;
  }
}

/** The simulator runs inside the gateway as soon as a provider wants it and names no other address. */
async function simulatorFor(config: Config): Promise<Simulator | undefined> {
  const wanted = Object.values(config.providers).some(
    ({ kind, base_url: url }) => kind === 'simulator' && url === undefined,
  );
  return wanted ? startSimulator({}) : undefined;
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
function sealingSecret(config: Config): string {
  const secrets = secretsOf(config);
  return secrets.length > 0 ? secrets.toSorted().join('\n') : randomUUID();
}

function isProxied(env: NodeJS.ProcessEnv): boolean {
  return ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].some((name) => (env[name] ?? '') !== '');
}

function secretsOf({ auth, providers }: Config): string[] {
  return secretsIn([auth, providers]).map((secret) => secret.reveal());
}

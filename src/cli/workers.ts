import cluster, { type Worker } from 'node:cluster';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config/config.ts';
import type { Log, RunningLog } from '../observe/log.ts';
import type { ConfigSource } from './configure.ts';
import { gatherMetrics } from './gathered-metrics.ts';
import type { FromWorker, Handover, ToWorker } from './handover.ts';
import { KnownSecrets } from './known-secrets.ts';
import { openLog } from './logging.ts';
import { closeOrphans } from './orphans.ts';
import type { Next } from './reloader.ts';
import { Simulated } from './simulated.ts';

/** A worker that lived so long did not die of its start, milliseconds. */
const steadyMs = 10_000;
/** The pause before a worker that died at its start is started again: doubled each time, to a limit. */
const firstPauseMs = 100;
const longestPauseMs = 10_000;
/** How long a worker may take to end beyond the time that calls have. */
const farewellMs = 5_000;

/** What workers tell when they listen. */
export type Ready = Extract<FromWorker, { type: 'ready' }>;

/** Several processes that serve as one. */
export interface RunningWorkers {
  /** What the first of them told. */
  readonly ready: Ready;
  readonly log: Log;
  /**
   * All of them serve by another configuration from now on, those that are started later, too.
   * Gives what keeps some from it. @throws ConfigError when it cannot be used; nothing has changed then.
   */
  adopt(next: Next): Promise<readonly string[]>;
  /** Ends calls in good order, then everything else. */
  stop(): Promise<void>;
}

/** How many processes are to serve. */
export function workerCount({ server }: Pick<Config, 'server'>): number {
  return server.workers === 'auto' ? availableParallelism() : server.workers;
}

/** Starts as many workers as are configured; resolves when all of them listen. @throws when one cannot. */
export async function startWorkers(config: Config, asked: ConfigSource): Promise<RunningWorkers> {
  const sealingSecret = randomUUID();
  const secrets = new KnownSecrets(sealingSecret);
  secrets.add(config);
  const log = openLog(config, secrets.redact);
  const simulated = new Simulated();
  const folder = config.store.file === undefined ? mkdtempSync(join(tmpdir(), 'dragoman-store-')) : undefined;
  const removeFolder = (): void => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
  // However this process ends, but by force: what was said is nobody's business afterwards.
  process.once('exit', removeFolder);
  const source = await withPort(config, asked);
  const { port } = source.overrides;
  const handover = async (of: Config, from: ConfigSource, generation: number): Promise<Handover> => {
    const simulatorUrl = await simulated.urlFor(of);
    return {
      workers: workerCount(config),
      source: port === undefined ? from : { ...from, overrides: { ...from.overrides, port } },
      ...(generation > 1 && { first: source }),
      generation,
      sealingSecret,
      seals: secrets.seals,
      ...(simulatorUrl !== undefined && { simulatorUrl }),
      ...(folder !== undefined && { storeFile: join(folder, 'conversations') }),
    };
  };
  const workers = new Workers(config, log, await handover(config, source, 1));
  const adopt = async (next: Next): Promise<readonly string[]> => {
    const env = next.source.env ?? process.env;
    const { checkProviders } = await import('./generation.ts');
    checkProviders(next.config, { env, simulatorUrl: await simulated.urlFor(next.config), isFresh: true });
    secrets.add(next.config);
    log.log.level = next.config.log.level;
    return workers.adopt(await handover(next.config, next.source, next.generation), next);
  };
  const stopGathering = gatherMetrics(config);
  const stop = async (): Promise<void> => {
    await workers.stop();
    stopGathering();
    await simulated.close();
    await log.end();
    removeFolder();
  };
  try {
    return { ready: await workers.start(), log: log.log, adopt, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A free port is chosen here, since a worker that starts later has to find the same. */
async function withPort({ server }: Config, source: ConfigSource): Promise<ConfigSource> {
  if (server.port !== 0) return source;
  const probe = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, server.host, () => resolve((probe.address() as AddressInfo).port));
  });
  await new Promise((resolve) => probe.close(resolve));
  return { ...source, overrides: { ...source.overrides, port } };
}

/** Keeps a number of workers alive, and writes what they log. */
class Workers {
  #handover: Handover;
  readonly #log: RunningLog;
  /** How long a worker may take to end when it is told to. */
  #graceMs: number;
  readonly #alive = new Set<Worker>();
  readonly #pauses = new Set<NodeJS.Timeout>();
  /** From then on a worker that ends is replaced; before, the whole start has failed. */
  #isUp = false;

  constructor({ server }: Config, log: RunningLog, handover: Handover) {
    this.#handover = handover;
    this.#log = log;
    this.#graceMs = server.shutdown_grace + server.drain_delay;
    cluster.schedulingPolicy = cluster.SCHED_RR;
    cluster.setupPrimary({
      // It finds worker.ts, or what was built of it, which keeps what it has compiled as this one does.
      exec: fileURLToPath(new URL('../../bin/worker.mjs', import.meta.url)),
      args: [],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      windowsHide: true,
    });
  }

  /** What the first one told, when all of them listen. */
  async start(): Promise<Ready> {
    const starts = Array.from({ length: this.#handover.workers }, () => this.#fork(0));
    const [first] = await Promise.all(starts);
    this.#isUp = true;
    if (first === undefined) throw new Error('no worker was started');
    return first;
  }

  /** Whoever is started from now on begins so; all others change. Gives what went wrong. */
  async adopt(handover: Handover, { config, isFresh }: Next): Promise<readonly string[]> {
    this.#handover = handover;
    this.#graceMs = config.server.shutdown_grace + config.server.drain_delay;
    const complaints = await Promise.all([...this.#alive].map((worker) => this.#adoptOne(worker, isFresh)));
    return complaints.filter((complaint) => complaint !== undefined);
  }

  /** One that dies meanwhile is replaced by one that begins so. */
  #adoptOne(worker: Worker, isFresh: boolean): Promise<string | undefined> {
    const { generation } = this.#handover;
    return new Promise((resolve) => {
      const heard = (message: FromWorker): void => {
        if (message.type !== 'adopted' || message.generation !== generation) return;
        end(
          message.why === undefined
            ? undefined
            : `A worker goes on with the configuration it has, since it cannot use the new one: ${message.why}`,
        );
      };
      const gone = (): void => end(undefined);
      const end = (complaint: string | undefined): void => {
        worker.off('message', heard);
        worker.process.off('exit', gone);
        resolve(complaint);
      };
      worker.on('message', heard);
      worker.process.once('exit', gone);
      worker.send({ type: 'adopt', handover: this.#handover, isFresh } satisfies ToWorker, () => undefined);
    });
  }

  async stop(): Promise<void> {
    this.#isUp = false;
    for (const pause of this.#pauses) clearTimeout(pause);
    const force = setTimeout(() => {
      for (const worker of this.#alive) worker.process.kill('SIGKILL');
    }, this.#graceMs + farewellMs);
    await Promise.all([...this.#alive].map((worker) => this.#stopOne(worker)));
    clearTimeout(force);
  }

  #stopOne(worker: Worker): Promise<void> {
    return new Promise((resolve) => {
      // When what it wrote is read, too.
      worker.process.once('close', () => resolve());
      // One that is just dying has no ear any more, and that is no failure.
      worker.send({ type: 'stop' } satisfies ToWorker, () => undefined);
    });
  }

  /** @param deaths how many died at their start, one after the other, in this one's place. */
  #fork(deaths: number): Promise<Ready> {
    const worker = cluster.fork();
    closeOrphans(worker);
    const startedAt = performance.now();
    let isReady = false;
    this.#alive.add(worker);
    this.#relay(worker);
    worker.send({ type: 'begin', handover: this.#handover } satisfies ToWorker, () => undefined);
    const { promise, resolve, reject } = Promise.withResolvers<Ready>();
    worker.on('error', () => undefined);
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'ready') {
        isReady = true;
        resolve(message);
      } else if (message.type === 'failed') {
        reject(new Error(message.message));
        worker.process.kill('SIGKILL');
      }
    });
    worker.process.once('exit', (code: number | null, signal: string | null) => {
      this.#alive.delete(worker);
      const why = signal === null ? `with code ${code}` : `by ${signal}`;
      reject(new Error(`A worker ended ${why} before it listened.`));
      if (this.#isUp) this.#replace(deaths, { isReady, why, ms: performance.now() - startedAt });
    });
    return promise;
  }

  #replace(deaths: number, { isReady, why, ms }: { isReady: boolean; why: string; ms: number }): void {
    const inARow = isReady && ms >= steadyMs ? 0 : deaths + 1;
    const pauseMs = inARow < 2 ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** (inARow - 2));
    this.#log.log.error(`A worker ended ${why}. Another is started ${pauseMs === 0 ? 'now' : `in ${pauseMs} ms`}.`);
    const pause = setTimeout(() => {
      this.#pauses.delete(pause);
      this.#fork(inARow).catch((error: unknown) => {
        if (this.#isUp) this.#log.log.error({ err: error }, 'A worker cannot be started.');
      });
    }, pauseMs);
    this.#pauses.add(pause);
  }

  /** Whole lines alone: pieces of two workers must not meet in one. */
  #relay(worker: Worker): void {
    let rest = '';
    const { stdout } = worker.process;
    stdout?.setEncoding('utf8').once('end', () => rest !== '' && this.#log.write(`${rest}\n`));
    stdout?.on('data', (text: string) => {
      const end = text.lastIndexOf('\n') + 1;
      if (end === 0) {
        rest += text;
        return;
      }
      this.#log.write(rest + text.slice(0, end));
      rest = text.slice(end);
    });
  }
}

import cluster, { type Worker } from 'node:cluster';
import type { Config } from '../config/config.ts';
import { type FamilySnapshot, lasting, merged } from '../observe/metric.ts';
import { Metrics } from '../observe/metrics.ts';
import type { FromWorker, ToWorker } from './handover.ts';
import { version } from './version.ts';

/** How long a worker may take to tell what it has counted; of one that is late the last that it told is taken. Milliseconds. */
const patienceMs = 1_000;

/** Gathers what the workers count, for any of them that is asked. Returns what ends that. */
export function gatherMetrics(config: Config): () => void {
  if (!config.metrics.enabled) return () => undefined;
  const metrics = new Metrics({ version });
  const stopCounting = metrics.start();
  const gathered = new GatheredMetrics(metrics);
  const stopGathering = gathered.start();
  return () => {
    stopGathering();
    stopCounting();
  };
}

/** A question to all workers. */
interface Round {
  readonly waiting: Set<number>;
  readonly done: () => void;
}

/**
 * What all processes have counted. Sums never fall: what a worker has told counts on when it is late, and when it is gone.
 */
class GatheredMetrics {
  readonly #own: Metrics;
  /** What each worker told last, by its number. Those that have told nothing do not serve yet. */
  readonly #last = new Map<number, readonly FamilySnapshot[]>();
  readonly #rounds = new Map<number, Round>();
  #departed: readonly FamilySnapshot[] = [];
  #questions = 0;

  constructor(own: Metrics) {
    this.#own = own;
  }

  start(): () => void {
    cluster.on('message', this.#heard);
    cluster.on('disconnect', this.#left);
    return () => {
      cluster.removeListener('message', this.#heard);
      cluster.removeListener('disconnect', this.#left);
    };
  }

  readonly #heard = (worker: Worker, message: FromWorker): void => {
    if (message.type === 'want_metrics') void this.#answer(worker, message.id);
    else if (message.type === 'metrics') {
      this.#last.set(worker.id, message.metrics);
      if (message.id !== undefined) this.#settle(message.id, worker.id);
    }
  };

  /** Comes after everything that a worker has said, however it ended. */
  readonly #left = ({ id }: Worker): void => {
    const last = this.#last.get(id);
    this.#last.delete(id);
    if (last !== undefined) this.#departed = merged([this.#departed, lasting(last)]);
    for (const round of this.#rounds.keys()) this.#settle(round, id);
  };

  async #answer(worker: Worker, id: number): Promise<void> {
    const metrics = await this.#gather();
    if (worker.isConnected()) worker.send({ type: 'all_metrics', id, metrics } satisfies ToWorker, () => undefined);
  }

  async #gather(): Promise<FamilySnapshot[]> {
    this.#questions += 1;
    const id = this.#questions;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#rounds.set(id, { waiting: new Set(this.#last.keys()), done: resolve });
    const late = setTimeout(resolve, patienceMs);
    for (const number of this.#last.keys()) {
      const worker = cluster.workers?.[number];
      if (worker?.isConnected() !== true) this.#settle(id, number);
      else worker.send({ type: 'tell_metrics', id } satisfies ToWorker, () => undefined);
    }
    await promise;
    clearTimeout(late);
    this.#rounds.delete(id);
    return merged([...this.#last.values(), this.#departed, await this.#own.snapshot()]);
  }

  #settle(id: number, worker: number): void {
    const round = this.#rounds.get(id);
    round?.waiting.delete(worker);
    if (round?.waiting.size === 0) round.done();
  }
}

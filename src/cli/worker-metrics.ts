import { GatewayError } from '../canon/error.ts';
import type { FamilySnapshot } from '../observe/metric.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { FromWorker, ToWorker } from './handover.ts';

/** How long the process that started this one may take to gather, milliseconds. */
const patienceMs = 5_000;

/** The metrics of a worker, as a part of those of all. */
export interface SharedMetrics {
  /** Those of all. @throws unavailable */
  gather(): Promise<readonly FamilySnapshot[]>;
  /** Leaves what was counted to the others. */
  leave(): Promise<void>;
}

/** Tells the process that started this one what is counted here whenever it asks. */
export function shareMetrics(metrics: Metrics): SharedMetrics {
  const asked = new Map<number, (all: readonly FamilySnapshot[]) => void>();
  let questions = 0;
  const tellOwn = async (id?: number): Promise<void> => {
    await tell({ type: 'metrics', ...(id !== undefined && { id }), metrics: await metrics.snapshot() });
  };
  const heard = (message: ToWorker): void => {
    if (message.type === 'tell_metrics') void tellOwn(message.id);
    else if (message.type === 'all_metrics') asked.get(message.id)?.(message.metrics);
  };
  process.on('message', heard);
  void tellOwn();
  const gather = async (): Promise<readonly FamilySnapshot[]> => {
    questions += 1;
    const id = questions;
    const { promise, resolve, reject } = Promise.withResolvers<readonly FamilySnapshot[]>();
    const late = setTimeout(
      () => reject(new GatewayError('unavailable', 'The metrics of all processes cannot be gathered.')),
      patienceMs,
    );
    asked.set(id, resolve);
    try {
      await tell({ type: 'want_metrics', id });
      return await promise;
    } finally {
      clearTimeout(late);
      asked.delete(id);
    }
  };
  const leave = async (): Promise<void> => {
    process.removeListener('message', heard);
    await tellOwn();
  };
  return { gather, leave };
}

/** Resolves when it is said, or cannot be: who started this process may be gone. */
function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, {}, () => resolve());
  });
}

// Loaded into a gateway before its own code: tells of its insides when asked to by a signal that means nothing else.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/** What a process tells of itself. */
export interface Reading {
  /** Bytes. */
  readonly heap: number;
  readonly external: number;
  readonly rss: number;
  /** How many of each sort keep its event loop busy. */
  readonly resources: { readonly [type: string]: number };
  /** Of the event loop since the last reading, milliseconds. */
  readonly delayMs: number;
  readonly longestDelayMs: number;
  /** 0 to 1, since the last reading. */
  readonly utilization: number;
}

const folder = process.env['GAUGE_FOLDER'];

if (isMainThread && folder !== undefined) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  let last = performance.eventLoopUtilization();
  const tell = (): void => {
    const { heapUsed: heap, external, rss } = process.memoryUsage();
    const resources: { [type: string]: number } = {};
    for (const type of process.getActiveResourcesInfo()) resources[type] = (resources[type] ?? 0) + 1;
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    const reading: Reading = {
      ...{ heap, external, rss, resources, utilization },
      delayMs: Math.max(0, delay.percentile(99) / 1e6 - 10),
      longestDelayMs: Math.max(0, delay.max / 1e6 - 10),
    };
    delay.reset();
    appendFileSync(join(folder, String(process.pid)), `${JSON.stringify(reading)}\n`);
  };
  process.on('SIGURG', tell);
  process.on('SIGWINCH', () => {
    collect();
    tell();
  });
}

import { existsSync, readdirSync } from 'node:fs';
import { Family, type FamilySnapshot, gauge, observe } from './metric.ts';

/** Seconds. */
const delayBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** How often it is looked whether the event loop comes late, milliseconds. */
const lookMs = 100;

/** Where Linux lists what a process has open. */
const descriptors = '/proc/self/fd';

/** What a process tells of itself, under the names that are usual for it. */
export class ProcessFigures {
  readonly #delay = new Family({
    name: 'dragoman_event_loop_delay_seconds',
    help: 'How much later than it should the event loop comes to a timer, looked at ten times a second from the first scrape on.',
    type: 'histogram',
    labels: [],
    buckets: delayBuckets,
  });
  #timer: NodeJS.Timeout | undefined;

  /** Everything as it is now. With the first time, looking at the event loop begins: where nobody asks it would cost for nothing. */
  snapshot(): FamilySnapshot[] {
    this.#watchLoop();
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    return [
      this.#delay.snapshot(),
      gauge('process_resident_memory_bytes', 'Resident memory.', rss),
      gauge('nodejs_heap_size_used_bytes', 'Memory of objects that are used, or not yet collected.', heapUsed),
      gauge('nodejs_heap_size_total_bytes', 'Memory that is taken for objects.', heapTotal),
      gauge('nodejs_external_memory_bytes', 'Memory outside of the heap that belongs to objects.', external),
      {
        ...gauge('process_cpu_seconds_total', 'CPU time, user and system.', (user + system) / 1e6),
        type: 'counter',
      },
      gauge(
        'process_start_time_seconds',
        'When the process began, seconds since 1970; of several, the first.',
        Math.round(performance.timeOrigin) / 1000,
        { merge: 'min' },
      ),
      openDescriptors(),
    ];
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #watchLoop(): void {
    if (this.#timer !== undefined) return;
    const numbers = this.#delay.at();
    let before = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      observe(numbers, delayBuckets, Math.max(0, now - before - lookMs) / 1000);
      before = now;
    }, lookMs).unref();
  }
}

/** Without a value where the system does not list them. */
function openDescriptors(): FamilySnapshot {
  const isListed = existsSync(descriptors);
  const family = gauge('process_open_fds', 'Open file descriptors.', isListed ? readdirSync(descriptors).length : 0);
  return isListed ? family : { ...family, rows: [] };
}

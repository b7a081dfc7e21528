import { readdirSync } from 'node:fs';
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
    const { user, system } = process.cpuUsage();
    return [
      this.#delay.snapshot(),
      ...memoryFigures(),
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

/** None where the system does not tell, as when no descriptor is left to ask it with. */
function memoryFigures(): FamilySnapshot[] {
  let usage: NodeJS.MemoryUsage;
  try {
    usage = process.memoryUsage();
  } catch {
    return [];
  }
  return [
    gauge('process_resident_memory_bytes', 'Resident memory.', usage.rss),
    gauge('nodejs_heap_size_used_bytes', 'Memory of objects that are used, or not yet collected.', usage.heapUsed),
    gauge('nodejs_heap_size_total_bytes', 'Memory that is taken for objects.', usage.heapTotal),
    gauge('nodejs_external_memory_bytes', 'Memory outside of the heap that belongs to objects.', usage.external),
  ];
}

/** Without a value where the system does not list them, or none is left to read the list with. */
function openDescriptors(): FamilySnapshot {
  const family = (open: number): FamilySnapshot => gauge('process_open_fds', 'Open file descriptors.', open);
  try {
    return family(readdirSync(descriptors).length);
  } catch {
    return { ...family(0), rows: [] };
  }
}

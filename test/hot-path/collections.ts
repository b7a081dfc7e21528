import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const limitMs = 20_000;

type Collection = PerformanceEntry & { readonly detail: { readonly kind: number; readonly flags: number } };

/** How often V8 has collected everything. What the program forces it to do at once does not count. */
export interface MajorCollections {
  readonly count: number;
  /** Counts from nothing again. */
  forget(): void;
  /** Resolves when there were so many, or when that takes too long; with the time it took, milliseconds. */
  come(times: number): Promise<number>;
  stop(): void;
}

/** Counts from now on. */
export function majorCollections(): MajorCollections {
  let count = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind, flags } = (entry as Collection).detail;
      const isForced = (flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0;
      if (kind === constants.NODE_PERFORMANCE_GC_MAJOR && !isForced) count += 1;
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return {
    get count() {
      return count;
    },
    forget() {
      count = 0;
    },
    async come(times) {
      const began = performance.now();
      while (count < times && performance.now() < began + limitMs) await sleep(10);
      return performance.now() - began;
    },
    stop: () => observer.disconnect(),
  };
}

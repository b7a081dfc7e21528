// A program that rests and grows, first as V8 has it, then with tidying, then when memory was short, and tells how often V8 collected everything.
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownHousehold, relieve, Tidy } from '../../src/cli/tidy.ts';

const limitMs = 20_000;
/** So often V8 collects in a rest. */
const inRest = 2;
/** Behind it V8 sees that little memory is needed. */
const quietMs = 1000;
const household = ownHousehold(() => 0);
let collections = 0;

type Collection = PerformanceEntry & { readonly detail: { readonly kind: number; readonly flags: number } };

/** What is asked for by the program itself does not count. */
const observer = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const { kind, flags } = (entry as Collection).detail;
    const isAskedFor = (flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0;
    if (kind === constants.NODE_PERFORMANCE_GC_MAJOR && !isAskedFor) collections += 1;
  }
});
observer.observe({ entryTypes: ['gc'] });

function objects(count: number): object[] {
  return Array.from({ length: count }, (_, i) => ({ i, list: [i] }));
}

/** Grows to twice of what a collection in a rest has left; returns how often everything was collected meanwhile. */
async function grow(): Promise<{ readonly growing: number; readonly kept: number }> {
  const kept = [objects(200_000)];
  await sleep(quietMs);
  household.collect();
  household.collect();
  collections = 0;
  for (let i = 0; i < 40; i++) {
    kept.push(objects(10_000));
    await sleep(1);
  }
  await sleep(100);
  const growing = collections;
  collections = 0;
  return { growing, kept: kept.length };
}

/** Returns how long it took, milliseconds. */
async function untilCollected(times: number): Promise<number> {
  const began = performance.now();
  while (collections < times && performance.now() < began + limitMs) await sleep(10);
  return performance.now() - began;
}

const usual = await grow();
const usualMs = await untilCollected(1);
// In the middle of a rest: V8 ends what it has begun.
const stop = new Tidy(household).start();
await untilCollected(inRest);
const usually = { resting: collections };

const tidy = await grow();
await sleep(usualMs * 2);
const tidying = { growing: tidy.growing, resting: collections };

relieve();
const short = await grow();
if (short.growing === 0) await untilCollected(1);
const relieved = { growing: short.growing + collections };
stop();

const kept = usual.kept + tidy.kept + short.kept;
console.log(JSON.stringify({ usually, tidying, relieved, kept }));

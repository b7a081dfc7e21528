// A program that rests and grows, first as V8 has it, then with tidying, then when memory was short, and tells how often V8 collected everything.
import { setTimeout as sleep } from 'node:timers/promises';
import { ownHousehold, relieve, Tidy } from '../../src/cli/tidy.ts';
import { majorCollections } from './collections.ts';

/** So often V8 collects in a rest. */
const inRest = 2;
/** Behind it V8 sees that little memory is needed. */
const quietMs = 1000;
const household = ownHousehold(() => 0);
const collections = majorCollections();

function objects(count: number): object[] {
  return Array.from({ length: count }, (_, i) => ({ i, list: [i] }));
}

/** Grows to twice of what a collection in a rest has left; returns how often everything was collected meanwhile. */
async function grow(): Promise<{ readonly growing: number; readonly kept: number }> {
  const kept = [objects(200_000)];
  await sleep(quietMs);
  for (let times = 0; times < 2; times++) {
    collections.forget();
    household.collect();
    await collections.come(1);
  }
  collections.forget();
  for (let i = 0; i < 40; i++) {
    kept.push(objects(10_000));
    await sleep(1);
  }
  await sleep(100);
  const growing = collections.count;
  collections.forget();
  return { growing, kept: kept.length };
}

const usual = await grow();
const usualMs = await collections.come(1);
// In the middle of a rest: V8 ends what it has begun.
const stop = new Tidy(household).start();
await collections.come(inRest);
const usually = { resting: collections.count };

const tidy = await grow();
await sleep(usualMs * 2);
const tidying = { growing: tidy.growing, resting: collections.count };

relieve();
const short = await grow();
if (short.growing === 0) await collections.come(1);
const relieved = { growing: short.growing + collections.count };
stop();
collections.stop();

const kept = usual.kept + tidy.kept + short.kept;
console.log(JSON.stringify({ usually, tidying, relieved, kept }));

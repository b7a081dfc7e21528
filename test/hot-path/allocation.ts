// Says as JSON how many bytes of V8's heap one event and one call take, and how many of a call are still held when it is
// over. To be run without optimizing compilers, what they leave out depends on when they get to it, and with `--expose-gc`.
import v8 from 'node:v8';
import { streamLanes, ways, wholeLanes } from './lanes.ts';
import { openStage } from './stage.ts';

/** Bytes, by way and unit. */
export interface Allocation {
  readonly [way: string]: { readonly event: number; readonly call: number; readonly kept: number };
}

const repetitions = 3;
/** V8 counts in steps of 256 KiB: so many that a step is little. */
const calls = 150;
const few = 200;
const many = 5_200;

function total(): number {
  return (v8.getHeapStatistics() as unknown as { readonly total_allocated_bytes: number }).total_allocated_bytes;
}

async function bytesOf(work: () => Promise<unknown>): Promise<number> {
  const before = total();
  await work();
  return total() - before;
}

/** What a collection of young objects leaves of what the work has made: it came to lie in the old generation, or is held from there. */
async function keptOf(work: () => Promise<unknown>): Promise<number> {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error('to be run with --expose-gc');
  collect();
  collect();
  const before = process.memoryUsage().heapUsed;
  await work();
  collect({ type: 'minor' });
  return process.memoryUsage().heapUsed - before;
}

async function median(measure: () => Promise<number>): Promise<number> {
  const results: number[] = [];
  for (let i = 0; i < repetitions; i++) results.push(await measure());
  return results.sort((a, b) => a - b)[repetitions >> 1] as number;
}

const allocation: { [way: string]: { event: number; call: number; kept: number } } = {};
for (const way of ways) {
  const stage = await openStage(way.provider);
  const [stream] = streamLanes(way);
  const [whole] = wholeLanes(way);
  if (stream === undefined || whole === undefined) throw new Error('no lanes');
  // Without turns of the event loop between: those are not the gateway's.
  const [short, long] = [few, many].map((events) => ({ ...stream.scene(events), paced: false }));
  if (short === undefined || long === undefined) throw new Error('no scenes');
  await stage.play(short);
  const event = await median(async () => {
    const less = await bytesOf(() => stage.play(short));
    return ((await bytesOf(() => stage.play(long))) - less) / (many - few);
  });
  const scene = whole.scene(0);
  await stage.play(scene);
  const several = async (): Promise<void> => {
    for (let i = 0; i < calls; i++) await stage.play(scene);
  };
  const call = await median(async () => (await bytesOf(several)) / calls);
  const kept = await median(async () => (await keptOf(several)) / calls);
  allocation[`${way.client} > ${way.provider}`] = {
    event: Math.round(event),
    call: Math.round(call),
    kept: Math.round(kept),
  };
  await stage.close();
}
process.stdout.write(JSON.stringify(allocation));

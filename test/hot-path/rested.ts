// Plays calls of all ways until V8 has compiled what they run, and then has garbage collected as in a rest, while none is
// under way: `in steps`, or `at once`. To be run with `--trace-deopt`, which says what V8 throws away.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ownHousehold } from '../../src/cli/tidy.ts';
import { majorCollections } from './collections.ts';
import { streamLanes, ways, wholeLanes } from './lanes.ts';
import { openStage } from './stage.ts';

const calls = 3000;
const events = 20;

const collections = majorCollections();
const household = ownHousehold(() => 0);
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const rest = process.argv[2] === 'at once' ? collectAtOnce : collectInSteps;
for (const way of ways) {
  const stage = await openStage(way.provider);
  const [stream] = streamLanes(way);
  const [whole] = wholeLanes(way);
  if (stream === undefined || whole === undefined) throw new Error('no lanes');
  for (const scene of [whole.scene(0), stream.scene(events)])
    for (let i = 0; i < calls; i++) await stage.play({ ...scene, paced: false });
  await rest();
  await stage.close();
}
collections.stop();

function collectAtOnce(): Promise<void> {
  gc();
  return Promise.resolve();
}

async function collectInSteps(): Promise<void> {
  collections.forget();
  household.collect();
  await collections.come(1);
  if (collections.count === 0) throw new Error('V8 did not begin to collect');
}

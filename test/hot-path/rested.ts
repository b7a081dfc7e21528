// Plays calls of all ways until V8 has compiled what they run, and then collects garbage while none is under way. To be run
// with `--expose-gc` and `--trace-deopt`, which says what V8 throws away; where to look stands between two marks.
import { streamLanes, ways, wholeLanes } from './lanes.ts';
import { openStage } from './stage.ts';

const calls = 3000;
const events = 20;

const collect = globalThis.gc;
if (collect === undefined) throw new Error('to be run with --expose-gc');
for (const way of ways) {
  const stage = await openStage(way.provider);
  const [stream] = streamLanes(way);
  const [whole] = wholeLanes(way);
  if (stream === undefined || whole === undefined) throw new Error('no lanes');
  for (const scene of [whole.scene(0), stream.scene(events)])
    for (let i = 0; i < calls; i++) await stage.play({ ...scene, paced: false });
  console.log(`rest ${way.client} ${way.provider}`);
  collect();
  console.log('over');
  await stage.close();
}

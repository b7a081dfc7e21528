import { spawnSync } from 'node:child_process';
import type { Contestant, Provider } from './contestant.ts';
import { ownLauncher, startDragoman } from './dragoman.ts';
import { measure, type Stage, type Track, warmUp } from './measure.ts';
import { prepareRequest } from './request.ts';
import type { Part, Workers } from './run.ts';
import { passLane, type Setting } from './scenario.ts';

const setting: Setting = { name: 'workers', manner: 'whole', body: 'small', connections: 128 };
const counts = [1, 2];

/** Requests a second that one and two workers answer, in turn. */
export async function measureWorkers(
  stage: Stage,
  provider: Provider,
  rounds: number,
  seconds: number,
): Promise<Part<readonly Workers[]>> {
  const help = spawnSync(process.execPath, ['--no-warnings', ownLauncher(), 'serve', '--help'], { encoding: 'utf8' });
  if (!help.stdout.includes('--workers')) return { missing: 'this gateway has no --workers' };
  const started: Contestant[] = [];
  try {
    const tracks: Track[] = [];
    for (const workers of counts) {
      const args = ['--workers', String(workers)];
      const contestant = await startDragoman(provider, { name: `workers-${workers}`, args });
      started.push(contestant);
      const request = await prepareRequest(contestant, passLane, setting);
      if (request === undefined) return { missing: 'it does not pass on' };
      tracks.push(
        await warmUp(stage, { contestant, lane: passLane, setting, request }, { seconds: seconds * 4 }, seconds),
      );
    }
    for (let round = 0; round < rounds; round++) {
      for (const track of round % 2 === 0 ? tracks : tracks.toReversed()) {
        track.samples.push(await measure(stage, track));
      }
    }
    return tracks.map(({ samples }, i) => ({
      workers: counts[i] ?? 0,
      perSecond: samples.map(({ unitsPerSecond }) => unitsPerSecond),
      cpu: samples.map(({ cpu }) => cpu ?? Number.NaN),
    }));
  } finally {
    for (const contestant of started) await contestant.stop();
  }
}

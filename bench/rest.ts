import { measureColdStarts } from './cold-start.ts';
import type { Contestant, StartContestant } from './contestant.ts';
import type { Stage } from './measure.ts';
import { hindrance, measureMemory, type Patience, type Subject } from './memory.ts';
import type { Say } from './rounds.ts';
import { inALine, isThere, type Memory, type Part, type Run } from './run.ts';
import { type Lane, lanes, passLane } from './scenario.ts';
import { measureWorkers } from './workers.ts';

/** How much of what is not measured in rounds. */
export interface RestEffort {
  readonly patience: Patience;
  readonly streams: readonly number[];
  readonly requests: number;
  readonly starts: number;
  readonly workerRounds: number;
  readonly workerSeconds: number;
}

interface Entry {
  readonly name: string;
  readonly start: StartContestant;
}

/** Memory, cold starts and workers, each in processes of its own. */
export async function measureRest(
  stage: Stage,
  entries: readonly Entry[],
  effort: RestEffort,
  say: Say,
): Promise<Pick<Run, 'memory' | 'coldStart' | 'workers'>> {
  if (!entries.some(({ name }) => name === 'dragoman')) {
    const missing = { missing: 'Dragoman does not take part' };
    return { memory: missing, coldStart: missing, workers: missing };
  }
  say('memory');
  const memory = await measureMemories(stage, entries, effort, say);
  say('cold starts');
  const coldStart = await measureColdStarts(stage.upstream, effort.starts);
  say('workers');
  const workers = await measureWorkers(stage, stage.upstream, effort.workerRounds, effort.workerSeconds);
  return { memory, coldStart, workers };
}

/** Some at a time: what one of them holds does not depend on what the others do. */
async function measureMemories(
  stage: Stage,
  entries: readonly Entry[],
  effort: RestEffort,
  say: Say,
): Promise<Part<readonly Memory[]>> {
  const { streams, requests } = effort;
  const why = hindrance(stage, Math.max(...streams));
  if (why !== undefined) return { missing: why };
  const chatLane = lanes.find(({ name }) => name === 'chat > Messages') ?? passLane;
  const subject = (name: string, lane: Lane, counts: readonly number[], grows: boolean): Subject[] =>
    entries
      .filter((entry) => entry.name === name)
      .map((entry) => ({
        name,
        lane,
        streams: counts,
        requests: grows ? requests : 0,
        start: () => started(entry, stage),
      }));
  const few = streams.slice(0, 1);
  const groups = [
    [...subject('dragoman', passLane, streams, true), ...subject('nginx', passLane, streams, true)],
    [
      ...subject('dragoman', chatLane, streams, false),
      ...['portkey', 'claude-code-router', 'bifrost'].flatMap((name) => subject(name, passLane, few, false)),
    ],
  ];
  const memory: Memory[] = [];
  for (const group of groups) {
    const each = await Promise.allSettled(group.map((one) => measureMemory(stage, one, effort.patience)));
    for (const [i, result] of each.entries()) {
      if (result.status === 'rejected') {
        say(`memory of ${group[i]?.name}: ${String(result.reason)}`);
        if (group[i]?.name === 'dragoman') return { missing: inALine(result.reason) };
      } else if (isThere(result.value)) {
        memory.push(result.value);
      } else {
        say(`memory of ${group[i]?.name}: ${result.value.missing}`);
      }
    }
  }
  return memory;
}

async function started({ start }: Entry, { upstream }: Stage): Promise<Contestant> {
  const come = await start(upstream);
  if ('absent' in come) throw new Error(come.absent);
  return come;
}

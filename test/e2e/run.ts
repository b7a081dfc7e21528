import { inspect } from 'node:util';
import { nameOf, type Run, Untold, usualLimit } from './scenario.ts';
import { Stage } from './stage.ts';

/** How a run ended. */
export interface Outcome {
  readonly run: Run;
  readonly state: 'ok' | 'FAILED' | 'skipped';
  /** Milliseconds. */
  readonly took: number;
  readonly why?: string;
  /** Where the traces of a failed run are. */
  readonly traces?: string;
}

/** Plays the runs, so many at a time, and tells of each as it ends. Outcomes come in the order of the runs. */
export async function playAll(
  runs: readonly Run[],
  atOnce: number,
  tell: (outcome: Outcome, done: number) => void,
): Promise<readonly Outcome[]> {
  const outcomes = new Map<Run, Outcome>();
  const waiting = [...runs];
  const worker = async (): Promise<void> => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
      const outcome = await playOne(run);
      outcomes.set(run, outcome);
      tell(outcome, outcomes.size);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return runs.flatMap((run) => outcomes.get(run) ?? []);
}

async function playOne(run: Run): Promise<Outcome> {
  const limit = run.scenario.limit ?? usualLimit;
  const time = new AbortController();
  const stage = new Stage(nameOf(run), run.language, time.signal);
  const began = performance.now();
  let failure: unknown;
  try {
    await within(limit, time, run.scenario.play(stage));
    stage.check();
  } catch (error) {
    failure = error ?? new Error('it failed without a word');
    if (!(failure instanceof Untold)) stage.keepTraces();
  }
  await stage.end();
  const took = performance.now() - began;
  if (failure === undefined) {
    stage.forget();
    return { run, state: 'ok', took };
  }
  if (failure instanceof Untold) {
    stage.forget();
    return { run, state: 'skipped', took, why: failure.message };
  }
  const why = failure instanceof Error ? (failure.stack ?? failure.message) : inspect(failure);
  stage.keep('failure.txt', `${nameOf(run)}\n\n${why}\n`);
  return { run, state: 'FAILED', took, why, traces: stage.folder };
}

async function within(limit: number, time: AbortController, story: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`it took longer than ${limit / 1000} s`));
      time.abort();
    }, limit);
  });
  try {
    await Promise.race([story, late]);
  } finally {
    clearTimeout(timer);
    // Whatever comes of a story that was given up is no longer of interest.
    story.catch(() => {});
  }
}

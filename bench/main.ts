/**
 * What Dragoman costs, and what others cost: `npm run bench`. docs/benchmark.md tells what is measured, how to read it,
 * and the options.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { gather, known } from './contestants.ts';
import { direct } from './direct.ts';
import { findLoadGenerator, type Stage } from './measure.ts';
import { median } from './median.ts';
import { writePage } from './page.ts';
import { formatRun } from './report.ts';
import { measureRest, type RestEffort } from './rest.ts';
import { type Effort, plan, Rounds } from './rounds.ts';
import type { Run } from './run.ts';
import { lanes, settings } from './scenario.ts';
import { startUpstream } from './upstream.ts';

const full: Effort = {
  rounds: 5,
  pacedRounds: 5,
  turns: 4,
  turnSeconds: 0.15,
  warmRequests: 20_000,
  warmSeconds: 3,
};
const quick: Effort = { ...full, rounds: 3, pacedRounds: 1, turns: 2, turnSeconds: 0.05, warmSeconds: 0.3 };
/** Memory is given back from ten seconds behind the last of the work on, and the last of it 25 later. */
const fullRest: RestEffort = {
  patience: { warmSeconds: 1, restMs: 36_000 },
  streams: [1000, 5000],
  requests: 100_000,
  starts: 9,
  workerRounds: 5,
  workerSeconds: 0.5,
};
const quickRest: RestEffort = {
  ...fullRest,
  patience: { warmSeconds: 0.3, restMs: 20_000 },
  starts: 3,
  workerRounds: 3,
};
/** A part of a run that was not wanted. */
const leftOut = { missing: 'a run with --only or --profile measures in rounds alone' };

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    contestants: { type: 'string' },
    json: { type: 'string' },
    from: { type: 'string' },
    docs: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});

const run = options.from === undefined ? await measureAll() : (JSON.parse(readFileSync(options.from, 'utf8')) as Run);
console.log(formatRun(run));
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(run, null, 2)}\n`);
if (options.docs) writePage(run);

async function measureAll(): Promise<Run> {
  const effort = options.quick ? quick : full;
  const began = performance.now();
  const loadBefore = loadavg()[0] ?? Number.NaN;
  const entries = chosen();
  const stage: Stage = { load: findLoadGenerator(), upstream: await startUpstream() };
  for (const line of slowness(stage)) say(line);
  const { contestants, participants } = await gather(entries, stage.upstream, say);
  await sleep(1000);
  const plans = plan([direct(stage.upstream), ...contestants], new RegExp(options.only));
  if (plans.length === 0) leave();
  const found = await new Rounds(stage, effort, say).run(plans);
  for (const contestant of contestants) await contestant.stop();
  const isWhole = options.only === '' && options.profile === undefined;
  const rest = options.quick ? quickRest : fullRest;
  return {
    partial: !isWhole,
    rounds: effort.rounds,
    participants,
    notes: [...slowness(stage), ...found.notes],
    measured: found.measured,
    yardstick: found.yardstick,
    ...(isWhole
      ? await measureRest(stage, entries, rest, say)
      : { memory: leftOut, coldStart: leftOut, workers: leftOut }),
    machine: machine(loadBefore, found.spins),
    seconds: Math.round((performance.now() - began) / 1000),
  };
}

function machine(loadBefore: number, spins: readonly number[]): Run['machine'] {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    date: new Date().toISOString().slice(0, 10),
    loadBefore,
    loadAfter: loadavg()[0] ?? Number.NaN,
    spin: { median: median(spins), least: Math.min(...spins), most: Math.max(...spins) },
  };
}

/** Those of the list; everybody without one. */
function chosen(): ReturnType<typeof known> {
  const all = known(options.profile);
  if (options.contestants === undefined) return all;
  const wanted = options.contestants.split(',').filter((name) => name !== 'direct');
  const unknown = wanted.filter((name) => !all.some((entry) => entry.name === name));
  if (unknown.length === 0) return all.filter(({ name }) => wanted.includes(name));
  say(`unknown: ${unknown.join(', ')}; there is ${all.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

/** What makes the figures worth less, in words. */
function slowness({ upstream, load }: Stage): string[] {
  return Object.entries({ provider: upstream, 'load generator': load }).flatMap(([what, { slowBecause }]) =>
    slowBecause === undefined
      ? []
      : [`ATTENTION: the ${what} is the slow one, in JavaScript, and limits what is measured: ${slowBecause}`],
  );
}

function leave(): never {
  const names = [...settings, ...lanes].map(({ name }) => name).join('\n  ');
  say(`--only fits nothing. It is matched against "SETTING LANE", made of:\n  ${names}`);
  process.exit(2);
}

/** Progress is for whoever waits; the result alone is on the standard output. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

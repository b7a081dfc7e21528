/**
 * What Dragoman costs: `npm run bench -- [--quick] [--only REGEX] [--json FILE] [--profile FOLDER]`
 *
 * Three processes on loopback: a provider that always says the same (upstream.c), the gateway as its users start it,
 * and a client that asks as fast as it is answered (load.c). Every setting (how the answer comes, how large the request
 * is, how many connections) is sent on every lane: direct to the provider, passed on within one language, translated.
 * The lanes take turns in short rounds, so that a noisy machine disturbs all of them alike; what is printed are medians
 * of the rounds, and of the ratios within a round. Each request is sent and its answer examined before it is measured.
 *
 * Read the ratios first; absolute numbers are this machine's at this hour. The steadiest figure is CPU time: user and
 * system time of the gateway's own process, all threads. docs/benchmark.md tells more.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type RunningGateway, startGateway } from './gateway.ts';
import { findLoadGenerator, measure, median, type Stage, type Track, warmUp } from './measure.ts';
import { residentMiB } from './process.ts';
import { figuresOf, formatReport } from './report.ts';
import { prepareRequest } from './request.ts';
import { directOf, isOfEvents, lanes, settings } from './scenario.ts';
import { formatNumber } from './table.ts';
import { startUpstream } from './upstream.ts';

/** How long everything takes. */
interface Effort {
  readonly rounds: number;
  /** Seconds a lane is measured in a round. */
  readonly roundSeconds: number;
  /** Seconds a lane is warmed up. */
  readonly warmSeconds: number;
}

const full: Effort = { rounds: 7, roundSeconds: 0.35, warmSeconds: 0.6 };
const quick: Effort = { rounds: 3, roundSeconds: 0.07, warmSeconds: 0.15 };

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    profile: { type: 'string' },
  },
});

const effort = options.quick ? quick : full;
const began = performance.now();
const loadBefore = loadavg()[0];
const wanted = selectedPairs(new RegExp(options.only));
const stage = await startStage();
for (const line of slowness()) say(line);
const memory = [memoryLine('idle, after the start', stage.gateway)];
const tracks = await prepareTracks();
memory.push(memoryLine('after warming up', stage.gateway));
const spins = await measureRounds();
await sleep(1000);
memory.push(memoryLine('after the load', stage.gateway));
await stage.gateway.stop();
finish();

/** Lanes with their settings whose names fit, and the direct lanes that they are compared to. */
function selectedPairs(pattern: RegExp): Pick<Track, 'lane' | 'setting'>[] {
  const pairs = settings.flatMap((setting) => {
    const fitting = lanes.filter((lane) => lane.carriage !== undefined && pattern.test(`${setting.name} ${lane.name}`));
    const direct = new Set(fitting.map(directOf));
    return [...direct, ...fitting].map((lane) => ({ lane, setting }));
  });
  if (pairs.length > 0) return pairs;
  const names = [...settings, ...lanes].map(({ name }) => name).join('\n  ');
  say(`--only fits nothing. It is matched against "SETTING LANE", made of:\n  ${names}`);
  process.exit(2);
}

async function startStage(): Promise<Stage> {
  const load = findLoadGenerator();
  const upstream = await startUpstream();
  const gateway = await startGateway(upstream, options.profile);
  await sleep(1000);
  return { upstream, load, gateway };
}

/** What makes the figures worth less, in words. */
function slowness(): string[] {
  const { upstream, load } = stage;
  return Object.entries({ provider: upstream, 'load generator': load }).flatMap(([what, { slowBecause }]) =>
    slowBecause === undefined
      ? []
      : [`ATTENTION: the ${what} is the slow one, in JavaScript, and limits what is measured: ${slowBecause}`],
  );
}

/** Asks every request once, and then until the code behind it is hot. */
async function prepareTracks(): Promise<Track[]> {
  const ready: Track[] = [];
  for (const { lane, setting } of wanted) {
    const request = await prepareRequest(lane, setting, stage.upstream, stage.gateway);
    ready.push({ lane, setting, request, requests: 0, samples: [] });
  }
  say(`${ready.length} answers are right; warming up`);
  const warm: Track[] = [];
  for (const track of ready) {
    const isDirect = track.lane.carriage === undefined;
    const share = isDirect ? 1 / 3 : 1;
    warm.push(await warmUp(stage, track, effort.warmSeconds * share, effort.roundSeconds * share));
  }
  return warm;
}

/** Every other round goes backwards, so that no lane always follows the same one. Returns what the machine did meanwhile. */
async function measureRounds(): Promise<number[]> {
  const seen: number[] = [];
  for (let round = 0; round < effort.rounds; round++) {
    say(`round ${round + 1} of ${effort.rounds}`);
    for (const track of round % 2 === 0 ? tracks : tracks.toReversed()) {
      seen.push(spin());
      track.samples.push(await measure(stage, track));
    }
  }
  return seen;
}

/** Milliseconds that always the same work takes: how steady the machine is. */
function spin(): number {
  const start = performance.now();
  let x = 1;
  for (let i = 0; i < 2_000_000; i++) x = Math.imul(x, 16_807) ^ i;
  return x === 0 ? 0 : performance.now() - start;
}

function finish(): void {
  const figures = tracks.map((track) => figuresOf(track, tracks));
  const machine = {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    loadBefore,
    loadAfter: loadavg()[0],
    spin: { median: median(spins), least: Math.min(...spins), most: Math.max(...spins) },
  };
  const { spin: steady } = machine;
  const notes = [
    ...slowness(),
    `medians of ${effort.rounds} rounds, ${Math.round((performance.now() - began) / 1000)} s in all; Node ${machine.node}, ${machine.platform}, ${machine.cores} cores (${machine.processor})`,
    `load of the machine ${formatNumber(loadBefore)} before, ${formatNumber(machine.loadAfter)} after; the same work took ${formatNumber(steady.median)} ms, from ${formatNumber(steady.least)} to ${formatNumber(steady.most)}`,
    'CPU is the time of the process, in brackets the provider’s own; its spread is half the range over the rounds',
  ];
  console.log(
    `\n${formatReport(figures)}\n\nMEMORY of the gateway, resident\n${memory.join('\n')}\n\n${notes.join('\n')}`,
  );
  const units = (figure: (typeof figures)[number]): object => ({
    ...figure,
    unit: isOfEvents(figure.setting) ? 'event' : 'request',
  });
  if (options.json === undefined) return;
  writeFileSync(options.json, `${JSON.stringify({ machine, effort, memory, figures: figures.map(units) }, null, 2)}\n`);
}

function memoryLine(when: string, { pid }: RunningGateway): string {
  const memoryNow = residentMiB(pid);
  if (memoryNow === undefined) return `  ${when}: not known on this system`;
  return `  ${when.padEnd(22)} ${formatNumber(memoryNow.now).padStart(6)} MiB, at most ${formatNumber(memoryNow.most)} so far`;
}

/** Progress is for whoever waits; the result alone is on the standard output. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant } from './contestant.ts';
import { type Stage, sendLoad, type Untimed, warmUp } from './measure.ts';
import { residentKiB } from './proc.ts';
import { type Server, startServer } from './process.ts';
import { type PreparedRequest, prepareRequest, type WrittenRequest, writeRequest } from './request.ts';
import type { Memory, Part } from './run.ts';
import { type Lane, lanes, passLane, type Setting } from './scenario.ts';

/** Whose memory is measured, and how. */
export interface Subject {
  readonly name: string;
  /** Starts one that nobody else uses. */
  readonly start: () => Promise<Contestant>;
  /** The lane of the open streams. */
  readonly lane: Lane;
  /** Open streams, a number at a time, growing. */
  readonly streams: readonly number[];
  /** Requests behind the streams; none where growth is not measured. */
  readonly requests: number;
}

/** How long things take. */
export interface Patience {
  readonly warmSeconds: number;
  /** How long a process is left alone before its memory counts as what it keeps. */
  readonly restMs: number;
}

const warmSettings: readonly Setting[] = [
  { name: 'memory whole', manner: 'whole', body: 'small', connections: 16 },
  { name: 'memory large', manner: 'whole', body: 'large', connections: 16 },
  { name: 'memory burst', manner: 'burst', body: 'small', connections: 16 },
];
const holdSetting: Setting = { name: 'hold', manner: 'hold', body: 'small', connections: 1 };
const growthSetting: Setting = { name: 'memory growth', manner: 'whole', body: 'small', connections: 16 };
const growthSteps = 5;
const openLimitMs = 120_000;
/** Memory that stays within half a percent so long is at rest. */
const stillSeconds = 4;
const restLimitMs = 30_000;

/** Why open streams cannot be held here; nothing where they can. */
export function hindrance(stage: Stage, streams: number): string | undefined {
  if (stage.load.slowBecause !== undefined) return 'only the load generator in C holds streams open';
  const limit = Number(/^Max open files\s+\d+\s+(\d+)/m.exec(readLimits())?.[1] ?? Number.NaN);
  if (Number.isNaN(limit)) return 'this system does not tell the memory of a process in /proc';
  const needed = streams * 2 + 500;
  return limit < needed ? `a process may have ${limit} files open, and ${needed} are needed (ulimit -n)` : undefined;
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}

/** Takes a gateway through its life: started, warm, with open streams, without them, after many requests, at rest. */
export async function measureMemory(stage: Stage, subject: Subject, patience: Patience): Promise<Part<Memory>> {
  const contestant = await subject.start();
  try {
    return await new Life(stage, subject, patience, contestant).run();
  } finally {
    await contestant.stop();
  }
}

class Life {
  readonly #stage: Stage;
  readonly #subject: Subject;
  readonly #patience: Patience;
  readonly #contestant: Contestant;

  constructor(stage: Stage, subject: Subject, patience: Patience, contestant: Contestant) {
    this.#stage = stage;
    this.#subject = subject;
    this.#patience = patience;
    this.#contestant = contestant;
  }

  async run(): Promise<Part<Memory>> {
    const held = writeRequest(this.#contestant, this.#subject.lane, holdSetting);
    if (held === undefined) return { missing: `${this.#subject.name} cannot go from ${this.#subject.lane.name}` };
    const cold = await this.#resident(1000);
    await this.#warm();
    // Streams are opened once before it counts: what the first of them find at hand would make them look cheap.
    await this.#hold(held, () => this.#resident(1000));
    const idle = await this.#atRest();
    const open = await this.#hold(held, () => this.#atRest());
    const closed = await this.#atRest();
    const { name, lane, requests } = this.#subject;
    const before = { contestant: name, lane: lane.name, cold, idle, open, closed };
    if (requests === 0) return before;
    return { ...before, ...(await this.#grow(requests)) };
  }

  async #resident(afterMs: number): Promise<number> {
    await sleep(afterMs);
    return residentKiB(this.#contestant.pids()) ?? Number.NaN;
  }

  /** What is kept when nothing happens: after a rest, and when it has not changed for some seconds. */
  async #atRest(): Promise<number> {
    const deadline = performance.now() + this.#patience.restMs + restLimitMs;
    let still = 0;
    let last = await this.#resident(this.#patience.restMs);
    while (still < stillSeconds && performance.now() < deadline) {
      const now = await this.#resident(1000);
      still = Math.abs(now - last) <= last / 200 ? still + 1 : 0;
      last = now;
    }
    return last;
  }

  async #warm(): Promise<void> {
    for (const setting of warmSettings) {
      for (const lane of lanes) {
        const request = await prepareRequest(this.#contestant, lane, setting);
        if (request === undefined) continue;
        await warmUp(this.#stage, this.#track(lane, setting, request), { seconds: this.#patience.warmSeconds }, 0.3);
      }
    }
  }

  #track(lane: Lane, setting: Setting, request: PreparedRequest): Untimed {
    return { contestant: this.#contestant, lane, setting, request };
  }

  /** Each step opens as many as are missing, and what was opened before stays. */
  async #hold({ port, file }: WrittenRequest, look: () => Promise<number>): Promise<Memory['open']> {
    const holders: Server[] = [];
    const open: { streams: number; kib: number }[] = [];
    try {
      for (const streams of this.#subject.streams) {
        const more = streams - (open.at(-1)?.streams ?? 0);
        const name = `hold-${this.#contestant.port}-${streams}`;
        const holder = startServer(name, this.#stage.load.command, ['hold', String(port), String(more), file]);
        holders.push(holder);
        await says(holder, /^held/m);
        open.push({ streams, kib: await look() });
      }
    } finally {
      for (const holder of holders) await holder.stop();
    }
    return open;
  }

  /** A first part of the requests, so that everything is as large as it has to be; then the others. */
  async #grow(requests: number): Promise<Required<Pick<Memory, 'growth' | 'busy' | 'after'>>> {
    const each = [passLane, ...lanes.filter(({ name }) => name === 'Messages > chat')];
    const tracks: Untimed[] = [];
    for (const lane of each) {
      const request = await prepareRequest(this.#contestant, lane, growthSetting);
      if (request !== undefined) tracks.push(this.#track(lane, growthSetting, request));
    }
    const growth: { requests: number; kib: number }[] = [];
    const busy: { requests: number; kib: number }[] = [];
    for (let step = 1; step <= growthSteps; step++) {
      for (const track of tracks) {
        const share = Math.round(requests / growthSteps / tracks.length);
        await sendLoad(this.#stage, { ...track, requests: share });
      }
      const sent = (requests / growthSteps) * step;
      busy.push({ requests: sent, kib: await this.#resident(0) });
      if (step === 1 || step === growthSteps) growth.push({ requests: sent, kib: await this.#atRest() });
    }
    return { growth, busy, after: growth.at(-1)?.kib ?? Number.NaN };
  }
}

async function says(program: Server, pattern: RegExp): Promise<void> {
  const deadline = performance.now() + openLimitMs;
  while (!pattern.test(program.output())) {
    if (!program.running() || performance.now() > deadline) {
      throw new Error(`The streams do not open: ${program.output().trim() || 'no answer within two minutes'}`);
    }
    await sleep(50);
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../gateway-process.ts';
import { Chance } from './chance.ts';
import { Clients, type Heard } from './client.ts';
import { configuration, Rewriter } from './configuration.ts';
import { type Draw, draw } from './draw.ts';
import { GaugedGateway, type Seen } from './gauged.ts';
import { Exchanges, type Going, ProviderServer } from './provider.ts';
import { type Around, judged, type Outcome } from './verdict.ts';

/** Calls at once. */
const atOnce = 32;
/** Calls before anything is measured, so that everything is as large as it has to be. */
const warming = 200;
/** How long what the load needed may take to go, milliseconds. */
const settleLimitMs = 20_000;
/** How long the provider is away each time, milliseconds. */
const awayMs = 2_500;
/** How often a client asks again whose worker was killed. */
const mostAgain = 3;

/** An exchange and what came of it. */
export interface Played {
  readonly draw: Draw;
  readonly outcome: Outcome;
  /** How often it had to be asked because its worker was killed. */
  readonly lost: number;
  readonly ms: number;
  readonly heard: Heard;
  readonly asked: readonly string[];
  readonly around: Around;
}

/** What a process was before the load and after it. */
export interface Leak {
  readonly name: string;
  readonly before: Seen;
  readonly after: Seen;
}

/** What a campaign came to. */
export interface Campaigned {
  readonly played: readonly Played[];
  readonly leaks: readonly Leak[];
  readonly seconds: number;
  /** Connections to providers: most at once, and when all was over. */
  readonly sockets: { readonly most: number; readonly after: number };
  readonly open: number;
  readonly rewrites: { readonly valid: number; readonly invalid: number };
  readonly kills: number;
  readonly aways: number;
}

interface Span {
  readonly began: number;
  ended: number;
}

/** Thousands of exchanges with providers that fail in all ways, while the gateway's surroundings do too. */
export class Campaign {
  readonly #seed: number;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'dragoman-chaos-'));
  readonly #exchanges = new Exchanges();
  readonly #shaky = new ProviderServer(this.#exchanges);
  readonly #steady = new ProviderServer(this.#exchanges);
  readonly #clients = new Clients(atOnce);
  readonly #aways: Span[] = [];
  readonly #kills: Span[] = [];
  readonly #gateways = new Map<Draw['gateway'], GaugedGateway>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Plays all exchanges from 0 to `calls`. */
  async run(calls: number, progress: (done: number) => void): Promise<Campaigned> {
    const began = performance.now();
    try {
      await this.#start();
      const warm = Math.min(warming, calls >> 2);
      const played = await this.#load(0, warm, progress);
      const before = await this.#settled();
      const trouble = new AbortController();
      const troubles = this.#trouble(trouble.signal);
      played.push(...(await this.#load(warm, calls, progress)));
      trouble.abort();
      const rewrites = await troubles;
      const leaks = await this.#leaks(before);
      return {
        ...{ played, leaks, rewrites },
        open: await this.#open(),
        seconds: (performance.now() - began) / 1000,
        sockets: {
          most: this.#shaky.mostSockets + this.#steady.mostSockets,
          after: this.#shaky.sockets + this.#steady.sockets,
        },
        kills: this.#kills.length,
        aways: this.#aways.length,
      };
    } finally {
      await this.#stop();
    }
  }

  /** Plays one exchange alone. */
  async only(index: number): Promise<Played> {
    try {
      await this.#start();
      return await this.#play(draw(this.#seed, index));
    } finally {
      await this.#stop();
    }
  }

  async #start(): Promise<void> {
    await Promise.all([this.#shaky.start(), this.#steady.start()]);
    for (const [name, workers] of [
      ['one', 1],
      ['workers', 2],
    ] as const) {
      const config = configuration(this.#shaky.origin, this.#steady.origin, workers);
      this.#gateways.set(name, await GaugedGateway.start(path.join(this.#folder, name), config));
    }
  }

  async #stop(): Promise<void> {
    this.#clients.close();
    await Promise.all([...this.#gateways.values()].map((gateway) => gateway.process.stop()));
    await Promise.all([this.#shaky.stop(), this.#steady.stop()]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #gateway(name: Draw['gateway']): GaugedGateway {
    const gateway = this.#gateways.get(name);
    if (gateway === undefined) throw new Error(`no gateway ${name}`);
    return gateway;
  }

  // --- the load

  async #load(from: number, to: number, progress: (done: number) => void): Promise<Played[]> {
    const played: Played[] = [];
    let next = from;
    const work = async (): Promise<void> => {
      while (next < to) {
        const index = next;
        next += 1;
        played.push(await this.#play(draw(this.#seed, index)));
        progress(from + played.length);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return played;
  }

  async #play(plan: Draw): Promise<Played> {
    let lost = 0;
    for (;;) {
      const going = this.#exchanges.begin(plan);
      const heard = await this.#clients.ask(this.#gateway(plan.gateway).url, plan);
      this.#exchanges.end(going);
      const around = this.#around(plan, heard);
      const outcome = outcomeOf(plan, going, heard, around);
      if (outcome.type !== 'lost' || lost === mostAgain) {
        return { draw: plan, outcome, lost, heard, ms: heard.ended - heard.began, asked: going.asked, around };
      }
      // As SDKs do: at once it would meet the connections that have just broken.
      await sleep(100 * 2 ** lost);
      lost += 1;
    }
  }

  #around({ gateway }: Draw, heard: Heard): Around {
    const meets = ({ began, ended }: Span): boolean => began <= heard.ended && ended >= heard.began;
    return { isAway: this.#aways.some(meets), isKilled: gateway === 'workers' && this.#kills.some(meets) };
  }

  // --- what else goes wrong

  /** One thing after the other, until the load is over. */
  async #trouble(signal: AbortSignal): Promise<{ valid: number; invalid: number }> {
    const chance = new Chance(this.#seed, 0xc0ffee);
    const rewriters = [...this.#gateways.values()].map(
      ({ process: { configFile } }) => new Rewriter(configFile, chance),
    );
    for (let round = 0; !signal.aborted; round += 1) {
      if (round % 8 === 2) await this.#goAway();
      if (round % 8 === 5) this.#kill();
      for (const rewriter of rewriters) rewriter.rewrite();
      await sleep(1_000, undefined, { signal }).catch(() => {});
    }
    for (const rewriter of rewriters) rewriter.restore();
    const sum = (of: 'valid' | 'invalid'): number => rewriters.reduce((all, rewriter) => all + rewriter[of], 0);
    return { valid: sum('valid'), invalid: sum('invalid') };
  }

  async #goAway(): Promise<void> {
    const span = { began: performance.now(), ended: Number.POSITIVE_INFINITY };
    this.#aways.push(span);
    await this.#shaky.away(awayMs);
    span.ended = performance.now() + 500;
  }

  /** A worker dies without a word. */
  #kill(): void {
    const [pid] = this.#gateway('workers').serving();
    if (pid === undefined) return;
    const began = performance.now();
    this.#kills.push({ began, ended: began + 500 });
    process.kill(pid, 'SIGKILL');
  }

  // --- what is left of it

  /** When nobody asks and no provider keeps a connection. */
  async #settled(): Promise<Map<string, Seen[]>> {
    this.#clients.close();
    this.#hangUp();
    const seen = new Map<string, Seen[]>();
    for (const [name, gateway] of this.#gateways) {
      if (name === 'workers') await until('two workers serve', () => gateway.serving().length === 2, settleLimitMs);
      await sleep(500);
      await gateway.see(gateway.all(), true);
      await sleep(1_000);
      seen.set(name, await gateway.see(gateway.all(), true));
    }
    return seen;
  }

  #hangUp(): void {
    this.#shaky.hangUp();
    this.#steady.hangUp();
  }

  async #leaks(before: ReadonlyMap<string, readonly Seen[]>): Promise<Leak[]> {
    const deadline = performance.now() + settleLimitMs;
    for (;;) {
      const after = await this.#settled();
      const leaks = [...after].flatMap(([name, seen]) => {
        const first = before.get(name) ?? [];
        // A worker that was killed has another in its place.
        return seen.map((now, i) => ({
          name,
          before: first.find(({ pid }) => pid === now.pid) ?? first[i] ?? now,
          after: now,
        }));
      });
      if (leaks.every((leak) => leakOf(leak) === undefined) || performance.now() > deadline) return leaks;
      await sleep(500);
    }
  }

  /** Calls that the gateway believes to go on. */
  async #open(): Promise<number> {
    const response = await fetch(`${this.#gateway('one').url}/health/detailed`);
    const { calls_open } = (await response.json()) as { calls_open?: number };
    return calls_open ?? Number.NaN;
  }
}

function outcomeOf(plan: Draw, going: Going, heard: Heard, around: Around): Outcome {
  try {
    return judged(plan, going, heard, around);
  } catch (error) {
    return { type: 'wrong', why: `it cannot be judged: ${String(error)}` };
  }
}

const most = { descriptors: 2, heap: 32 * 1024 * 1024, rss: 192 * 1024 * 1024, utilization: 0.2 };

/** What a process has not given back; nothing where it is as before. */
export function leakOf({ before, after }: Leak): string | undefined {
  const more = after.descriptors - before.descriptors;
  if (more > most.descriptors) return `${more} more descriptors`;
  for (const [type, count] of Object.entries(after.resources)) {
    const grown = count - (before.resources[type] ?? 0);
    if (grown > most.descriptors) return `${grown} more ${type}`;
  }
  if (after.heap - before.heap > most.heap) return `${Math.round((after.heap - before.heap) / 1e6)} MB more heap`;
  if (after.rss - before.rss > most.rss) return `${Math.round((after.rss - before.rss) / 1e6)} MB more memory`;
  return after.utilization > most.utilization ? `busy at rest: ${after.utilization.toFixed(2)}` : undefined;
}

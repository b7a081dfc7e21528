import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Clients } from '../chaos/client.ts';
import { configuration } from '../chaos/configuration.ts';
import { type Draw, draw } from '../chaos/draw.ts';
import { GaugedGateway } from '../chaos/gauged.ts';
import { Exchanges, ProviderServer } from '../chaos/provider.ts';
import { judged } from '../chaos/verdict.ts';
import { type Ended, readSlowly, SlowProvider } from './slow-streams.ts';

/** Short calls at once, at most. */
const atOnce = 32;

/** What was seen at a time. */
export interface Sample {
  /** Seconds since the load began. */
  readonly at: number;
  /** MB. */
  readonly resident: number;
  readonly heap: number;
  readonly descriptors: number;
  /** Of the event loop since the sample before, milliseconds: in 99 of 100 cases, and the longest. */
  readonly delay: number;
  readonly longest: number;
  /** Short calls that are over. */
  readonly calls: number;
}

/** What a soak came to. */
export interface Soaked {
  readonly samples: readonly Sample[];
  /** Slow streams that came to an end. */
  readonly streams: number;
  /** Those of them that were not whole. */
  readonly torn: number;
  readonly calls: number;
  /** Short calls that were not right. */
  readonly wrong: readonly string[];
  readonly minutes: number;
}

/** How much is done for how long. */
export interface Size {
  readonly minutes: number;
  readonly streams: number;
  readonly calls: number;
  /** Seconds between two samples. */
  readonly every: number;
}

/** Many slow streams, and short calls of all languages beside them, through one process. */
export async function soak(size: Size, told: (sample: Sample) => void): Promise<Soaked> {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-soak-'));
  const exchanges = new Exchanges();
  const provider = new ProviderServer(exchanges);
  const slow = new SlowProvider();
  const clients = new Clients(atOnce);
  await provider.start();
  const base_url = await slow.start();
  const config = configuration(provider.origin, provider.origin, 1);
  const gateway = await GaugedGateway.start(folder, {
    ...config,
    providers: { ...(config['providers'] as object), slow: { speaks: 'anthropic', base_url, api_key: 'k' } },
    models: { ...(config['models'] as object), slow: 'slow/claude-opus-4-8' },
    timeouts: { first_byte: '60s', idle: '60s' },
  });
  try {
    return await new Soak(size, gateway, exchanges, clients, slow).run(told);
  } finally {
    clients.close();
    slow.stop();
    await gateway.process.stop();
    await provider.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Soak {
  readonly #size: Size;
  readonly #gateway: GaugedGateway;
  readonly #exchanges: Exchanges;
  readonly #clients: Clients;
  readonly #slow: SlowProvider;
  readonly #wrong: string[] = [];
  #calls = 0;

  constructor(size: Size, gateway: GaugedGateway, exchanges: Exchanges, clients: Clients, slow: SlowProvider) {
    this.#size = size;
    this.#gateway = gateway;
    this.#exchanges = exchanges;
    this.#clients = clients;
    this.#slow = slow;
  }

  async run(told: (sample: Sample) => void): Promise<Soaked> {
    const { minutes } = this.#size;
    const began = performance.now();
    const until = began + minutes * 60_000;
    const reading = this.#readAll(until);
    const [samples] = await Promise.all([this.#sample(began, until, told), this.#ask(began, until)]);
    this.#slow.end();
    const ended = await reading;
    const torn = ended.filter(({ isWhole }) => !isWhole).length;
    return { samples, streams: ended.length, torn, calls: this.#calls, wrong: this.#wrong, minutes };
  }

  /** All are begun within the first tenth of the time; who has come to an end begins anew. */
  async #readAll(until: number): Promise<Ended[]> {
    const { streams, minutes } = this.#size;
    const ended: Ended[] = [];
    const read = async (number: number): Promise<void> => {
      await sleep((minutes * 6_000 * number) / streams);
      while (performance.now() < until) ended.push(await readSlowly(this.#gateway.url, number));
    };
    await Promise.all(Array.from({ length: streams }, (_, number) => read(number)));
    return ended;
  }

  /** As many calls as are due by now, until all are made. */
  async #ask(began: number, until: number): Promise<void> {
    let next = 0;
    const { calls } = this.#size;
    const work = async (): Promise<void> => {
      while (next < calls) {
        const index = next;
        const due = began + ((until - began) * index) / calls;
        const early = due - performance.now();
        if (early > 0) {
          await sleep(Math.max(1, early));
          continue;
        }
        next += 1;
        await this.#askOne({ ...draw(1, index), gateway: 'one', route: 'two', fault: undefined });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  }

  async #askOne(plan: Draw): Promise<void> {
    const going = this.#exchanges.begin(plan);
    const heard = await this.#clients.ask(this.#gateway.url, plan);
    this.#exchanges.end(going);
    const outcome = judged(plan, going, heard, { isAway: false, isKilled: false });
    this.#calls += 1;
    if (outcome.type !== 'right') this.#wrong.push(`${outcome.type}: ${outcome.why ?? ''}`);
  }

  async #sample(began: number, until: number, told: (sample: Sample) => void): Promise<Sample[]> {
    const samples: Sample[] = [];
    const pids = this.#gateway.serving();
    while (performance.now() < until) {
      await sleep(this.#size.every * 1_000);
      const [seen] = await this.#gateway.see(pids, false);
      if (seen === undefined) break;
      const sample = {
        at: Math.round((performance.now() - began) / 1_000),
        resident: seen.rss / 1e6,
        heap: seen.heap / 1e6,
        descriptors: seen.descriptors,
        delay: seen.delayMs,
        longest: seen.longestDelayMs,
        calls: this.#calls,
      };
      samples.push(sample);
      told(sample);
    }
    return samples;
  }
}

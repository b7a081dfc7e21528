import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { family } from '../../bench/proc.ts';
import { type GatewayConfig, type GatewayProcess, startGateway } from '../gateway-process.ts';
import type { Reading } from './gauge.ts';

/** A process may take so long to tell, milliseconds. */
const tellLimitMs = 15_000;

/** What is seen of a process from inside and outside. */
export interface Seen extends Reading {
  readonly pid: number;
  readonly descriptors: number;
}

/** A gateway whose processes tell of their insides. */
export class GaugedGateway {
  readonly process: GatewayProcess;
  readonly #folder: string;

  private constructor(process: GatewayProcess, folder: string) {
    this.process = process;
    this.#folder = folder;
  }

  static async start(folder: string, config: GatewayConfig): Promise<GaugedGateway> {
    const gauges = path.join(folder, 'gauges');
    mkdirSync(gauges, { recursive: true });
    const gauge = pathToFileURL(path.join(import.meta.dirname, 'gauge.ts')).href;
    const gateway = await startGateway(folder, config, { NODE_OPTIONS: `--import=${gauge}`, GAUGE_FOLDER: gauges });
    return new GaugedGateway(gateway, gauges);
  }

  get url(): string {
    return this.process.url;
  }

  /** The processes that serve calls: itself, or its workers. */
  serving(): number[] {
    const all = family(this.process.pid);
    return all.length === 1 ? all : all.filter((pid) => pid !== this.process.pid);
  }

  /** All processes, whether they serve or not. */
  all(): number[] {
    return family(this.process.pid);
  }

  /** @param collects whether garbage is collected before. */
  see(pids: readonly number[], collects: boolean): Promise<Seen[]> {
    return Promise.all(pids.map((pid) => this.#seeOne(pid, collects)));
  }

  async #seeOne(pid: number, collects: boolean): Promise<Seen> {
    const before = this.#lines(pid).length;
    const until = performance.now() + tellLimitMs;
    process.kill(pid, collects ? 'SIGWINCH' : 'SIGURG');
    for (;;) {
      const lines = this.#lines(pid);
      const line = lines[before];
      if (line !== undefined) return { ...(JSON.parse(line) as Reading), pid, descriptors: descriptorsOf(pid) };
      if (performance.now() > until) throw new Error(`process ${pid} does not tell of itself`);
      await sleep(20);
    }
  }

  #lines(pid: number): string[] {
    try {
      return readFileSync(path.join(this.#folder, String(pid)), 'utf8')
        .split('\n')
        .slice(0, -1);
    } catch {
      return [];
    }
  }
}

/** Files, sockets and pipes that a process has open; 0 when it is gone. */
export function descriptorsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

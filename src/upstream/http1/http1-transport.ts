import type { UpstreamRequest } from '../sending.ts';
import { Ticker, type Ticking } from '../ticker.ts';
import type { Exchange, Listener, Transport } from '../transport.ts';
import { Turn } from '../turn.ts';
import { Http1Exchange } from './exchange.ts';
import { Pool } from './pool.ts';

/** How often kept connections are looked at, milliseconds. */
const sweepMs = 1000;

/**
 * HTTP/1.1 over sockets, straight to the server: one exchange at a time on a connection, as many connections as there
 * are exchanges, and those that are left over are kept for the next.
 */
export class Http1Transport implements Transport, Ticking {
  seat: number | undefined;
  readonly #pools = new Map<string, Pool>();
  readonly #ticker = new Ticker(sweepMs);
  readonly #turn: Turn;
  #closed = false;

  constructor(turn: Turn = new Turn()) {
    this.#turn = turn;
  }

  start(request: UpstreamRequest, listener: Listener): Exchange {
    if (this.#closed) throw new Error('The gateway closes its connections');
    return new Http1Exchange(this.#poolFor(request.origin), request, listener);
  }

  tick(now: number): void {
    let waiting = false;
    for (const pool of this.#pools.values()) waiting = pool.sweep(now) || waiting;
    if (!waiting) this.#ticker.delete(this);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#ticker.delete(this);
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }

  #poolFor(origin: string): Pool {
    let pool = this.#pools.get(origin);
    if (pool === undefined) {
      pool = new Pool(origin, this.#turn, () => this.#ticker.add(this));
      this.#pools.set(origin, pool);
    }
    return pool;
  }
}

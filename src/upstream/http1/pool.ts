import { createSecureContext } from 'node:tls';
import type { Turn } from '../turn.ts';
import { Connection, type Destination, type Keeper } from './connection.ts';

/** Connections to one origin: those in use, and those that wait for the next use. */
export class Pool implements Keeper {
  /** What requests call the server. */
  readonly host: string;
  readonly #destination: Destination;
  readonly #turn: Turn;
  readonly #onKeep: () => void;
  readonly #all = new Set<Connection>();
  /** The last one used is the next: it is the most likely to be alive, and the others may go. */
  #idle: Connection[] = [];

  /** @param onKeep called when there is something to sweep. @throws TypeError when it is no address. */
  constructor(origin: string, turn: Turn, onKeep: () => void) {
    const { protocol, hostname, host, port } = new URL(origin);
    if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError(`${protocol} is not HTTP`);
    const secure = protocol === 'https:';
    this.host = host;
    this.#destination = {
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (secure ? 443 : 80),
      ...(secure && { tls: { context: createSecureContext() } }),
    };
    this.#turn = turn;
    this.#onKeep = onKeep;
  }

  /** One that has been used before. */
  takeKept(): Connection | undefined {
    const now = performance.now();
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined || connection.isUsable(now)) return connection;
      connection.drop();
    }
  }

  /** A new one, not yet open. */
  open(): Connection {
    const connection = new Connection(this.#destination, this, this.#turn);
    this.#all.add(connection);
    return connection;
  }

  keep(connection: Connection): void {
    this.#idle.push(connection);
    this.#onKeep();
  }

  forget(connection: Connection): void {
    this.#all.delete(connection);
  }

  /** Closes what has waited too long. Whether any still waits. */
  sweep(now: number): boolean {
    this.#idle = this.#idle.filter((connection) => {
      const usable = connection.isUsable(now);
      if (!usable) connection.drop();
      return usable;
    });
    return this.#idle.length > 0;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((connection) => connection.close()));
  }
}

import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How many connections there may be at a time. */
export interface ConnectionLimits {
  readonly maxConnections: number;
  /** From one address; absent: any number. */
  readonly perAddress?: number;
}

/** Closes connections that are too many. */
export class Connections {
  readonly #server: Server;
  readonly #isShared: boolean;
  readonly #byAddress = new Map<string, number>();
  #limits: ConnectionLimits = { maxConnections: Number.POSITIVE_INFINITY };
  #open = 0;

  /** @param isShared other processes accept connections at the same port. */
  constructor(server: Server, isShared: boolean) {
    this.#server = server;
    this.#isShared = isShared;
    server.on('connection', (socket) => this.#came(socket));
  }

  keepTo(limits: ConnectionLimits): void {
    this.#limits = limits;
    // Of several processes, each would hand the connection to another one, and that one, being full, to the next, in a circle.
    if (!this.#isShared) this.#server.maxConnections = limits.maxConnections;
  }

  #came(socket: Socket): void {
    const { maxConnections, perAddress } = this.#limits;
    if (this.#isShared) {
      this.#open += 1;
      socket.once('close', () => {
        this.#open -= 1;
      });
      if (this.#open > maxConnections) socket.destroy();
    }
    const address = socket.remoteAddress;
    if (perAddress === undefined || address === undefined) return;
    const has = (this.#byAddress.get(address) ?? 0) + 1;
    this.#byAddress.set(address, has);
    socket.once('close', () => this.#left(address));
    if (has > perAddress) socket.destroy();
  }

  #left(address: string): void {
    const has = this.#byAddress.get(address) ?? 0;
    if (has > 1) this.#byAddress.set(address, has - 1);
    else this.#byAddress.delete(address);
  }
}

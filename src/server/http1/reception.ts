import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Ticker } from '../../upstream/ticker.ts';
import type { Turn } from '../../upstream/turn.ts';
import { Http1Connection, type Reception } from './connection.ts';
import type { Http1Reply } from './reply.ts';
import type { Http1Request } from './request.ts';

/** How often connections are looked at that may have waited too long, milliseconds. */
const everyMs = 1000;

/**
 * Takes in the connections of an HTTP server, and hands over to it those that are asked for anything but plain requests:
 * what is special, wrong or only unusual is node:http's to understand or to refuse.
 */
export class Http1Reception implements Reception {
  readonly turn: Turn;
  headTimeout = 60_000;
  bodyTimeout = 60_000;
  readonly patience: number;
  /** How many connections it has handed over. */
  handedOver = 0;
  readonly #connections = new Ticker<Http1Connection>(everyMs);
  readonly #accept: (request: Http1Request, reply: Http1Reply) => void;
  readonly #toNode: (socket: Socket) => void;

  constructor(
    server: Server,
    turn: Turn,
    patience: number,
    accept: (request: Http1Request, reply: Http1Reply) => void,
  ) {
    this.turn = turn;
    this.patience = patience;
    this.#accept = accept;
    const [listener] = server.listeners('connection') as [(this: Server, socket: Socket) => void];
    this.#toNode = listener.bind(server);
    server.off('connection', listener);
    server.on('connection', (socket) => this.#connections.add(new Http1Connection(socket, this)));
  }

  accept(request: Http1Request, reply: Http1Reply): void {
    this.#accept(request, reply);
  }

  handOver(socket: Socket): void {
    this.handedOver += 1;
    this.#toNode(socket);
  }

  left(connection: Http1Connection): void {
    this.#connections.delete(connection);
  }

  /** Closes those that nothing is asked of. */
  closeIdle(): void {
    this.#connections.each((connection) => {
      if (connection.isIdle) connection.destroy();
    });
  }

  closeAll(): void {
    this.#connections.each((connection) => connection.destroy());
  }
}

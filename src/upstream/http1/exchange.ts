import type { UpstreamRequest } from '../sending.ts';
import type { Exchange, Headers, Listener } from '../transport.ts';
import type { Connection, Use } from './connection.ts';
import type { Pool } from './pool.ts';
import { writeRequestHead } from './request-head.ts';

/** One request on a connection that was kept, or on a new one. */
export class Http1Exchange implements Exchange, Use {
  /** The request is let go as soon as it is answered: an answer may take long, and the request be large. */
  head: string;
  pieces: readonly Uint8Array[];
  readonly #pool: Pool;
  readonly #listener: Listener;
  #connection: Connection | undefined;

  /** @throws GatewayError when the request cannot be written. */
  constructor(pool: Pool, request: UpstreamRequest, listener: Listener) {
    this.pieces = piecesOf(request.body);
    this.head = writeRequestHead(request, pool.host, lengthOf(this.pieces));
    this.#pool = pool;
    this.#listener = listener;
    const kept = pool.takeKept();
    if (kept === undefined) this.#connect();
    else this.#useConnection(kept);
  }

  // --- what the owner does

  abort(): void {
    this.#leave()?.drop();
  }

  pause(): void {
    this.#connection?.pause();
  }

  resume(): void {
    this.#connection?.resume();
  }

  // --- what the connection does

  connected(): void {
    this.#listener.connected();
  }

  answered(status: number, headers: Headers): void {
    this.head = '';
    this.pieces = [];
    this.#listener.head(status, headers);
  }

  data(bytes: Buffer): boolean {
    return this.#listener.data(bytes);
  }

  borrows(): boolean {
    return this.#listener.borrows();
  }

  end(): void {
    this.#leave();
    this.#listener.end();
  }

  broken(error: Error, stale: boolean): void {
    this.#leave();
    // The server had given the connection up when it was chosen. A new one cannot be stale: this happens once.
    if (stale) this.#connect();
    else this.#listener.fail(error);
  }

  #connect(): void {
    this.#listener.connecting();
    this.#useConnection(this.#pool.open());
  }

  #useConnection(connection: Connection): void {
    this.#connection = connection;
    connection.use(this);
  }

  #leave(): Connection | undefined {
    const connection = this.#connection;
    this.#connection = undefined;
    return connection;
  }
}

function piecesOf(body: UpstreamRequest['body']): readonly Uint8Array[] {
  if (body === undefined) return [];
  return body instanceof Uint8Array ? [body] : body;
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length;
}

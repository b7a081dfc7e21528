import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { GatewayError } from '../canon/error.ts';
import { Pieces } from '../wire/pieces.ts';

/** A request as a client has sent it, whoever has read it. */
export interface ClientRequest {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Whether all of its body has come. */
  readonly complete: boolean;
  /** Its body, where all of it is there already. */
  readonly whole?: () => Pieces | undefined;
  /**
   * Its body, once all of it has come.
   * @param limit bytes it may have.
   * @throws too_large, invalid_request when it breaks off.
   */
  gather(limit: number): Promise<Pieces>;
}

/** A body whose pieces are so many, and smaller than that in the middle, is joined: each takes room of its own, bytes. */
const manyPieces = 64;
const smallPiece = 1024;

/** A body on its way. */
export class Gathering {
  #pieces: Buffer[] = [];
  length = 0;

  add(piece: Buffer): void {
    this.length += piece.length;
    // No more than a kilobyte is so copied for each.
    if (this.#pieces.push(piece) > manyPieces + this.length / smallPiece) this.#pieces = [Buffer.concat(this.#pieces)];
  }

  /** What has come, which is let go of here. */
  take(): Pieces {
    const pieces = new Pieces(this.#pieces);
    this.#pieces = [];
    return pieces;
  }
}

/** What is left of headers that have been read. */
const none: string[] = [];

/** A request that node:http has read. */
export class NodeRequest implements ClientRequest {
  readonly #request: IncomingMessage;

  constructor(request: IncomingMessage) {
    this.#request = request;
  }

  get method(): string {
    return this.#request.method ?? 'GET';
  }

  get url(): string {
    return this.#request.url ?? '/';
  }

  get headers(): IncomingHttpHeaders {
    return this.#request.headers;
  }

  get complete(): boolean {
    return this.#request.complete;
  }

  gather(limit: number): Promise<Pieces> {
    const request = this.#request;
    return new Promise((resolve, reject) => {
      const body = new Gathering();
      request.on('data', (chunk: Buffer) => {
        if (body.length + chunk.length > limit) {
          request.pause();
          request.removeAllListeners('data');
          reject(tooLarge(limit));
        } else body.add(chunk);
      });
      request.on('end', () => {
        resolve(body.take());
        // The request lives as long as its answer, and its listeners with it: taking them off costs more than they hold.
        request.rawHeaders = none;
      });
      request.on('close', () => {
        if (!request.complete) reject(brokenOff());
      });
    });
  }
}

export function tooLarge(limit: number, cause?: unknown): GatewayError {
  return new GatewayError(
    'too_large',
    `The request body is larger than the ${Math.floor(limit / 1024)} KiB that the gateway accepts.`,
    { cause },
  );
}

export function brokenOff(): GatewayError {
  return new GatewayError('invalid_request', 'The request broke off before its body was complete.');
}

import type { Socket } from 'node:net';
import type { Ticking } from '../../upstream/ticker.ts';
import type { Turn, TurnTask } from '../../upstream/turn.ts';
import { maxLingerBytes, maxLingerMs } from '../linger.ts';
import { type Carrier, Http1Reply, keepAliveS } from './reply.ts';
import { Http1Request } from './request.ts';
import { readRequestHead } from './request-head.ts';

/** Who has taken a connection in. */
export interface Reception {
  readonly turn: Turn;
  /** Time for a request's head, and for all of it, milliseconds. */
  readonly headTimeout: number;
  readonly bodyTimeout: number;
  /** Time a client has to take the rest of an answer, milliseconds. */
  readonly patience: number;
  accept(request: Http1Request, reply: Http1Reply): void;
  /** The connection carries something that is not plain: it is node:http's from now on. */
  handOver(socket: Socket): void;
  /** It is closed, or somebody else's. */
  left(connection: Http1Connection): void;
}

/** Bytes of requests that a client may send ahead of the answer it waits for. */
const maxAhead = 64 * 1024;

const nothing = Buffer.alloc(0);

/**
 * A client's connection, as long as it carries plain requests, one at a time. At the first one that is not plain it is
 * handed over, with all of its bytes.
 */
export class Http1Connection implements Carrier, Ticking, TurnTask {
  seat: number | undefined;
  readonly #socket: Socket;
  readonly #reception: Reception;
  #request: Http1Request | undefined;
  #reply: Http1Reply | undefined;
  /** What the client has sent ahead. */
  #ahead: Buffer | undefined;
  /** When it began to wait for what it waits for, by `performance.now()`. */
  #since = performance.now();
  /** A request has come on it. */
  #isUsed = false;
  /** Written to, and sent at the end of the turn. */
  #isCorked = false;
  /** The answer is said, though not all of it may be sent. */
  #isAnswered = false;
  /** Bytes of a refused request that are still taken; absent while none is refused. */
  #lingering: number | undefined;

  constructor(socket: Socket, reception: Reception) {
    this.#socket = socket;
    this.#reception = reception;
    socket
      .on('data', this.#onData)
      .on('drain', this.#onDrain)
      .on('end', this.#onEnd)
      .on('timeout', this.#onTimeout)
      .on('error', overlook)
      .on('close', this.#onClose);
  }

  readonly #onData = (bytes: Buffer): void => {
    const request = this.#request;
    if (request === undefined) {
      if (this.#ahead === undefined) this.#begin(bytes);
      else this.#keepAhead(bytes);
    } else {
      const its = request.complete ? 0 : request.add(bytes);
      if (its < bytes.length) this.#keepAhead(its === 0 ? bytes : bytes.subarray(its));
      if (this.#lingering !== undefined) this.#linger(this.#lingering - its);
    }
  };

  readonly #onDrain = (): void => this.#reply?.drained();

  /** Who says nothing more hears nothing more, as with node:http. */
  readonly #onEnd = (): void => {
    this.#socket.end();
  };

  readonly #onTimeout = (): void => this.destroy();

  readonly #onClose = (): void => {
    this.#reception.left(this);
    const reply = this.#reply;
    this.#reply = undefined;
    // What is said of the reply comes first: who waits for the request asks it what has become of the client.
    reply?.lost();
    this.#request?.broken();
  };

  #begin(bytes: Buffer): void {
    const head = readRequestHead(bytes);
    if (head === undefined) {
      this.#handOver(bytes);
      return;
    }
    const request = new Http1Request(head);
    const its = request.add(bytes.subarray(head.end));
    if (head.end + its < bytes.length) this.#keepAhead(bytes.subarray(head.end + its));
    const reply = new Http1Reply(this, head.method === 'HEAD', head.isLast);
    this.#request = request;
    this.#reply = reply;
    this.#isUsed = true;
    this.#isAnswered = false;
    this.#since = performance.now();
    this.#reception.accept(request, reply);
  }

  #handOver(bytes: Buffer): void {
    const socket = this.#socket;
    socket
      .off('data', this.#onData)
      .off('drain', this.#onDrain)
      .off('end', this.#onEnd)
      .off('timeout', this.#onTimeout)
      .off('error', overlook)
      .off('close', this.#onClose)
      .pause();
    this.#reception.left(this);
    socket.unshift(bytes);
    this.#reception.handOver(socket);
    socket.resume();
  }

  #keepAhead(bytes: Buffer): void {
    this.#ahead = this.#ahead === undefined ? bytes : Buffer.concat([this.#ahead, bytes]);
    if (this.#ahead.length > maxAhead) this.#socket.pause();
  }

  // --- what the reply does

  /** False: the client reads slowly. */
  write(bytes: Uint8Array): boolean {
    this.#gather();
    return this.#socket.write(bytes);
  }

  /** As one: in one system call. */
  writeAll(pieces: readonly Uint8Array[]): boolean {
    const socket = this.#socket;
    this.#gather();
    let isFree = true;
    socket.cork();
    for (const piece of pieces) isFree = socket.write(piece);
    socket.uncork();
    return isFree;
  }

  #gather(): void {
    if (this.#isCorked || !this.#reception.turn.isBusy) return;
    this.#isCorked = true;
    this.#socket.cork();
    this.#reception.turn.defer(this);
  }

  turnEnded(): void {
    this.#isCorked = false;
    this.#socket.uncork();
    if (this.#isAnswered) this.#end();
  }

  /** Nothing more is said in the reply. */
  answered(reply: Http1Reply): void {
    if (reply !== this.#reply || this.#isAnswered) return;
    this.#isAnswered = true;
    if (!this.#isCorked) this.#end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  // --- the end of an answer

  #end(): void {
    const socket = this.#socket;
    if (socket.writableLength === 0) {
      this.#sent();
      return;
    }
    // Nobody watches an answer that is over: a client that takes none of it would hold it for ever.
    socket.setTimeout(this.#reception.patience);
    socket.write(nothing, (error) => {
      if (error !== undefined && error !== null) return;
      socket.setTimeout(0);
      this.#sent();
    });
  }

  #sent(): void {
    const request = this.#request;
    const reply = this.#reply;
    if (request === undefined || reply === undefined) return;
    this.#since = performance.now();
    this.#reply = undefined;
    if (!request.complete) {
      request.discard();
      this.#lingering = maxLingerBytes;
    } else if (reply.isLast) this.#socket.destroySoon();
    else this.#goOn();
    reply.sent();
  }

  /** To close at once would reset the connection, and a client that is busy sending would report that and not the answer. */
  #linger(bytes: number): void {
    this.#lingering = bytes;
    if (bytes <= 0 || this.#request?.complete === true) this.#socket.destroySoon();
  }

  #goOn(): void {
    this.#request = undefined;
    if (this.#ahead !== undefined) setImmediate(() => this.#takeAhead());
  }

  #takeAhead(): void {
    const ahead = this.#ahead;
    if (ahead === undefined || this.#socket.destroyed || this.#request !== undefined) return;
    this.#ahead = undefined;
    this.#begin(ahead);
    this.#socket.resume();
  }

  // --- time

  /** Whether nothing is asked of it. */
  get isIdle(): boolean {
    return this.#request === undefined && this.#ahead === undefined;
  }

  tick(now: number): void {
    const waited = now - this.#since;
    const { headTimeout, bodyTimeout } = this.#reception;
    if (this.#lingering !== undefined) {
      if (waited > maxLingerMs) this.#socket.destroySoon();
    } else if (this.#request !== undefined) {
      if (!this.#request.complete && waited > bodyTimeout) this.#tooLate();
    } else if (!this.#isUsed) {
      if (waited > headTimeout) this.#tooLate();
    } else if (waited > keepAliveS * 1000) this.destroy();
  }

  #tooLate(): void {
    if (this.#socket.writableEnded || this.#reply?.headSent === true) return this.destroy();
    this.#socket.write('HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    this.#socket.destroySoon();
  }
}

function overlook(): void {
  // Told by `close`.
}

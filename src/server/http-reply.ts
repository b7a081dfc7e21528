import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { clientPatienceMs } from '../gateway/delivery.ts';
import type { Turn, TurnTask } from '../upstream/turn.ts';
import { type ClientReply, framed, lastChunk, lineEnd, maxCopied, type ReplyHost } from './client-reply.ts';
import { endEarly } from './linger.ts';

/** A reply over node:http. */
export class HttpReply implements ClientReply, TurnTask {
  readonly #response: ServerResponse;
  readonly #patienceMs: number;
  #onDrain: (() => void) | undefined;
  #onGone: (() => void) | undefined;
  #isWatched = false;
  #gone = false;
  /** The answer is a stream, cut into HTTP's chunks here: node:http makes four pieces of each, and waits a turn to send them. */
  #isChunked = false;
  #isBegun = false;
  #isOver = false;
  readonly #turn: Turn;
  /** Written to, but not yet sent: it leaves at the end of the turn. */
  #corked: Writable | undefined;
  /** The whole answer, until then. */
  #whole: Uint8Array | undefined;

  #host: ReplyHost | undefined;

  constructor(response: ServerResponse, turn: Turn, patienceMs: number = clientPatienceMs) {
    this.#response = response;
    this.#turn = turn;
    this.#patienceMs = patienceMs;
    response.on('close', () => {
      this.#host?.closed();
      if (response.writableFinished) return;
      this.#gone = true;
      this.#onGone?.();
    });
    // A broken connection is told by `close`; without a listener the error would end the process.
    response.on('error', overlook);
  }

  attend(host: ReplyHost): void {
    this.#host = host;
  }

  last(): void {
    this.#response.shouldKeepAlive = false;
  }

  head(status: number, headers: { readonly [name: string]: string | number }): void {
    if (this.#response.headersSent || this.#gone) return;
    const list: string[] = [];
    for (const name in headers) list.push(name, `${headers[name] as string | number}`);
    const response = this.#response;
    if (this.#host?.isLast === true) response.shouldKeepAlive = false;
    const hasBody = status !== 204 && status !== 304 && response.req.method !== 'HEAD';
    this.#isChunked = hasBody && !('content-length' in headers) && response.useChunkedEncodingByDefault;
    if (this.#isChunked) list.push('transfer-encoding', 'chunked');
    response.writeHead(status, list);
    if (this.#isChunked) response.chunkedEncoding = false;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#gone || this.#isOver || bytes.length === 0) return true;
    const { socket } = this.#response;
    // Once the head is out node:http has nothing to add to a chunk; while it gathers, order is its affair.
    const isBare = this.#isChunked && this.#isBegun && socket !== null;
    const isFree = isBare && (socket === this.#corked || socket.writableCorked === 0);
    if (isFree && this.#turn.isBusy) this.#gather(socket);
    const way = isFree ? socket : this.#response;
    this.#isBegun = true;
    if (this.#isChunked ? writeChunk(way, bytes) : way.write(bytes)) return true;
    // Most clients never fall behind, and need not be watched.
    if (!this.#isWatched) way.once('drain', () => this.#drained());
    this.#isWatched = true;
    return false;
  }

  #gather(socket: Writable): void {
    if (this.#corked === socket) return;
    socket.cork();
    this.#corked = socket;
    this.#turn.defer(this);
  }

  turnEnded(): void {
    const corked = this.#corked;
    const whole = this.#whole;
    this.#corked = undefined;
    this.#whole = undefined;
    corked?.uncork();
    if (whole === undefined) return;
    this.#response.end(whole);
    this.#limitPatience();
  }

  #drained(): void {
    this.#isWatched = false;
    this.#onDrain?.();
  }

  end(bytes?: Uint8Array): void {
    const response = this.#response;
    if (this.#isOver) return;
    if (this.#isChunked) {
      if (bytes !== undefined) this.write(bytes);
      this.#isOver = true;
      response.end(lastChunk);
    } else if (bytes === undefined) response.end();
    else if (!response.req.complete) endEarly(response, bytes);
    else if (this.#turn.isBusy) {
      this.#whole = bytes;
      this.#isOver = true;
      this.#turn.defer(this);
      return;
    } else response.end(bytes);
    this.#isOver = true;
    this.#limitPatience();
  }

  /** Nobody watches an answer that is over: a client that takes none of it would hold it for ever. */
  #limitPatience(): void {
    if (this.#response.writableLength > 0) this.#response.setTimeout(this.#patienceMs);
  }

  destroy(): void {
    this.#response.destroy();
  }

  onDrain(resume: () => void): void {
    this.#onDrain = resume;
  }

  onGone(leave: () => void): void {
    this.#onGone = leave;
    if (this.#gone) leave();
  }

  get headSent(): boolean {
    return this.#response.headersSent;
  }

  get gone(): boolean {
    return this.#gone;
  }
}

/** Sends bytes as one of HTTP's chunks. They are some: an empty one would be the last. */
function writeChunk(way: Pick<Writable, 'cork' | 'uncork' | 'write'>, bytes: Uint8Array): boolean {
  if (bytes.length <= maxCopied) return way.write(framed('', bytes));
  way.cork();
  way.write(`${bytes.length.toString(16)}\r\n`, 'latin1');
  way.write(bytes);
  const sent = way.write(lineEnd);
  way.uncork();
  return sent;
}

function overlook(): void {
  // Told by `close`.
}

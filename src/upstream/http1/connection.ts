import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely, type SecureContext } from 'node:tls';
import type { Headers } from '../transport.ts';
import type { Turn, TurnTask } from '../turn.ts';
import { ResponseParser } from './response-parser.ts';

/** Where a connection leads to. */
export interface Destination {
  readonly hostname: string;
  readonly port: number;
  /** With TLS: whom to trust, and the last session, with which the next handshake is shorter. */
  readonly tls?: { readonly context: SecureContext; session?: Buffer | undefined };
}

/** What a connection is used for: one request and its answer. */
export interface Use {
  readonly head: string;
  /** The body, in as many pieces as there are. */
  readonly pieces: readonly Uint8Array[];
  connected(): void;
  answered(status: number, headers: Headers): void;
  data(bytes: Buffer): boolean;
  /** As of `AnswerSink`. */
  borrows(): boolean;
  end(): void;
  /** Stale: the server has closed a connection that was kept open, before it could know of this request. */
  broken(error: Error, stale: boolean): void;
}

/** Who looks after connections. */
export interface Keeper {
  /** It may be used again. */
  keep(connection: Connection): void;
  /** It is closed. */
  forget(connection: Connection): void;
}

/** How long a connection is kept without use, milliseconds. */
const keepMs = 30_000;
/** So much earlier than the server says it will close. */
const marginMs = 1000;
const probeMs = 60_000;
/**
 * A kept connection that the server was about to close says so within a round trip. Later the server had the request,
 * and may have acted on it.
 */
const staleMs = 5000;

/**
 * All sockets are read into the same bytes: nothing else can run until they have been looked at, and what is to stay
 * is copied. An idle stream so holds no buffer.
 */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** A socket, with one exchange at a time. */
export class Connection implements TurnTask {
  readonly #socket: Socket;
  readonly #keeper: Keeper;
  readonly #parser = new ResponseParser();
  #use: Use | undefined;
  #open = false;
  #kept = false;
  #heard = false;
  #paused = false;
  readonly #turn: Turn;
  #usableUntil = Number.NaN;
  #sentAt = Number.NaN;

  constructor(destination: Destination, keeper: Keeper, turn: Turn) {
    this.#keeper = keeper;
    this.#turn = turn;
    this.#socket = openSocket(destination, (length) => this.#read(length));
    this.#socket.setNoDelay(true).setKeepAlive(true, probeMs);
    this.#socket
      .on(destination.tls === undefined ? 'connect' : 'secureConnect', () => this.#opened())
      .on('end', () => this.#ended())
      .on('error', (error) => {
        // A session may be what the server did not like.
        if (!this.#open && destination.tls !== undefined) destination.tls.session = undefined;
        this.#lost(error);
      })
      .on('close', () => {
        this.#lost(closedByServer());
        keeper.forget(this);
      });
  }

  /** Whether it can be used now. `now` is milliseconds of `performance.now()`. */
  isUsable(now: number): boolean {
    return now < this.#usableUntil && !this.#socket.destroyed;
  }

  /** Sends a request, as soon as the connection stands. */
  use(use: Use): void {
    this.#use = use;
    if (!this.#open) return;
    this.#sentAt = performance.now();
    this.#socket.ref();
    this.#write(use);
  }

  /** Ends whatever is under way; its user hears nothing more. */
  drop(): void {
    this.#use = undefined;
    this.#socket.destroy();
  }

  /** Ends whatever is under way; its user hears of it. */
  close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.once('close', resolve);
    this.#lost(new Error('The gateway closes its connections'));
    return promise;
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
  }

  #opened(): void {
    this.#open = true;
    if (this.#use === undefined) return;
    this.#use.connected();
    this.#write(this.#use);
  }

  /** In one system call, and without joining anything: small requests would not gain by it. */
  #write({ head, pieces }: Use): void {
    const socket = this.#socket;
    socket.cork();
    socket.write(head, 'latin1');
    for (const piece of pieces) socket.write(piece);
    if (this.#turn.isBusy) this.#turn.defer(this);
    else socket.uncork();
  }

  turnEnded(): void {
    this.#socket.uncork();
  }

  #read(length: number): void {
    if (this.#use === undefined) {
      // Nobody has asked: whatever it is, the next answer would be taken for something else.
      this.#socket.destroy();
      return;
    }
    try {
      this.#heard = true;
      this.#hear(this.#use, length);
    } catch (error) {
      // What fails here is whoever takes the answer.
      this.#lost(error as Error);
    }
  }

  /** Hands on what the bytes say. Whoever hears it may end the exchange at any word. */
  #hear(use: Use, length: number): void {
    const parser = this.#parser;
    const begun = parser.head !== undefined;
    parser.feed(readBuffer, length);
    if (!begun && parser.head !== undefined) {
      use.answered(parser.head.status, parser.head.headers);
      if (this.#use !== use) return;
    }
    if (parser.to > parser.from) {
      const more = use.data(this.#given(use, parser.bytes.subarray(parser.from, parser.to)));
      if (this.#use !== use) return;
      if (!more) this.pause();
    }
    if (parser.done) this.#finish(use);
    else if (parser.error !== undefined) this.#lost(parser.error);
  }

  /** Copying what is to be kept costs a tenth of a translated burst: memory is taken for it and, by another thread, given back. */
  #given(use: Use, read: Buffer): Buffer {
    if (use.borrows()) return read;
    this.#turn.took(read.length);
    return Buffer.from(read);
  }

  #finish(use: Use): void {
    const { head, excess } = this.#parser;
    this.#use = undefined;
    // A server that has answered before it had the whole request may still be reading it.
    const clean = head?.reusable === true && !excess && this.#socket.writableLength === 0 && !this.#socket.destroyed;
    const left = clean ? keptFor(head.headers['keep-alive']) : 0;
    if (left > 0) this.#keep(left);
    else this.#socket.destroy();
    use.end();
  }

  #keep(left: number): void {
    this.#parser.reset();
    this.#usableUntil = performance.now() + left;
    this.#kept = true;
    this.#heard = false;
    this.resume();
    this.#socket.unref();
    this.#keeper.keep(this);
  }

  #ended(): void {
    const use = this.#use;
    if (use !== undefined && this.#parser.close()) this.#finish(use);
    else this.#lost(closedByServer());
  }

  #lost(error: Error): void {
    const use = this.#use;
    this.#use = undefined;
    this.#socket.destroy();
    use?.broken(error, this.#isStale(error));
  }

  #isStale(error: Error): boolean {
    const { code } = error as { code?: string };
    const closing = code === 'ECONNRESET' || code === 'EPIPE';
    return closing && this.#kept && !this.#heard && performance.now() - this.#sentAt < staleMs;
  }
}

function openSocket({ hostname, port, tls }: Destination, read: (length: number) => void): Socket {
  const callback = (length: number): boolean => {
    read(length);
    return true;
  };
  const options = { host: hostname, port, onread: { buffer: readBuffer, callback } };
  if (tls === undefined) return connect(options);
  const socket = connectSecurely({
    ...options,
    secureContext: tls.context,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(hostname) === 0 && { servername: hostname }),
    ...(tls.session !== undefined && { session: tls.session }),
  });
  return socket.on('session', (session) => {
    tls.session = session;
  });
}

/** How long the connection may be kept, milliseconds, by the server's hint (`timeout=5, max=100`). */
function keptFor(hint: string | undefined): number {
  const seconds = hint === undefined ? undefined : /(?:^|[,\s])timeout=(\d+)/i.exec(hint)?.[1];
  return seconds === undefined ? keepMs : Math.min(keepMs, Number(seconds) * 1000 - marginMs);
}

function closedByServer(): Error {
  return Object.assign(new Error('The server has closed the connection'), { code: 'ECONNRESET' });
}

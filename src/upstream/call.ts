import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { GatewayError } from '../canon/error.ts';
import { connectionError, unreachedInTime } from './connection-error.ts';
import type { AnswerSink, Sending, Timeouts, UpstreamRequest } from './sending.ts';
import type { Ticker, Ticking } from './ticker.ts';
import type { Exchange, Headers, Listener, Transport } from './transport.ts';

/** One call: an exchange within its time limits, its answer decompressed. */
export class Call implements Sending, Ticking, Listener {
  seat: number | undefined;
  readonly #ticker: Ticker;
  readonly #sink: AnswerSink;
  readonly #timeouts: Timeouts;
  readonly #started = performance.now();
  /** By `performance.now()`, as long as it is so. */
  #connectingSince = Number.NaN;
  #quietSince = Number.NaN;
  /** Something has come since the clock was last looked at. */
  #heard = false;
  #exchange: Exchange | undefined;
  #answered = false;
  #over = false;
  #paused = false;
  #decoder: Transform | undefined;

  constructor(transport: Transport, ticker: Ticker, request: UpstreamRequest, sink: AnswerSink) {
    this.#ticker = ticker;
    this.#sink = sink;
    this.#timeouts = request.timeouts;
    ticker.add(this);
    try {
      this.#exchange = transport.start(request, this);
    } catch (error) {
      // Its owner does not know of it yet.
      queueMicrotask(() => this.fail(error as Error));
    }
  }

  // --- what the owner does

  abort(): void {
    if (this.#over) return;
    this.#finish()?.abort();
    this.#decoder?.destroy();
  }

  pause(): void {
    this.#paused = true;
    if (this.#decoder !== undefined) this.#decoder.pause();
    else if (this.#answered) this.#exchange?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#heard = true;
    if (this.#decoder === undefined) this.#exchange?.resume();
    else this.#decoder.resume();
  }

  // --- what the clock does

  tick(now: number): void {
    const { connect, firstByte, idle, total } = this.#timeouts;
    if (this.#heard) {
      this.#heard = false;
      this.#quietSince = now;
    }
    if (total > 0 && now - this.#started > total) this.#expire(`The provider took longer than ${total} ms in all.`);
    else if (this.#connectingSince > 0 && connect > 0 && now - this.#connectingSince > connect) {
      this.#break(unreachedInTime());
    } else if (!this.#answered && firstByte > 0 && now - this.#started > firstByte) {
      this.#expire(`The provider did not begin to answer within ${firstByte} ms.`);
    } else if (this.#answered && !this.#paused && idle > 0 && now - this.#quietSince > idle) {
      this.#expire(`The provider fell silent for ${idle} ms in the middle of its answer.`);
    }
  }

  #expire(message: string): void {
    this.#break(new GatewayError('upstream_timeout', message, { place: 'silence' }));
  }

  // --- what the connection does

  connecting(): void {
    this.#connectingSince = performance.now();
  }

  connected(): void {
    this.#connectingSince = Number.NaN;
  }

  head(status: number, headers: Headers): void {
    if (this.#over) return;
    this.#answered = true;
    this.#heard = true;
    this.#decoder = this.#decoderFor(headers['content-encoding']);
    if (this.#paused) this.pause();
    this.#sink.head(status, headers);
  }

  data(bytes: Buffer): boolean {
    if (this.#over) return true;
    this.#heard = true;
    if (this.#decoder !== undefined) return this.#decoder.write(bytes);
    if (this.#sink.data(bytes)) return true;
    this.#paused = true;
    return false;
  }

  borrows(): boolean {
    return this.#decoder === undefined && this.#sink.borrows?.() === true;
  }

  end(): void {
    if (this.#over) return;
    if (this.#decoder === undefined) this.#end();
    else this.#decoder.end();
  }

  fail(error: Error): void {
    this.#fail(connectionError(error, this.#answered));
  }

  /** Providers are not asked for compressed answers, but some send them. */
  #decoderFor(encoding: string | undefined): Transform | undefined {
    const create = encoding === undefined ? undefined : decoders.get(encoding.trim().toLowerCase());
    if (create === undefined) return undefined;
    const decoder = create();
    decoder.on('data', (chunk: Buffer) => {
      if (!this.#over && !this.#sink.data(chunk)) {
        this.#paused = true;
        decoder.pause();
      }
    });
    decoder.on('drain', () => this.#exchange?.resume());
    decoder.on('end', () => {
      if (!this.#over) this.#end();
    });
    decoder.on('error', (cause) => {
      this.#break(new GatewayError('bad_upstream', `The provider's answer is not valid ${encoding}.`, { cause }));
    });
    return decoder;
  }

  #end(): void {
    this.#finish();
    this.#sink.end();
  }

  /** Ends it from this side. */
  #break(error: GatewayError): void {
    this.#exchange?.abort();
    this.#fail(error);
  }

  #fail(error: GatewayError): void {
    if (this.#over) return;
    this.#finish();
    this.#decoder?.destroy();
    this.#sink.fail(error);
  }

  #finish(): Exchange | undefined {
    const exchange = this.#exchange;
    this.#over = true;
    this.#exchange = undefined;
    this.#ticker.delete(this);
    return exchange;
  }
}

const decoders: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
  ['zstd', createZstdDecompress],
]);

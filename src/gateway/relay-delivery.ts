import { GatewayError } from '../canon/error.ts';
import type { Headers } from '../dialects/dialect.ts';
import type { Dialect } from '../dialects/index.ts';
import type { AnswerSink, Sending } from '../upstream/send.ts';
import type { Ticking } from '../upstream/ticker.ts';
import type { Call } from './call.ts';
import { cleaned } from './credentialed.ts';
import { clientPatienceMs, type Delivered, maxErrorBody } from './delivery.ts';
import type { Gateway } from './gateway.ts';
import { receiptHeaders } from './reply.ts';

/** So much of the end of an answer is looked at for what it cost, bytes. */
const tailBytes = 16 * 1024;

/** Response headers that say what the bytes are. */
const contentHeaders = ['content-type', 'content-disposition', 'content-language'] as const;

/** Takes an answer from a provider to a client as it comes, whatever it is: JSON, events, sound, a file. */
export class RelayDelivery implements AnswerSink, Ticking {
  seat: number | undefined;
  readonly done: Promise<Delivered>;
  readonly #gateway: Gateway;
  readonly #call: Call;
  /** The language in which the provider refuses, and tells what an answer cost. */
  readonly #dialect: Dialect;
  readonly #credentials: Headers;
  readonly #settle: (result: Delivered) => void;
  #sending: Sending | undefined;
  #status = 0;
  #headers: Headers = {};
  /** The whole of a refusal, the end of anything else that may tell what it cost. */
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #committed = false;
  #over = false;
  #blocked = false;
  #lastWrite = 0;

  constructor(gateway: Gateway, call: Call, dialect: Dialect, credentials: Headers) {
    this.#gateway = gateway;
    this.#call = call;
    this.#dialect = dialect;
    this.#credentials = credentials;
    const { promise, resolve } = Promise.withResolvers<Delivered>();
    this.done = promise;
    this.#settle = resolve;
  }

  /** Ties the delivery to what feeds it, so that a slow client slows it and a client that leaves ends it. */
  attach(sending: Sending): void {
    this.#sending = sending;
    this.#call.reply.onGone(() => {
      sending.abort();
      if (this.#over) return;
      this.#call.record.error = 'client_gone';
      this.#finish({ delivered: true, ...(!this.#committed && { unanswered: true }) });
    });
    this.#call.reply.onDrain(() => {
      this.#blocked = false;
      sending.resume();
    });
  }

  // --- what the provider says

  head(status: number, headers: Headers): void {
    this.#status = status;
    this.#headers = headers;
  }

  data(chunk: Uint8Array): boolean {
    if (this.#over) return true;
    if (!this.#isGood()) return this.#gather(chunk);
    if (this.#tellsCost()) this.#keepTail(chunk);
    this.#commit();
    this.#lastWrite = performance.now();
    this.#blocked = !this.#call.reply.write(chunk);
    return !this.#blocked;
  }

  end(): void {
    if (this.#over) return;
    if (!this.#isGood()) return this.#refused();
    this.#commit();
    if (this.#keptBytes > 0)
      this.#call.record.usage = this.#dialect.pass?.usageOf(Buffer.concat(this.#kept), true) ?? {};
    this.#call.reply.end();
    this.#finish({ delivered: true });
  }

  /** Broken off before anything was sent it is an error; afterwards nothing is left but to break off, too. */
  fail(error: GatewayError): void {
    if (this.#over) return;
    if (!this.#committed) return this.#finish({ delivered: false, error });
    this.#call.record.error = error.kind;
    this.#call.record.errorMessage = error.message;
    this.#call.record.cause = error.cause;
    this.#call.reply.destroy();
    this.#finish({ delivered: true });
  }

  // --- what the clock says

  tick(now: number): void {
    if (this.#blocked && now - this.#lastWrite > clientPatienceMs) this.#call.reply.destroy();
  }

  #isGood(): boolean {
    return this.#status >= 200 && this.#status < 300;
  }

  #tellsCost(): boolean {
    return /^(?:application\/json|text\/event-stream)/i.test(this.#headers['content-type'] ?? '');
  }

  #keepTail(chunk: Uint8Array): void {
    this.#kept.push(chunk);
    this.#keptBytes += chunk.length;
    for (let first = this.#kept[0]; first !== undefined && this.#keptBytes - first.length >= tailBytes; ) {
      this.#kept.shift();
      this.#keptBytes -= first.length;
      first = this.#kept[0];
    }
  }

  #gather(chunk: Uint8Array): boolean {
    this.#kept.push(chunk);
    this.#keptBytes += chunk.length;
    if (this.#keptBytes > maxErrorBody) {
      this.#sending?.abort();
      this.#finish({
        delivered: false,
        error: new GatewayError('bad_upstream', "The provider's answer is too large.", { place: 'gateway' }),
      });
    }
    return true;
  }

  #commit(): void {
    if (this.#committed) return;
    this.#committed = true;
    const { record, reply, began, id, dialect } = this.#call;
    record.status = this.#status;
    record.firstByteMs = performance.now() - began;
    this.#gateway.ticker.add(this);
    reply.head(this.#status, {
      [dialect.client.requestIdHeader]: id,
      ...this.#passed([...contentHeaders, ...(dialect.pass?.responseHeaders ?? [])]),
      ...this.#length(),
      'x-accel-buffering': 'no',
      ...receiptHeaders(this.#call),
    });
  }

  /** A compressed answer has become longer on its way. */
  #length(): Headers {
    return this.#headers['content-encoding'] === undefined ? this.#passed(['content-length']) : {};
  }

  #passed(names: readonly string[]): Headers {
    const passed: { [name: string]: string } = {};
    for (const name of names) {
      const value = this.#headers[name];
      if (value !== undefined) passed[name] = value;
    }
    return passed;
  }

  /** The provider said no: in its own words, where they are those of the client's language. */
  #refused(): void {
    const { upstream, name } = this.#dialect;
    const read = upstream.readError(this.#status, this.#headers, Buffer.concat(this.#kept));
    const error = cleaned(this.#gateway, this.#credentials, read);
    const same = name === this.#call.dialect.name && error.details.origin !== undefined;
    const headers = this.#passed(this.#call.dialect.pass?.responseHeaders ?? []);
    this.#finish({ delivered: false, error, ...(same && { reply: { status: this.#status, headers } }) });
  }

  #finish(result: Delivered): void {
    this.#over = true;
    this.#gateway.ticker.delete(this);
    this.#settle(result);
  }
}

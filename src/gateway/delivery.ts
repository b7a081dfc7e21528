import { asGatewayError, GatewayError } from '../canon/error.ts';
import type { BlockHead, Event, Sink, Tap } from '../canon/event.ts';
import { createFold } from '../canon/fold.ts';
import { createGuard } from '../canon/grammar.ts';
import { stringIn } from '../canon/json.ts';
import { type Loss, summarized } from '../canon/loss.ts';
import { mergeUsage } from '../canon/usage.ts';
import type { Headers } from '../dialects/dialect.ts';
import { createRedact } from '../observe/redact.ts';
import type { Unwrapper } from '../providers/wrapping.ts';
import type { AnswerSink, Sending } from '../upstream/send.ts';
import type { Ticking } from '../upstream/ticker.ts';
import { isEventStream, readAnswer, readRefusal, streamTypeOf, unwrapperFor } from './answer.ts';
import { keeping, openStream, type StreamEnds, undoing, writerFor } from './answer-stream.ts';
import type { Call } from './call.ts';
import type { ClientAnswer } from './client-answer.ts';
import { costOf, type Gateway } from './gateway.ts';
import type { Incoming } from './incoming.ts';
import type { Outgoing } from './outgoing.ts';
import { costHeader, jsonReply, passedHeaders, receiptHeaders, streamHeaders, withoutSecrets } from './reply.ts';
import type { Translator } from './translate.ts';

/** Bounds on what is gathered whole before it is passed on, bytes. */
export const maxErrorBody = 1024 * 1024;

/** How long a provider may keep its connection open after it has said everything, milliseconds; counts of usage may come late. */
const afterEndMs = 3_000;

/** How long a client may take nothing of what is written to it before it is given up, milliseconds. */
export const clientPatienceMs = 300_000;

/** What came of sending a request: delivered to the client (well or badly), or failed before the client saw anything. */
export type Delivered =
  | {
      readonly delivered: true;
      /** The client had left before there was an answer: nothing is known of the provider. */
      readonly unanswered?: true;
    }
  | {
      readonly delivered: false;
      readonly error: GatewayError;
      readonly reply?: ErrorReply;
      /** The client has seen a part of the answer. */
      readonly cut?: true;
    };

/** A provider's refusal as it may be handed to a client of the same language. */
export interface ErrorReply {
  readonly status: number;
  readonly headers: Headers;
}

/**
 * Takes one answer from a provider to one client. Nothing is sent before the first bytes of the answer are
 * known to be good, so that a failure up to then can still become an HTTP error, or another try.
 */
export class Delivery implements AnswerSink, Ticking {
  seat: number | undefined;
  readonly done: Promise<Delivered>;
  readonly #source: Incoming;
  readonly #call: Call;
  /** What the client gets, where it may outlive this provider's part in it. */
  readonly #answer: ClientAnswer | undefined;
  readonly #outgoing: Outgoing;
  readonly #credentials: Headers;
  readonly #gateway: Gateway;
  readonly #settle: (result: Delivered) => void;
  #sending: Sending | undefined;
  #status = 0;
  #headers: Headers = {};
  #stream: Translator | undefined;
  /** The stream's, made while the provider works: its first word need not wait for that. */
  #ready: Translator | undefined;
  #unwrapper: Unwrapper | undefined;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #committed: boolean;
  #over = false;
  #blocked = false;
  #lastWrite = performance.now();
  /** An error that came before anything was sent. */
  #early: GatewayError | undefined;
  /** An error that came in the middle, and that another provider may make good. */
  #cut: GatewayError | undefined;

  constructor(gateway: Gateway, source: Incoming, outgoing: Outgoing, credentials: Headers) {
    const { call, answer } = source;
    this.#source = source;
    this.#call = call;
    this.#answer = answer;
    this.#committed = answer?.isBegun === true;
    this.#outgoing = outgoing;
    this.#credentials = credentials;
    this.#gateway = gateway;
    const { promise, resolve } = Promise.withResolvers<Delivered>();
    this.done = promise;
    this.#settle = resolve;
  }

  /** Ties the delivery to the call that feeds it, so that a slow client slows it and a client that leaves ends it. */
  attach(sending: Sending): void {
    this.#sending = sending;
    if (this.#call.record.stream) this.#ready = openStream(this.#ends());
    // A client that has seen a part of the answer waits for the rest of it.
    if (this.#committed) this.#gateway.ticker.add(this);
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
    if (status < 200 || status >= 300 || !this.#call.record.stream) return;
    if (!isEventStream(headers, true, streamTypeOf(this.#outgoing.route))) return;
    this.#unwrapper = unwrapperFor(this.#outgoing.route, headers);
    this.#stream = this.#ready ?? openStream(this.#ends());
    this.#gateway.ticker.add(this);
  }

  data(chunk: Uint8Array): boolean {
    if (this.#over) return true;
    if (this.#stream === undefined) return this.#gather(chunk);
    try {
      return this.#forward(this.#stream.feed(this.#unwrapper?.feed(chunk) ?? chunk));
    } catch (error) {
      this.#break(error);
      return true;
    }
  }

  /** What translates a stream copies what it keeps, such as half a frame; what passes goes on as it is. */
  borrows(): boolean {
    return this.#stream !== undefined && this.#unwrapper === undefined && this.#outgoing.mode === 'translated';
  }

  end(): void {
    if (this.#over) return;
    try {
      if (this.#stream === undefined) this.#gatheredWhole();
      else {
        if (this.#unwrapper !== undefined) this.#forward(this.#stream.feed(this.#unwrapper.end()));
        if (!this.#over) this.#forward(this.#stream.end());
        if (!this.#over) this.#endStream();
      }
    } catch (error) {
      this.#break(error);
    }
  }

  fail(error: GatewayError): void {
    if (this.#over) return;
    if (this.#stream === undefined || !this.#committed) return this.#failEarly(error);
    try {
      this.#forward(this.#stream.fail(error));
      if (!this.#over) this.#endStream();
    } catch (thrown) {
      this.#break(thrown);
    }
  }

  #gather(chunk: Uint8Array): boolean {
    this.#gathered.push(chunk);
    this.#gatheredBytes += chunk.length;
    if (this.#gatheredBytes > (this.#status >= 400 ? maxErrorBody : this.#gateway.settings.maxAnswer)) {
      this.#sending?.abort();
      this.#failEarly(new GatewayError('bad_upstream', "The provider's answer is too large.", { place: 'gateway' }));
    }
    return true;
  }

  #gatheredWhole(): void {
    const [only] = this.#gathered;
    const body = this.#gathered.length === 1 && Buffer.isBuffer(only) ? only : Buffer.concat(this.#gathered);
    this.#gathered = [];
    if (this.#status < 200 || this.#status >= 300) this.#refused(body);
    else this.#whole(body);
  }

  // --- what the clock says

  /** A stream that is silent while the provider thinks would be given up by the client; the provider's own time limit still runs. */
  tick(now: number): void {
    if (this.#over) return;
    const quietMs = now - this.#lastWrite;
    if (this.#blocked) {
      if (quietMs > clientPatienceMs) this.#call.reply.destroy();
      return;
    }
    if (this.#stream?.ended() === true) {
      // Some servers never close; their clients would wait, though nothing more will come.
      if (quietMs < afterEndMs) return;
      this.#sending?.abort();
      this.end();
      return;
    }
    const { ping } = this.#call.dialect.client;
    if (quietMs >= this.#gateway.settings.pingMs && ping !== '') this.#forward(Buffer.from(ping));
  }

  // --- streams

  #ends(): StreamEnds {
    const metered: Tap = (next) => this.#metered(next);
    return { call: this.#call, outgoing: this.#outgoing, answer: this.#answer, metered };
  }

  /** Meters what passes, and keeps an error back while it can still be told by status. */
  #metered(next: Sink): Sink {
    return (event: Event): void => {
      const { record } = this.#call;
      if (event.type === 'usage') record.usage = mergeUsage(record.usage, event.usage);
      else if (event.type === 'open') noteUntold(this.#call, event.block);
      else if (event.type === 'start') record.responseModel = event.model;
      else if (event.type === 'finish') record.finish = event.reason;
      else if (event.type === 'error') {
        const error = this.#clean(event.error);
        if (!this.#committed) this.#early = error;
        else if (this.#answer !== undefined) this.#cut ??= error;
        else {
          this.#noteError(error);
          next({ type: 'error', error });
        }
        return;
      }
      next(event);
    };
  }

  #forward(bytes: Uint8Array): boolean {
    if (this.#early !== undefined) {
      this.#sending?.abort();
      this.#failEarly(this.#early);
      return true;
    }
    if (bytes.length > 0) this.#write(bytes);
    if (this.#cut !== undefined && !this.#over) this.#breakOff(this.#cut);
    return !this.#blocked;
  }

  #write(bytes: Uint8Array): void {
    if (!this.#committed) this.#commit();
    this.#lastWrite = performance.now();
    this.#answer?.told.keep(bytes);
    // What passes was counted when it came. What is made is made in pieces, and then in one.
    if (this.#outgoing.mode === 'translated') this.#gateway.turn.took(2 * bytes.length);
    this.#blocked = !this.#call.reply.write(bytes);
  }

  /** The client has seen a part: whoever knows of others that could go on decides. */
  #breakOff(error: GatewayError): void {
    this.#sending?.abort();
    this.#finish({ delivered: false, error, cut: true });
  }

  #commit(): void {
    this.#committed = true;
    if (this.#answer !== undefined) this.#answer.isBegun = true;
    this.#call.record.firstByteMs = performance.now() - this.#call.began;
    this.#call.record.status = 200;
    const headers = streamHeaders(this.#call, this.#outgoing.outline);
    this.#call.reply.head(200, passedHeaders(this.#call, this.#outgoing.mode, this.#headers, headers));
    this.#letGo();
  }

  /** A stream may last, and be silent. No other try will follow; and who translates needs what was read, and not the bytes. */
  #letGo(): void {
    this.#outgoing.letGo();
    if (this.#outgoing.mode === 'translated') this.#source.letGo();
  }

  #endStream(): void {
    if (!this.#committed)
      return this.#failEarly(new GatewayError('bad_upstream', 'The provider ended its answer before it began.'));
    this.#call.reply.end();
    this.#finish({ delivered: true });
  }

  // --- whole answers

  #whole(body: Buffer): void {
    const { pass, client } = this.#call.dialect;
    const asIs = this.#outgoing.mode !== 'translated' && !this.#call.record.stream && !this.#isStream();
    const untouched = asIs && pass?.isForeign?.(body) !== true;
    if (untouched && pass !== undefined) {
      this.#call.record.usage = pass.usageOf(body);
      // An answer that tells its usage is one; anything else is looked at before it is believed.
      if (Object.keys(this.#call.record.usage).length > 0) return this.#sendWhole(body);
    }
    const fold = createFold();
    const kept = keeping(this.#call, this.#outgoing)?.(fold.sink) ?? fold.sink;
    const next = this.#outgoing.tap?.(kept) ?? kept;
    const heard: Sink = (event) => {
      if (event.type === 'open') noteUntold(this.#call, event.block);
      next(event);
    };
    const guard = createGuard(heard, { onMend: (mend) => this.#call.record.mends.push(mend) });
    readAnswer(this.#outgoing.route, body, this.#headers, guard.sink);
    guard.end();
    const answer = fold.result();
    if (answer.error !== undefined) return this.#failEarly(this.#clean(answer.error));
    this.#call.record.usage = answer.usage;
    if (this.#call.record.stream) return this.#replay(body);
    if (untouched) return this.#sendWhole(body);
    this.#sendWhole(Buffer.from(JSON.stringify(client.writeResponse(answer, this.#outgoing.outline()))));
  }

  /** Some servers stream whatever they are asked. */
  #isStream(): boolean {
    return isEventStream(this.#headers, false, streamTypeOf(this.#outgoing.route));
  }

  #sendWhole(body: Buffer): void {
    this.#call.record.firstByteMs = performance.now() - this.#call.began;
    const headers = receiptHeaders(this.#call, passedHeaders(this.#call, this.#outgoing.mode, this.#headers));
    const cost = costOf(this.#gateway, this.#call.record);
    if (cost !== undefined) {
      this.#call.record.cost = cost;
      costHeader(cost, headers);
    }
    jsonReply(this.#call, 200, body, headers);
    this.#finish({ delivered: true });
  }

  /** A client that asked for a stream gets one, though the provider answered whole. */
  #replay(body: Buffer): void {
    const ends = this.#ends();
    const writer = writerFor(ends);
    const guard = createGuard(this.#metered(undoing(ends, writer.sink)));
    readAnswer(this.#outgoing.route, body, this.#headers, guard.sink);
    guard.end();
    this.#forward(writer.take());
    if (!this.#over) this.#endStream();
  }

  // --- failures

  /** The provider said no. In its own language its body goes on unmodified, should it come to that. */
  #refused(body: Buffer): void {
    const error = this.#clean(readRefusal(this.#outgoing.route, this.#status, this.#headers, body));
    const same = this.#outgoing.mode !== 'translated' && error.details.origin !== undefined;
    this.#finish({
      delivered: false,
      error,
      ...(same && {
        reply: { status: this.#status, headers: passedHeaders(this.#call, this.#outgoing.mode, this.#headers) },
      }),
    });
  }

  /**
   * A failure of our own. Whoever brings the bytes and the time is in the middle of something that others depend on,
   * so it ends here: as an error while there is still time, as a broken connection afterwards.
   */
  #break(thrown: unknown): void {
    if (this.#over) return;
    this.#sending?.abort();
    const error = asGatewayError(thrown);
    if (!this.#committed) return this.#failEarly(error);
    this.#noteError(error);
    this.#call.reply.destroy();
    this.#finish({ delivered: true });
  }

  #failEarly(error: GatewayError): void {
    if (this.#over) return;
    this.#call.record.cause = error.cause;
    this.#finish({ delivered: false, error });
  }

  /** Providers repeat in their errors what they were sent, keys included. */
  #clean(error: GatewayError): GatewayError {
    const sent = createRedact(Object.values(this.#credentials).map((value) => value.replace(/^Bearer /, '')));
    return withoutSecrets(error, (text) => this.#gateway.redact(sent(text)));
  }

  #noteError(error: GatewayError): void {
    this.#call.record.error = error.kind;
    this.#call.record.errorMessage = error.message;
    this.#call.record.cause = error.cause;
  }

  #finish(result: Delivered): void {
    this.#over = true;
    this.#gateway.ticker.delete(this);
    const passed = result.delivered || result.cut === true ? this.#stream?.usage?.() : undefined;
    if (passed !== undefined) this.#call.record.usage = mergeUsage(passed, this.#call.record.usage);
    this.#settle(result);
  }
}

/** What of an answer the client's language has no words for. A stream's receipt has left by then; the log has it. */
function noteUntold({ dialect, record }: Call, block: BlockHead): void {
  if (block.type !== 'native' || block.dialect === dialect.name) return;
  const what = stringIn(block.value['type']) ?? Object.keys(block.value)[0] ?? '';
  const loss: Loss = { what: 'dropped', path: `answer (${what})`, why: `known to ${block.dialect} only` };
  record.losses = summarized([...record.losses, loss]);
}

import { type CallRecord, calls } from './call.ts';
import { Family, type FamilySnapshot, increase } from './metric.ts';
import { type Attributes, exportBody, type Span } from './otlp.ts';
import { type EndedCall, type SpanOptions, spansOf } from './span.ts';

/** Calls that wait to be told; when there are more, the newest are not told at all. */
const mostWaiting = 2048;
/** Calls that are told together: so many take less than a millisecond to write. */
const together = 64;
/** How long calls wait for others to go with, milliseconds. */
const patienceMs = 2_000;
/** The pause before a collector is asked again: doubled each time, to a limit, milliseconds. */
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** Time for the last ones at the end, milliseconds. */
const farewellMs = 2_000;

/** Where spans go, and how. */
export interface TraceExportOptions extends SpanOptions {
  /** Address of the collector, path included. */
  readonly endpoint: string;
  readonly headers: { readonly [name: string]: string };
  /** Milliseconds that the collector has to answer. */
  readonly timeoutMs: number;
  /** What is told of this process. */
  readonly resource: Attributes;
  readonly version: string;
  /** Hears that spans do not arrive, once until they do again. */
  complain(message: string): void;
}

/** Statuses after which the same may be taken later. */
const again: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/**
 * Tells a collector of calls, by OTLP over HTTP in JSON. Calls leave their records in a queue; spans are made and sent some
 * time later, one request after the other. What a collector does not take in time is dropped and counted, and nobody waits.
 */
export class TraceExport {
  readonly #options: TraceExportOptions;
  readonly #waiting: EndedCall[] = [];
  readonly #spans = new Family({
    name: 'dragoman_spans_total',
    help: 'Spans by what became of them: sent, refused. Calls that were dropped before they became spans: dropped.',
    type: 'counter',
    labels: ['outcome'],
  });
  readonly #dropped = this.#spans.at('dropped');
  /** What is being sent, or could not be: made once, so that a collector that took it without saying so gets the same again. */
  #batch: { readonly spans: readonly Span[]; readonly calls: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #pauseMs = 0;
  #hasComplained = false;
  readonly #stopped = new AbortController();

  constructor(options: TraceExportOptions) {
    this.#options = options;
  }

  /** Begins to listen. */
  start(): void {
    calls.subscribe(this.#onCall);
  }

  /** Tells what still waits, if the collector takes it at once, and ends. */
  async stop(): Promise<void> {
    calls.unsubscribe(this.#onCall);
    clearTimeout(this.#timer);
    const late = setTimeout(() => this.#stopped.abort(), farewellMs);
    // Whoever pauses is asked a last time.
    this.#pauseMs = 0;
    await this.#send();
    clearTimeout(late);
    this.#stopped.abort();
  }

  metrics(): FamilySnapshot[] {
    return [this.#spans.snapshot()];
  }

  readonly #onCall = (message: unknown): void => {
    if (this.#waiting.length >= mostWaiting) {
      increase(this.#dropped, 1);
      return;
    }
    const waiting = this.#waiting.push({ record: message as CallRecord, endedAt: Date.now() });
    if (waiting === together) this.#sendSoon(0);
    else if (this.#timer === undefined) this.#sendSoon(patienceMs);
  };

  #sendSoon(ms: number): void {
    if (this.#sending !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#send();
    }, ms).unref();
  }

  /** Sends until nothing waits, or until the collector fails. */
  async #send(): Promise<void> {
    this.#sending ??= this.#sendAll();
    await this.#sending;
    this.#sending = undefined;
    if (this.#waiting.length > 0 && !this.#stopped.signal.aborted) this.#sendSoon(this.#pauseMs || patienceMs);
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.#batch ??= this.#nextBatch();
      const { spans, calls: told } = this.#batch;
      const outcome = spans.length === 0 ? 'sent' : await this.#post(spans);
      if (outcome === 'later') {
        this.#pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, this.#pauseMs * 2));
        return;
      }
      this.#pauseMs = 0;
      this.#batch = undefined;
      this.#waiting.splice(0, told);
      this.#spans.add(spans.length, outcome);
    }
  }

  #nextBatch(): { readonly spans: readonly Span[]; readonly calls: number } {
    const batch = this.#waiting.slice(0, together);
    return { spans: batch.flatMap((call) => spansOf(call, this.#options)), calls: batch.length };
  }

  async #post(spans: readonly Span[]): Promise<'sent' | 'refused' | 'later'> {
    const { endpoint, headers, timeoutMs, resource, version } = this.#options;
    try {
      const answer = await fetch(endpoint, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'user-agent': `dragoman/${version}` },
        body: exportBody(spans, resource, version),
        redirect: 'error',
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#stopped.signal]),
      });
      await answer.body?.cancel();
      if (answer.ok) {
        this.#hasComplained = false;
        return 'sent';
      }
      this.#complain(`it answered with ${answer.status}`);
      return again.has(answer.status) ? 'later' : 'refused';
    } catch (error) {
      this.#complain(reasonOf(error));
      return 'later';
    }
  }

  #complain(why: string): void {
    if (this.#hasComplained || this.#stopped.signal.aborted) return;
    this.#hasComplained = true;
    this.#options.complain(`Traces do not arrive at ${new URL(this.#options.endpoint).host}: ${why}.`);
  }
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: unknown }; message?: string };
  return typeof cause?.code === 'string' ? cause.code : (message ?? 'unknown reason');
}

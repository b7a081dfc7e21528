import type { GatewayError } from '../canon/error.ts';

/** How long each stage of a call may take, milliseconds; 0 = without limit. */
export interface Timeouts {
  readonly connect: number;
  /** From sending to the answer's status line. */
  readonly firstByte: number;
  /** Between two pieces of the answer. */
  readonly idle: number;
  readonly total: number;
}

/** One HTTP call to a provider. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  /** In one piece or in several. */
  readonly body?: Uint8Array | readonly Uint8Array[];
  readonly timeouts: Timeouts;
}

/** Receives an answer as it comes. Exactly one of `end` and `fail` is called last, unless the call was aborted by its owner. */
export interface AnswerSink {
  head(status: number, headers: { readonly [name: string]: string }): void;
  /** False asks the sender to pause until `resume`. */
  data(chunk: Uint8Array): boolean;
  /** Whether it keeps nothing of the next chunk when `data` has returned: then it may be lent bytes that are overwritten. */
  borrows?(): boolean;
  end(): void;
  fail(error: GatewayError): void;
}

/** A call under way. */
export interface Sending {
  /** Ends the call at once; the sink hears nothing more. */
  abort(): void;
  pause(): void;
  resume(): void;
}

/** Keep-alive connections to providers, one pool an origin. */
export interface Sender {
  send(request: UpstreamRequest, sink: AnswerSink): Sending;
  close(): Promise<void>;
}

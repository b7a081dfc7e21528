import type { UpstreamRequest } from './sending.ts';

/** HTTP headers, names in lower case. */
export type Headers = { readonly [name: string]: string };

/** Hears how an exchange goes. One of `end` and `fail` is called last, unless it is aborted. */
export interface Listener {
  /** A connection has to be made first. */
  connecting(): void;
  connected(): void;
  head(status: number, headers: Headers): void;
  /** All that one read of the socket brought, the listener's to keep unless it borrows. False asks for a pause. */
  data(bytes: Buffer): boolean;
  /** As of `AnswerSink`. */
  borrows(): boolean;
  end(): void;
  fail(error: Error): void;
}

/** A request and its answer under way. */
export interface Exchange {
  /** Ends it and its connection at once; the listener hears nothing more. */
  abort(): void;
  pause(): void;
  resume(): void;
}

/** Takes requests over the network. */
export interface Transport {
  /** The listener hears nothing but `connecting` before this has returned. @throws when it cannot even begin. */
  start(request: UpstreamRequest, listener: Listener): Exchange;
  close(): Promise<void>;
}

import { Call } from './call.ts';
import { Http1Transport } from './http1/http1-transport.ts';
import { ProxiedTransport } from './proxied-transport.ts';
import type { Sender } from './sending.ts';
import { Ticker } from './ticker.ts';
import type { Turn } from './turn.ts';

export type { AnswerSink, Sender, Sending, UpstreamRequest } from './sending.ts';

/** How often deadlines are looked at: the precision of every time limit, milliseconds. */
const tickMs = 100;

export interface SenderOptions {
  readonly proxied?: boolean;
  /** Of the event loop that calls share; nothing is put off without. */
  readonly turn?: Turn;
}

/** HTTP/1.1 with one request a connection at a time; with `proxied`, through proxies as the usual environment variables say. */
export function createSender({ proxied = false, turn }: SenderOptions = {}): Sender {
  const ticker = new Ticker(tickMs);
  // Straight ways are taken by our own client: they cost it half of what they cost the one that knows proxies.
  const transport = proxied ? new ProxiedTransport() : new Http1Transport(turn);
  return {
    send: (request, sink) => new Call(transport, ticker, request, sink),
    close: () => transport.close(),
  };
}

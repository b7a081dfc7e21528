import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { clientPatienceMs } from '../gateway/delivery.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Turn } from '../upstream/turn.ts';
import { createAccess } from './access.ts';
import type { ClientReply } from './client-reply.ts';
import { type ConnectionLimits, Connections } from './connections.ts';
import { Door } from './door.ts';
import { HttpReply } from './http-reply.ts';
import { Http1Reception } from './http1/reception.ts';
import { keepAliveS } from './http1/reply.ts';
import { type Address, listen } from './listen.ts';
import { MemoryGuard } from './memory-guard.ts';
import { type ClientRequest, NodeRequest } from './request.ts';
import { route } from './routes.ts';
import type { MetricsSource, Serving } from './serving.ts';
import type { ShareLimits } from './shares.ts';

/** Importing it would read everything it exports, and with that load a whole client: 20 ms of every start. */
const { createServer } = process.getBuiltinModule('node:http');

/** What a configuration says to the server; it may change while it runs. */
export interface Terms extends ConnectionLimits, ShareLimits {
  readonly keys: readonly string[];
  /** Bytes. */
  readonly maxBody: number;
  /** Calls under way at once; more are told that the gateway is overloaded. */
  readonly maxCalls: number;
  /** Time a client has to send its request, milliseconds. */
  readonly bodyTimeout: number;
  /** Bytes of memory above which no more calls are taken. */
  readonly maxMemory: number;
  /** Whether metrics may be read without a key. */
  readonly openMetrics: boolean;
}

/** What holds as long as the server does. */
export interface ServerOptions extends Address {
  /** Of the event loop; calls tell it when they come and go. */
  readonly turn: Turn;
  /** Told at /metrics, where there are any. */
  readonly metrics?: Pick<MetricsSource, 'gather'>;
  /** Hears when memory becomes scarce, and when it is no longer. */
  readonly onMemory?: (guard: MemoryGuard) => void;
  /** Which configuration the first one is, counted from 1. */
  readonly generation?: number;
}

/** Bytes of a request's head. */
const maxHeaderSize = 64 * 1024;

/** How often requests are looked at that take too long to come, milliseconds. */
const connectionsCheckingInterval = 1000;

/** How often a server that is closing looks for connections that have become idle, milliseconds. */
const idleCheckMs = 50;

/** A server that accepts calls. */
export interface RunningServer {
  readonly port: number;
  /** `http://host:port`, as a client would write it. */
  readonly url: string;
  /** How many calls have begun and are not over. */
  underWay(): number;
  /** How many connections clients have. */
  connections(): Promise<number>;
  /** Calls that come from now on are answered by this gateway on these terms; those under way end as they began. */
  adopt(gateway: Gateway, terms: Terms, generation: number): void;
  /**
   * Says for `delayMs` that it will close, and then accepts no more; resolves when every call is over, or when `graceMs`
   * more have passed and what is left was cut.
   */
  close(graceMs: number, delayMs?: number): Promise<void>;
}

/** Starts to accept calls. @throws when the address cannot be bound, with what to do about it. */
export async function startServer(gateway: Gateway, terms: Terms, options: ServerOptions): Promise<RunningServer> {
  const door = new Door(new MemoryGuard(terms.maxMemory, options.onMemory));
  const { turn, metrics } = options;
  const lasting: Lasting = { turn, door, startedAt: Date.now(), metrics };
  let serving = servingOn(gateway, terms, lasting, options.generation ?? 1);
  const accept = (request: ClientRequest, reply: ClientReply): void => {
    route(serving, request, reply).catch(() => reply.destroy());
  };
  const keepAliveTimeout = keepAliveS * 1000;
  const settings = { noDelay: true, keepAliveTimeout, maxHeaderSize, connectionsCheckingInterval };
  const server = createServer(settings, (request, response) => {
    (request.socket as Answering)[answering] = response;
    accept(new NodeRequest(request), new HttpReply(response, turn));
  });
  const reception = new Http1Reception(server, turn, clientPatienceMs, accept);
  const connections = new Connections(server, options.isShared === true);
  const keepTo = (limits: Terms): void => {
    connections.keepTo(limits);
    door.memory.limit = limits.maxMemory;
    server.headersTimeout = Math.min(60_000, limits.bodyTimeout);
    server.requestTimeout = limits.bodyTimeout;
    reception.headTimeout = server.headersTimeout;
    reception.bodyTimeout = limits.bodyTimeout;
  };
  keepTo(terms);
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    // In the middle of an answer, another one would become a part of it.
    if (!socket.writable || isUnderWay((socket as Answering)[answering])) {
      socket.destroy();
      return;
    }
    const status = clientErrors[error.code ?? ''] ?? '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });
  await listen(server, options);
  const stopLooking = door.memory.start();
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    port,
    url: `http://${host}:${port}`,
    underWay: () => turn.calls,
    connections: () => promisify(server.getConnections.bind(server))(),
    adopt: (next, changed, generation) => {
      serving = servingOn(next, changed, lasting, generation);
      keepTo(changed);
    },
    close: async (graceMs, delayMs = 0) => {
      door.isDraining = true;
      if (delayMs > 0) await pause(delayMs);
      await close(server, reception, graceMs);
      stopLooking();
    },
  };
}

/** What a server has whatever the configuration says. */
interface Lasting extends Pick<Serving, 'turn' | 'door' | 'startedAt'> {
  readonly metrics: ServerOptions['metrics'];
}

function servingOn(gateway: Gateway, terms: Terms, { metrics, ...lasting }: Lasting, generation: number): Serving {
  const { callsPerKey, streamsPerKey } = terms;
  const isShared = callsPerKey !== undefined || streamsPerKey !== undefined;
  return {
    ...lasting,
    gateway,
    access: createAccess(terms.keys),
    generation: { number: generation, since: Date.now() },
    maxBody: terms.maxBody,
    maxCalls: terms.maxCalls,
    ...(isShared && { shareLimits: terms }),
    ...(metrics !== undefined && { metrics: { open: terms.openMetrics, gather: metrics.gather } }),
  };
}

/** The answer that a connection carries, to be found when its client breaks the rules; a map would cost every collection of garbage. */
const answering = Symbol('answering');

interface Answering extends Duplex {
  [answering]?: ServerResponse;
}

function isUnderWay(response: ServerResponse | undefined): boolean {
  return response?.headersSent === true && !response.writableFinished;
}

/** What is wrong with a request that cannot even be read as HTTP. */
const clientErrors: { readonly [code: string]: string } = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

function close(server: Server, reception: Http1Reception, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      server.closeAllConnections();
      reception.closeAll();
    }, graceMs);
    // A connection whose call ends later would be kept alive, and the server with it.
    const tidy = setInterval(() => {
      server.closeIdleConnections();
      reception.closeIdle();
    }, idleCheckMs);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(tidy);
      resolve();
    });
  });
}

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import { GatewayError } from '../canon/error.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Turn } from '../upstream/turn.ts';
import { createAccess } from './access.ts';
import { route } from './routes.ts';
import type { MetricsSource, Serving } from './serving.ts';

/** Importing it would read everything it exports, and with that load a whole client: 20 ms of every start. */
const { createServer } = process.getBuiltinModule('node:http');

/** What the server needs to know of its configuration. */
export interface ServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly keys: readonly string[];
  /** Bytes. */
  readonly maxBody: number;
  /** Connections at once; more are refused. */
  readonly maxConnections: number;
  /** Calls under way at once; more are told that the gateway is overloaded. */
  readonly maxCalls: number;
  /** Time a client has to send its request, milliseconds. */
  readonly bodyTimeout: number;
  /** Of the event loop; calls tell it when they come and go. */
  readonly turn: Turn;
  /** Told at /metrics, where there are any. */
  readonly metrics?: MetricsSource;
  /** True when other processes accept connections at the same port. */
  readonly isShared?: boolean;
}

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
  /** Accepts no more; resolves when every call is over, or when `graceMs` have passed and what is left was cut. */
  close(graceMs: number): Promise<void>;
}

/** Starts to accept calls. @throws when the address cannot be bound, with what to do about it. */
export async function startServer(gateway: Gateway, options: ServerOptions): Promise<RunningServer> {
  const serving: Serving = {
    gateway,
    access: createAccess(options.keys),
    turn: options.turn,
    maxBody: options.maxBody,
    maxCalls: options.maxCalls,
    metrics: options.metrics,
    startedAt: Date.now(),
    open: new Set(),
  };
  const server = createServer(
    {
      noDelay: true,
      keepAliveTimeout: 75_000,
      headersTimeout: Math.min(60_000, options.bodyTimeout),
      requestTimeout: options.bodyTimeout,
      maxHeaderSize: 64 * 1024,
    },
    (request, response) => {
      (request.socket as Answering)[answering] = response;
      accept(serving, request, response);
    },
  );
  if (options.isShared === true) refuseBeyond(server, options.maxConnections);
  else server.maxConnections = options.maxConnections;
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
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    port,
    url: `http://${host}:${port}`,
    underWay: () => serving.open.size,
    connections: () => promisify(server.getConnections.bind(server))(),
    close: (graceMs) => close(server, graceMs),
  };
}

/** A limit of the server's own would hand the connection to another process, and that one, being full, to the next, in a circle. */
function refuseBeyond(server: Server, most: number): void {
  let open = 0;
  server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => {
      open -= 1;
    });
    if (open > most) socket.destroy();
  });
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

function accept(serving: Serving, request: IncomingMessage, response: ServerResponse): void {
  route(serving, request, response).catch(() => response.destroy());
}

function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: Error & { code?: string }) => {
      if (error.code === 'EADDRINUSE') {
        reject(
          new GatewayError('conflict', `Port ${port} is taken. Stop what runs there, or choose another with --port.`, {
            cause: error,
          }),
        );
      } else if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL') {
        reject(
          new GatewayError(
            'permission',
            `Cannot listen on ${host}:${port} (${error.code}). Choose another --host or --port.`,
            { cause: error },
          ),
        );
      } else reject(error);
    });
    server.listen(port, host, () => resolve());
  });
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    // A connection whose call ends later would be kept alive, and the server with it.
    const tidy = setInterval(() => server.closeIdleConnections(), idleCheckMs);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(tidy);
      resolve();
    });
  });
}

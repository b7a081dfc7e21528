// A server that says whatever a test writes, and what tests ask it with.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { Server as TlsServer } from 'node:tls';
import type { GatewayError } from '../../canon/error.ts';
import { type AnswerSink, createSender, type Sender, type UpstreamRequest } from '../send.ts';
import { sendWhole } from '../whole.ts';

export const timeouts = { connect: 0, firstByte: 0, idle: 0, total: 0 };
export const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** A request as the server saw it. `connection` counts from 0. */
export interface Seen {
  readonly socket: Socket;
  readonly connection: number;
  readonly head: string;
  readonly body: Buffer;
}

export interface RawServer {
  readonly origin: string;
  readonly seen: Seen[];
  readonly sockets: Socket[];
}

/** A server that understands whole requests, and answers by whatever the test writes to the socket. */
export async function startServer(
  t: TestContext,
  answer: (seen: Seen, number: number) => void,
  server: Server = createServer(),
): Promise<RawServer> {
  const seen: Seen[] = [];
  const sockets: Socket[] = [];
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    const connection = sockets.push(socket) - 1;
    let bytes = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      bytes = Buffer.concat([bytes, data]);
      const end = bytes.indexOf('\r\n\r\n');
      const head = bytes.toString('latin1', 0, end);
      const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
      if (end < 0 || bytes.length < end + 4 + length) return;
      const request = { socket, connection, head, body: bytes.subarray(end + 4, end + 4 + length) };
      bytes = bytes.subarray(end + 4 + length);
      answer(request, seen.push(request) - 1);
    });
  });
  const origin = await listen(t, server);
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { origin, seen, sockets };
}

export async function listen(t: TestContext, server: Server, host = '127.0.0.1'): Promise<string> {
  server.listen(0, host);
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export function startSender(t: TestContext): Sender {
  const sender = createSender();
  t.after(() => sender.close());
  return sender;
}

export function post(origin: string, more: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return { method: 'POST', origin, path: '/', headers: {}, body: Buffer.from('{}'), timeouts, ...more };
}

export async function textOf(sender: Sender, request: UpstreamRequest): Promise<string> {
  return (await sendWhole(sender, request)).body.toString('latin1');
}

export async function failureOf(sender: Sender, request: UpstreamRequest): Promise<GatewayError> {
  const { promise, resolve, reject } = Promise.withResolvers<GatewayError>();
  sender.send(request, {
    head: () => undefined,
    data: () => true,
    end: () => reject(new Error('there was an answer')),
    fail: resolve,
  });
  return promise;
}

/** A sink that writes down what it hears, and by what it was ended. */
export function listening(more: Partial<AnswerSink> = {}): {
  readonly sink: AnswerSink;
  readonly heard: string[];
  readonly over: Promise<void>;
} {
  const heard: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const sink: AnswerSink = {
    head(status, headers) {
      heard.push(`head ${status}`);
      more.head?.(status, headers);
    },
    data(chunk) {
      heard.push(`data ${Buffer.from(chunk).toString('latin1')}`);
      return more.data?.(chunk) ?? true;
    },
    end() {
      heard.push('end');
      resolve();
    },
    fail(error) {
      heard.push(`fail ${error.message}`);
      resolve();
    },
  };
  return { sink, heard, over: promise };
}

// --- what is sent

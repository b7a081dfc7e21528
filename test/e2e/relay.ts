import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stage } from './stage.ts';

/** A relay before the gateway that remembers what a client sent and what it was told. */
export interface Relay {
  readonly url: string;
  /** Bodies of the requests, oldest first. */
  readonly bodies: readonly Buffer[];
  /** Status and body of the answers that are over, oldest first. */
  readonly answers: readonly { readonly status: number; readonly body: string }[];
}

/** Starts a relay for the length of the run. */
export async function startRelay(stage: Stage, target: string): Promise<Relay> {
  const bodies: Buffer[] = [];
  const answers: { status: number; body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      bodies.push(body);
      pass(target, request, body, response, (answer) => answers.push(answer));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  stage.onEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies, answers };
}

function pass(
  target: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  done: (answer: { status: number; body: string }) => void,
): void {
  const { host: _, ...headers } = request.headers;
  const onward = forward(new URL(request.url ?? '/', target), { method: request.method ?? 'GET', headers });
  onward.on('response', (answer) => {
    const status = answer.statusCode ?? 0;
    let text = '';
    response.writeHead(status, answer.headers);
    answer.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      response.write(chunk);
    });
    answer.on('end', () => {
      done({ status, body: text });
      response.end();
    });
    answer.on('error', () => response.destroy());
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  onward.end(body);
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { textAt } from './client.ts';
import { framed } from './event-stream.ts';
import { type Fixture, fixtureOf, type Json } from './fixture.ts';

/** A provider that plays fixtures: the name of the model says which. */
export interface Player {
  readonly port: number;
  /** What the last request for this model brought. */
  received(model: string): Json | undefined;
  close(): Promise<void>;
}

/** The model that plays a scenario of a language. Names must not look like anybody's real ones, which gateways may know something of. */
export function modelFor(language: string, scenario: string): string {
  return `fx--${language}--${scenario}`;
}

const pattern = /fx--([a-z-]+?)--([a-z-]+)/;

/** Starts to play on a free port of this machine, or on the one given. */
export async function startPlayer(port = 0): Promise<Player> {
  const received = new Map<string, Json>();
  const server = createServer((request, response) => {
    answer(request, response, received).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    received: (model) => received.get(model),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, received: Map<string, Json>): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const body = text === '' ? {} : (JSON.parse(text) as Json);
  const path = decodeURIComponent(request.url ?? '');
  const [model, language, scenario] = pattern.exec(textAt(body, 'model')) ?? pattern.exec(path) ?? [];
  const fixture = language === undefined || scenario === undefined ? undefined : fixtureOf(language, scenario, framed);
  if (fixture === undefined || model === undefined) {
    response.writeHead(404).end('{"error":{"message":"no such fixture","code":404,"status":"NOT_FOUND"}}');
    return;
  }
  received.set(model, body);
  const streams = body['stream'] === true || /:streamGenerateContent|converse-stream/.test(path);
  play(fixture, streams, response);
}

function play(fixture: Fixture, streams: boolean, response: ServerResponse): void {
  const { error, stream } = fixture;
  if (error !== undefined) {
    response.writeHead(error.status, { 'content-type': 'application/json', ...error.headers });
    response.end(JSON.stringify(error.body));
  } else if (streams && stream !== undefined) {
    const binary = fixture.language === 'bedrock-converse';
    response.writeHead(200, {
      'content-type': binary ? 'application/vnd.amazon.eventstream' : 'text/event-stream',
    });
    response.end(stream);
  } else {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(fixture.response ?? {}));
  }
}

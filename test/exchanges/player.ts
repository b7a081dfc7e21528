import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DialectName } from '../../src/canon/content.ts';
import { type JsonObject, parseJson } from '../../src/canon/json.ts';
import { objectIn } from './saying.ts';

/** What a provider answers: bytes of a stream, or one body. */
export interface Played {
  readonly language: DialectName;
  readonly stream?: Buffer;
  readonly body?: JsonObject;
  readonly status?: number;
}

/** A provider that plays what was recorded. */
export interface Player {
  readonly url: string;
  /** Bodies of the requests for a model, in order. */
  received(model: string): readonly JsonObject[];
  close(): Promise<void>;
}

/** The name of a model says at its end which answer is to be played: `--r12`. */
export async function startPlayer(answerOf: (place: number) => Played | undefined): Promise<Player> {
  const received = new Map<string, JsonObject[]>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = objectIn(parseJson(Buffer.concat(chunks).toString()));
      const path = decodeURIComponent(request.url ?? '');
      const place = /--r\d+/.exec(String(body['model'] ?? ''))?.[0] ?? /--r\d+/.exec(path)?.[0] ?? '';
      received.set(place, [...(received.get(place) ?? []), body]);
      play(response, answerOf(Number(place.slice(3))));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: (model) => received.get(/--r\d+/.exec(model)?.[0] ?? '') ?? [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function play(response: ServerResponse, played: Played | undefined): void {
  if (played?.stream !== undefined) {
    const type = played.language === 'bedrock-converse' ? 'application/vnd.amazon.eventstream' : 'text/event-stream';
    response.writeHead(200, { 'content-type': type }).end(played.stream);
  } else {
    const body = played?.body ?? { error: { message: 'nothing to play', code: 404, status: 'NOT_FOUND' } };
    response.writeHead(played?.status ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}

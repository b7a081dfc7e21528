import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../src/canon/json.ts';
import { languages as readers } from '../exchanges/languages/index.ts';
import { callsOf, textOf } from '../exchanges/saying.ts';
import { before } from '../failover/asking.ts';
import { type Language, streamOf, wholeOf } from '../failover/stage.ts';
import { type Draw, wordOf } from './draw.ts';
import { played } from './play.ts';

/** What is known of an exchange while it goes on. */
export interface Going {
  readonly draw: Draw;
  /** Who has been asked, in order. */
  readonly asked: string[];
  /** What a provider found wrong with what it was asked. */
  fault?: string;
}

/** Exchanges that go on, by the word in what they ask. */
export class Exchanges {
  readonly #going = new Map<string, Going>();

  begin(draw: Draw): Going {
    const going: Going = { draw, asked: [] };
    this.#going.set(wordOf(draw), going);
    return going;
  }

  end({ draw }: Going): void {
    this.#going.delete(wordOf(draw));
  }

  find(text: string): Going | undefined {
    return this.#going.get(/word-\d+-/.exec(text)?.[0] ?? '');
  }
}

/** A server that plays providers of all languages, `/role/language/...`, and that can be away for a while. */
export class ProviderServer {
  readonly #exchanges: Exchanges;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;
  /** Most connections at once. */
  mostSockets = 0;

  constructor(exchanges: Exchanges) {
    this.#exchanges = exchanges;
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.#answer(request, response, Buffer.concat(chunks).toString()).catch(() => response.destroy());
      });
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      this.mostSockets = Math.max(this.mostSockets, this.#sockets.size);
      socket.on('error', () => {});
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Connections that are open. */
  get sockets(): number {
    return this.#sockets.size;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Every connection breaks, and nobody listens. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.hangUp();
    await closed;
  }

  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Nobody is there for so long, milliseconds. */
  async away(ms: number): Promise<void> {
    await this.stop();
    await sleep(ms);
    await this.start();
  }

  async #answer(request: IncomingMessage, response: ServerResponse, text: string): Promise<void> {
    const [, role = '', language = ''] = (request.url ?? '').split('/');
    const speaks = language as Language;
    const going = this.#exchanges.find(text);
    if (going === undefined) {
      response.writeHead(500).end();
      return;
    }
    const { draw, asked } = going;
    const body = JSON.parse(text) as JsonObject;
    const isFirst = asked.length === 0;
    asked.push(`${role}-${speaks}`);
    if (draw.isLater && !hasHeard(speaks, body)) going.fault = `${role}-${speaks} was not told what was said before`;
    const stream = body['stream'] === true || /stream/i.test(request.url ?? '');
    let said: Buffer;
    try {
      const from = isFirst ? 'first' : 'second';
      said = (stream ? streamOf : wholeOf)(speaks, body, { ...draw, asked: [] }, from);
    } catch (error) {
      going.fault = `${role}-${speaks}: ${String(error)}`;
      response.writeHead(500).end(JSON.stringify({ error: { message: String(error) } }));
      return;
    }
    const fails = role === 'again' ? isFirst : role !== 'second';
    await played(response, fails ? draw.fault : undefined, { speaks, stream, said, mark: wordOf(draw) });
  }
}

/** Whether the beginning of the conversation has arrived. */
function hasHeard(speaks: Language, body: JsonObject): boolean {
  const parts = readers[speaks].told(body).flatMap((turn) => turn.parts);
  const call = callsOf(parts).find(({ name }) => name === before.call.name);
  const isCalled = JSON.stringify(call?.input) === JSON.stringify(before.call.input);
  const result = parts.some((part) => part.type === 'result' && part.text.includes(before.result));
  const text = textOf(parts);
  return isCalled && result && text.includes(before.question) && text.includes(before.answer);
}

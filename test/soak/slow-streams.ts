import { createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { framesOf } from '../chaos/junk.ts';
import { corpus } from '../failover/corpus.ts';
import { questions } from '../failover/question.ts';
import { streamOf } from '../failover/stage.ts';

/** How often each stream says something, milliseconds. */
const everyMs = 2_000;
/** How often it does so at least, before it ends; some do so up to twice as often. */
const leastTurns = 20;

/** A provider whose streams say a little from time to time, for the better part of a minute or longer. */
export class SlowProvider {
  /** How often each is still to say something. */
  readonly #open = new Map<ServerResponse, number>();
  readonly #server: Server;
  readonly #frames: readonly Buffer[];
  #timer: NodeJS.Timeout | undefined;
  #turn = 0;
  #begun = 0;

  constructor() {
    const [answer] = corpus;
    if (answer === undefined) throw new Error('there is no answer');
    const body = { max_tokens: 100, messages: [{ role: 'user', content: 'What?' }] };
    const said = streamOf('anthropic', body, { answer, manner: 'as asked', asked: [] }, 'first');
    this.#frames = framesOf('anthropic', said);
    this.#server = createServer((asked, response) => {
      asked.resume().on('end', () => this.#begin(response));
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    // A tenth of them at a time: a crowd that speaks at once would measure the crowd.
    this.#timer = setInterval(() => this.#speak(), everyMs / 10);
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Every stream comes to its end. */
  end(): void {
    clearInterval(this.#timer);
    for (const response of this.#open.keys()) this.#end(response);
  }

  stop(): void {
    this.end();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #end(response: ServerResponse): void {
    this.#open.delete(response);
    response.end(Buffer.concat(this.#frames.slice(-3)));
  }

  #begin(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(Buffer.concat(this.#frames.slice(0, 3)));
    this.#begun += 1;
    this.#open.set(response, leastTurns + (this.#begun % leastTurns));
    response.on('close', () => this.#open.delete(response));
  }

  #speak(): void {
    this.#turn += 1;
    let number = 0;
    for (const [response, left] of this.#open) {
      number += 1;
      if (number % 10 !== this.#turn % 10) continue;
      if (left === 0) this.#end(response);
      else {
        response.write(this.#frames[2] ?? '');
        this.#open.set(response, left - 1);
      }
    }
  }
}

/** How a slow stream ended. */
export interface Ended {
  readonly isWhole: boolean;
  readonly bytes: number;
}

/** Opens a stream as its client does, and reads it to its end. Half of them pass, half are translated. */
export function readSlowly(url: string, number: number): Promise<Ended> {
  const client = number % 2 === 0 ? 'anthropic' : 'openai-chat';
  const asking = { model: 'slow', text: 'Take your time.', tools: [], stream: true, isLater: false };
  const { path, headers, body } = questions[client](asking);
  return new Promise((resolve) => {
    let bytes = 0;
    let last = '';
    const over = (): void =>
      resolve({ bytes, isWhole: last.includes(client === 'anthropic' ? '"message_stop"' : '[DONE]') });
    const options = { method: 'POST', agent: false, headers: { 'content-type': 'application/json', ...headers } };
    const asked = request(url + path, options, (response) => {
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        last = (last + chunk.toString()).slice(-200);
      });
      response.on('end', over).on('error', over);
    });
    asked.on('error', over).end(JSON.stringify(body));
  });
}

import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { questions } from '../failover/question.ts';
import { type Draw, modelOf, wordOf } from './draw.ts';

/** An answer takes no longer than that, whatever happens, milliseconds. */
const boundMs = 45_000;

/** What a client got. */
export interface Heard {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** Why the connection broke before the answer was whole. */
  readonly broken?: string;
  readonly isHung: boolean;
  /** Of `performance.now()`. */
  readonly began: number;
  readonly ended: number;
}

/** Clients of all languages. */
export class Clients {
  readonly #agent: Agent;

  constructor(most: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: most });
  }

  /** Asks as the plan says. Never rejects. */
  ask(url: string, plan: Draw): Promise<Heard> {
    const { client, answer, isLater, stream } = plan;
    const tools = [...new Set([...answer.tools, ...(isLater ? ['read_file'] : [])])];
    const asking = { model: modelOf(plan), text: `${wordOf(plan)} What now?`, tools, stream, isLater };
    const { path, headers, body } = questions[client](asking);
    const began = performance.now();
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let status = 0;
      let answerHeaders: IncomingHttpHeaders = {};
      let isHung = false;
      const over = (broken?: string): void => {
        clearTimeout(bound);
        const bytes = Buffer.concat(chunks);
        const ended = performance.now();
        resolve({
          ...{ status, headers: answerHeaders, bytes, isHung, began, ended },
          ...(broken !== undefined && { broken }),
        });
      };
      const asked = request(
        url + path,
        { agent: this.#agent, method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
        (response) => {
          status = response.statusCode ?? 0;
          answerHeaders = response.headers;
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => over());
          response.on('error', (error) => over(String(error)));
        },
      );
      const bound = setTimeout(() => {
        isHung = true;
        asked.destroy(new Error('it took too long'));
      }, boundMs);
      asked.on('error', (error) => over(String(error)));
      asked.end(JSON.stringify(body));
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

import { randomUUID } from 'node:crypto';
import { isObject, parseJson } from '../canon/json.ts';

/** Texts from one process to all others that listen to the same channel. */
export interface Broadcast {
  /** Never waits and never fails: what cannot be told just now is not told. */
  send(text: string): void;
  close(): void;
}

/** How a broadcast is set up. */
export interface BroadcastOptions {
  /** `redis://` or `rediss://`, with name and password where they are needed. */
  readonly url: string;
  readonly channel: string;
  /** What others have said; what this process says it does not hear itself. */
  readonly onText: (text: string) => void;
  /** The connection has come about, or is lost: told once, however often it is tried again. */
  readonly onState: (connected: boolean, why: string) => void;
}

/** Longest wait between two tries to connect, milliseconds. */
const longestWait = 30_000;
/** Longest message that is looked at, characters. */
const longestText = 4096;
/** Messages that may be on their way; more are not sent. */
const mostUnderWay = 256;

/** What is used of the client. */
interface Client {
  readonly isReady: boolean;
  connect(): Promise<unknown>;
  publish(channel: string, text: string): Promise<unknown>;
  subscribe(channel: string, listener: (text: string) => void): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'ready', listener: () => void): unknown;
  destroy(): void;
}

/** A broadcast through Redis, which connects when it can and again when it must. */
export class RedisBroadcast implements Broadcast {
  readonly #options: BroadcastOptions;
  /** By which its own messages are known. */
  readonly #self = randomUUID();
  #sending: Client | undefined;
  #listening: Client | undefined;
  #state: boolean | undefined;
  #underWay = 0;
  #closed = false;

  constructor(options: BroadcastOptions) {
    this.#options = options;
    this.#open().catch((error: unknown) => this.#note(false, error));
  }

  send(text: string): void {
    const client = this.#sending;
    if (client?.isReady !== true || this.#underWay >= mostUnderWay) return;
    this.#underWay += 1;
    client
      .publish(this.#options.channel, JSON.stringify({ from: this.#self, text }))
      .catch((error: unknown) => this.#note(false, error))
      .finally(() => {
        this.#underWay -= 1;
      });
  }

  close(): void {
    this.#closed = true;
    for (const client of [this.#sending, this.#listening]) client?.destroy();
  }

  async #open(): Promise<void> {
    const { createClient } = await import('@redis/client');
    if (this.#closed) return;
    const { url, channel } = this.#options;
    const create = (): Client =>
      createClient({
        url,
        disableOfflineQueue: true,
        socket: { connectTimeout: 5000, reconnectStrategy: waitBefore },
      });
    const [sending, listening] = [create(), create()];
    this.#sending = sending;
    this.#listening = listening;
    for (const client of [sending, listening]) {
      client.on('error', (error) => this.#note(false, error));
      client.on('ready', () => {
        if (sending.isReady && listening.isReady) this.#note(true, '');
      });
    }
    await Promise.all([sending.connect(), listening.connect()]);
    await listening.subscribe(channel, (text) => this.#hear(text));
  }

  #hear(text: string): void {
    const message = text.length > longestText ? undefined : parseJson(text);
    if (!isObject(message) || typeof message['text'] !== 'string' || message['from'] === this.#self) return;
    this.#options.onText(message['text']);
  }

  #note(connected: boolean, why: unknown): void {
    if (this.#closed || this.#state === connected) return;
    this.#state = connected;
    this.#options.onState(connected, why instanceof Error ? reasonOf(why) : '');
  }
}

/** Milliseconds before the next try to connect. */
function waitBefore(tries: number): number {
  return Math.min(longestWait, 250 * 2 ** Math.min(tries, 10)) * (0.5 + Math.random() / 2);
}

/** Several addresses that were tried leave an error without a text of its own. */
function reasonOf(error: Error): string {
  const { code } = error as { code?: string };
  return error.message === '' ? (code ?? error.name) : error.message;
}

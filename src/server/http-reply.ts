import type { ServerResponse } from 'node:http';
import type { Reply } from '../gateway/call.ts';
import { endEarly } from './linger.ts';

/** How long a client may take nothing of the rest of an answer that is over, milliseconds. */
const clientPatienceMs = 300_000;

/** A reply over node:http. */
export class HttpReply implements Reply {
  readonly #response: ServerResponse;
  readonly #patienceMs: number;
  #onDrain: (() => void) | undefined;
  #onGone: (() => void) | undefined;
  #isWatched = false;
  #gone = false;

  /** @param closed hears when nothing more can be said, because all is said or because the client has left. */
  constructor(response: ServerResponse, closed?: () => void, patienceMs: number = clientPatienceMs) {
    this.#response = response;
    this.#patienceMs = patienceMs;
    response.on('close', () => {
      closed?.();
      if (response.writableFinished) return;
      this.#gone = true;
      this.#onGone?.();
    });
    // A broken connection is told by `close`; without a listener the error would end the process.
    response.on('error', overlook);
  }

  head(status: number, headers: { readonly [name: string]: string | number }): void {
    if (this.#response.headersSent || this.#gone) return;
    const list: string[] = [];
    for (const name in headers) list.push(name, `${headers[name] as string | number}`);
    this.#response.writeHead(status, list);
  }

  write(bytes: Uint8Array): boolean {
    if (this.#gone || this.#response.write(bytes)) return true;
    // Most clients never fall behind, and need not be watched.
    if (!this.#isWatched) this.#response.on('drain', () => this.#onDrain?.());
    this.#isWatched = true;
    return false;
  }

  end(bytes?: Uint8Array): void {
    if (bytes === undefined) this.#response.end();
    else if (this.#response.req.complete) this.#response.end(bytes);
    else endEarly(this.#response, bytes);
    // Nobody watches an answer that is over: a client that takes none of it would hold it for ever.
    if (this.#response.writableLength > 0) this.#response.setTimeout(this.#patienceMs);
  }

  destroy(): void {
    this.#response.destroy();
  }

  onDrain(resume: () => void): void {
    this.#onDrain = resume;
  }

  onGone(leave: () => void): void {
    this.#onGone = leave;
    if (this.#gone) leave();
  }

  get headSent(): boolean {
    return this.#response.headersSent;
  }

  get gone(): boolean {
    return this.#gone;
  }
}

function overlook(): void {
  // Told by `close`.
}

import type { Pieces } from '../../wire/pieces.ts';
import { brokenOff, type ClientRequest, Gathering } from '../request.ts';
import type { RequestHead } from './request-head.ts';

/** A request with a plain head. */
export class Http1Request implements ClientRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  /** The client wants the connection to end with the answer. */
  readonly isLast: boolean;
  /** Bytes of the body that have not come yet. */
  left: number;
  readonly #body = new Gathering();
  #waiting: { resolve(body: Pieces): void; reject(error: Error): void } | undefined;
  /** Nobody wants the rest of it any more. */
  #unwanted = false;

  constructor({ method, url, headers, length, isLast }: RequestHead) {
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.isLast = isLast;
    this.left = length;
  }

  get complete(): boolean {
    return this.left === 0;
  }

  /** Takes what has come of the body; gives how many of the bytes belong to it. */
  add(bytes: Buffer): number {
    const its = Math.min(this.left, bytes.length);
    if (its === 0) return 0;
    this.left -= its;
    if (!this.#unwanted) this.#body.add(its === bytes.length ? bytes : bytes.subarray(0, its));
    if (this.complete) this.#waiting?.resolve(this.#body.take());
    return its;
  }

  whole(): Pieces | undefined {
    return this.complete ? this.#body.take() : undefined;
  }

  /** Its length was announced, and is within the limit: whoever gathers it has looked at that. */
  gather(): Promise<Pieces> {
    if (this.complete) return Promise.resolve(this.#body.take());
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** The rest of it is thrown away as it comes. */
  discard(): void {
    this.#unwanted = true;
    this.#body.take();
  }

  /** The client has left. */
  broken(): void {
    if (!this.complete) this.#waiting?.reject(brokenOff());
  }
}

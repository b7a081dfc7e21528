import { type ClientReply, framed, lastChunk, lineEnd, maxCopied, type ReplyHost } from '../client-reply.ts';

const { STATUS_CODES: reasons } = process.getBuiltinModule('node:http');

/** What a header may say: anything else could end it and begin another one, or cannot be written in bytes. */
const value = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Of a connection without use, seconds. */
export const keepAliveS = 75;
const keptOpen = `connection: keep-alive\r\nkeep-alive: timeout=${keepAliveS}\r\n\r\n`;

/** What carries a reply to its client. */
export interface Carrier {
  /** False: the client reads slowly. */
  write(bytes: Uint8Array): boolean;
  /** As one, in one system call. */
  writeAll(pieces: readonly Uint8Array[]): boolean;
  /** Nothing more is said in the reply. */
  answered(reply: Http1Reply): void;
  destroy(): void;
}

/** The reply to a request with a plain head. */
export class Http1Reply implements ClientReply {
  /** Where it goes, until it is over. */
  #carrier: Carrier | undefined;
  /** HEAD asks for what stands before the body, and for no body. */
  readonly #isBare: boolean;
  #host: ReplyHost | undefined;
  /** The head, until something is sent with it. */
  #head = '';
  headSent = false;
  #hasBody = true;
  /** The answer is a stream, cut into HTTP's chunks. */
  #isChunked = false;
  #onDrain: (() => void) | undefined;
  #onGone: (() => void) | undefined;
  gone = false;
  isLast: boolean;

  constructor(carrier: Carrier, isBare: boolean, isLast: boolean) {
    this.#carrier = carrier;
    this.#isBare = isBare;
    this.isLast = isLast;
  }

  attend(host: ReplyHost): void {
    this.#host = host;
  }

  last(): void {
    this.isLast = true;
  }

  /** @throws TypeError when a header cannot be written. */
  head(status: number, headers: { readonly [name: string]: string | number }): void {
    if (this.headSent || this.gone) return;
    let text = `HTTP/1.1 ${status} ${reasons[status] ?? 'unknown'}\r\n`;
    for (const name in headers) {
      const said = headers[name] as string | number;
      if (typeof said === 'string' && !value.test(said)) throw new TypeError(`The header ${name} cannot be written.`);
      text += `${name}: ${said}\r\n`;
    }
    this.headSent = true;
    const isEmpty = status === 204 || status === 304;
    this.#hasBody = !(this.#isBare || isEmpty);
    this.#isChunked = !(isEmpty || 'content-length' in headers);
    if (this.#isChunked) text += 'transfer-encoding: chunked\r\n';
    if (this.#host?.isLast === true) this.isLast = true;
    this.#head = `${text}date: ${today()}\r\n${this.isLast ? 'connection: close\r\n\r\n' : keptOpen}`;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#carrier === undefined || bytes.length === 0 || !this.#hasBody) return true;
    return this.#put(this.#carrier, bytes);
  }

  end(bytes?: Uint8Array): void {
    const carrier = this.#carrier;
    if (carrier === undefined) return;
    const body = bytes !== undefined && bytes.length > 0 && this.#hasBody ? bytes : undefined;
    const closing = this.#isChunked && this.#hasBody ? lastChunk : undefined;
    if (body !== undefined) this.#put(carrier, body, closing);
    else if (closing !== undefined) carrier.write(joined(this.#takeHead(), closing));
    else if (this.#head !== '') carrier.write(Buffer.from(this.#takeHead(), 'latin1'));
    this.#hasBody = false;
    carrier.answered(this);
  }

  /** Sends a part of the body, with the head if that has not gone yet, and with what ends the body. */
  #put(carrier: Carrier, bytes: Uint8Array, closing?: Buffer): boolean {
    const head = this.#takeHead();
    if (bytes.length <= maxCopied) {
      return carrier.write(this.#isChunked ? framed(head, bytes, closing) : joined(head, bytes));
    }
    const before = this.#isChunked ? `${head}${bytes.length.toString(16)}\r\n` : head;
    const pieces: Uint8Array[] = before === '' ? [bytes] : [Buffer.from(before, 'latin1'), bytes];
    if (this.#isChunked) pieces.push(lineEnd);
    if (closing !== undefined) pieces.push(closing);
    return carrier.writeAll(pieces);
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    return head;
  }

  destroy(): void {
    this.#carrier?.destroy();
  }

  onDrain(resume: () => void): void {
    this.#onDrain = resume;
  }

  onGone(leave: () => void): void {
    this.#onGone = leave;
    if (this.gone) leave();
  }

  // --- what the connection tells

  drained(): void {
    this.#onDrain?.();
  }

  /** All of it has been sent. */
  sent(): void {
    this.#carrier = undefined;
    this.#host?.closed();
  }

  /** The client has left before all of it was sent. */
  lost(): void {
    this.#carrier = undefined;
    this.#host?.closed();
    this.gone = true;
    this.#onGone?.();
  }
}

function joined(head: string, bytes: Uint8Array): Uint8Array {
  if (head === '') return bytes;
  const whole = Buffer.allocUnsafe(head.length + bytes.length);
  whole.write(head, 'latin1');
  whole.set(bytes, head.length);
  return whole;
}

let second = 0;
let written = '';

/** The time, as HTTP writes it. */
function today(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    written = new Date(now * 1000).toUTCString();
  }
  return written;
}

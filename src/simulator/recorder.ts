import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { isObject, type JsonObject } from './json.ts';

/** How a request went; `cut` = the simulator itself broke it off. */
export type RequestState = 'open' | 'done' | 'aborted-by-client' | 'cut';

/** One request as it came in. */
export interface RecordedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Bytes of the body, decoded from its content encoding. */
  readonly body: Buffer;
  /** The body as a JSON object; undefined when it is none. */
  readonly json: JsonObject | undefined;
  readonly state: RequestState;
  /** When it came and when it was over, in milliseconds of `performance.now()`. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** HTTP status of the answer, once its headers are written. */
  readonly status: number | undefined;
}

/** Bodies kept together, in bytes; the oldest requests go first. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

class Entry implements RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly startedAt = performance.now();
  body: Buffer = Buffer.alloc(0);
  state: RequestState = 'open';
  endedAt: number | undefined;
  readonly #response: ServerResponse;
  #json: JsonObject | undefined;
  #parsed = false;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.method = request.method ?? '';
    this.path = request.url ?? '';
    this.headers = request.headers;
    this.#response = response;
  }

  get status(): number | undefined {
    return this.#response.headersSent ? this.#response.statusCode : undefined;
  }

  get json(): JsonObject | undefined {
    if (!this.#parsed) {
      this.#parsed = true;
      try {
        const value: unknown = isUtf8(this.body) ? JSON.parse(this.body.toString('utf8')) : undefined;
        this.#json = isObject(value) ? value : undefined;
      } catch {
        this.#json = undefined;
      }
    }
    return this.#json;
  }
}

/** Marks what happens to one request. */
export interface Recording {
  body(bytes: Buffer): void;
  /** The body as a JSON object, parsed once. */
  json(): JsonObject | undefined;
  /** The simulator is about to break the answer off: its end is not the client's doing. */
  cutting(): void;
}

/** Remembers the last requests and how they went. */
export class Recorder {
  readonly #keep: number;
  readonly #entries: Entry[] = [];
  /** Set when the simulator ends everything: what closes then is not the client's doing. */
  closing = false;
  #bytes = 0;
  #open = 0;
  #received = 0;

  /** Keeps at most so many requests. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  /** The last requests, oldest first; a live view. */
  get requests(): readonly RecordedRequest[] {
    return this.#entries;
  }

  /** Requests whose answer is not over yet. */
  get open(): number {
    return this.#open;
  }

  /** All requests since the start or the last `clear`, also those that are no longer kept. */
  get received(): number {
    return this.#received;
  }

  /** Forgets the requests; open ones still count as open. */
  clear(): void {
    this.#entries.length = 0;
    this.#bytes = 0;
    this.#received = 0;
  }

  /** Begins to record one request; it is over when its response closes. */
  begin(request: IncomingMessage, response: ServerResponse): Recording {
    const entry = new Entry(request, response);
    let cut = false;
    this.#open += 1;
    this.#received += 1;
    if (this.#keep > 0) this.#entries.push(entry);
    if (this.#entries.length > this.#keep) this.#forgetOldest();
    response.on('close', () => {
      this.#open -= 1;
      entry.endedAt = performance.now();
      entry.state = this.#outcome(response, cut);
    });
    return {
      body: (bytes) => {
        entry.body = bytes;
        if (this.#entries.includes(entry)) this.#bytes += bytes.length;
        while (this.#bytes > MAX_KEPT_BYTES && this.#entries.length > 1) this.#forgetOldest();
      },
      json: () => entry.json,
      cutting: () => {
        cut = true;
      },
    };
  }

  #outcome(response: ServerResponse, cut: boolean): RequestState {
    if (response.writableFinished && !cut) return 'done';
    return cut || this.closing ? 'cut' : 'aborted-by-client';
  }

  #forgetOldest(): void {
    const oldest = this.#entries.shift();
    if (oldest !== undefined) this.#bytes -= oldest.body.length;
  }
}

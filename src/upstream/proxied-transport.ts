import type { Dispatcher } from 'undici';
import type { UpstreamRequest } from './sending.ts';
import type { Exchange, Headers, Listener, Transport } from './transport.ts';

/** HTTP/1.1 through proxies, as the usual environment variables say. */
export class ProxiedTransport implements Transport {
  /** By time limit for connecting, which is set for all connections and not for one. */
  readonly #agents = new Map<number, Promise<Dispatcher>>();

  start(request: UpstreamRequest, listener: Listener): Exchange {
    return new ProxiedExchange(this.#agentFor(request.timeouts.connect), request, listener);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map(async (agent) => (await agent).destroy()));
  }

  #agentFor(connectMs: number): Promise<Dispatcher> {
    let agent = this.#agents.get(connectMs);
    if (agent === undefined) {
      agent = createAgent(connectMs);
      this.#agents.set(connectMs, agent);
    }
    return agent;
  }
}

/** Loaded when it is wanted: without a proxy nobody has to wait for it. */
async function createAgent(connectMs: number): Promise<Dispatcher> {
  const { EnvHttpProxyAgent } = await import('undici');
  return new EnvHttpProxyAgent({
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: 30_000,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: connectMs, noDelay: true },
  });
}

class ProxiedExchange implements Exchange, Dispatcher.DispatchHandler {
  readonly #listener: Listener;
  #controller: Dispatcher.DispatchController | undefined;
  #gathered: Buffer[] = [];
  #over = false;

  constructor(agent: Promise<Dispatcher>, request: UpstreamRequest, listener: Listener) {
    this.#listener = listener;
    agent
      .then((ready) => {
        if (!this.#over) ready.dispatch(dispatchOptions(request), this);
      })
      .catch((error: unknown) => this.#fail(error as Error));
  }

  abort(): void {
    this.#over = true;
    this.#controller?.abort(new Error('aborted'));
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#over) controller.abort(new Error('aborted'));
    else this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, raw: unknown): void {
    if (this.#over || status < 200) return;
    this.#listener.head(status, plainHeaders(raw as { [name: string]: string | string[] | undefined }));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return;
    // HTTP's chunks are many to one read of the socket, and each would cost a write of its own to the client: they
    // are gathered until the read is over. That saves a third of a burst's cost.
    if (this.#gathered.push(chunk) === 1) queueMicrotask(() => this.#flush());
  }

  onResponseEnd(): void {
    this.#flush();
    if (this.#over) return;
    this.#over = true;
    this.#listener.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#flush();
    this.#fail(error);
  }

  #flush(): void {
    const [first, ...more] = this.#gathered;
    if (first === undefined || this.#over) return;
    this.#gathered = [];
    if (!this.#listener.data(more.length === 0 ? first : Buffer.concat([first, ...more]))) this.pause();
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#listener.fail(error);
  }
}

function dispatchOptions({ origin, path, method, headers, body }: UpstreamRequest): Dispatcher.DispatchOptions {
  const whole = Array.isArray(body) ? Buffer.concat(body as readonly Uint8Array[]) : (body as Uint8Array | undefined);
  return { origin, path, method, headers, body: whole ?? null };
}

function plainHeaders(raw: { [name: string]: string | string[] | undefined }): Headers {
  const headers: { [name: string]: string } = {};
  for (const name in raw) {
    const value = raw[name];
    if (value !== undefined) headers[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  }
  return headers;
}

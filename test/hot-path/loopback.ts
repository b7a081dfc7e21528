import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { serve } from '../../src/cli/compose.ts';
import { calls } from '../../src/observe/call.ts';
import { uncounted } from './counting.ts';
import { configFor, type Scene } from './stage.ts';
import { headersOf, pathOf, type Served } from './traffic.ts';

/**
 * The whole gateway between two bare sockets, all in this process: whatever is counted beside what the sockets do is
 * the gateway's. The provider says the next piece when the client has heard the one before, so that each is an event
 * of its own however busy the machine is.
 */
export interface Loopback {
  /** Bytes that came; rejects when they are no good answer. */
  call(scene: Scene): Promise<number>;
  /** How the last call was carried. */
  carriage(): string | undefined;
  close(): Promise<void>;
}

const headEnd = Buffer.from('\r\n\r\n');
const lastChunk = Buffer.from('0\r\n\r\n');

/** Starts the gateway as the command does, before one provider that speaks this language. */
export async function openLoopback(speaks: Served): Promise<Loopback> {
  const provider = new Provider();
  const upstream = createServer({ noDelay: true }, (socket) => provider.accept(socket));
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const address = upstream.address();
  const gateway = await serve(configFor(speaks, typeof address === 'object' ? address?.port : 0));
  const client = connect(gateway.server.port, '127.0.0.1');
  client.setNoDelay(true);
  await once(client, 'connect');
  let carriage: string | undefined;
  const listener = (message: unknown): void => {
    carriage = (message as { readonly carriage?: string }).carriage;
  };
  calls.subscribe(listener);
  return {
    call: (scene) => heard(client, provider, scene),
    carriage: () => carriage,
    close: async () => {
      calls.unsubscribe(listener);
      client.destroy();
      await gateway.stop();
      provider.leave();
      upstream.close();
    },
  };
}

/** Answers every request with the pieces that were made for it. */
class Provider {
  pieces: readonly Buffer[] = [];
  #next = 0;
  #socket: Socket | undefined;

  accept(socket: Socket): void {
    this.#socket = socket;
    let missing = -1;
    socket.on('data', (read: Buffer) => {
      let body = read.length;
      if (missing <= 0) {
        const end = read.indexOf(headEnd);
        const head = uncounted(() => read.toString('latin1', 0, end));
        missing = Number(/content-length: (\d+)/i.exec(head)?.[1]);
        body -= end + headEnd.length;
      }
      missing -= body;
      if (missing > 0) return;
      this.#next = 0;
      this.goOn();
    });
    socket.on('error', () => undefined);
  }

  /** Says the next piece, if there is one. */
  goOn(): void {
    const piece = this.pieces[this.#next];
    this.#next += 1;
    if (piece !== undefined) uncounted(() => this.#socket?.write(piece));
  }

  leave(): void {
    this.#socket?.destroy();
  }
}

/** The answer as it goes over the wire: a head, and behind it the body, or one of HTTP's chunks for each read. */
function overTheWire({ stream, answer: { headers, reads } }: Scene): Buffer[] {
  const length = reads.reduce((sum, read) => sum + read.length, 0);
  const framing = stream ? 'transfer-encoding: chunked' : `content-length: ${length}`;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(`HTTP/1.1 200 OK\r\n${lines.join('')}${framing}\r\n\r\n`);
  if (!stream) return [Buffer.concat([head, ...reads])];
  const chunks = reads.map((read) => Buffer.concat([Buffer.from(`${read.length.toString(16)}\r\n`), read, lineEnd]));
  const [first = nothing, ...others] = chunks;
  const end = Buffer.concat([others.pop() ?? nothing, lastChunk]);
  return [Buffer.concat([head, first]), ...others, end];
}

const nothing = Buffer.alloc(0);
const lineEnd = Buffer.from('\r\n');
const wires = new WeakMap<Scene, { readonly pieces: readonly Buffer[]; readonly request: Buffer }>();

/** Both directions of a scene, made once. */
function wireOf(scene: Scene): { readonly pieces: readonly Buffer[]; readonly request: Buffer } {
  const known = wires.get(scene);
  if (known !== undefined) return known;
  const body = Buffer.concat(scene.request);
  const headers = { host: 'gateway', ...headersOf[scene.client], 'content-length': String(body.length) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(`POST ${pathOf[scene.client]} HTTP/1.1\r\n${lines.join('')}\r\n`);
  const wire = { pieces: overTheWire(scene), request: Buffer.concat([head, body]) };
  wires.set(scene, wire);
  return wire;
}

function heard(client: Socket, provider: Provider, scene: Scene): Promise<number> {
  return uncounted(() => {
    const { pieces, request } = wireOf(scene);
    provider.pieces = pieces;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    let came = 0;
    let whole = Number.POSITIVE_INFINITY;
    const hear = (read: Buffer): void => {
      if (came === 0) {
        const head = uncounted(() => read.toString('latin1'));
        if (!head.startsWith('HTTP/1.1 200')) reject(new Error(head));
        if (!scene.stream)
          whole = Number(/content-length: (\d+)/i.exec(head)?.[1]) + head.indexOf('\r\n\r\n') + headEnd.length;
      }
      came += read.length;
      const isOver = scene.stream ? read.subarray(-lastChunk.length).equals(lastChunk) : came >= whole;
      if (!isOver) return provider.goOn();
      client.off('data', hear);
      resolve(came);
    };
    client.on('data', hear);
    client.write(request);
    return promise;
  });
}

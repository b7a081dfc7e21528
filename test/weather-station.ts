import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
  request as send,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Simulator, type Step, startSimulator } from '../src/simulator/index.ts';
import { clientKey, type GatewayConfig, type GatewayProcess, providerKey, startGateway } from './gateway-process.ts';

/** A language that a client or an upstream speaks here. */
export type Language = 'anthropic' | 'openai-chat';

const both = ['anthropic', 'openai-chat'] as const;

/** Who speaks to whom. */
export interface Pair {
  readonly client: Language;
  readonly upstream: Language;
}

/** Each client language against each upstream language. */
export const pairs: readonly Pair[] = both.flatMap((client) => both.map((upstream) => ({ client, upstream })));

/** The languages of clients. */
export const clients: readonly Language[] = both;

/** A header that goes to every provider and is as secret as a key. */
export const secretHeader = 'sk-header-77aa11bb22';

/** Everything that nobody may ever be told. */
const secrets: readonly string[] = [clientKey, providerKey, secretHeader];

/** What an upstream does that is no simulator: it has the socket to itself. */
export type RawAnswer = (request: IncomingMessage, response: ServerResponse) => void;

/** Where a call goes: the simulator, the same with little patience, a raw server, or nothing at all. */
export type Road = 'simulated' | 'impatient' | 'raw' | 'refused';

/** One call of a client. */
export interface Asked extends Pair {
  readonly stream: boolean;
  /** What the upstream answers. */
  readonly step?: Step;
  readonly raw?: RawAnswer;
  readonly road?: Road;
  /** Members for the request's body. */
  readonly more?: GatewayConfig;
}

/** What the client got. */
export interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** False: the connection broke before the answer was complete. */
  readonly complete: boolean;
}

/** A gateway in the middle of its weather. */
export interface Station {
  readonly gateway: GatewayProcess;
  readonly simulator: Simulator;
  /** The body of a call, and its path; the step is what the upstream will answer to it. */
  prepare(asked: Asked): { readonly path: string; readonly body: Buffer };
  ask(asked: Asked): Promise<Heard>;
  /** Sends any bytes. */
  post(path: string, body: Buffer | string, headers?: OutgoingHttpHeaders): Promise<Heard>;
  get(path: string, headers?: OutgoingHttpHeaders): Promise<Heard>;
  /**
   * Ends it all.
   * @throws when the weather has left a trace: something told that is secret, a call left open, a gateway that is not well.
   */
  close(): Promise<void>;
}

/** Milliseconds of silence that the road `impatient` takes. */
export const patience = 300;

/** Milliseconds after which a silent stream gets a sign of life. */
export const pingInterval = 500;

/** Bytes that a request may have. */
export const maxBody = 4 * 1024 * 1024;

/** Paths of the two languages. */
export const pathOf: Readonly<Record<Language, string>> = {
  anthropic: '/v1/messages',
  'openai-chat': '/v1/chat/completions',
};

/** What answers behind the gateway, by the prompt of the call. */
interface Upstreams {
  readonly simulator: Simulator;
  readonly rawUrl: string;
  readonly steps: Map<string, Step>;
  readonly raws: Map<string, RawAnswer>;
  close(): Promise<void>;
}

/** Starts upstreams of every kind and a gateway before them. */
export async function startStation(): Promise<Station> {
  const upstreams = await startUpstreams();
  const { simulator, rawUrl, steps, raws } = upstreams;
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-weather-'));
  const clear = (): Promise<void> => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    return upstreams.close();
  };
  const gateway = await startGateway(folder, configOf(simulator.url, rawUrl)).catch(async (error: unknown) => {
    await clear();
    throw error;
  });
  let number = 0;
  let told = '';
  const post: Station['post'] = async (where, body, headers = {}) => {
    const heard = await exchange(gateway.url + where, 'POST', headers, body);
    told += JSON.stringify(heard.headers) + heard.text.slice(0, 100_000);
    return heard;
  };
  const prepare: Station['prepare'] = (asked) => {
    number += 1;
    const prompt = `case-${number}-`;
    if (asked.step !== undefined) steps.set(prompt, asked.step);
    if (asked.raw !== undefined) raws.set(prompt, asked.raw);
    return { path: pathOf[asked.client], body: bodyOf(asked, prompt) };
  };
  return {
    gateway,
    simulator,
    prepare,
    ask: (asked) => {
      const { path: where, body } = prepare(asked);
      return post(where, body, { authorization: `Bearer ${clientKey}` });
    },
    post,
    get: (where, headers = {}) => exchange(gateway.url + where, 'GET', headers),
    close: async () => {
      const health = await exchange(`${gateway.url}/health`, 'GET', {}).catch(() => undefined);
      const left = simulator.openStreams;
      const exitCode = await gateway.stop();
      await clear();
      for (const secret of secrets) {
        assert.ok(!told.includes(secret), 'a client was told a secret');
        assert.ok(!gateway.output().includes(secret), 'a secret stands in the log');
      }
      assert.equal(health?.status, 200, 'the gateway is not well');
      assert.equal(left, 0, 'a call to the upstream was left open');
      assert.equal(exitCode, 0, 'the gateway did not end in good order');
    },
  };
}

async function startUpstreams(): Promise<Upstreams> {
  const steps = new Map<string, Step>();
  const raws = new Map<string, RawAnswer>();
  const scenario = { answer: ({ prompt }: { readonly prompt: string }) => steps.get(prompt) };
  const simulator = await startSimulator({ requireKey: providerKey, keep: 50, scenario });
  const server = createServer((request, response) => answerRaw(raws, request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    simulator,
    rawUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    steps,
    raws,
    close: () => {
      server.closeAllConnections();
      server.close();
      return simulator.close();
    },
  };
}

function bodyOf({ client, upstream, stream, road = 'simulated', more }: Asked, prompt: string): Buffer {
  const model = `${road}-${upstream}/some-model`;
  const limit = client === 'anthropic' ? { max_tokens: 1000 } : {};
  return Buffer.from(
    JSON.stringify({ model, ...limit, stream, messages: [{ role: 'user', content: prompt }], ...more }),
  );
}

function configOf(simulatorUrl: string, rawUrl: string): GatewayConfig {
  const providers = both.flatMap((speaks) => {
    const base = (url: string): string => (speaks === 'anthropic' ? url : `${url}/v1`);
    const usual = { speaks, api_key: providerKey, headers: { 'x-extra': secretHeader } };
    const hasty = { first_byte: patience, idle: patience };
    return [
      [`simulated-${speaks}`, { ...usual, base_url: base(simulatorUrl) }],
      [`impatient-${speaks}`, { ...usual, base_url: base(simulatorUrl), timeouts: hasty }],
      [`raw-${speaks}`, { ...usual, base_url: base(rawUrl) }],
      // A port that nothing listens on.
      [`refused-${speaks}`, { ...usual, base_url: base('http://127.0.0.1:1') }],
    ] as const;
  });
  return {
    server: { max_body: maxBody, ping_interval: pingInterval },
    auth: { keys: [clientKey] },
    // What is looked at here is how each failure is told, and not how it is made good.
    retries: { most: 0 },
    routing: { on_cut: 'error' },
    providers: Object.fromEntries(providers),
    models: Object.fromEntries(providers.map(([name]) => [`${name}/*`, { to: `${name}/*` }])),
  };
}

function answerRaw(raws: ReadonlyMap<string, RawAnswer>, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const prompt = /case-\d+-/.exec(Buffer.concat(chunks).toString('utf8'))?.[0] ?? '';
    const answer = raws.get(prompt);
    if (answer === undefined) response.writeHead(500).end('{}');
    else answer(request, response);
  });
}

function exchange(url: string, method: string, headers: OutgoingHttpHeaders, body?: Buffer | string): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const usual = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', ...length };
    const request = send(url, { method, agent: false, headers: { ...usual, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      const done = (): void => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, complete: response.complete });
      };
      response.on('end', done);
      response.on('error', done);
    });
    request.on('error', reject);
    request.end(body);
  });
}

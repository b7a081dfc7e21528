import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { stringify } from 'yaml';
import { serve } from '../../src/cli/compose.ts';
import { loadConfig } from '../../src/config/load.ts';
import { type CallRecord, calls } from '../../src/observe/call.ts';
import { knownKinds } from '../../src/providers/table.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts';

/** A gateway with simulated providers behind it, gone when the test is over. */
export interface Rig {
  readonly url: string;
  /** Records of the calls that are over, in order. */
  readonly records: readonly CallRecord[];
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Ends it in good order; done by itself when the test is over. */
  stop(): Promise<void>;
}

/** Starts a gateway from a configuration as a user would write it. Nothing is tried again unless it says so. */
export async function startRig(t: TestContext, config: object): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'dragoman-test-'));
  const file = join(folder, 'dragoman.yaml');
  const log = join(folder, 'log');
  writeFileSync(
    file,
    stringify({
      server: { port: 0, shutdown_grace: '0s' },
      log: { level: 'silent', file: log },
      retries: { most: 0 },
      ...config,
    }),
  );
  const serving = await serve(loadConfig({ file, cwd: folder, env: {}, kinds: knownKinds }));
  const records: CallRecord[] = [];
  const listen = (record: unknown): void => {
    records.push(record as CallRecord);
  };
  calls.subscribe(listen);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= serving.stop();
    return stopped;
  };
  t.after(async () => {
    calls.unsubscribe(listen);
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const { url } = serving.server;
  return {
    url,
    records,
    post: (path, body, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
      }),
    get: (path, headers = {}) => fetch(url + path, { headers }),
    stop,
  };
}

/** A simulated provider that goes when the test is over. */
export async function startUpstream(t: TestContext, options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options);
  t.after(() => simulator.close());
  return simulator;
}

/** Waits until something holds; fails when it does not in time. */
export async function until(holds: () => boolean, ms = 5000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`still not so after ${ms} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Headers of a client that speaks Anthropic's language. */
export const anthropicHeaders = { 'anthropic-version': '2023-06-01' };

/** A small request in Anthropic's language. */
export function message(text: string, more: object = {}): object {
  return { model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: text }], ...more };
}

/** A small request in OpenAI's. */
export function chat(text: string, more: object = {}): object {
  return { model: 'gpt-test', messages: [{ role: 'user', content: text }], ...more };
}

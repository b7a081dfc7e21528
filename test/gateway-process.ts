import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The launcher of the gateway. */
export const launcher = fileURLToPath(new URL('../bin/dragoman.mjs', import.meta.url));

/** What a client shows to the gateway in these tests, and what the gateway shows to providers. Neither may ever be told. */
export const clientKey = 'sk-client-5e1f0c9ab7';
export const providerKey = 'sk-provider-c4d2e8f013';

/** Milliseconds for the gateway to come up, and to end when told to. */
const startLimit = 30_000;
const stopLimit = 5_000;

/** Characters of output that are kept. */
const maxOutput = 16 * 1024 * 1024;

/** A gateway in a process of its own. */
export interface GatewayProcess {
  readonly url: string;
  readonly configFile: string;
  /** Everything it has written so far: banner and log. */
  output(): string;
  /** True while the process lives. */
  isRunning(): boolean;
  readonly pid: number;
  signal(name: NodeJS.Signals): void;
  /** Its exit code when it has ended, null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Ends it, by force when it does not end by itself; gives its exit code, null after force. Safe to call again. */
  stop(): Promise<number | null>;
}

/** The configuration of a gateway, as it stands in dragoman.yaml. */
export type GatewayConfig = { readonly [section: string]: unknown };

/**
 * Writes the configuration and starts `dragoman serve` with it on a free port.
 * @throws when it does not come up, with what it said.
 */
export async function startGateway(
  folder: string,
  config: GatewayConfig,
  env: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess> {
  mkdirSync(folder, { recursive: true });
  const configFile = path.join(folder, 'dragoman.yaml');
  const server = { host: '127.0.0.1', port: 0, shutdown_grace: 0, ...(config['server'] as object | undefined) };
  const log = { level: 'debug', format: 'json', ...(config['log'] as object | undefined) };
  writeFileSync(configFile, JSON.stringify({ ...config, server, log }, null, 2));
  const child = spawn(process.execPath, [launcher, 'serve', '--config', configFile], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = gather(child);
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
    child.once('error', () => resolve(null));
  });
  const abandon = (): void => void child.kill('SIGKILL');
  process.once('exit', abandon);
  ended.then(() => process.off('exit', abandon)).catch(() => {});
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  const stop = async (): Promise<number | null> => {
    if (!isRunning()) return ended;
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), stopLimit);
    const code = await ended;
    clearTimeout(force);
    return code;
  };
  const url = await addressIn(output, isRunning);
  const { pid = 0 } = child;
  const signal = (name: NodeJS.Signals): void => void child.kill(name);
  if (url !== undefined) return { url, configFile, output, isRunning, pid, signal, ended, stop };
  await stop();
  throw new Error(`the gateway did not start:\n${output()}`);
}

/** Whole lines alone: what is read of two streams, each cut anywhere, must not meet in one. */
function gather(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (piece: string) => {
      const end = piece.lastIndexOf('\n') + 1;
      if (end > 0) {
        const all = `${text}${rest}${piece.slice(0, end)}`;
        text = all.slice(all.length > maxOutput ? all.indexOf('\n', all.length - maxOutput) + 1 : 0);
        rest = '';
      }
      rest += piece.slice(end);
    });
    stream?.once('end', () => {
      text += rest;
    });
  }
  return () => text;
}

/** The address that the banner tells, once it does. */
async function addressIn(output: () => string, isRunning: () => boolean): Promise<string | undefined> {
  const until = performance.now() + startLimit;
  for (;;) {
    const found = /ANTHROPIC_BASE_URL=(http:\S+)/.exec(output());
    if (found !== null) return found[1];
    if (!isRunning() || performance.now() > until) return undefined;
    await pause();
  }
}

/** Waits until something is so. @throws when it is not within the limit, in milliseconds. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, limit = 5_000): Promise<void> {
  const end = performance.now() + limit;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not within ${limit} ms: ${what}`);
    await pause();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 10);
  });
}

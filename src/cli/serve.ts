import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Config } from '../config/config.ts';
import type { Log } from '../observe/log.ts';
import { banner, type ProviderRow } from './banner.ts';
import { type ConfigOptions, ConfigReader, type ConfigSource, configFrom } from './configure.ts';
import { type Adopting, Reloader } from './reloader.ts';

/** A gateway that listens, in this process or in several. */
interface Running extends Adopting {
  readonly url: string;
  readonly providers: readonly ProviderRow[];
  readonly log: Log;
  stop(): Promise<void>;
}

/** `dragoman serve`: serves until it is told to stop. */
export async function runServe(options: ConfigOptions): Promise<void> {
  // Who asks for it while everything is still being set up must not end it.
  let isAsked = false;
  const early = (): void => {
    isAsked = true;
  };
  if (process.platform !== 'win32') process.on('SIGHUP', early);
  const reader = new ConfigReader(options);
  const source = reader.read();
  const config = configFrom(source);
  const running = config.server.workers === 1 ? await alone(config) : await together(config, source);
  const { log, stop } = running;
  const reloader = new Reloader({ config, source }, reader, { adopting: running, log });
  const stopReloading = reloader.start();
  const ended = told(() => void reloader.reload('asked'));
  process.removeListener('SIGHUP', early);
  if (isAsked) void reloader.reload('asked');
  process.stdout.write(`${banner(config, running.providers, running.url)}\n`);
  await ended;
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  process.stderr.write('Stopping: calls under way may end; a second signal stops at once.\n');
  stopReloading();
  await stop();
}

async function alone(config: Config): Promise<Running> {
  const { adopting, serve } = await import('./compose.ts');
  const serving = await serve(config);
  const { server, gateway, log, stop } = serving;
  return { ...adopting(serving), url: server.url, providers: [...gateway.providers.values()], log, stop };
}

async function together(config: Config, source: ConfigSource): Promise<Running> {
  const { startWorkers, workerCount } = await import('./workers.ts');
  if (workerCount(config) === 1) return alone(config);
  const { ready, ...workers } = await startWorkers(config, source);
  return { ...ready, ...workers };
}

/** Resolves when somebody wants the end. @param again hears when somebody wants the configuration read again. */
function told(again: () => void): Promise<void> {
  // To ask `process.stdin` would open it.
  const hasTerminal = isatty(0) || isatty(1);
  return new Promise((resolve) => {
    let isOver = false;
    const stop = (): void => {
      process.removeListener('SIGINT', stop);
      process.removeListener('SIGTERM', stop);
      isOver = true;
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    if (process.platform === 'win32') return;
    process.on('SIGHUP', () => {
      if (isOver) return;
      if (hasTerminal && isTerminalGone()) process.exit(129);
      again();
    });
  });
}

/** Whose terminal is closed is told by the same signal, and is to end at once, as any program does. */
function isTerminalGone(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return false;
  } catch {
    return true;
  }
}

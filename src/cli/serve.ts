import type { Config } from '../config/config.ts';
import { banner, type ProviderRow } from './banner.ts';
import { type ConfigOptions, type ConfigSource, configFrom, sourceOf } from './configure.ts';

/** A gateway that listens, in this process or in several. */
interface Running {
  readonly url: string;
  readonly providers: readonly ProviderRow[];
  stop(): Promise<void>;
}

/** `dragoman serve`: serves until it is told to stop. */
export async function runServe(options: ConfigOptions): Promise<void> {
  const source = sourceOf(options);
  const config = configFrom(source);
  const { url, providers, stop } = config.server.workers === 1 ? await alone(config) : await together(config, source);
  process.stdout.write(`${banner(config, providers, url)}\n`);
  await told();
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  process.stderr.write('Stopping: calls under way may end; a second signal stops at once.\n');
  await stop();
}

async function alone(config: Config): Promise<Running> {
  const { serve } = await import('./compose.ts');
  const { server, gateway, stop } = await serve(config);
  return { url: server.url, providers: [...gateway.providers.values()], stop };
}

async function together(config: Config, source: ConfigSource): Promise<Running> {
  const { startWorkers, workerCount } = await import('./workers.ts');
  if (workerCount(config) === 1) return alone(config);
  const { ready, stop } = await startWorkers(config, source);
  return { ...ready, stop };
}

function told(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.removeListener('SIGINT', stop);
      process.removeListener('SIGTERM', stop);
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}

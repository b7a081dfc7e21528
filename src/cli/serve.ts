import { banner } from './banner.ts';
import { type ConfigOptions, configure, serve } from './compose.ts';

/** `dragoman serve`: serves until it is told to stop. */
export async function runServe(options: ConfigOptions): Promise<void> {
  const config = configure(options);
  const serving = await serve(config);
  process.stdout.write(`${banner(config, serving.gateway.providers, serving.server.url)}\n`);
  await told();
  process.stderr.write('Stopping: calls under way may end; a second signal stops at once.\n');
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  await serving.stop();
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

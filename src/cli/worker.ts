// One of several processes that share a port. It is started by workers.ts and ends with it.
import cluster from 'node:cluster';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { adoptable } from '../config/changes.ts';
import type { Config } from '../config/config.ts';
import { type Serving, serve } from './compose.ts';
import { configFrom } from './configure.ts';
import { explained } from './explained.ts';
import type { FromWorker, Handover, ToWorker } from './handover.ts';

let running: { readonly serving: Serving; config: Config } | undefined;
let isStopping = false;
/** One after the other, in the order in which they were told. */
let adopting: Promise<void> = Promise.resolve();

process.on('message', (message: ToWorker) => {
  if (message.type === 'begin') adopting = begin(message.handover);
  else if (message.type === 'adopt') adopting = adopting.then(() => adopt(message.handover, message.isFresh));
  else if (message.type === 'stop') end();
});
// A terminal, or whoever ends a whole group of processes, tells each of them: it may come twice, and is no impatience.
process.on('SIGINT', end);
process.on('SIGTERM', end);
// That is for the one that started it, who tells what comes of it.
if (process.platform !== 'win32') process.on('SIGHUP', () => undefined);

async function begin(handover: Handover): Promise<void> {
  forgetWhenAlone(handover);
  try {
    const { first, source } = handover;
    const said = configFrom(source);
    const config = first === undefined ? said : adoptable(configFrom(first), said).config;
    const serving = await serve(config, { handover });
    running = { serving, config };
    if (isStopping) return await leave();
    const providers = [...serving.gateway.providers.values()].map(({ name, kind, speaks, baseUrl }) => ({
      name,
      kind,
      speaks,
      baseUrl,
    }));
    tell({ type: 'ready', url: serving.server.url, providers });
  } catch (error) {
    tell({ type: 'failed', message: explained(error) });
  }
}

async function adopt({ source, simulatorUrl, generation }: Handover, isFresh: boolean): Promise<void> {
  if (running === undefined) return;
  try {
    const { config } = adoptable(running.config, configFrom(source));
    await running.serving.adopt(config, { env: source.env ?? process.env, simulatorUrl, generation, isFresh });
    running.config = config;
    tell({ type: 'adopted', generation });
  } catch (error) {
    tell({ type: 'adopted', generation, why: String((error as Error).message) });
  }
}

/** Who started this process takes what was kept with it, unless it was ended by force: then that falls to whom it leaves behind. */
function forgetWhenAlone({ storeFile }: Handover): void {
  if (storeFile === undefined) return;
  process.once('exit', () => {
    if (!process.connected) rmSync(dirname(storeFile), { recursive: true, force: true });
  });
}

function end(): void {
  if (isStopping) return;
  isStopping = true;
  if (running !== undefined) void leave();
}

async function leave(): Promise<void> {
  await running?.serving.stop();
  process.exit();
}

function tell(message: FromWorker): void {
  cluster.worker?.send(message);
}

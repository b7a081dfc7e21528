// One of several processes that share a port. It is started by workers.ts and ends with it.
import cluster from 'node:cluster';
import { rmSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { dirname } from 'node:path';
import { serve } from './compose.ts';
import { configFrom } from './configure.ts';
import { explained } from './explained.ts';
import type { FromWorker, Handover, ToWorker } from './handover.ts';

/** When a start is over, milliseconds. */
const settledMs = 5_000;

let stop: (() => Promise<void>) | undefined;
let isStopping = false;

process.on('message', (message: ToWorker) => {
  if (message.type === 'begin') void begin(message.handover);
  else if (message.type === 'stop') end();
});
// A terminal, or whoever ends a whole group of processes, tells each of them: it may come twice, and is no impatience.
process.on('SIGINT', end);
process.on('SIGTERM', end);

async function begin(handover: Handover): Promise<void> {
  forgetWhenAlone(handover);
  try {
    const serving = await serve(configFrom(handover.source), { handover });
    stop = serving.stop;
    if (isStopping) return await leave();
    const providers = [...serving.gateway.providers.values()].map(({ name, kind, speaks, baseUrl }) => ({
      name,
      kind,
      speaks,
      baseUrl,
    }));
    tell({ type: 'ready', url: serving.server.url, providers });
    // A worker may be ended by force, and would keep nothing of what it has compiled.
    setTimeout(flushCompileCache, settledMs).unref();
  } catch (error) {
    tell({ type: 'failed', message: explained(error) });
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
  if (stop !== undefined) void leave();
}

async function leave(): Promise<void> {
  await stop?.();
  process.exit();
}

function tell(message: FromWorker): void {
  cluster.worker?.send(message);
}

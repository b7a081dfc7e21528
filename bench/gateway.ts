import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { folder, type Server, startServer } from './process.ts';
import { languages, manners, modelFor } from './scenario.ts';
import type { Upstream } from './upstream.ts';

/** The key that clients show; checking it is part of what is measured. */
export const clientKey = 'bench-client-key';

const startLimitMs = 20_000;

/** A gateway that answers. */
export interface RunningGateway extends Server {
  readonly port: number;
}

/**
 * Starts the gateway as its users do, with nothing left out: keys, receipts, metering and logging are on.
 * @param profileFolder where a CPU profile is written when it ends.
 * @throws with its output when it does not come up.
 */
export async function startGateway(upstream: Upstream, profileFolder: string | undefined): Promise<RunningGateway> {
  const config = path.join(folder, 'dragoman.yaml');
  writeFileSync(config, JSON.stringify(configuration(upstream), undefined, 2));
  const port = await freePort();
  const program = fileURLToPath(new URL('../bin/dragoman.mjs', import.meta.url));
  const profiling = profileFolder === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profileFolder];
  const args = [...profiling, program, 'serve', '--config', config, '--port', String(port)];
  const server = startServer('gateway', process.execPath, args);
  const deadline = performance.now() + startLimitMs;
  while (!(await isHealthy(port))) {
    if (!server.running() || performance.now() > deadline) {
      throw new Error(`The gateway does not come up. It says:\n${server.output()}`);
    }
    await sleep(50);
  }
  return { ...server, port };
}

function configuration(upstream: Upstream): object {
  const pairs = languages.flatMap((language) => manners.map((manner) => ({ language, manner })));
  return {
    auth: { keys: [clientKey] },
    providers: Object.fromEntries(
      pairs.map(({ language, manner }) => [
        `${language}-${manner}`,
        { speaks: language, base_url: upstream.baseUrl(language, manner), api_key: 'bench-provider-key' },
      ]),
    ),
    models: Object.fromEntries(
      pairs.map(({ language, manner }) => [modelFor(language, manner), { to: `${language}-${manner}/bench-model` }]),
    ),
  };
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health`)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

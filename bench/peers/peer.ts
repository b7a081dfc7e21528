import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant, StartContestant, Way } from '../contestant.ts';
import { family } from '../proc.ts';
import { folder, freePort, listening, startServer } from '../process.ts';
import { prepareRequest } from '../request.ts';
import { type Language, type Manner, passLane } from '../scenario.ts';
import { isInstalled, type Recipe } from './installation.ts';

/** Another gateway: how it comes here, and how it takes part. */
export interface Peer {
  readonly name: string;
  readonly recipe: Recipe;
  readonly start: StartContestant;
}

/** Which way a client's language goes to a provider's; nothing where the peer has none. */
export type Ways = (client: Language, upstream: Language, manner: Manner) => Way | undefined;

/** A peer's program, about to be started. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: { readonly [name: string]: string };
}

/** The key of the peers that ask for one. LiteLLM refuses to start with one that is short or does not begin so. */
export const peerKey = 'sk-bench-7c1f0e6a94d24b83a5d9e2f7b610c3d8';

/** The model's name at the provider, which answers to any. */
export const providerModel = 'bench-model';

const wholeSmall = { name: 'start', manner: 'whole', body: 'small', connections: 1 } as const;

/** How long a peer may take to open its port, and then to answer rightly. */
const startLimitMs = 120_000;
const readyLimitMs = 15_000;

/** Characters of what a peer wrote that are shown when it fails. */
const longestOutput = 2000;

/** Headers with the peer's key, as the clients of a language show theirs. */
export function keyHeaders(client: Language): { readonly [name: string]: string } {
  return client === 'openai-chat' ? { authorization: `Bearer ${peerKey}` } : { 'x-api-key': peerKey };
}

/** A folder for a peer's configuration, inside the one of this run. */
export function configurationFolder(name: string): string {
  return path.join(folder, `peer-${name}`);
}

/**
 * Starts a peer on a free port and waits until it has answered a call within one language correctly; the lanes are tried
 * when they are measured. What it wrote goes to stderr when it does not come up.
 */
export async function startPeer(
  { name, version }: Recipe,
  launch: (port: number) => Launch,
  way: Ways,
): Promise<Contestant | { readonly absent: string }> {
  if (!isInstalled(name, version)) return { absent: 'it is not installed; npm run bench:peers installs it' };
  const port = await freePort();
  const { command, args, env = {} } = launch(port);
  const server = startServer(name, command, args, { env: { HOME: configurationFolder(name), ...env } });
  const contestant: Contestant = {
    name,
    version,
    port,
    pids: () => family(server.pid),
    way,
    stop: () => server.stop(),
  };
  try {
    await listening(server, port, startLimitMs);
    await answers(() => prepareRequest(contestant, passLane, wholeSmall));
    return contestant;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${name}: ${message}\nIt wrote:\n${server.output().slice(-longestOutput)}\n`);
    await server.stop();
    return { absent: `it does not answer as it should: ${message.split('\n', 1)[0]}` };
  }
}

/** A port can be open before everything behind it is ready: asks until the answer is right. */
async function answers(ask: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + readyLimitMs;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(200);
    }
  }
}

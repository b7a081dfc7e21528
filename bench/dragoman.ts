import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Contestant, Provider } from './contestant.ts';
import { copyCheckout } from './installed.ts';
import { family } from './proc.ts';
import { folder, freePort, listening, startServer } from './process.ts';
import { clientKey } from './request.ts';
import { type Language, languages, type Manner, manners } from './scenario.ts';
import { endpointOf } from './upstream.ts';

/** How the gateway is started, where not as usual. */
export interface Start {
  /** For files of this start. */
  readonly name?: string;
  /** The launcher; of a copy of this checkout where it is absent. */
  readonly program?: string;
  /** Arguments for Node. */
  readonly node?: readonly string[];
  /** Arguments behind the usual ones. */
  readonly args?: readonly string[];
}

/** A command line that starts the gateway. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly port: number;
}

const checkout = fileURLToPath(new URL('..', import.meta.url));

/** The version in the checkout's package.json. */
export const version = (JSON.parse(readFileSync(path.join(checkout, 'package.json'), 'utf8')) as { version: string })
  .version;

/** Starts the gateway as its users do, with nothing left out: keys, receipts, metering and logging are on. */
export async function startDragoman(provider: Provider, start: Start = {}): Promise<Contestant> {
  const { program, args, port } = await dragomanCommand(provider, start);
  const server = startServer(start.name ?? 'dragoman', program, args);
  await listening(server, port);
  return { ...dragomanOn(port), pids: () => family(server.pid), stop: server.stop };
}

/** The gateway on a port, whoever started it. */
export function dragomanOn(port: number): Contestant {
  return {
    name: 'dragoman',
    version,
    port,
    pids: () => [],
    way: (client, upstream, manner) => ({
      target: endpointOf(client, manner),
      model: modelFor(upstream, manner),
    }),
    stop: () => Promise.resolve(),
  };
}

/** What starts the gateway on a free port. */
export async function dragomanCommand(provider: Provider, start: Start = {}): Promise<Command> {
  const config = path.join(folder, 'dragoman.yaml');
  writeFileSync(config, JSON.stringify(configuration(provider), undefined, 2));
  const port = await freePort();
  const launcher = start.program ?? ownLauncher();
  const serve = ['serve', '--config', config, '--port', String(port)];
  const node = start.node ?? [];
  return {
    program: process.execPath,
    args: ['--no-warnings', ...node, launcher, ...serve, ...(start.args ?? [])],
    port,
  };
}

let launcherOfRun: string | undefined;

/** Of a copy of the checkout, so that a run measures one state of it. */
export function ownLauncher(): string {
  launcherOfRun ??= copyCheckout('measured');
  return launcherOfRun;
}

function configuration(provider: Provider): object {
  const pairs = languages.flatMap((language) => manners.map((manner) => ({ language, manner })));
  return {
    auth: { keys: [clientKey] },
    providers: Object.fromEntries(
      pairs.map(({ language, manner }) => [
        `${language}-${manner}`,
        { speaks: language, base_url: baseUrl(provider, language, manner), api_key: 'bench-provider-key' },
      ]),
    ),
    models: Object.fromEntries(
      pairs.map(({ language, manner }) => [modelFor(language, manner), { to: `${language}-${manner}/bench-model` }]),
    ),
  };
}

/** As the language's SDK takes it. */
function baseUrl(provider: Provider, language: Language, manner: Manner): string {
  const base = provider.base(language, manner);
  return language === 'openai-chat' ? `${base}/v1` : base;
}

function modelFor(upstream: Language, manner: Manner): string {
  return `bench-${upstream}-${manner}`;
}

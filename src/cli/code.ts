import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { adopting, serve } from './compose.ts';
import { type ConfigOptions, ConfigReader, type ConfigSource, configFrom } from './configure.ts';
import { Reloader } from './reloader.ts';
import { runningGateway } from './running.ts';

/** What stands in for a key where the gateway asks for none; the client wants to have one. */
const anyKey = 'dragoman';

/**
 * `dragoman code`: Claude Code, wired to the gateway. A gateway that runs at the configured address is used; else one
 * is started for as long as Claude Code runs, with its log in a file, since the terminal belongs to Claude Code.
 */
export async function runCode(args: readonly string[], options: ConfigOptions): Promise<void> {
  const reader = new ConfigReader(options);
  const source = reader.read();
  const config = configFrom(source);
  const running = await runningGateway(config);
  const key = config.auth.keys[0]?.reveal() ?? anyKey;
  if (running === undefined) await withOwnGateway({ config, source, reader }, (url) => claude(args, url, key));
  else process.exitCode = await claude(args, running, key);
}

/** A log that nobody will need goes with the gateway; else it stays, and is named. */
async function withOwnGateway(
  { reader, ...read }: { readonly config: Config; readonly source: ConfigSource; readonly reader: ConfigReader },
  run: (url: string) => Promise<number>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dragoman-code-'));
  const own = await serveQuietly(read.config, join(folder, 'log'));
  const stopReloading = new Reloader(read, reader, { adopting: adopting(own), log: own.log }).start();
  try {
    process.exitCode = await run(own.server.url);
  } finally {
    stopReloading();
    await own.stop();
    if (process.exitCode === 0) rmSync(folder, { recursive: true, force: true });
    else process.stderr.write(`The gateway's log is in ${folder}\n`);
  }
}

async function serveQuietly(config: Config, log: string): ReturnType<typeof serve> {
  // Nobody stands before it who would have to be told first that it ends.
  const alone = { ...config, server: { ...config.server, drain_delay: 0 } };
  try {
    return await serve(alone, { logFile: log });
  } catch (error) {
    if ((error as { kind?: unknown }).kind !== 'conflict') throw error;
    // Something else has the port; this gateway is for one client only, who is told another.
    return serve({ ...alone, server: { ...alone.server, port: 0 } }, { logFile: log });
  }
}

function claude(args: readonly string[], url: string, key: string): Promise<number> {
  const { ANTHROPIC_API_KEY: _, ...rest } = process.env;
  const command = process.env['DRAGOMAN_CLAUDE'] ?? 'claude';
  const child = spawn(command, args, {
    stdio: 'inherit',
    env: { ...rest, ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: key },
  });
  // The terminal sends its signals to both; it is for Claude Code to decide what an interrupt means.
  const ignore = (): void => {
    // Listening is all it takes not to be ended.
  };
  process.on('SIGINT', ignore);
  const forward = (): void => {
    child.kill('SIGTERM');
  };
  process.on('SIGTERM', forward);
  return new Promise((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const message =
        cause.code === 'ENOENT'
          ? `Claude Code ("${command}") is not installed here. Install it with: npm install -g @anthropic-ai/claude-code\nor set DRAGOMAN_CLAUDE to where it is.`
          : `Claude Code could not be started: ${cause.message}`;
      reject(new Error(message, { cause }));
    });
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  }).finally(() => {
    process.removeListener('SIGINT', ignore);
    process.removeListener('SIGTERM', forward);
  }) as Promise<number>;
}

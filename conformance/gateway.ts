import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Judged } from './cells.ts';
import { languages } from './fixture.ts';

/** Milliseconds for the gateway to come up. */
const patience = 30_000;

/** The configuration that leads every model of the player to it, in its language. */
export function configFor(port: number): object {
  const origin = `http://127.0.0.1:${port}`;
  const base = (language: string): string => (language.startsWith('openai') ? `${origin}/v1` : origin);
  return {
    server: { host: '127.0.0.1', port: 0, shutdown_grace: '0s' },
    log: { level: 'silent' },
    // What is made of a failure is looked at, and not whether waiting would have helped.
    retries: { most: 0 },
    providers: Object.fromEntries(
      languages.map((language) => [
        language,
        { speaks: language, base_url: base(language), api_key: 'none-is-asked-for' },
      ]),
    ),
    models: Object.fromEntries(
      languages.map((language) => [`fx--${language}--*`, { to: `${language}/fx--${language}--*` }]),
    ),
  };
}

/** Starts this repository's gateway before the player. */
export async function startGateway(port: number): Promise<Judged & { stop(): Promise<void> }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-conformance-'));
  const file = path.join(folder, 'dragoman.yaml');
  writeFileSync(file, JSON.stringify(configFor(port), null, 2));
  const launcher = path.join(import.meta.dirname, '../bin/dragoman.mjs');
  const child = spawn(process.execPath, [launcher, 'serve', '--config', file], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', () => child.kill('SIGKILL'));
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the gateway did not start:\n${said}`)), patience);
    const listen = (text: string): void => {
      said += text;
      const found = /ANTHROPIC_BASE_URL=(http:\S+)/.exec(said)?.[1];
      if (found === undefined) return;
      clearTimeout(late);
      resolve(found);
    };
    child.stdout.setEncoding('utf8').on('data', listen);
    child.stderr.setEncoding('utf8').on('data', listen);
    child.once('close', () => reject(new Error(`the gateway ended:\n${said}`)));
  });
  return { url, headers: {}, stop };
}

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The version that the scenarios were written for. */
export const version = '2.1.329';

const scope = '@anthropic-ai';
const cache = path.join(tmpdir(), 'dragoman-e2e');

/** Milliseconds for npm to fetch it: some 400 MB. */
const patience = 300_000;

/**
 * The path of Claude Code, which is fetched into a folder for temporary files when it is not there yet. It is not free
 * software, so it is neither part of this repository nor one of its dependencies.
 * @throws when it cannot be had.
 */
export async function claudeCode(): Promise<string> {
  const folder = path.join(cache, `claude-code-${version}`);
  const there = executableIn(folder);
  if (there !== undefined) return there;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(path.join(cache, 'fetching-'));
  try {
    process.stdout.write(`fetching Claude Code ${version} into ${folder} ...\n`);
    await fetchInto(fresh);
    if (executableIn(fresh) === undefined) throw new Error('there is none for this platform in the package');
    moveTo(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  const found = executableIn(folder);
  if (found === undefined) throw new Error(`it is not in ${folder}`);
  return found;
}

/** The package for the platform holds the program itself; which of them fits, npm has decided. */
function executableIn(folder: string): string | undefined {
  const packages = path.join(folder, 'node_modules', scope);
  if (!existsSync(packages)) return undefined;
  return readdirSync(packages)
    .filter((name) => name.startsWith('claude-code-'))
    .flatMap((name) => ['claude', 'claude.exe'].map((program) => path.join(packages, name, program)))
    .find((file) => existsSync(file));
}

/** Whole or not at all; another run may have been faster. */
function moveTo(fresh: string, folder: string): void {
  try {
    renameSync(fresh, folder);
  } catch (error) {
    if (executableIn(folder) === undefined) throw error;
  }
}

function fetchInto(folder: string): Promise<void> {
  const options = [
    '--prefix',
    folder,
    '--ignore-scripts',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--no-save',
  ];
  const args = ['install', ...options, '--loglevel=error', `${scope}/claude-code@${version}`];
  return new Promise((resolve, reject) => {
    const npm = spawn('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], timeout: patience });
    let said = '';
    npm.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000);
    });
    npm.once('error', reject);
    npm.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ended with ${code ?? 'a signal'}: ${said.trim()}`));
    });
  });
}

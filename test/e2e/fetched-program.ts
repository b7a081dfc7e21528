import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A program that npm has in a package for each platform, and that is neither free software nor a dependency. */
export interface FetchedProgram {
  readonly title: string;
  readonly package: string;
  /** The version that the scenarios were written for. */
  readonly version: string;
  /** Where the program is below `node_modules`, as patterns; which platform fits, npm has decided. */
  readonly places: readonly string[];
}

const cache = path.join(tmpdir(), 'dragoman-e2e');

/** Milliseconds for npm to fetch it: some 400 MB. */
const patience = 300_000;

/**
 * The path of the program, which is fetched into a folder for temporary files when it is not there yet.
 * @throws when it cannot be had.
 */
export async function pathOf(program: FetchedProgram): Promise<string> {
  const { title, version } = program;
  const folder = path.join(cache, `${title.toLowerCase().replaceAll(' ', '-')}-${version}`);
  const there = executableIn(folder, program);
  if (there !== undefined) return there;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(path.join(cache, 'fetching-'));
  try {
    process.stdout.write(`fetching ${title} ${version} into ${folder} ...\n`);
    await fetchInto(fresh, program);
    if (executableIn(fresh, program) === undefined) throw new Error('there is none for this platform in the package');
    moveTo(fresh, folder, program);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  const found = executableIn(folder, program);
  if (found === undefined) throw new Error(`it is not in ${folder}`);
  return found;
}

function executableIn(folder: string, { places }: FetchedProgram): string | undefined {
  const modules = path.join(folder, 'node_modules');
  if (!existsSync(modules)) return undefined;
  const [found] = globSync([...places], { cwd: modules });
  return found === undefined ? undefined : path.join(modules, found);
}

/** Whole or not at all; another run may have been faster. */
function moveTo(fresh: string, folder: string, program: FetchedProgram): void {
  try {
    renameSync(fresh, folder);
  } catch (error) {
    if (executableIn(folder, program) === undefined) throw error;
  }
}

function fetchInto(folder: string, program: FetchedProgram): Promise<void> {
  const options = [
    '--prefix',
    folder,
    '--ignore-scripts',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--no-save',
  ];
  const args = ['install', ...options, '--loglevel=error', `${program.package}@${program.version}`];
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

import module from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LaunchFailure } from './failure.mjs';
import { files } from './files.mjs';
import { bundledNode, isNewEnough } from './runtime.mjs';

/** The directory of the package. */
export const root = new URL('../', import.meta.url);

/** Set for the second start, so that a wrong Node there is an error and not an endless loop. */
const RELAUNCHED = 'DRAGOMAN_RELAUNCHED';

/** How long a program may take to end in good order after the process that started it was killed. */
const FAREWELL_MS = 10_000;

/** When a start is over and what it has compiled can be kept. */
const SETTLED_MS = 5_000;

/** How often a start by `npm run` looks whether the shell that npm started is still there. */
const SHELL_WATCH_MS = 500;

/**
 * Runs one of the programs of the package, as its source has it, or as it was built where there is no source.
 * @param {'main' | 'worker'} name
 * @param {import('./install.mjs').Wanted | 'none'} packages what the source needs
 */
export async function launchProgram(name, packages) {
  const source = new URL(`src/cli/${name}.ts`, root);
  if (files.existsSync(source)) await launch(source, packages);
  else await launch(new URL(`dist/cli/${name}.cjs`, root), 'none');
}

/**
 * Runs a module as the main program, with the arguments of this process: here when this Node can, else this whole
 * command again in the Node that is installed with the package. Failures to do so are told on stderr.
 * @param {URL} entry the module, which importing runs, or the built script (`.cjs`)
 * @param {import('./install.mjs').Wanted | 'none'} packages what to install first when it is missing
 * @param {readonly string[]} args what the module finds behind its name in `process.argv`
 */
export async function launch(entry, packages, args = process.argv.slice(2)) {
  try {
    const isSecond = followFirst();
    if (!isSecond) followShell();
    if (!isSecond && packages !== 'none') {
      const { ensureInstalled } = await import('./install.mjs');
      await ensureInstalled(root, packages);
    }
    if (!files.existsSync(entry)) throw new LaunchFailure(`There is no ${fileURLToPath(entry)}.`);
    if (!isNewEnough(process.versions.node)) await relaunch(isSecond);
    else await runHere(entry, args);
  } catch (error) {
    if (!(error instanceof LaunchFailure)) throw error;
    process.stderr.write(`dragoman: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/**
 * @param {URL} entry
 * @param {readonly string[]} args
 */
async function runHere(entry, args) {
  const kept = keepCompiled();
  const file = fileURLToPath(entry);
  process.argv.splice(1, process.argv.length, file, ...args);
  if (!file.endsWith('.cjs')) return import(entry.href);
  const { Scripts } = await import('./scripts.mjs');
  const scripts = new Scripts(path.dirname(file), kept);
  setTimeout(() => scripts.keep(), SETTLED_MS).unref();
  process.once('exit', () => scripts.keep());
  scripts.run(path.basename(file));
}

/**
 * Keeps what is compiled: the next start takes half the time. It lies in the package's folder where that can be written,
 * so that it goes with it; else among the user's own. Never among everybody's temporary files: it is code.
 */
function keepCompiled() {
  const { enableCompileCache, flushCompileCache, getCompileCacheDir, constants } = module;
  if (enableCompileCache === undefined) return undefined;
  for (const folder of [fileURLToPath(new URL('node_modules/.cache/compiled', root)), userCache()]) {
    if (folder === undefined || enableCompileCache(folder).status === constants.compileCacheStatus.FAILED) continue;
    // At the end it is written by itself, but a program that is ended by force has no end.
    setTimeout(() => flushCompileCache(), SETTLED_MS).unref();
    return getCompileCacheDir();
  }
  return undefined;
}

/** Where programs keep for a user what can be made again; nothing for a user without a home. */
function userCache() {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  try {
    return path.join(XDG_CACHE_HOME || LOCALAPPDATA || path.join(homedir(), '.cache'), 'dragoman', 'compiled');
  } catch {
    return undefined;
  }
}

/** @param {boolean} isSecond */
async function relaunch(isSecond) {
  const node = bundledNode(root);
  if (isSecond)
    throw new LaunchFailure(
      `${node} is Node ${process.versions.node}, which is too old. Remove node_modules and start again.`,
    );
  const { endLike, spawnBound } = await import('./child.mjs');
  const ended = await spawnBound(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [RELAUNCHED]: '1' },
  }).catch((cause) => {
    // A program that is there and "not found" misses its loader: a system with another C library.
    const why = cause.code === 'ENOENT' ? 'it is not made for the C library of this system' : cause.message;
    throw new LaunchFailure(
      `${node} does not run here: ${why}.\nInstall a newer Node with the means of your system and try again.`,
    );
  });
  endLike(ended);
}

/**
 * Makes a second start end when the first is gone, even if that was killed without a word: the channel between them
 * closes. Says whether this is a second start.
 */
function followFirst() {
  if (process.env[RELAUNCHED] === undefined) return false;
  delete process.env[RELAUNCHED];
  process.once('disconnect', leave);
  process.channel?.unref();
  return true;
}

/**
 * Makes a start by `npm run` end when npm is told to: npm signals the shell between them, which ends and leaves its
 * program behind. That shows in a new parent. The mark of npm is taken away, because what this program starts may be meant
 * to stay when it ends.
 */
function followShell() {
  if (process.env.npm_lifecycle_event === undefined) return;
  delete process.env.npm_lifecycle_event;
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    leave();
  }, SHELL_WATCH_MS);
  watch.unref();
}

/** Ends as if told to, and without any say when that takes too long. */
function leave() {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), FAREWELL_MS).unref();
}

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnBound } from './child.mjs';
import { LaunchFailure } from './failure.mjs';
import { linkNode } from './runtime.mjs';

/** @typedef {'production' | 'all'} Wanted which packages must be there: those to run with, or those to develop with as well */
/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, dev?: boolean, peer?: boolean }} Entry */

/** npm and the network speak in these words when nothing could be fetched. */
const OFFLINE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED/;

/**
 * Installs the packages of a checkout when some are missing or not of the version in the lockfile.
 * @param {URL} root directory of the checkout
 * @param {Wanted} wanted
 * @throws {LaunchFailure} when that is not possible
 */
export async function ensureInstalled(root, wanted) {
  if (!isInstalled(root, wanted)) await install(root, wanted);
  linkNode(root);
}

/**
 * Whether every package of the lockfile is there in its version. Contents are compared and not times: a fresh checkout
 * or a copy has any times, and a needless install would pull the packages from under whatever runs.
 * @param {URL} root
 * @param {Wanted} wanted
 */
export function isInstalled(root, wanted) {
  const locked = readPackages(new URL('package-lock.json', root));
  const present = readPackages(new URL('node_modules/.package-lock.json', root));
  if (locked === undefined)
    throw new LaunchFailure('package-lock.json is missing or cannot be read: the checkout is not whole.');
  if (present === undefined) return false;
  return Object.entries(locked).every(([where, entry]) => {
    if (where === '') return true;
    const there = present[where];
    if (there !== undefined) return there.version === entry.version;
    const spared = entry.optional || entry.devOptional || entry.peer || (entry.dev && wanted === 'production');
    return spared === true;
  });
}

/**
 * @param {URL} file a lockfile
 * @returns {Record<string, Entry> | undefined} its packages by place
 */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * @param {URL} root
 * @param {Wanted} wanted
 */
async function install(root, wanted) {
  process.stderr.write('dragoman: installing packages, this happens once and takes some seconds ...\n');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  // Two more tries within a quarter of a minute; npm by itself would keep someone without a network waiting for over one.
  const patience = ['--fetch-retries=2', '--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=10000'];
  const options = ['--ignore-scripts', '--include=optional', ...quiet, ...patience];
  const [command, ...before] = npm();
  // To run, everything is fetched too unless npm is told otherwise: a second install for the first `npm test` would pull
  // the packages from under a gateway that runs.
  const all = [...before, 'ci', ...options, ...(wanted === 'all' ? ['--include=dev'] : [])];
  let said = '';
  const ended = await spawnBound(command, all, {
    cwd: fileURLToPath(root),
    stdio: ['ignore', 'pipe', 'pipe'],
    // npm on Windows is a batch file, which only a shell starts; no argument here needs quoting.
    shell: process.platform === 'win32' && before.length === 0,
    onOutput: (text) => {
      said = (said + text).slice(-20_000);
    },
  }).catch((cause) => {
    throw new LaunchFailure(`npm could not be started (${cause.message}). It comes with Node: is it on the PATH?`);
  });
  if (ended.code === 0) return;
  if (ended.signal !== null) throw new LaunchFailure('installing was interrupted; start again to go on.');
  throw new LaunchFailure(OFFLINE.test(said) ? offline(said) : `npm ci failed:\n\n${said.trim()}`);
}

/** The npm that runs this script, when one does: it is right even where no npm is on the PATH. */
function npm() {
  const running = process.env.npm_execpath;
  const isNpm = running !== undefined && path.basename(running) === 'npm-cli.js' && existsSync(running);
  return isNpm ? /** @type {const} */ ([process.execPath, running]) : /** @type {const} */ (['npm']);
}

/** @param {string} said by npm */
function offline(said) {
  const line = said.split('\n').find((text) => OFFLINE.test(text)) ?? '';
  return (
    `The packages could not be fetched: the registry was not reached.\n  ${line.trim()}\n` +
    'Check the network and start again. Behind a proxy: npm config set proxy http://HOST:PORT (and https-proxy);\n' +
    'with a registry of your own: npm config set registry URL.'
  );
}

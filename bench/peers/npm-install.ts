import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { runTool } from './installation.ts';

/** Installs a package from npm, without running anything of its own; some of what it depends on in other versions. */
export function installFromNpm(
  place: string,
  name: string,
  version: string,
  overrides: { readonly [name: string]: string } = {},
): void {
  const description = { private: true, dependencies: { [name]: version }, overrides };
  writeFileSync(path.join(place, 'package.json'), JSON.stringify(description, undefined, 2));
  runTool('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'], place);
}

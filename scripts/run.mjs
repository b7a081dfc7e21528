// Runs a TypeScript file of this repository: node scripts/run.mjs FILE [arguments]. Any Node from 18 on may start it.
import { pathToFileURL } from 'node:url';
import { launch } from '../bin/launch.mjs';

const [file, ...rest] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('usage: node scripts/run.mjs FILE [arguments]\n');
  process.exitCode = 2;
} else {
  await launch(pathToFileURL(file), 'all', rest);
}

// Installs the gateways that Dragoman is compared with: npm run bench:peers [-- --to FOLDER]
import { parseArgs } from 'node:util';
import { peers } from './index.ts';
import { InstallationFailure, installPeer, isInstalled, placeOf } from './installation.ts';

const { values } = parseArgs({ options: { to: { type: 'string' } } });
if (values.to !== undefined) process.env.DRAGOMAN_PEERS = values.to;

const failed: string[] = [];
for (const { name, recipe } of peers) {
  if (isInstalled(name, recipe.version)) {
    console.log(`${name} ${recipe.version} is there already.`);
    continue;
  }
  console.log(`${name} ${recipe.version}: installing into ${placeOf(name)} ...`);
  const began = performance.now();
  try {
    installPeer(recipe);
    console.log(`${name} ${recipe.version}: done in ${Math.round((performance.now() - began) / 1000)} s.`);
  } catch (error) {
    if (!(error instanceof InstallationFailure)) throw error;
    failed.push(name);
    console.log(`${name} ${recipe.version}: not installed. ${error.message}`);
  }
}

if (failed.length > 0) console.log(`The benchmark runs without ${failed.join(', ')}.`);
if (values.to !== undefined)
  console.log(`Tell the benchmark where they are: DRAGOMAN_PEERS=${values.to} npm run bench`);

// Every client's language against every provider's: npm run conformance. Options: --only REGEX, --write, --json,
// --gateway URL with --player-port N and --key KEY for another gateway.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { configFor, startGateway } from './gateway.ts';
import { startPlayer } from './player.ts';
import { faults, gaps, matrix, page } from './report.ts';
import { playAll } from './suite.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    gateway: { type: 'string' },
    'player-port': { type: 'string', default: '0' },
    key: { type: 'string' },
  },
});

const player = await startPlayer(Number(values['player-port']));
const own = values.gateway === undefined ? await startGateway(player.port) : undefined;
if (own === undefined) {
  console.error(`The provider plays on port ${player.port}. Lead these models there:`);
  console.error(JSON.stringify(configFor(player.port), null, 2));
}
const judged = own ?? {
  url: values.gateway ?? '',
  headers: values.key === undefined ? {} : { authorization: `Bearer ${values.key}`, 'x-api-key': values.key },
};
const only = new RegExp(values.only);
let done = 0;
const cells = await playAll(
  judged,
  player,
  (name) => only.test(name),
  () => {
    done += 1;
    if (process.stderr.isTTY && done % 20 === 0) process.stderr.write(`\r${done} played`);
  },
);
await own?.stop();
await player.close();
if (values.json) console.log(JSON.stringify(cells, null, 2));
else {
  console.log(`${matrix(cells)}\n`);
  console.log(`Not there:\n${gaps(cells)}\n`);
  const wrong = faults(cells);
  if (wrong !== '') console.log(`Wrong:\n${wrong}\n`);
  const played = cells.filter(({ gap }) => gap === undefined);
  console.log(`${played.filter((cell) => cell.faults.length === 0).length} of ${played.length} are right`);
}
if (values.write) writeFileSync(path.join(import.meta.dirname, '../docs/conformance.md'), page(cells));
process.exitCode = cells.some((cell) => cell.faults.length > 0) ? 1 : 0;

// The real clients against the gateway: npm run e2e. Options: --short, --only REGEX, --over LANGUAGE, --list, --at-once N, --allow-skip.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { pathOf } from './fetched-program.ts';
import { programs } from './programs.ts';
import { closing, failures, progressLine, table } from './report.ts';
import { type Outcome, playAll } from './run.ts';
import { type Client, languagesOf, nameOf, type Run } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    over: { type: 'string' },
    list: { type: 'boolean', default: false },
    'at-once': { type: 'string', default: String(availableParallelism() + 1) },
    'allow-skip': { type: 'boolean', default: false },
  },
});

const runs = runsWanted();
if (values.list) console.log(runs.map(nameOf).join('\n'));
else if (runs.length === 0) {
  console.log('no scenario is called like that; --list shows them');
  process.exitCode = 2;
} else await play();

function runsWanted(): readonly Run[] {
  const only = new RegExp(values.only ?? '', 'i');
  return scenarios
    .filter(({ short }) => !values.short || short === true)
    .flatMap((scenario) => languagesOf(scenario).map((language): Run => ({ scenario, language })))
    .filter(({ language }) => values.over === undefined || language === values.over)
    .filter((run) => only.test(nameOf(run)));
}

async function play(): Promise<void> {
  const absent = await missing();
  const skipped = runs.flatMap((run): Outcome[] => {
    const why = absent.get(run.scenario.client);
    return why === undefined ? [] : [{ run, state: 'skipped', took: 0, why }];
  });
  for (const [client, why] of absent) {
    console.log(`SKIPPED: ${client} could not be fetched, so nothing is known of it: ${why}`);
  }
  const playable = runs.filter(({ scenario }) => !absent.has(scenario.client));
  const played = await playAll(playable, Number(values['at-once']), (outcome, done) => {
    console.log(progressLine(outcome, done, playable.length));
  });
  const outcomes = [...skipped, ...played];
  console.log(`\n${table(outcomes)}\n\n${failures(outcomes)}`);
  console.log(closing(outcomes));
  const failed = played.some(({ state }) => state === 'FAILED') || (skipped.length > 0 && !values['allow-skip']);
  // Sockets of clients that were given up must not keep the suite from ending.
  process.exit(failed ? 1 : 0);
}

/** Clients that are wanted and cannot be had, and why. */
async function missing(): Promise<ReadonlyMap<Client, string>> {
  const absent = new Map<Client, string>();
  for (const client of new Set(runs.map(({ scenario }) => scenario.client))) {
    const program = programs[client];
    if (program === undefined) continue;
    try {
      await pathOf(program);
    } catch (error) {
      absent.set(client, error instanceof Error ? error.message : String(error));
    }
  }
  return absent;
}

import { parseArgs } from 'node:util';
import { Campaign } from './campaign.ts';
import { demandsOf, playedText, reportText } from './report.ts';

const usage = `npm run chaos -- [options]

  --calls N   exchanges (default 10000)
  --short     few of them, for a look
  --seed N    which (default: others each time)
  --only N    the exchange of this number alone
`;

const { values } = parseArgs({
  options: {
    calls: { type: 'string' },
    short: { type: 'boolean' },
    seed: { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean' },
  },
});

if (values.help === true) process.stdout.write(usage);
else process.exitCode = await main();

async function main(): Promise<number> {
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`seed ${seed}`);
  const campaign = new Campaign(seed);
  if (values.only !== undefined) {
    const played = await campaign.only(Number(values.only));
    console.log(playedText(played));
    console.log(played.heard.bytes.toString());
    return played.outcome.type === 'right' || played.outcome.type === 'told' ? 0 : 1;
  }
  const calls = Number(values.calls ?? (values.short === true ? 600 : 10_000));
  const result = await campaign.run(calls, (done) => {
    if (process.stderr.isTTY && done % 50 === 0) process.stderr.write(`\r${done} `);
  });
  console.log(reportText(result, seed));
  return demandsOf(result).every(({ isMet }) => isMet) ? 0 : 1;
}

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chartOf, demandsOf, tableOf } from './report.ts';
import { type Size, type Soaked, soak } from './soak.ts';

const usage = `npm run soak -- [options]

  --minutes N   how long (default 10); the short calls are as many as belong to it
  --short       a minute, with fewer streams
  --docs        writes docs/soak.svg and the figures in docs/chaos.md
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    short: { type: 'boolean' },
    docs: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

if (values.help === true) process.stdout.write(usage);
else process.exitCode = await main();

async function main(): Promise<number> {
  const isShort = values.short === true;
  const minutes = Number(values.minutes ?? (isShort ? 1 : 10));
  const size: Size = {
    minutes,
    streams: isShort ? 200 : 1_000,
    calls: Math.round(minutes * (isShort ? 3_000 : 10_000)),
    every: isShort ? 2 : 5,
  };
  const result = await soak(size, ({ at, calls, resident, heap, descriptors, delay }) => {
    const memory = `${resident.toFixed(0)} MB resident, ${heap.toFixed(0)} MB heap`;
    console.log(`${at} s: ${calls} calls, ${memory}, ${descriptors} descriptors, ${delay.toFixed(1)} ms late`);
  });
  const demands = demandsOf(result);
  console.log(tableOf(result, 12));
  for (const { what, isMet } of demands) console.log(`${isMet ? 'ok  ' : 'FAIL'} ${what}`);
  if (values.docs === true) writeDocs(result);
  return demands.every(({ isMet }) => isMet) ? 0 : 1;
}

function writeDocs(result: Soaked): void {
  const docs = path.join(import.meta.dirname, '../../docs');
  writeFileSync(path.join(docs, 'soak.svg'), chartOf(result));
  const page = path.join(docs, 'chaos.md');
  const figures = `${demandsOf(result)
    .map(({ what, isMet }) => `- ${isMet ? 'met' : '**not met**'}: ${what.trim()}`)
    .join('\n')}\n\n${tableOf(result, 12)}`;
  const text = readFileSync(page, 'utf8');
  writeFileSync(page, text.replace(/(<!-- soak -->\n)[\s\S]*(\n<!-- end -->)/, `$1${figures}$2`));
}

// Prints the CPU microseconds of one JSON.parse and one JSON.stringify of the body in a file, when both are hot.
import { readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: yardstick-work FILE');
const text = readFileSync(file, 'utf8');
const warmMs = 400;
const measureMs = 400;
let kept = 0;

function turns(ms: number): number {
  const end = performance.now() + ms;
  let count = 0;
  for (; performance.now() < end; count++) kept += JSON.stringify(JSON.parse(text)).length;
  return count;
}

turns(warmMs);
const before = process.cpuUsage();
const count = turns(measureMs);
const { user, system } = process.cpuUsage(before);
console.log(kept > 0 ? (user + system) / count : 0);

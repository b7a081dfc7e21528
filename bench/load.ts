// What load.c does, where there is no compiler: the same arguments, the same line of JSON. It costs as much as what it
// measures, so its figures are good for comparing lanes with each other only.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const [port, connections, requests, file, stagger = '0'] = process.argv.slice(2);
if (port === undefined || connections === undefined || requests === undefined || file === undefined) {
  throw new Error('usage: load PORT CONNECTIONS REQUESTS FILE [STAGGER]');
}

const bytes = readFileSync(file);
const headEnd = bytes.indexOf('\r\n\r\n');
const [line = '', ...fields] = bytes.toString('latin1', 0, headEnd).split('\r\n');
const body = bytes.subarray(headEnd + 4);
const options = {
  port,
  agent: new Agent({ keepAlive: true, maxSockets: Number(connections) }),
  method: 'POST',
  path: line.split(' ')[1] ?? '/',
  headers: Object.fromEntries(fields.map((field) => field.split(': ', 2) as [string, string])),
};
const latency: number[] = [];
const firstByte: number[] = [];
const span: number[] = [];
let started = 0;
let bodyBytes = 0;

function ask(): Promise<void> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const asked = request(options, (answer) => {
      let first = 0;
      if (answer.statusCode !== 200) reject(new Error(`an answer that is not 200: ${answer.statusCode}`));
      answer.on('data', (chunk: Buffer) => {
        if (first === 0) first = performance.now();
        bodyBytes += chunk.length;
      });
      answer.on('error', reject);
      answer.on('end', () => {
        const ended = performance.now();
        latency.push((ended - began) * 1000);
        firstByte.push(((first || ended) - began) * 1000);
        span.push((ended - (first || ended)) * 1000);
        resolve();
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

async function work(index: number): Promise<void> {
  await sleep((index * Number(stagger)) / 1000);
  while (started < Number(requests)) {
    started += 1;
    await ask();
  }
}

function quantiles(values: number[]): object {
  values.sort((a, b) => a - b);
  const at = (percent: number): number | undefined =>
    values[Math.min(values.length - 1, Math.floor((values.length * percent) / 100))];
  return Object.fromEntries([50, 90, 99, 99.9, 100].map((percent) => [`p${percent}`, at(percent)]));
}

const began = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, (_, index) => work(index)));
const seconds = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage();
options.agent.destroy();
const result = { seconds, requests: latency.length, bodyBytes, cpu: user + system };
const times = { latency: quantiles(latency), firstByte: quantiles(firstByte), span: quantiles(span) };
console.log(JSON.stringify({ ...result, ...times }));

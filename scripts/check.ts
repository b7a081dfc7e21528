// Everything that must hold before a change is right: npm test. With names of steps as arguments, only those.
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { toolScript } from './tool.ts';

interface Step {
  readonly name: string;
  /** What this Node is to run: a script and its arguments. */
  readonly args: readonly string[];
  /** The part of a good run's output that is worth a reader's time. */
  readonly excerpt?: (output: string) => string;
}

interface Result {
  readonly ok: boolean;
  readonly output: string;
}

/** A test that hangs fails after this long, so that a hang is told by name. */
const TEST_TIMEOUT_MS = 120_000;

const testFiles = globSync([
  'src/**/*.test.ts',
  'test/**/*.test.ts',
  'bin/**/*.test.ts',
  'scripts/**/*.test.ts',
  'conformance/**/*.test.ts',
  'bench/**/*.test.ts',
]).sort();

/** These only read files; they run at the same time. */
const staticSteps: readonly Step[] = [
  { name: 'types', args: [toolScript('typescript', 'tsc'), '--noEmit', '-p', 'tsconfig.json'] },
  { name: 'style', args: [toolScript('@biomejs/biome', 'biome'), 'check', '--error-on-warnings', '.'] },
  { name: 'lint', args: [toolScript('oxlint', 'oxlint'), '--type-aware', '--deny-warnings'] },
  { name: 'architecture', args: ['scripts/architecture.ts'] },
  { name: 'unused', args: [toolScript('knip', 'knip')] },
];

const tests: Step = {
  name: 'tests',
  args: [
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${availableParallelism()}`,
    `--test-timeout=${TEST_TIMEOUT_MS}`,
    ...testFiles,
  ],
  excerpt: (output) => output.split('\n').filter(isSummary).join('\n'),
};

const known = [...staticSteps, tests].map((step) => step.name);
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.includes(name));

if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}; there is ${known.join(', ')}`);
  process.exitCode = 2;
} else {
  const isWanted = ({ name }: Step): boolean => wanted.length === 0 || wanted.includes(name);
  const passed = await Promise.all(staticSteps.filter(isWanted).map(runStep));
  if (isWanted(tests)) passed.push(testFiles.some(isOfSource) ? await runStep(tests) : noTests());
  process.exitCode = passed.every(Boolean) ? 0 : 1;
}

/** Skipped tests and the closing lines of the runner; a pass of hundreds of tests needs no more. */
function isSummary(line: string): boolean {
  return /^\s*(ℹ|﹣) /.test(stripVTControlCharacters(line));
}

function isOfSource(file: string): boolean {
  return file.startsWith('src');
}

function noTests(): boolean {
  console.log('FAIL tests: src/ has no *.test.ts, so nothing was tested');
  return false;
}

async function runStep(step: Step): Promise<boolean> {
  const started = performance.now();
  const { ok, output } = await run(step.args);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const shown = ok ? (step.excerpt?.(output) ?? '') : output.trimEnd();
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${step.name.padEnd(13)}${seconds.padStart(6)} s${shown && `\n${shown}`}`);
  return ok;
}

function run(args: readonly string[]): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment() });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('close', (code) => resolve({ ok: code === 0, output: Buffer.concat(chunks).toString() }));
  });
}

/** Programs that look for "node" on the PATH find this one too. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: [path.dirname(process.execPath), process.env.PATH].join(path.delimiter) };
}

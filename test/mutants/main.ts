// Do the laws notice? Each seeded bug is put into a copy of the source, alone, and the law suite runs against it.
// With words as arguments, only the bugs whose file or description has one of them.
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { type Mutant, mutants } from './mutants.ts';

/** Of so many bugs the laws have to notice at least five in six. */
const leastShare = 20 / 24;
/** A bug that makes a law run forever has been noticed by then. */
const limitMs = 180_000;
const repository = path.join(import.meta.dirname, '../..');
const suites = { laws: ['test/laws/*.test.ts'], recordings: ['test/recordings.test.ts'] } as const;
type Suite = keyof typeof suites;

interface Outcome {
  readonly mutant: Mutant;
  /** Who noticed; nobody where it is absent. */
  readonly by?: Suite;
  /** The first test that failed. */
  readonly test?: string;
}

const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-mutants-'));
const copy = path.join(folder, 'repository');
try {
  layOut();
  process.exitCode = await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<number> {
  const words = process.argv.slice(2);
  const chosen = mutants.filter(
    ({ file, what }) => words.length === 0 || words.some((word) => `${file} ${what}`.includes(word)),
  );
  const stale = chosen.filter(({ file, find }) => readFileSync(path.join(copy, file), 'utf8').split(find).length !== 2);
  for (const { file, what } of stale) console.error(`not exactly one place for "${what}" in ${file}`);
  for (const suite of Object.keys(suites) as Suite[]) {
    const failed = await run(suite);
    if (failed !== undefined) console.error(`${suite} fail without any bug: ${failed}`);
    if (failed !== undefined) return 2;
  }
  const outcomes: Outcome[] = [];
  for (const mutant of chosen) {
    if (stale.includes(mutant)) continue;
    const outcome = await judge(mutant);
    outcomes.push(outcome);
    console.log(lineOf(outcome));
  }
  return report(outcomes, stale.length);
}

/** The source and the laws alone; packages and recordings are only pointed at. */
function layOut(): void {
  mkdirSync(copy);
  for (const part of ['src', 'test/laws', 'test/recordings.test.ts', 'package.json']) {
    cpSync(path.join(repository, part), path.join(copy, part), { recursive: true });
  }
  symlinkSync(path.join(repository, 'node_modules'), path.join(copy, 'node_modules'));
  const shared = path.join(repository, '../shared');
  if (existsSync(shared)) symlinkSync(shared, path.join(folder, 'shared'));
}

async function judge(mutant: Mutant): Promise<Outcome> {
  const file = path.join(copy, mutant.file);
  const source = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    source.replace(mutant.find, () => mutant.replace),
  );
  try {
    for (const by of Object.keys(suites) as Suite[]) {
      const test = await run(by);
      if (test !== undefined) return { mutant, by, test };
    }
    return { mutant };
  } finally {
    writeFileSync(file, source);
  }
}

/** The name of the first test that fails; nothing when all pass. */
function run(suite: Suite): Promise<string | undefined> {
  const files = globSync([...suites[suite]], { cwd: copy }).sort();
  const flags = ['--test', '--test-reporter=tap', `--test-concurrency=${availableParallelism()}`];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...flags, ...files], { cwd: copy, stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    const timer = setTimeout(() => child.kill(), limitMs);
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(code === 0 ? undefined : firstFailure(output));
    });
  });
}

/** The innermost failure stands first in the output. */
function firstFailure(output: string): string {
  return /^\s*not ok \d+ - (.*)$/m.exec(output)?.[1] ?? 'ran out of time';
}

function lineOf({ mutant, by, test }: Outcome): string {
  const verdict = by === undefined ? 'SURVIVED' : `killed by ${by}`;
  const told = test === undefined ? '' : `  <- ${test}`;
  return `${verdict.padEnd(21)} ${mutant.file.replace('src/', '').padEnd(38)} ${mutant.what}${told}`;
}

function report(outcomes: readonly Outcome[], stale: number): number {
  const killed = outcomes.filter(({ by }) => by === 'laws').length;
  const late = outcomes.filter(({ by }) => by === 'recordings').length;
  const survived = outcomes.length - killed - late;
  console.log(
    `\n${outcomes.length} bugs: the laws noticed ${killed}, the recordings ${late} more, nobody ${survived}; ${stale} out of date`,
  );
  return stale === 0 && killed >= outcomes.length * leastShare ? 0 : 1;
}

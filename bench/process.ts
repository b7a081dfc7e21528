import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder for this run alone; it goes when the run ends. */
export const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-bench-'));

const children = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

/** A program that runs until it is stopped. */
export interface Server {
  readonly pid: number;
  /** Everything it has written so far. */
  output(): string;
  /** False once it has ended by itself. */
  running(): boolean;
  stop(): Promise<void>;
}

/** Starts a program that serves; what it writes goes to a file, as a service's output does. */
export function startServer(name: string, command: string, args: readonly string[]): Server {
  const file = path.join(folder, `${name}.log`);
  const output = openSync(file, 'a');
  const child = spawn(command, args, { stdio: ['ignore', output, output], env: environment() });
  children.add(child);
  // It ends when this process does, and must not keep it.
  child.unref();
  child.on('error', () => children.delete(child));
  if (child.pid === undefined) throw new Error(`${command} cannot be started`);
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid,
    output: () => readFileSync(file, 'utf8'),
    running,
    async stop() {
      if (running()) {
        child.ref();
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      children.delete(child);
    },
  };
}

/** Only what a program needs to run: no proxy may stand between loopback and loopback, and no key may take part. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, TEMP, SystemRoot } = process.env;
  return { PATH, HOME, TMPDIR, TEMP, SystemRoot };
}

/** Runs a program to its end. @throws with what it said when it fails. */
export async function run(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment() });
  children.add(child);
  let said = '';
  let complained = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complained += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  children.delete(child);
  if (code !== 0) throw new Error(`${path.basename(command)} failed: ${complained.trim() || said.trim() || code}`);
  return said;
}

/** Compiles a C file beside this one; the reason when that is not possible. */
export function compile(source: string): { readonly file: string } | { readonly failure: string } {
  const file = path.join(folder, source.replace(/\.c$/, ''));
  const from = path.join(import.meta.dirname, source);
  const compiler = process.env.CC ?? 'cc';
  const done = spawnSync(compiler, ['-O2', '-Wall', '-Wextra', '-o', file, from], { encoding: 'utf8' });
  if (done.error !== undefined) return { failure: `no C compiler (${done.error.message})` };
  return done.status === 0 ? { file } : { failure: `${source} does not compile here:\n${done.stderr}` };
}

const microsPerTick = 10_000;

/**
 * CPU time that all threads of a process have used, user and system, in microseconds; nothing where /proc does not tell.
 * The scheduler counts nanoseconds; the sum in `stat` counts hundredths of a second and is only the second choice.
 */
export function cpuMicros(pid: number): number | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`).map((id) => readSchedule(`/proc/${pid}/task/${id}/schedstat`));
    return threads.reduce((sum, nanos) => sum + nanos, 0) / 1000;
  } catch {
    return cpuTicks(pid);
  }
}

function readSchedule(file: string): number {
  return Number(readFileSync(file, 'utf8').split(' ', 1)[0]);
}

function cpuTicks(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * microsPerTick;
  } catch {
    return undefined;
  }
}

/** Memory that a process holds now and has held at most, in MiB; nothing where /proc does not tell. */
export function residentMiB(pid: number): { readonly now: number; readonly most: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
    return { now: field('VmRSS'), most: field('VmHWM') };
  } catch {
    return undefined;
  }
}

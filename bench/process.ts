import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A folder for this run alone; it goes when the run ends. */
export const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-bench-'));

const children = new Set<ChildProcess>();
let started = 0;

/** Characters of a program's output that are worth repeating. */
const outputShown = 2000;

/** Who does not end when told to is killed after this long. */
const stopLimitMs = 5000;

process.on('exit', () => {
  for (const child of children) killGroup(child);
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

/** Each program leads a group of its own, so that what it started ends with it. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

/** A program that runs until it is stopped. */
export interface Server {
  readonly pid: number;
  /** Everything it has written so far. */
  output(): string;
  /** False once it has ended by itself. */
  running(): boolean;
  stop(): Promise<void>;
}

/** Where a program runs and what it finds there, besides what every program needs. */
export interface Surroundings {
  readonly cwd?: string;
  readonly env?: { readonly [name: string]: string };
}

/** Starts a program that serves; what it writes goes to a file, as a service's output does. */
export function startServer(
  name: string,
  command: string,
  args: readonly string[],
  { cwd = folder, env = {} }: Surroundings = {},
): Server {
  started += 1;
  const file = path.join(folder, `${name}-${started}.log`);
  const output = openSync(file, 'a');
  const child = spawn(command, args, {
    stdio: ['ignore', output, output],
    cwd,
    env: { ...environment(), ...env },
    detached: true,
  });
  closeSync(output);
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
        const patience = setTimeout(() => killGroup(child), stopLimitMs);
        await once(child, 'exit');
        clearTimeout(patience);
      }
      killGroup(child);
      children.delete(child);
    },
  };
}

/** Waits until a program listens on a port. @throws with its output when it does not. */
export async function listening(server: Server, port: number, limitMs = 20_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await accepts(port))) {
    if (!server.running() || performance.now() > deadline) {
      throw new Error(
        `Nothing listens on port ${port}. The program that should says:\n${server.output().slice(-outputShown)}`,
      );
    }
    await sleep(20);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (yes: boolean) => (): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', answer(true)).once('error', answer(false));
  });
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Only what a program needs to run: no proxy may stand between loopback and loopback, and no key may take part. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, TEMP, SystemRoot } = process.env;
  return { PATH, HOME, TMPDIR, TEMP, SystemRoot };
}

/** Runs a program to its end. @throws with what it said when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd = folder, env = {} }: Surroundings = {},
): Promise<string> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
    env: { ...environment(), ...env },
    detached: true,
  });
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

import { spawn } from 'node:child_process';

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Ended */
/** @typedef {import('node:child_process').SpawnOptions & { onOutput?: (text: string) => void }} BoundOptions */

/** Signals that end a program. */
const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a program whose life is tied to this process: what this process is told to end with, the program is told too,
 * once. At a terminal the program hears Ctrl-C by itself, and a second SIGINT would read as impatience; without one it
 * gets a process group of its own, so that it only ever hears what is forwarded.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {BoundOptions} options
 * @returns {Promise<Ended>} rejected when the program cannot be started
 */
export function spawnBound(command, args, { onOutput, ...options }) {
  const atTerminal = Boolean(process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY);
  const detached = !atTerminal && process.platform !== 'win32';
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, detached });
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      if (signal !== 'SIGINT' || !atTerminal) child.kill(signal);
    };
    for (const signal of signals) process.on(signal, forward);
    const release = () => {
      for (const signal of signals) process.off(signal, forward);
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => onOutput?.(text));
    }
    child.on('error', (error) => {
      release();
      reject(error);
    });
    child.on('close', (code, signal) => {
      release();
      resolve({ code, signal });
    });
  });
}

/**
 * Ends this process as the program ended: with its exit code, or by the same signal.
 * @param {Ended} ended
 */
export function endLike({ code, signal }) {
  process.exitCode = code ?? 1;
  if (signal !== null) process.kill(process.pid, signal);
}

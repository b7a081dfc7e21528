import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** How a peer is installed. */
export interface Recipe {
  readonly name: string;
  /** Exactly this one is measured. */
  readonly version: string;
  /** Puts it into an empty folder. @throws InstallationFailure */
  install(place: string): void;
}

/** Why something cannot be installed here, in words for the user. */
export class InstallationFailure extends Error {}

/** Says where the peers are: outside the repository, and kept from one run to the next. */
export function placeOf(name: string): string {
  return path.resolve(process.env.DRAGOMAN_PEERS ?? path.join(tmpdir(), 'dragoman-peers'), name);
}

/** Whether a peer is there, completely and in this version. */
export function isInstalled(name: string, version: string): boolean {
  try {
    return readFileSync(mark(name), 'utf8') === version;
  } catch {
    return false;
  }
}

/** Installs a peer anew. @throws InstallationFailure */
export function installPeer({ name, version, install }: Recipe): void {
  const place = placeOf(name);
  if (existsSync(place) && !existsSync(mark(name))) {
    throw new InstallationFailure(`${place} holds something else, which stays as it is`);
  }
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  // Empty until all is done, so that what was interrupted does not count.
  writeFileSync(mark(name), '');
  install(place);
  writeFileSync(mark(name), version);
}

/** A file that says which version is there, and that the folder may be emptied. */
function mark(name: string): string {
  return path.join(placeOf(name), 'installed-version');
}

/** Runs a tool to its end and gives what it said. @throws InstallationFailure with the end of what it complained. */
export function runTool(command: string, args: readonly string[], cwd: string): string {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 64 << 20 });
  if (error !== undefined) {
    const isMissing = 'code' in error && error.code === 'ENOENT';
    throw new InstallationFailure(isMissing ? `${command} is not on this machine` : error.message);
  }
  if (status === 0) return stdout;
  const complaint = (stderr.trim() || stdout.trim()).split('\n').slice(-4).join('\n');
  throw new InstallationFailure(`${path.basename(command)} ${args[0]} failed:\n${complaint}`);
}

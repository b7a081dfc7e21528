import type { Contestant, StartContestant } from './contestant.ts';
import { startDragoman } from './dragoman.ts';
import { startNginx } from './nginx.ts';
import { peers } from './peers/index.ts';
import type { Participant } from './run.ts';

interface Entry {
  readonly name: string;
  readonly start: StartContestant;
}

/** Everybody who may take part besides the provider itself. */
export function known(profileFolder: string | undefined): readonly Entry[] {
  const node = profileFolder === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profileFolder];
  return [
    { name: 'nginx', start: startNginx },
    { name: 'dragoman', start: (provider) => startDragoman(provider, { node }) },
    ...peers,
  ];
}

/** Whether a contestant is none of this repository's yardsticks. */
export function isPeer(name: string): boolean {
  return peers.some((peer) => peer.name === name);
}

/** Whether it runs on V8, which compiles what runs often, and for good only what has run thousands of times. */
export function compilesAtRunTime(name: string): boolean {
  return ['dragoman', 'portkey', 'claude-code-router'].includes(name);
}

/** Who has come, and who has not and why. */
export interface Gathering {
  readonly contestants: readonly Contestant[];
  readonly participants: readonly Participant[];
}

/** Starts everybody who is wanted, one after the other. Only Dragoman has to come. */
export async function gather(
  entries: readonly Entry[],
  provider: Parameters<StartContestant>[0],
  say: (text: string) => void,
): Promise<Gathering> {
  const contestants: Contestant[] = [];
  const participants: Participant[] = [];
  for (const { name, start } of entries) {
    say(`starting ${name}`);
    const come = await attempt(name, () => start(provider));
    if ('absent' in come) {
      say(`${name} does not take part: ${come.absent}`);
      participants.push({ name, absent: come.absent });
    } else {
      contestants.push(come);
      participants.push({ name, version: come.version });
    }
  }
  return { contestants, participants };
}

async function attempt(name: string, start: () => ReturnType<StartContestant>): ReturnType<StartContestant> {
  try {
    return await start();
  } catch (error) {
    if (name === 'dragoman') throw error;
    return { absent: error instanceof Error ? error.message : String(error) };
  }
}

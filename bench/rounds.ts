import type { Contestant } from './contestant.ts';
import { compilesAtRunTime, isPeer } from './contestants.ts';
import { measure, type Stage, sendLoad, type Track, together, warmUp } from './measure.ts';
import { prepareRequest } from './request.ts';
import { inALine, type Measured, type Sample } from './run.ts';
import { deltas, isTranslated, type Lane, lanes, paceMicros, type Setting, settings } from './scenario.ts';
import { measureYardstick } from './yardstick.ts';

/** How long everything takes. */
export interface Effort {
  readonly rounds: number;
  /** Rounds in which paced streams are measured, which last some seconds each. */
  readonly pacedRounds: number;
  /** How often the contestants of a setting take turns in a round. */
  readonly turns: number;
  /** Seconds of a turn. */
  readonly turnSeconds: number;
  /** Requests, and seconds at the most, by which a track is warmed up. */
  readonly warmRequests: number;
  readonly warmSeconds: number;
}

/** What is to be measured, before it is known whether it works. */
interface Plan {
  readonly contestant: Contestant;
  readonly lane: Lane;
  readonly setting: Setting;
}

/** What the rounds have found. */
export interface Found {
  readonly measured: readonly Measured[];
  readonly yardstick: readonly number[];
  /** Milliseconds that always the same work took. */
  readonly spins: readonly number[];
  /** What was left out, in words. */
  readonly notes: readonly string[];
}

/** What takes a peer longer than this, over all rounds, is measured in fewer of them. */
const peerSeconds = 5;

/** Says how far it is; for whoever waits. */
export type Say = (text: string) => void;

/** Everything that fits the pattern, and the direct calls that it is compared to. */
export function plan(contestants: readonly Contestant[], pattern: RegExp): Plan[] {
  return settings.flatMap((setting) => {
    const fitting = lanes.filter(({ name }) => {
      const isMeant = setting.lanes === undefined || setting.lanes.includes(name);
      return isMeant && pattern.test(`${setting.name} ${name}`);
    });
    const clients = new Set(setting.manner === 'paced' ? ['anthropic'] : fitting.map(({ client }) => client));
    const compared =
      fitting.length === 0 ? [] : lanes.filter((lane) => !isTranslated(lane) && clients.has(lane.client));
    return contestants.flatMap((contestant) => {
      if (setting.withoutPeers && isPeer(contestant.name)) return [];
      const wanted = contestant.name === 'direct' ? compared : fitting;
      return wanted.map((lane) => ({ contestant, lane, setting }));
    });
  });
}

/** Asks every request once, then until the code behind it is hot, and then measures round by round. */
export class Rounds {
  readonly #stage: Stage;
  readonly #effort: Effort;
  readonly #say: Say;
  readonly #notes: string[] = [];
  readonly #spins: number[] = [];
  readonly #yardstick: number[] = [];
  #tracks: Track[] = [];

  constructor(stage: Stage, effort: Effort, say: Say) {
    this.#stage = stage;
    this.#effort = effort;
    this.#say = say;
  }

  async run(plans: readonly Plan[]): Promise<Found> {
    await this.#prepare(plans);
    const { rounds } = this.#effort;
    for (let round = 0; round < rounds; round++) {
      this.#say(`round ${round + 1} of ${rounds}`);
      await this.#round(round);
      this.#yardstick.push(await measureYardstick());
    }
    const measured = this.#tracks.map(({ contestant, lane, setting, samples }) => ({
      contestant: contestant.name,
      lane: lane.name,
      setting: setting.name,
      samples,
    }));
    return { measured, yardstick: this.#yardstick, spins: this.#spins, notes: this.#notes };
  }

  async #prepare(plans: readonly Plan[]): Promise<void> {
    const ready: Track[] = [];
    for (const each of plans) {
      await this.#unlessPeer(each, async () => {
        const request = await prepareRequest(each.contestant, each.lane, each.setting);
        if (request !== undefined) {
          ready.push({ ...each, request, requests: each.setting.connections, seconds: 0, samples: [] });
        }
      });
    }
    this.#say(`${ready.length} answers are right; warming up`);
    for (const track of ready) {
      await this.#unlessPeer(track, async () => {
        const why = this.#tooSlow(track);
        if (why !== undefined) throw new Error(why);
        const warm = await this.#warm(track);
        this.#tracks.push(warm);
        if (isPeer(track.contestant.name)) this.#say(`  ${nameOf(track)}: ${warm.seconds.toFixed(1)} s`);
      });
    }
  }

  #warm(track: Track): Promise<Track> {
    const { warmRequests, warmSeconds, turnSeconds } = this.#effort;
    const { setting, contestant } = track;
    // Paced streams take seconds; whoever does not compile at run time, or was warmed by the other streams, needs none.
    if (setting.manner === 'paced' && contestant.name !== 'dragoman') return Promise.resolve(track);
    const seconds = compilesAtRunTime(contestant.name) ? warmSeconds : warmSeconds / 10;
    return warmUp(this.#stage, track, { requests: warmRequests, seconds }, turnSeconds);
  }

  /** Why a peer cannot stand many streams at once, if its bursts have shown it. */
  #tooSlow({ contestant, lane, setting }: Plan): string | undefined {
    if (setting.manner !== 'paced' || !isPeer(contestant.name)) return undefined;
    const bursts = this.#tracks.find((track) => {
      return track.contestant === contestant && track.lane === lane && track.setting.manner === 'burst';
    });
    if (bursts === undefined || bursts.seconds === 0) return undefined;
    const perSecond = Math.round((bursts.requests * deltas.burst) / bursts.seconds);
    const needed = Math.round((setting.connections * 1_000_000) / paceMicros);
    return perSecond >= needed ? undefined : `it passes on ${perSecond} events a second, and ${needed} come`;
  }

  /**
   * Every other round goes backwards, so that nobody always follows the same one. The peers have a half of their own: some
   * of them take so long that the others go to rest meanwhile. What a program forgets in a rest, compiled code above all,
   * is not what a call costs: each setting is gone through once before it is measured.
   */
  async #round(round: number): Promise<void> {
    const due = this.#tracks.filter(({ setting, contestant, seconds }) => {
      if (setting.manner === 'paced') return round < (isPeer(contestant.name) ? 1 : this.#effort.pacedRounds);
      return !isPeer(contestant.name) || round < Math.max(1, Math.floor(peerSeconds / seconds));
    });
    const halves = [due.filter((track) => !ofPeer(track)), due.filter(ofPeer)];
    for (const half of round % 2 === 0 ? halves : halves.map((each) => each.toReversed()).toReversed()) {
      for (const tracks of Map.groupBy(half, ({ setting }) => setting).values()) await this.#takeTurns(tracks);
    }
  }

  /** Who shares the machine makes it slower at one moment than at another, by half: everybody has a turn in each of them. */
  async #takeTurns(tracks: readonly Track[]): Promise<void> {
    for (const track of tracks.filter(isQuick)) {
      await this.#unlessPeer(track, async () => void (await sendLoad(this.#stage, track)));
    }
    const samples = new Map<Track, Sample[]>(tracks.map((track) => [track, []]));
    for (let turn = 0; turn < this.#effort.turns; turn++) {
      for (const track of turn % 2 === 0 ? tracks : tracks.toReversed()) {
        if (!this.#tracks.includes(track) || (turn > 0 && !isQuick(track))) continue;
        this.#spins.push(spin());
        await this.#unlessPeer(track, async () => {
          samples.get(track)?.push(await measure(this.#stage, track));
        });
      }
    }
    for (const [track, each] of samples) if (each.length > 0) track.samples.push(together(each));
  }

  /** A peer that fails leaves this track; anybody else's failure ends the run. */
  async #unlessPeer({ contestant, lane, setting }: Plan, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const name = nameOf({ contestant, lane, setting });
      if (!isPeer(contestant.name)) throw new Error(`${name} went wrong`, { cause: error });
      const why = `${name}: ${inALine(error)}`;
      this.#tracks = this.#tracks.filter((track) => {
        return track.contestant !== contestant || track.lane !== lane || track.setting !== setting;
      });
      this.#notes.push(`left out: ${why}`);
      this.#say(`left out: ${why}`);
    }
  }
}

function nameOf({ contestant, lane, setting }: Plan): string {
  return `${contestant.name}, ${lane.name}, ${setting.name}`;
}

/** Milliseconds that always the same work takes: how steady the machine is. */
function spin(): number {
  const start = performance.now();
  let x = 1;
  for (let i = 0; i < 2_000_000; i++) x = Math.imul(x, 16_807) ^ i;
  return x === 0 ? 0 : performance.now() - start;
}

function ofPeer({ contestant }: Track): boolean {
  return isPeer(contestant.name);
}

/** Whoever takes seconds for one turn has learnt everything again at its beginning, and meets good and bad moments in it. */
function isQuick({ setting, seconds }: Track): boolean {
  return setting.manner !== 'paced' && seconds <= 1;
}
